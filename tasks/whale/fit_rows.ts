/**
 * A classifier for some rows of a table of features: brings them to one scale, fits, scores others.
 *
 * @module
 */
import type { NdArray } from "../../gpu/tensor.ts";
import {
  type ClassifierConfig,
  fitClassifier,
  type FitContext,
  type Fitted,
} from "./classifier.ts";
import type { ClassifierName } from "./config.ts";
import { rowsOf } from "./protocol.ts";
import { rangeScaling, scaledRows, type Scaling } from "./scaling.ts";

/** A classifier with what brings features to its scale. */
export interface FittedRows {
  /** Knows scaled features only. */
  readonly classifier: Fitted;
  /** By the rows that it was fitted to. */
  readonly scaling: Scaling;
  /** Scores of other rows of the table, in their order. */
  scores(rows: Uint32Array): Float64Array;
}

/** What a fit is asked for. */
export interface FitRowsOptions extends FitContext {
  /** Which classifier. */
  readonly name: ClassifierName;
  /** Its settings. */
  readonly config: ClassifierConfig;
}

/**
 * Fits a classifier.
 *
 * @param features the whole table
 * @param labels of all its rows
 * @param rows those to learn from; nothing is taken from others
 */
export async function fitRows(
  features: NdArray,
  labels: Uint8Array,
  rows: Uint32Array,
  { name, config, ...context }: FitRowsOptions,
): Promise<FittedRows> {
  context.signal?.throwIfAborted();
  const scaling = rangeScaling(features, rows);
  const x = scaledRows(features, rows, scaling);
  const classifier = await fitClassifier(name, x, rowsOf(labels, rows), config, context);
  return {
    classifier,
    scaling,
    scores: (others) => classifier.scores(scaledRows(features, others, scaling)),
  };
}
