/**
 * The figures of a trained detector on labelled clips that it has not learnt from.
 *
 * @module
 */
import type { Recordings } from "./clips.ts";
import { key } from "../../gpu/random.ts";
import { take } from "../../gpu/rows.ts";
import { averagePrecision } from "../../nn/metrics/classification.ts";
import { InputError } from "../../files/input_error.ts";
import { type EvaluateOptions, openDevice } from "../run/work.ts";
import { Progress } from "../run/progress.ts";
import { RunFolder } from "../run/run_folder.ts";
import { configOfRun } from "../run/settings.ts";
import { PREPARED_SAMPLES, WHALE_SETTINGS } from "./config.ts";
import { clipMarks, predictScores, type WhaleModel } from "./model.ts";
import { loadDetector } from "./predict.ts";
import { aucInterval, callShare, rowsOf } from "./protocol.ts";
import type { WhaleResult } from "./result.ts";
import { openRecordings } from "./recordings.ts";

/** The figures of an evaluation. */
export interface WhaleEvaluation
  extends Pick<WhaleResult, "auc" | "interval" | "callShare" | "synthetic" | "badFiles"> {
  /** Average precision; the share of calls is what chance reaches. */
  readonly averagePrecision: number;
  /** Clips scored. */
  readonly count: number;
  /** Clips left out because the detector was trained on them. */
  readonly trainedOn: number;
}

/** Clips that a detector has not heard before, with their scores. */
export interface ScoredClips {
  /** The detector. */
  readonly model: WhaleModel;
  /** The clips. */
  readonly recordings: Recordings;
  /** Rows that were scored, ascending. */
  readonly rows: Uint32Array;
  /** Their scores. */
  readonly scores: Float64Array;
}

/** Scores a detector on labelled clips; those that it was trained on are left out, whatever their names. */
export async function evaluateWhales(options: EvaluateOptions): Promise<WhaleEvaluation> {
  const { recordings, rows, scores } = await scoreUnheard(options);
  return evaluationOf(recordings, rows, scores);
}

/** The figures of scored clips. */
export function evaluationOf(
  { labels, synthetic, badFiles }: Recordings,
  rows: Uint32Array,
  scores: Float64Array,
): WhaleEvaluation {
  const held = rowsOf(labels, rows);
  return {
    ...aucInterval({ labels: held, scores }, key(1)),
    averagePrecision: averagePrecision(held, scores),
    count: rows.length,
    callShare: callShare(held),
    trainedOn: labels.length - rows.length,
    synthetic,
    badFiles,
  };
}

/**
 * Opens clips and scores those that the detector was not trained on.
 *
 * @throws {InputError} when none is left, or those left are of one kind
 */
export async function scoreUnheard(options: EvaluateOptions): Promise<ScoredClips> {
  const { run, progress = new Progress(), signal } = options;
  const model = await loadDetector(run);
  const { config: settings } = await RunFolder.read(run);
  const data = options.data ?? settings.data as string | undefined;
  const config = {
    ...configOfRun(WHALE_SETTINGS, settings, run),
    zeroPhase: model.zeroPhase,
  };
  const seed = Number(settings.seed);
  const recordings = await openRecordings({ ...options, data, config, seed, progress });
  const rows = unheardRows(model, recordings);
  const calls = rowsOf(recordings.labels, rows).reduce((sum, label) => sum + label, 0);
  if (calls === 0 || calls === rows.length) {
    throw new InputError(
      `Cannot evaluate on ${data ?? "synthetic clips"}`,
      `${rows.length} of ${recordings.labels.length} clips were not trained on, ${calls} of them ` +
        "calls, expected both kinds",
    );
  }
  await using opened = new AsyncDisposableStack();
  const gpu = await openDevice(options, opened);
  const scores = await predictScores(gpu, model, pickClips(recordings.samples, rows), {
    progress: (what, done, total) => progress.update(`${what}: ${done} of ${total}`),
    signal,
  });
  return { model, recordings, rows, scores };
}

function unheardRows({ trainedOn }: WhaleModel, { samples, labels }: Recordings): Uint32Array {
  const mark = (marks: Uint32Array, i: number) => `${marks[2 * i]} ${marks[2 * i + 1]}`;
  const heard = new Set(Array.from({ length: trainedOn.length / 2 }, (_, i) => mark(trainedOn, i)));
  const marks = clipMarks(samples, PREPARED_SAMPLES);
  return Uint32Array.from(labels, (_, row) => row).filter((row) => !heard.has(mark(marks, row)));
}

/** The samples of some clips. */
export function pickClips(
  samples: Float32Array<ArrayBuffer>,
  rows: Uint32Array,
): Float32Array<ArrayBuffer> {
  const shape = [samples.length / PREPARED_SAMPLES, PREPARED_SAMPLES];
  return take({ shape, data: samples }, rows).data;
}
