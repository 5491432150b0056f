/**
 * Synthetic recordings for a run: made in worker threads once, then kept in the cache.
 *
 * @module
 */
import { isFaultOfFile } from "../../files/bad_file.ts";
import { digestOfJson } from "../../files/digest.ts";
import { makeFolder, remove } from "../../files/disk/folder.ts";
import { tryFolder } from "../../files/disk/output_file.ts";
import { exists } from "../../files/disk/presence.ts";
import { InputError } from "../../files/input_error.ts";
import { readSafetensors, writeSafetensors } from "../../files/disk/safetensors.ts";
import { hostTensor } from "../../files/safetensors.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { defaultWorkers, WorkerPool } from "../../gpu/worker_pool.ts";
import type { Watched } from "../run/work.ts";
import type { Progress } from "../run/progress.ts";
import { PREPARED_SAMPLES } from "./config.ts";
import type { Recordings } from "./clips.ts";
import { CLIP_SETTINGS } from "./synthetic/settings.ts";
import { type WhalePart, WhaleSet, type WhaleSetOptions } from "./synthetic/stream.ts";

/** Part of the cache's names: raise it when a seed and index give another clip than before. */
const CLIPS_VERSION = 1;

/** Clips that a worker makes at once. */
const STRETCH = 50;

/** Which synthetic recordings, and where they are kept. */
export interface SyntheticOptions extends Watched, Required<Omit<WhaleSetOptions, "settings">> {
  /** Whether clips are filtered both ways. */
  readonly zeroPhase: boolean;
  /** Folder of the cache. */
  readonly cache: string;
  /** Worker threads; they change nothing but the time. Default: one a processor core. */
  readonly workers?: number;
}

/** What a worker is asked; for `tasks/whale/synthetic_worker.ts`. */
export interface ClipsWanted {
  /** The set. */
  readonly set: WhaleSetOptions;
  /** Its part. */
  readonly part: WhalePart;
  /** Index of the first clip. */
  readonly from: number;
  /** Index after the last. */
  readonly to: number;
  /** Whether clips are filtered both ways. */
  readonly zeroPhase: boolean;
}

/** What a worker answers: some clips one after the other. */
export interface ClipsMade {
  /** `[n, 2000]` */
  readonly samples: Float32Array<ArrayBuffer>;
  /** What the labels say, `[n]`. */
  readonly labels: Uint8Array<ArrayBuffer>;
  /** Whether there is a call, `[n]`. */
  readonly calls: Uint8Array<ArrayBuffer>;
  /** Standard deviations before normalisation, `[n]`. */
  readonly levels: Float64Array<ArrayBuffer>;
}

/** Opens the clips of a set, first those to learn from; makes them where they are not in the cache. */
export async function openSynthetic(options: SyntheticOptions): Promise<Recordings> {
  const { seed, training, test, cache, progress } = options;
  const set = new WhaleSet({ seed, training, test });
  const path = `${cache}/whale-${await nameOf(options)}.safetensors`;
  let made = await readCache(path, training + test, progress);
  if (made === undefined) {
    await tryFolder(cache); // fails now rather than after the work
    await writeCache(path, made = await makeClips(options));
  }
  return {
    names: (["training", "test"] as const).flatMap((part) => namesOf(set, part)),
    ...made,
    positions: Uint32Array.of(...set.positions("training"), ...set.positions("test")),
    testCount: test,
    silentCount: 0,
    badFiles: [],
    synthetic: true,
  };
}

function namesOf(set: WhaleSet, part: WhalePart): string[] {
  const prefix = part === "training" ? "train" : "test";
  return Array.from({ length: set.count(part) }, (_, i) => `${prefix}${i + 1}.aiff`);
}

async function nameOf({ seed, training, test, zeroPhase }: SyntheticOptions): Promise<string> {
  return (await digestOfJson([CLIPS_VERSION, seed, training, test, zeroPhase, CLIP_SETTINGS]))
    .slice(0, 16);
}

async function writeCache(path: string, made: ClipsMade): Promise<void> {
  const n = made.labels.length;
  await makeFolder(path.slice(0, path.lastIndexOf("/")));
  await writeSafetensors(path, {
    tensors: [
      hostTensor("samples", ndarray([n, PREPARED_SAMPLES], made.samples)),
      hostTensor("labels", ndarray([n], made.labels)),
      hostTensor("calls", ndarray([n], made.calls)),
      hostTensor("levels", ndarray([n], made.levels)),
    ],
  });
}

/** The clips in the cache; a file that is damaged is said, removed and made anew. */
async function readCache(
  path: string,
  n: number,
  progress: Progress,
): Promise<ClipsMade | undefined> {
  if (!await exists(path)) return undefined;
  try {
    using file = await readSafetensors(path);
    const read = async <T>(name: string, shape: readonly number[]) => {
      const array: NdArray = await file.read(name);
      if (array.shape.join() === shape.join()) return array.data as T;
      throw new InputError(path, `${name} is [${array.shape}], expected [${shape}]`);
    };
    return {
      samples: await read<Float32Array<ArrayBuffer>>("samples", [n, PREPARED_SAMPLES]),
      labels: await read<Uint8Array<ArrayBuffer>>("labels", [n]),
      calls: await read<Uint8Array<ArrayBuffer>>("calls", [n]),
      levels: await read<Float64Array<ArrayBuffer>>("levels", [n]),
    };
  } catch (error) {
    if (!isFaultOfFile(error)) throw error;
    progress.line(`${error.message}; the clips are made anew`);
    await remove(path);
    return undefined;
  }
}

/**
 * Makes and prepares the clips of a set in worker threads, first those to learn from. The same
 * options give the same clips whatever the number of workers.
 */
export async function makeClips(options: SyntheticOptions): Promise<ClipsMade> {
  const { training, test, workers = defaultWorkers(), progress, signal } = options;
  const n = training + test;
  const made: ClipsMade = {
    samples: new Float32Array(n * PREPARED_SAMPLES),
    labels: new Uint8Array(n),
    calls: new Uint8Array(n),
    levels: new Float64Array(n),
  };
  const wanted = stretches(options);
  using pool = new WorkerPool<ClipsWanted, ClipsMade>(
    () => new Worker(new URL("./synthetic_worker.ts", import.meta.url), { type: "module" }),
    { attempt: "Cannot make clips", workers: Math.min(workers, wanted.length), signal },
  );
  let done = 0;
  for await (const { samples, labels, calls, levels } of pool.inOrder(wanted)) {
    made.samples.set(samples, done * PREPARED_SAMPLES);
    made.labels.set(labels, done);
    made.calls.set(calls, done);
    made.levels.set(levels, done);
    progress.update(`synthesising clips: ${done += labels.length} of ${n}`);
  }
  return made;
}

function stretches({ seed, training, test, zeroPhase }: SyntheticOptions): ClipsWanted[] {
  const set = { seed, training, test };
  const counts: [WhalePart, number][] = [["training", training], ["test", test]];
  return counts.flatMap(([part, count]) =>
    Array.from({ length: Math.ceil(count / STRETCH) }, (_, i) => ({
      set,
      part,
      from: i * STRETCH,
      to: Math.min(count, (i + 1) * STRETCH),
      zeroPhase,
    }))
  );
}
