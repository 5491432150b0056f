/**
 * How much of a figure is chance: mean and deviation of several runs.
 *
 * @module
 */

/** Mean and deviation of a figure. */
export interface Spread {
  /** Mean of the runs. */
  readonly mean: number;
  /** Standard deviation of the runs, with n - 1. */
  readonly deviation: number;
}

/** Mean and standard deviation of at least two values. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
