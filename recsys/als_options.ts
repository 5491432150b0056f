/**
 * Options of alternating least squares: their defaults, what is refused, where it starts.
 *
 * @module
 */
import type { EagerContext } from "../gpu/kernel.ts";
import { fold, type Key, normal } from "../gpu/random.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import type { Solver, TableOptions } from "./als_step.ts";
import { MOST_CHOLESKY_FACTORS } from "./cholesky.ts";
import type { ConfidenceOptions } from "./confidence.ts";
import { MOST_ITERATIONS } from "./gram_factor.ts";
import type { Interactions, SparseRows } from "./interactions.ts";
import type { RowRange } from "./row_plan.ts";

/** How rows are solved while the other side stays. */
export interface SolveOptions extends ConfidenceOptions {
  /** Weight of the squared lengths of all factors, 0 or more. Default 1. */
  readonly regularisation?: number;
  /**
   * Who solves the system of a row: conjugate gradients, for any number of factors, or Cholesky, exact,
   * slow, for at most 64 and for factors that fit one binding. Default conjugate gradients.
   */
  readonly solver?: Solver;
  /**
   * Steps of conjugate gradients a row. After as many as there are factors the solution is exact but
   * for rounding. Default 2 for `factorise`, where each sweep starts from the last; for `solveRows` 20, or
   * as many as there are factors if fewer.
   */
  readonly steps?: number;
  /** Ends the work with its reason, between sweeps. */
  readonly signal?: AbortSignal;
  /**
   * The most bytes of a tensor; larger matrices are kept in shards. Default what the device can bind.
   */
  readonly maxBindingBytes?: number;
  /** Most entries that one thread goes through. Default 4096, on a card 256. */
  readonly longestPart?: number;
}

/** How plays are factorised. */
export interface FactoriseOptions extends SolveOptions {
  /** Latent factors, 1 or more. */
  readonly factors: number;
  /** Key of the start; not drawn from where `start` is given. */
  readonly key: Key;
  /** Most sweeps, each of which solves all users and then all items. Default 15. */
  readonly sweeps?: number;
  /** Ends when a sweep lowers the objective by less than this share of it. Default 1e-3; 0 for never. */
  readonly tolerance?: number;
  /** Item factors to start from, [i, factors]. By default keyed normals times 0.01. */
  readonly start?: NdArray;
  /** Told of each sweep. */
  readonly progress?: (report: SweepReport) => void;
}

/** The objective after a sweep. */
export interface SweepReport {
  /** Sweeps done. */
  readonly sweep: number;
  /** sum c (p - xᵀy)² over all pairs + regularisation (sum |x|² + sum |y|²). */
  readonly objective: number;
}

/** Standard deviation of the start. */
const START_SCALE = 0.01;
const LONGEST_PART = { software: 4096, card: 256 } as const;
const ITERATIONS = { software: MOST_ITERATIONS, card: Infinity } as const;

/** The item factors before the first sweep: what is given, or keyed normals times 0.01: [i, factors]. */
export function alsStart(
  items: number,
  { factors, key, start }: Pick<FactoriseOptions, "factors" | "key" | "start">,
): NdArray<Float32Array> {
  if (start && start.shape.join() !== `${items},${factors}`) {
    throw new RangeError(
      `Cannot factorise: "start" is [${start.shape.join(", ")}], expected [${items}, ${factors}]`,
    );
  }
  const bad = start?.data.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (bad >= 0) {
    throw new RangeError(
      `Cannot factorise: "start" has ${start!.data[bad]} in row ${
        Math.floor(bad / factors)
      }, expected finite numbers`,
    );
  }
  const stream = fold(key, "item factors");
  const at = (i: number) => start ? start.data[i] : START_SCALE * normal(stream, i);
  return ndarray(
    [items, factors],
    Float32Array.from({ length: items * factors }, (_, i) => at(i)),
  );
}

/** Options with their defaults in place. */
export interface AlsSettings extends Omit<TableOptions, "ranges" | "columnRanges"> {
  /** Weight of the squared lengths. */
  readonly regularisation: number;
}

/** Fills in the defaults. */
export function settingsOf(
  context: EagerContext,
  factors: number,
  options: SolveOptions,
): AlsSettings {
  const { regularisation = 1, solver = "conjugateGradient", steps = 2 } = options;
  const { maxBindingBytes = context.limits.maxStorageBufferBindingSize } = options;
  const { longestPart = LONGEST_PART[context.profile] } = options;
  return {
    factors,
    regularisation,
    solver,
    steps,
    mostBytes: maxBindingBytes,
    longestPart,
    mostIterations: ITERATIONS[context.profile],
  };
}

/** Refuses options and interactions that cannot be factorised. */
export function checkFactorise(interactions: Interactions, options: FactoriseOptions): void {
  const { sweeps = 15, tolerance = 1e-3 } = options;
  const { users, items } = interactions;
  checkSolve("factorise", options.factors, options);
  check("factorise", users > 0, "the number of users", users, "1 or more");
  check("factorise", items > 0, "the number of items", items, "1 or more");
  check("factorise", isWhole(sweeps, 1), "sweeps", sweeps, "a whole number from 1 on");
  check("factorise", tolerance >= 0 && tolerance < 1, "tolerance", tolerance, "0 up to 1");
}

/** Refuses options that do not fit. */
export function checkSolve(attempt: string, factors: number, options: SolveOptions): void {
  const { regularisation = 1, steps = 2, solver = "conjugateGradient" } = options;
  const { maxBindingBytes = Infinity, longestPart = 1 } = options;
  check(attempt, isWhole(factors, 1), "factors", factors, "a whole number from 1 on");
  check(
    attempt,
    regularisation >= 0 && regularisation < Infinity,
    "regularisation",
    regularisation,
    "a finite number from 0 on",
  );
  check(attempt, isWhole(steps, 1), "steps", steps, "a whole number from 1 on");
  check(attempt, isWhole(longestPart, 1), "longestPart", longestPart, "a whole number from 1 on");
  check(attempt, maxBindingBytes >= 64, "maxBindingBytes", maxBindingBytes, "64 or more");
  check(
    attempt,
    solver === "conjugateGradient" || solver === "cholesky",
    "solver",
    solver,
    '"conjugateGradient" or "cholesky"',
  );
  check(
    attempt,
    solver !== "cholesky" || factors <= MOST_CHOLESKY_FACTORS,
    "factors",
    factors,
    `at most ${MOST_CHOLESKY_FACTORS} by Cholesky`,
  );
}

/** Refuses several shards for Cholesky, which reads the fixed side as one. */
export function checkShards(attempt: string, solver: Solver, ranges: readonly RowRange[]): void {
  const good = solver !== "cholesky" || ranges.length === 1;
  check(attempt, good, "the number of shards", ranges.length, "1 by Cholesky");
}

/** Refuses columns that the fixed side has not. */
export function checkColumns({ indices }: SparseRows, columns: number): void {
  const bad = indices.findIndex((column) => column >= columns);
  if (bad < 0) return;
  throw new RangeError(
    `Cannot solve rows: entry ${bad} has column ${indices[bad]}, expected 0 to ${columns - 1}`,
  );
}

/** Throws unless an option is good. */
export function check(
  attempt: string,
  good: boolean,
  name: string,
  came: unknown,
  expected: string,
): void {
  if (!good) throw new RangeError(`Cannot ${attempt}: ${name} is ${came}, expected ${expected}`);
}

function isWhole(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}
