/**
 * Which parameter behind synthetic songs a unit of a network follows.
 *
 * @module
 */
import { fold, type Key, permutation } from "../../../gpu/random.ts";
import type { NdArray } from "../../../gpu/tensor.ts";
import { unitRanks } from "../../../nn/metrics/rank_correlation.ts";

/** The unit that follows a parameter most. */
export interface FollowedParameter {
  /** The parameter. */
  readonly parameter: string;
  /** The unit, from 0. */
  readonly unit: number;
  /** Spearman's rank correlation of the unit's activation and the parameter, over the songs. */
  readonly rho: number;
}

/** What is correlated with what. */
export interface UnitCorrelationOptions {
  /** Names of the parameters. */
  readonly names: readonly string[];
  /** `[songs, parameters]` */
  readonly parameters: NdArray;
  /** Key of the shuffles. */
  readonly key: Key;
}

/** Correlations of all units with all parameters. */
export interface UnitCorrelations {
  /** Spearman's rank correlation, `[units, parameters]`; 0 for a unit that never changes. */
  readonly rho: NdArray<Float64Array>;
  /** For each parameter the unit with the correlation farthest from 0. */
  readonly strongest: readonly FollowedParameter[];
  /**
   * What the farthest of all these correlations stays below in 95 of 100 shuffles of the songs, where
   * nothing but chance is left.
   */
  readonly chance: number;
}

/** Shuffles of the songs. */
const SHUFFLES = 100;

/**
 * Correlates each unit with each parameter.
 *
 * @param activations `[songs, units]`
 */
export function unitCorrelations(
  activations: NdArray,
  { names, parameters, key }: UnitCorrelationOptions,
): UnitCorrelations {
  const [n, units] = activations.shape;
  const answers = columnRanks(activations);
  const truths = columnRanks(parameters);
  const rhoOf = (unit: number, parameter: number, order?: Uint32Array) => {
    let sum = 0;
    const [a, b] = [answers[unit], truths[parameter]];
    for (let song = 0; song < n; song++) sum += a[song] * b[order ? order[song] : song];
    return sum;
  };
  const rho = Float64Array.from(
    { length: units * names.length },
    (_, i) => rhoOf(Math.floor(i / names.length), i % names.length),
  );
  const strongest = names.map((parameter, column): FollowedParameter => {
    const at = (unit: number) => rho[unit * names.length + column];
    let best = 0;
    for (let unit = 1; unit < units; unit++) {
      if (Math.abs(at(unit)) > Math.abs(at(best))) best = unit;
    }
    return { parameter, unit: best, rho: at(best) };
  });
  const extremes = Float64Array.from({ length: SHUFFLES }, (_, shuffle) => {
    const order = permutation(fold(key, shuffle), n);
    let most = 0;
    for (let unit = 0; unit < units; unit++) {
      for (let column = 0; column < names.length; column++) {
        most = Math.max(most, Math.abs(rhoOf(unit, column, order)));
      }
    }
    return most;
  }).sort();
  return {
    rho: { shape: [units, names.length], data: rho },
    strongest,
    chance: extremes[Math.ceil(0.95 * SHUFFLES) - 1],
  };
}

function columnRanks({ shape: [n, columns], data }: NdArray): Float64Array[] {
  return Array.from(
    { length: columns },
    (_, column) =>
      unitRanks(Float64Array.from({ length: n }, (_, row) => data[row * columns + column])),
  );
}
