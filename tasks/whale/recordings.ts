/**
 * Labelled clips opened for a run: real ones in a layout of the challenges, or synthetic ones.
 *
 * @module
 */
import { badFile } from "../../files/bad_file.ts";
import type { BadFile, OnBad } from "../../files/bad_file.ts";
import type { Clips, Recordings } from "./clips.ts";
import { InputError } from "../../files/input_error.ts";
import type { DataOptions, Watched } from "../run/work.ts";
import { PREPARED_SAMPLES, type WhaleConfig } from "./config.ts";
import { openWhaleClips, openWhaleData, type WhaleClips } from "./data.ts";
import { prepareClip } from "./clip.ts";
import { openSynthetic } from "./synthetic_set.ts";
import { Warnings } from "../run/warnings.ts";

/** How clips are opened. */
export interface ClipOptions extends Watched {
  /** What to do with a bad file. Default `stop`. */
  readonly onBad?: OnBad;
  /** Whether clips are filtered both ways. */
  readonly zeroPhase: boolean;
}

/** Which recordings: their settings are the numbers of synthetic clips, and how clips are filtered. */
export type RecordingOptions =
  & DataOptions<Pick<WhaleConfig, "zeroPhase" | "trainingClips" | "testClips">>
  & Watched;

/**
 * Opens the labelled clips of a run.
 *
 * @throws {InputError} for data that cannot be used
 */
export async function openRecordings(options: RecordingOptions): Promise<Recordings> {
  const { data, config, seed, cache, progress, signal } = options;
  if (data === undefined) {
    const { trainingClips: training, testClips: test, zeroPhase } = config;
    return await openSynthetic({ seed, training, test, zeroPhase, cache, progress, signal });
  }
  const warnings = new Warnings(progress);
  using files = await openWhaleData(data, warnings.tell);
  const { kept, ...clips } = await readClips(files, {
    ...options,
    zeroPhase: config.zeroPhase,
    warnings,
  });
  const labels = kept.map((row) => files.labels[row]);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (positives === 0 || positives === labels.length) {
    throw new InputError(
      `Cannot use ${data}`,
      `${positives} of its ${labels.length} clips have a call, expected clips of both kinds`,
    );
  }
  if (files.unlabelledCount) {
    progress.line(`${files.unlabelledCount} clips have no label and are left out`);
  }
  return {
    ...clips,
    labels: Uint8Array.from(labels),
    positions: Uint32Array.from(labels, (_, i) => i),
    testCount: 0,
    synthetic: false,
  };
}

/** Opens clips without labels, to predict. */
export async function openClips(path: string, options: ClipOptions): Promise<Clips> {
  const warnings = new Warnings(options.progress);
  using files = await openWhaleClips(path, warnings.tell);
  const { kept: _, ...clips } = await readClips(files, { ...options, warnings });
  return clips;
}

async function readClips(
  files: WhaleClips,
  { onBad = "stop", zeroPhase, progress, signal, warnings }: ClipOptions & {
    readonly warnings: Warnings;
  },
): Promise<Clips & { readonly kept: readonly number[] }> {
  const { names, leftOut } = files;
  if (leftOut) progress.line(leftOut);
  const samples = new Float32Array(names.length * PREPARED_SAMPLES);
  const [levels, kept]: [number[], number[]] = [[], []];
  const badFiles: BadFile[] = [];
  let silentCount = 0;
  for (const [row, name] of names.entries()) {
    signal?.throwIfAborted();
    try {
      const clip = prepareClip(await files.read(name, warnings.tell), zeroPhase);
      samples.set(clip.samples, kept.length * PREPARED_SAMPLES);
      levels.push(clip.level);
      kept.push(row);
      if (clip.silent) {
        silentCount++;
        warnings.tell(files.fileName(name), ["it is silent: nothing can be heard in it"]);
      }
    } catch (error) {
      const bad = badFile(files.fileName(name), error, onBad);
      badFiles.push(bad);
      progress.line(`left out ${bad.name}: ${bad.reason}`);
    }
    progress.update(`reading clips: ${row + 1} of ${names.length}`);
  }
  warnings.conclude();
  return {
    names: kept.map((row) => names[row]),
    samples: samples.slice(0, kept.length * PREPARED_SAMPLES),
    levels: Float64Array.from(levels),
    silentCount,
    badFiles,
    kept,
  };
}
