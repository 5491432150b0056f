/**
 * What all work is given, and the device it runs on: the caller's, or one of its own.
 *
 * @module
 */
import type { BadFile, OnBad } from "../../files/bad_file.ts";
import { type Gpu, openGpu } from "../../gpu/gpu.ts";
import type { Progress } from "./progress.ts";

/** How work is watched and ended. */
export interface Watched {
  /** Where progress is shown. */
  readonly progress: Progress;
  /** Ends the work; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** What all work on a device is given. */
export interface WorkOptions extends Partial<Watched> {
  /** Where progress is shown. Default stderr. */
  readonly progress?: Progress;
  /** The device; opened and closed by the work where there is none. */
  readonly gpu?: Gpu;
}

/** Which data a run learns from. */
export interface DataOptions<Config> {
  /** Folder or zip of the data; without it the run makes synthetic ones, once. */
  readonly data?: string;
  /** Settings, at best from a preset. */
  readonly config: Config;
  /** Seed of everything random. */
  readonly seed: number;
  /** Folder of what can be made again: decoded pictures, synthetic data, features. */
  readonly cache: string;
  /** What to do with a bad file. Default `stop`. */
  readonly onBad?: OnBad;
}

/** What the application of a run to files without labels is given. */
export interface PredictOptions extends WorkOptions {
  /** Folder of a finished run. */
  readonly run: string;
  /** Folder or zip of the files. */
  readonly data: string;
  /** File to write, whole or not at all. */
  readonly out: string;
  /** Overwrite `out`. Default false: what is there is refused, before any work. */
  readonly force?: boolean;
  /** What to do with a bad file. Default `stop`. */
  readonly onBad?: OnBad;
}

/** What the application of a run did. */
export interface PredictResult extends Pick<PredictOptions, "out"> {
  /** Files that were predicted. */
  readonly count: number;
  /** Files that were left out, and why. */
  readonly badFiles: readonly BadFile[];
}

/** What the judgement of a run by labelled data is given. */
export interface EvaluateOptions extends WorkOptions {
  /** Folder of a finished run. */
  readonly run: string;
  /** Folder or zip of labelled data. Default for a run on synthetic ones: those it put aside. */
  readonly data?: string;
  /** Folder of what can be made again, as the run's. */
  readonly cache: string;
  /** What to do with a bad file. Default `stop`. */
  readonly onBad?: OnBad;
}

/**
 * The device of some work.
 *
 * @param gpu the caller's, which stays open
 * @param opened closes the device that is opened where there is none
 */
export async function openDevice(
  { gpu }: Pick<WorkOptions, "gpu">,
  opened: AsyncDisposableStack,
): Promise<Gpu> {
  return gpu ?? opened.use(await openQuietly());
}

/** A device of a program's own. llvmpipe complains twice when XDG_RUNTIME_DIR names no folder. */
export async function openQuietly(): Promise<Gpu> {
  try {
    if (!Deno.env.get("XDG_RUNTIME_DIR")) Deno.env.set("XDG_RUNTIME_DIR", "/tmp");
  } catch { /* without the permission the complaint is harmless */ }
  return latest = await openGpu();
}

let latest: Gpu | undefined;

/** What an error of work on a device comes from, where it is that {@linkcode openQuietly} opened. */
export async function reasonOf(error: unknown): Promise<unknown> {
  return await latest?.reasonOf(error) ?? error;
}
