/**
 * How sure a number of plays makes us that somebody likes an item.
 *
 * @module
 */

/** How plays become confidence. */
export interface ConfidenceOptions {
  /** Factor of the logarithm, above 0. Default 2. */
  readonly alpha?: number;
  /**
   * Plays at which the logarithm begins to bend, above 0. Default 1. A tiny one, such as 1e-6, makes
   * all counts weigh nearly the same.
   */
  readonly epsilon?: number;
}

/**
 * What plays add to the confidence 1 of a pair that has none: alpha log(1 + r / epsilon) for r plays.
 * The confidence itself is c = 1 + surplus. Source: Hu, Koren and Volinsky 2008, "Collaborative
 * filtering for implicit feedback datasets", section 4 (with their factor 1 + alpha log(…)), as van
 * den Oord, Dieleman and Schrauwen 2013 use it, section 3.
 *
 * @param counts Plays, whole numbers: `[entries]`
 * @returns `[entries]`, 0 for a count of 0
 * @throws {RangeError} when alpha or epsilon is not a finite number above 0
 *
 * @example
 * ```ts
 * import { surplus } from "./confidence.ts";
 *
 * const [none, some] = surplus(Uint32Array.of(0, 1));
 * if (none !== 0 || some !== Math.fround(2 * Math.log(2))) throw new Error("2 log(1 + r)");
 * ```
 */
export function surplus(counts: Uint32Array, options: ConfidenceOptions = {}): Float32Array {
  const { alpha = 2, epsilon = 1 } = options;
  for (const [name, value] of Object.entries({ alpha, epsilon })) {
    if (value > 0 && value < Infinity) continue;
    throw new RangeError(
      `Cannot make confidence from plays: ${name} is ${value}, expected a finite number above 0`,
    );
  }
  return Float32Array.from(counts, (count) => alpha * Math.log1p(count / epsilon));
}
