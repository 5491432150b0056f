/**
 * What classifiers learn from: a table of numbers, one row an example.
 *
 * @module
 */

/** Rows of features, row-major. */
export interface FeatureRows {
  /** The numbers, `[rows, columns]`. */
  readonly values: Float32Array | Float64Array;
  /** Number of rows. */
  readonly rows: number;
  /** Number of features. */
  readonly columns: number;
}
