/**
 * Which clips are learnt from and which are scored: once where some were put aside, else in folds.
 *
 * @module
 */
import { check } from "../../gpu/check.ts";
import { fold, type Key, key } from "../../gpu/random.ts";
import { bootstrapInterval, type Interval } from "../../nn/metrics/bootstrap.ts";
import { aucWithinFolds, RankingWithinFolds } from "../../nn/metrics/within_folds.ts";
import { classFolds, type FoldKind } from "../study/folds.ts";
import { foldSplit } from "../study/split.ts";
import { spreadOf } from "../run/seeds.ts";
import type { WhaleConfig } from "./config.ts";
import type { Recordings } from "./clips.ts";

/** Rows to learn from and rows to score. */
export interface Part {
  /** Ascending. */
  readonly train: Uint32Array;
  /** Ascending; none of them in `train`. */
  readonly test: Uint32Array;
}

/** Parts that score each clip once between them. */
export interface Repeat {
  /** Such as `put aside` or `folds 2`. */
  readonly name: string;
  /** One part, or one a fold. */
  readonly parts: readonly Part[];
}

/**
 * An area under the ROC curve, over one or several repeats. A call is compared with the other clips of
 * its fold only, which have their scores from the same model: scores of two folds lie on two scales.
 */
export interface Auc {
  /** Mean of the repeats. */
  readonly auc: number;
  /** Standard deviation of the repeats, with n - 1; absent for one. */
  readonly deviation?: number;
  /** Of each repeat: of all pairs of a call and another clip of the same part. */
  readonly repeats: readonly number[];
}

/** What of the settings decides the parts. */
export type FoldConfig = Pick<WhaleConfig, "folds" | "foldKind" | "foldSeeds">;

/** The repeats of a run. */
export function repeatsOf(
  recordings: Pick<Recordings, "labels" | "testCount">,
  config: FoldConfig,
): Repeat[] {
  const { labels, testCount } = recordings;
  if (testCount) {
    const rows = Uint32Array.from(labels, (_, row) => row);
    const train = rows.slice(0, rows.length - testCount);
    return [{ name: "put aside", parts: [{ train, test: rows.slice(train.length) }] }];
  }
  if (config.foldKind !== "random") {
    return [foldRepeat(labels, config, config.foldKind)];
  }
  return config.foldSeeds.map((seed) => foldRepeat(labels, config, "random", seed));
}

/** Folds of consecutive clips; absent where one of them would lack a class. */
export function blockedRepeat(labels: Uint8Array, config: FoldConfig): Repeat | undefined {
  try {
    return foldRepeat(labels, config, "blocked");
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** @throws {RangeError} where a fold would lack a class */
function foldRepeat(
  labels: Uint8Array,
  { folds }: FoldConfig,
  kind: FoldKind,
  seed?: number,
): Repeat {
  const options = seed === undefined ? { kind } : { kind, key: key(seed) };
  const assignment = classFolds(labels, folds, options);
  const parts = Array.from({ length: folds }, (_, f) => {
    const { train, validation } = foldSplit(assignment, f);
    return { train, test: validation };
  });
  return { name: seed === undefined ? kind : `folds ${seed}`, parts };
}

/** All rows that a repeat scores, ascending. */
export function scoredRowsOf({ parts }: Repeat): Uint32Array {
  return Uint32Array.from(parts.flatMap(({ test }) => [...test])).sort();
}

/**
 * Scores of a repeat's rows, each by what was learnt without it.
 *
 * @param score gives the scores of a part's test rows, in their order
 * @returns one score a row of the whole table; NaN where a row is not scored
 */
export async function scoreRepeat(
  { parts }: Repeat,
  count: number,
  score: (part: Part, index: number) => Promise<Float64Array>,
): Promise<Float64Array> {
  const scores = new Float64Array(count).fill(NaN);
  for (const [index, part] of parts.entries()) {
    const found = await score(part, index);
    part.test.forEach((row, i) => scores[row] = found[i]);
  }
  return scores;
}

/**
 * The part that scores each of some rows.
 *
 * @returns its number, `[rows]`
 * @throws {RangeError} for a row that no part scores
 */
export function partsOf({ parts }: Repeat, rows: Uint32Array): Uint32Array {
  const partOf: number[] = [];
  parts.forEach(({ test }, part) => test.forEach((row) => partOf[row] = part));
  return rows.map((row) => {
    check(partOf[row] !== undefined, "Cannot score", { row }, "one that a part scores");
    return partOf[row];
  });
}

/** Area of the scores of some rows, each from the model of its part. */
export function aucOfRows(
  repeat: Repeat,
  labels: Uint8Array,
  scores: Float64Array,
  rows: Uint32Array = scoredRowsOf(repeat),
): number {
  return aucWithinFolds(rowsOf(labels, rows), pick(scores, rows), partsOf(repeat, rows));
}

/** The labels of some rows. */
export function rowsOf(labels: Uint8Array, rows: Uint32Array): Uint8Array {
  return Uint8Array.from(rows, (row) => labels[row]);
}

/** The scores of some rows. */
export function pick(scores: Float64Array, rows: Uint32Array): Float64Array {
  return Float64Array.from(rows, (row) => scores[row]);
}

/** Part of the clips that are labelled as calls. */
export function callShare(labels: Uint8Array): number {
  return labels.reduce((sum, label) => sum + label, 0) / labels.length;
}

/** The area of some scores, and its 95 % bootstrap interval. */
export function aucInterval(
  { labels, scores, parts = new Uint32Array(labels.length) }: JudgedScores,
  seed: Key,
): { readonly auc: number; readonly interval: Interval } {
  const ranking = new RankingWithinFolds(labels, scores, parts);
  const auc = (weights?: Float64Array) => ranking.auc(weights);
  return {
    auc: auc(),
    interval: bootstrapInterval(labels, auc, { key: fold(seed, "bootstrap"), folds: parts }),
  };
}

/** Scores with the labels they are judged by. */
export interface JudgedScores {
  /** 1 for calls, `[n]`. */
  readonly labels: Uint8Array;
  /** Higher for calls, `[n]`. */
  readonly scores: Float64Array;
  /** The part whose model gave each score, `[n]`. Default: one model gave all. */
  readonly parts?: Uint32Array;
}

/** What a repeat scores, ready to be judged. */
export function judgedScores(
  repeat: Repeat,
  labels: Uint8Array,
  scores: Float64Array,
): Required<JudgedScores> {
  const rows = scoredRowsOf(repeat);
  return {
    labels: rowsOf(labels, rows),
    scores: pick(scores, rows),
    parts: partsOf(repeat, rows),
  };
}

/** The figure of several repeats. */
export function aucOf(
  repeats: readonly Repeat[],
  labels: Uint8Array,
  scores: readonly Float64Array[],
): Auc {
  const areas = repeats.map((repeat, i) => aucOfRows(repeat, labels, scores[i]));
  if (areas.length === 1) return { auc: areas[0], repeats: areas };
  const { mean, deviation } = spreadOf(areas);
  return { auc: mean, deviation, repeats: areas };
}

/** The mean of several models' scores. */
export function meanScores(scores: readonly Float64Array[]): Float64Array {
  return scores[0].map((_, i) => scores.reduce((sum, model) => sum + model[i], 0) / scores.length);
}
