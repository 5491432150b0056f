/**
 * Weighted matrix factorisation of play counts by alternating least squares. Sources: Hu, Koren and
 * Volinsky 2008, "Collaborative filtering for implicit feedback datasets"; Takács, Pilászy and Tikk
 * 2011 for the solution by conjugate gradients; van den Oord, Dieleman and Schrauwen 2013, "Deep
 * content-based music recommendation", section 3, for its use.
 *
 * @module
 */
import { check, oneOf, positive, whole, within } from "../gpu/check.ts";
import { checkComputed, checkRows, type Hooks, startRows } from "../gpu/fitting.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { Program } from "../gpu/program.ts";
import { fold, type Key, normal } from "../gpu/random.ts";
import { Recorder } from "../gpu/recorder.ts";
import type { NdArray } from "../gpu/tensor.ts";
import {
  type AlsSettings,
  gramOf,
  halfSweep,
  objectiveSums,
  readSide,
  sideRanges,
  type Solver,
  sweep,
  sweepOperands,
  uploadHalf,
  uploadSide,
} from "./als_sweep.ts";
import { MOST_CHOLESKY_FACTORS } from "./cholesky.ts";
import type { ConfidenceOptions } from "./confidence.ts";
import { MOST_ITERATIONS } from "./gram_factor.ts";
import type { Interactions, SparseRows } from "./interactions.ts";
import { objectiveOf } from "./wmf_objective.ts";

/** How rows are solved while the other side stays. */
export interface ApplyFactorsOptions extends ConfidenceOptions, Pick<Hooks, "signal"> {
  /** Weight of the squared lengths of all factors, 0 or more. Default 1. */
  readonly regularisation?: number;
  /**
   * Who solves the system of a row: conjugate gradients, for any number of factors, or Cholesky, exact,
   * slow, for at most 64 and for factors that fit one binding. Default conjugate gradients.
   */
  readonly solver?: Solver;
  /**
   * Steps of conjugate gradients a row. After as many as there are factors the solution is exact but
   * for rounding. Default 2 for `fitFactors`, where each sweep starts from the last; for `applyFactors` 20, or
   * as many as there are factors if fewer.
   */
  readonly steps?: number;
  /**
   * The most bytes of a tensor; larger matrices are kept in shards. Default what the device can bind.
   */
  readonly maxBindingBytes?: number;
  /** Most entries that one thread goes through. Default 4096, on a card 256. */
  readonly longestPart?: number;
}

/** How plays are factorised. */
export interface FactorOptions extends ApplyFactorsOptions, Hooks {
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
  readonly report?: (report: SweepReport) => void;
}

/** The objective after a sweep. */
export interface SweepReport {
  /** Sweeps done. */
  readonly sweep: number;
  /** sum c (p - xᵀy)² over all pairs + regularisation (sum |x|² + sum |y|²). */
  readonly objective: number;
}

const ATTEMPT = "Cannot fit factors";
const APPLY = "Cannot apply factors";

/** Factors whose inner products say how much a user would like an item. */
export interface Factors {
  /** [u, factors]. */
  readonly users: NdArray<Float32Array>;
  /** [i, factors]. */
  readonly items: NdArray<Float32Array>;
  /** The objective after each sweep. */
  readonly objective: Float64Array;
}

/** Standard deviation of the start. */
const START_SCALE = 0.01;
const LONGEST_PART = { software: 4096, card: 256 } as const;
const ITERATIONS = { software: MOST_ITERATIONS, card: Infinity } as const;

/**
 * Factorises play counts: minimises, over users x and items y,
 * sum c (p - xᵀy)² + regularisation (sum |x|² + sum |y|²) over all pairs, where p is 1 where there are
 * plays and 0 elsewhere, and c = 1 + `surplus` of the plays. A user or an item without plays gets zeros.
 *
 * A sweep costs near to (entries (steps + 1) + 3 (u + i) factors) factors multiplications, waits for the
 * device once, and needs memory for both sides twice and 16 bytes an entry. Same plays, same options,
 * same device: same bits.
 *
 * @throws {RangeError} when an option does not fit, a side is empty, or the objective is no number, as
 * for weights beyond what f32 holds
 *
 * @example
 * ```ts
 * import { fitFactors, key, makeInteractions, openGpu, recommend } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const columns = { users: [0, 0, 1], items: [0, 1, 1], counts: [3, 1, 2] };
 * const plays = makeInteractions(columns, { users: 2, items: 3 });
 * const factors = await fitFactors(gpu, plays, { factors: 8, key: key(7) });
 * const { indices } = await recommend(gpu, factors, plays, { k: 1 });
 * ```
 */
export async function fitFactors(
  gpu: Gpu,
  plays: Interactions,
  options: FactorOptions,
): Promise<Factors> {
  const { factors, sweeps = 15, tolerance = 1e-3, report, progress, signal } = options;
  whole(ATTEMPT, { "the number of users": plays.users, "the number of items": plays.items }, 1);
  whole(ATTEMPT, { sweeps }, 1);
  check(tolerance >= 0 && tolerance < 1, ATTEMPT, { tolerance }, "0 up to below 1");
  const settings = alsSettings(gpu, ATTEMPT, factors, options);
  signal?.throwIfAborted();
  using scope = gpu.scope();
  const start = alsStart(plays.items, options);
  const operands = sweepOperands(scope, ATTEMPT, plays, settings, start);
  const { users, items } = operands;
  const recorder = new Recorder(gpu);
  sweep(recorder, operands, settings);
  const sums = objectiveSums(recorder, users, operands.objective).map((sum) => recorder.keep(sum));
  using program = await Program.compile(gpu, recorder);
  const objective: number[] = [];
  for (let done = 1; done <= sweeps; done++) {
    program.run([{}]);
    const [ofUsers, ofItems, ...parts] = await gpu.readAll([items.gram, users.gram, ...sums]);
    objective.push(objectiveOf({
      entrySums: parts.map(({ data }) => data),
      grams: [ofUsers, ofItems],
      regularisation: settings.regularisation,
    }));
    checkObjective(objective, settings);
    report?.({ sweep: done, objective: objective[done - 1] });
    if (done < sweeps) progress?.(done, sweeps);
    signal?.throwIfAborted();
    const [before, now] = objective.slice(-2);
    if (now !== undefined && before - now < tolerance * before) break;
  }
  progress?.(sweeps, sweeps);
  const [ofUsers, ofItems] = await Promise.all([
    readSide(gpu, users.solved, factors),
    readSide(gpu, items.solved, factors),
  ]);
  return { users: ofUsers, items: ofItems, objective: Float64Array.from(objective) };
}

function checkObjective(objective: readonly number[], settings: AlsSettings): void {
  const last = objective.at(-1)!;
  const { regularisation, alpha } = settings;
  const given = `at regularisation ${regularisation} and alpha ${alpha}`;
  const name = `the objective after sweep ${objective.length}, ${given},`;
  check(Number.isFinite(last), ATTEMPT, { [name]: last }, "a finite number");
}

/**
 * The factors of rows from their plays while the other side stays: new users against known items, or
 * new items against known users (with `byItem` of their interactions).
 *
 * @param fixed Factors of the columns, [columns, factors]
 * @param rows Plays of each row
 * @returns [rows, factors]; zeros for a row without plays
 * @throws {RangeError} when an option does not fit, a row names a column that `fixed` has not, or a
 * number is not finite
 *
 * @example
 * ```ts
 * import { applyFactors, fitFactors, key, makeInteractions, openGpu } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const columns = { users: [0, 0, 1], items: [0, 1, 1], counts: [3, 1, 2] };
 * const plays = makeInteractions(columns, { users: 2, items: 3 });
 * const { items } = await fitFactors(gpu, plays, { factors: 8, key: key(7) });
 * const users = await applyFactors(gpu, items, plays.byUser);
 * ```
 */
export async function applyFactors(
  gpu: Gpu,
  fixed: NdArray,
  rows: SparseRows,
  options: ApplyFactorsOptions = {},
): Promise<NdArray<Float32Array>> {
  checkRows(APPLY, fixed, { name: "fixed" });
  const [columns, factors] = fixed.shape;
  const steps = Math.min(factors, 20);
  const settings = alsSettings(gpu, APPLY, factors, { steps, ...options });
  whole(APPLY, { "the number of rows": rows.starts.length - 1 }, 1);
  const bad = rows.indices.findIndex((column) => column >= columns);
  if (bad >= 0) whole(APPLY, { [`the column of entry ${bad}`]: rows.indices[bad] }, 0, columns - 1);
  options.signal?.throwIfAborted();
  using scope = gpu.scope();
  const none = { ...rows, starts: new Uint32Array(columns + 1) };
  const solved = uploadSide(scope, sideRanges(rows, settings), factors);
  const known = uploadSide(scope, sideRanges(none, settings), factors, fixed);
  const half = uploadHalf(scope, APPLY, rows, [solved, known], settings);
  const recorder = new Recorder(gpu);
  gramOf(recorder, half.fixed, half.gram);
  halfSweep(recorder, half, settings);
  using program = await Program.compile(gpu, recorder);
  program.run([{}]);
  const found = await readSide(gpu, solved, factors);
  await checkComputed(gpu, APPLY, fixed, found.data, (i) => {
    return `factor ${i % factors} of row ${Math.floor(i / factors)}`;
  });
  return found;
}

/** The item factors before the first sweep: what is given, or keyed normals times 0.01: [i, factors]. */
export function alsStart(
  items: number,
  { factors, key, start }: Pick<FactorOptions, "factors" | "key" | "start">,
): NdArray<Float32Array> {
  const stream = fold(key, "item factors");
  return startRows(ATTEMPT, start, [items, factors], (i) => START_SCALE * normal(stream, i));
}

/**
 * Options with their defaults in place.
 *
 * @throws {RangeError} when one does not fit
 */
export function alsSettings(
  gpu: Gpu,
  attempt: string,
  factors: number,
  options: ApplyFactorsOptions,
): AlsSettings {
  const { regularisation = 1, solver = "conjugateGradient", steps = 2, alpha = 2, epsilon = 1 } =
    options;
  const { maxBindingBytes = gpu.limits.maxStorageBufferBindingSize } = options;
  const { longestPart = LONGEST_PART[gpu.profile] } = options;
  whole(attempt, { factors, steps, longestPart }, 1);
  within(attempt, { regularisation }, 0);
  within(attempt, { maxBindingBytes }, 64);
  positive(attempt, { alpha, epsilon });
  oneOf(attempt, { solver }, ["conjugateGradient", "cholesky"]);
  if (solver === "cholesky") whole(attempt, { factors }, 1, MOST_CHOLESKY_FACTORS);
  return {
    factors,
    regularisation,
    solver,
    steps,
    alpha,
    epsilon,
    mostBytes: maxBindingBytes,
    longestPart,
    mostIterations: ITERATIONS[gpu.profile],
  };
}
