/**
 * Synthetic recordings on disk, laid out like the challenge of 2013.
 *
 * @module
 */
import { encodeAiff } from "../../audio/aiff.ts";
import { type WriteFile, writeSet } from "../../files/disk/write_set.ts";
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
  const { training, test = 0, seed } = options;
  const set = new WhaleSet({ seed, training, test });
  const parts: WhalePart[] = test ? ["training", "test"] : ["training"];
  const folders = parts.map((part) => FOLDERS[part]);
  await writeSet({ ...options, what: "clips", folders, texts: [WHALE_TABLE] }, async (write) => {
    const labels = await writeClips(set, parts, write, options);
    const rows = labels.map((label, i) => `train${i + 1}.aiff,${label}\n`);
    return [[WHALE_TABLE, `clip_name,label\n${rows.join("")}`]];
  });
}

async function writeClips(
  set: WhaleSet,
  parts: readonly WhalePart[],
  write: WriteFile,
  { signal, progress }: SynthesiseWhalesOptions,
): Promise<number[]> {
  const total = parts.reduce((sum, part) => sum + set.count(part), 0);
  const labels: number[] = [];
  let done = 0;
  for (const part of parts) {
    for (const { name, samples, label } of set.clips(part)) {
      signal?.throwIfAborted();
      await write(FOLDERS[part], name, encodeAiff(samples, CLIP_RATE));
      if (part === "training") labels.push(label);
      progress?.(++done, total);
    }
  }
  return labels;
}
