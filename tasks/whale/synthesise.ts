/**
 * Synthetic recordings on disk, laid out like the challenge of 2013.
 *
 * @module
 */
import { encodeAiff } from "../../audio/aiff.ts";
import { writeText } from "../../files/disk/atomic_file.ts";
import { ignoreMissing, refuseExisting } from "../../files/disk/presence.ts";
import type { Hooks } from "../../gpu/fitting.ts";
import { CLIP_RATE } from "./clip.ts";
import { WHALE_TABLE } from "./data.ts";
import { type WhalePart, WhaleSet } from "./synthetic/stream.ts";

/** Folders of the two parts. */
const FOLDERS: Readonly<Record<WhalePart, string>> = { training: "train", test: "test" };

/** Options of {@linkcode synthesiseWhales}. */
export interface SynthesiseWhalesOptions extends Hooks {
  /** Clips to learn from, labelled in `train.csv`. */
  readonly training: number;
  /** Clips to predict, whose labels are not written. Default 0. */
  readonly test?: number;
  /** Names the set: a run of the same seed and numbers has the same recordings. */
  readonly seed: number;
  /** Folder to write to; made where it is missing. */
  readonly out: string;
  /** Replaces what is there already instead of refusing. Default false. */
  readonly force?: boolean;
}

/**
 * Writes `train/train1.aiff` …, `test/test1.aiff` … and `train.csv` into a folder. Clips are collected
 * in folders of other names, which take their own when all are there; the table comes last.
 *
 * @throws {InputError} when one of them is there already and `force` is not set
 *
 * @example
 * ```ts
 * import { synthesiseWhales } from "./synthesise.ts";
 *
 * const out = await Deno.makeTempDir();
 * await synthesiseWhales({ training: 20, test: 10, seed: 1, out });
 * ```
 */
export async function synthesiseWhales(options: SynthesiseWhalesOptions): Promise<void> {
  const { training, test = 0, seed, out, force = false } = options;
  const set = new WhaleSet({ seed, training, test });
  await Deno.mkdir(out, { recursive: true });
  const parts: WhalePart[] = test ? ["training", "test"] : ["training"];
  const names = [...parts.map((part) => FOLDERS[part]), WHALE_TABLE];
  if (!force) await refuseExisting(out, names, "clips");
  const temporary = (part: WhalePart) => `${out}/${FOLDERS[part]}.${Deno.pid}.tmp`;
  try {
    const labels = await writeClips(set, parts, temporary, options);
    for (const name of names) {
      await Deno.remove(`${out}/${name}`, { recursive: true }).catch(ignoreMissing);
    }
    for (const part of parts) await Deno.rename(temporary(part), `${out}/${FOLDERS[part]}`);
    const rows = labels.map((label, i) => `train${i + 1}.aiff,${label}\n`);
    const text = `clip_name,label\n${rows.join("")}`;
    await writeText(`${out}/${WHALE_TABLE}`, text);
  } catch (error) {
    for (const part of parts) {
      await Deno.remove(temporary(part), { recursive: true }).catch(() => {});
    }
    throw error;
  }
}

async function writeClips(
  set: WhaleSet,
  parts: readonly WhalePart[],
  folderOf: (part: WhalePart) => string,
  { signal, progress }: SynthesiseWhalesOptions,
): Promise<number[]> {
  const total = parts.reduce((sum, part) => sum + set.count(part), 0);
  const labels: number[] = [];
  let done = 0;
  for (const part of parts) {
    await Deno.mkdir(folderOf(part), { recursive: true });
    for (const { name, samples, label } of set.clips(part)) {
      signal?.throwIfAborted();
      await Deno.writeFile(`${folderOf(part)}/${name}`, encodeAiff(samples, CLIP_RATE));
      if (part === "training") labels.push(label);
      progress?.(++done, total);
    }
  }
  return labels;
}
