/**
 * Weighted matrix factorisation of play counts by alternating least squares. Sources: Hu, Koren and
 * Volinsky 2008, "Collaborative filtering for implicit feedback datasets"; Takács, Pilászy and Tikk
 * 2011 for the solution by conjugate gradients; van den Oord, Dieleman and Schrauwen 2013, "Deep
 * content-based music recommendation", section 3, for its use.
 *
 * @module
 */
import type { Gpu } from "../gpu/gpu.ts";
import { Program } from "../gpu/program.ts";
import { Recorder } from "../gpu/recorder.ts";
import { type NdArray, ndarray, type Tensor } from "../gpu/tensor.ts";
import {
  type AlsSettings,
  check,
  checkColumns,
  checkFactorise,
  checkShards,
  checkSolve,
  type FactoriseOptions,
  settingsOf,
  type SolveOptions,
} from "./als_options.ts";
import {
  gramOf,
  type HalfSweep,
  halfSweep,
  objectiveSums,
  readSide,
  type Side,
  uploadSide,
  uploadTables,
  widthOf,
} from "./als_step.ts";
import { sweep, sweepOperands, sweepStart } from "./als_sweep.ts";
import { surplus } from "./confidence.ts";
import type { Interactions, SparseRows } from "./interactions.ts";
import { rowRanges } from "./row_plan.ts";
import { objectiveOf } from "./wmf_objective.ts";

/** Factors whose inner products say how much a user would like an item. */
export interface Factorisation {
  /** [u, factors]. */
  readonly users: NdArray<Float32Array>;
  /** [i, factors]. */
  readonly items: NdArray<Float32Array>;
  /** The objective after each sweep. */
  readonly objective: Float64Array;
}

/**
 * Factorises play counts: minimises, over users x and items y,
 * sum c (p - xᵀy)² + regularisation (sum |x|² + sum |y|²) over all pairs, where p is 1 where there are
 * plays and 0 elsewhere, and c = 1 + `surplus` of the plays. A user or an item without plays gets zeros.
 *
 * A sweep costs near to (entries (steps + 1) + 3 (u + i) factors) factors multiplications, waits for the
 * device once, and needs memory for both sides twice and 16 bytes an entry. Same plays, same options,
 * same device: same bits.
 *
 * @throws {RangeError} when an option does not fit, or a side is empty
 * @throws {Error} when the objective is no number, as for weights beyond what f32 holds
 *
 * @example
 * ```ts
 * const { users, items, objective } = await factorise(gpu, plays, { factors: 40, key: key(7) });
 * ```
 */
export async function factorise(
  gpu: Gpu,
  interactions: Interactions,
  options: FactoriseOptions,
): Promise<Factorisation> {
  const { sweeps = 15, tolerance = 1e-3, signal, progress } = options;
  checkFactorise(interactions, options);
  signal?.throwIfAborted();
  using run = await Run.create(gpu, interactions, options);
  const objective: number[] = [];
  for (let sweep = 1; sweep <= sweeps; sweep++) {
    objective.push(await run.sweep(sweep));
    progress?.({ sweep, objective: objective.at(-1)! });
    signal?.throwIfAborted();
    const [before, now] = objective.slice(-2);
    if (now !== undefined && before - now < tolerance * before) break;
  }
  return { ...await run.factors(), objective: Float64Array.from(objective) };
}

/**
 * The factors of rows from their plays while the other side stays: new users against known items, or
 * new items against known users (with `byItem` of their interactions).
 *
 * @param rows Plays of each row
 * @param fixed Factors of the columns, [columns, factors]
 * @returns [rows, factors]; zeros for a row without plays
 * @throws {RangeError} when an option does not fit, or a row names a column that `fixed` has not
 *
 * @example
 * ```ts
 * const { items } = await factorise(gpu, known, { factors: 40, key: key(7) });
 * const newUsers = await solveRows(gpu, newcomers.byUser, items);
 * ```
 */
export async function solveRows(
  gpu: Gpu,
  rows: SparseRows,
  fixed: NdArray,
  options: SolveOptions = {},
): Promise<NdArray<Float32Array>> {
  const [columns, factors] = fixed.shape;
  const count = rows.starts.length - 1;
  checkSolve("solve rows", factors, options);
  checkColumns(rows, columns);
  check("solve rows", count > 0, "the number of rows", count, "1 or more");
  options.signal?.throwIfAborted();
  using scope = gpu.scope();
  const settings = settingsOf(gpu, factors, { steps: Math.min(factors, 20), ...options });
  const width = widthOf(factors);
  const ranges = rowRanges(rows, 4 * width, settings.mostBytes);
  const none = { ...rows, starts: new Uint32Array(columns + 1) };
  const columnRanges = rowRanges(none, 4 * width, settings.mostBytes);
  checkShards("solve rows", settings.solver, columnRanges);
  const weights = surplus(rows.counts, options);
  const half: HalfSweep = {
    solved: uploadSide(scope, ranges, factors),
    tables: uploadTables(scope, rows, weights, { ...settings, ranges, columnRanges }),
    fixed: uploadSide(scope, columnRanges, factors, fixed.data),
    gram: scope.empty([width, width], { label: "gram" }),
  };
  const recorder = new Recorder(gpu);
  gramOf(recorder, half.fixed, half.gram);
  halfSweep(recorder, half, settings);
  using program = await Program.compile(gpu, recorder);
  program.run([{}]);
  return ndarray([count, factors], await readSide(gpu, half.solved, factors));
}

/** The recorded sweep of one factorisation. */
class Run implements Disposable {
  readonly #gpu: Gpu;
  readonly #settings: AlsSettings;
  readonly #made: DisposableStack;
  readonly #sides: { users: Side; items: Side };
  readonly #grams: readonly [users: Tensor, items: Tensor];
  readonly #sums: readonly Tensor[];
  readonly #program: Program;

  private constructor(
    gpu: Gpu,
    settings: AlsSettings,
    made: DisposableStack,
    sides: { users: Side; items: Side },
    grams: readonly [Tensor, Tensor],
    sums: readonly Tensor[],
    program: Program,
  ) {
    this.#gpu = gpu;
    this.#settings = settings;
    this.#made = made;
    this.#sides = sides;
    this.#grams = grams;
    this.#sums = sums;
    this.#program = program;
  }

  static async create(
    gpu: Gpu,
    interactions: Interactions,
    options: FactoriseOptions,
  ): Promise<Run> {
    using made = new DisposableStack(); // given back when a later step fails
    const scope = made.use(gpu.scope());
    const settings = settingsOf(gpu, options.factors, options);
    const operands = sweepOperands(scope, interactions, settings, options);
    const { users, items, objective } = operands;
    const starter = new Recorder(gpu);
    sweepStart(starter, operands);
    using start = await Program.compile(gpu, starter);
    start.run([{}]);
    const recorder = new Recorder(gpu);
    sweep(recorder, operands, settings);
    const sums = objectiveSums(recorder, users, objective).map((tensor) => recorder.keep(tensor));
    const program = made.use(await Program.compile(gpu, recorder));
    const sides = { users: users.solved, items: items.solved };
    return new Run(gpu, settings, made.move(), sides, [items.gram, users.gram], sums, program);
  }

  /** One sweep; the objective after it. */
  async sweep(number: number): Promise<number> {
    this.#program.run([{}]);
    const [users, items, ...sums] = await this.#gpu.readAll([...this.#grams, ...this.#sums]);
    const objective = objectiveOf({
      entrySums: sums.map(({ data }) => data),
      grams: [users, items],
      regularisation: this.#settings.regularisation,
    });
    if (Number.isFinite(objective)) return objective;
    throw new Error(
      `Cannot factorise: the objective after sweep ${number} is ${objective}, expected a finite number; ` +
        "more regularisation or a smaller alpha may help",
    );
  }

  /** The factors of both sides. */
  async factors(): Promise<Pick<Factorisation, "users" | "items">> {
    const { factors } = this.#settings;
    const [users, items] = await Promise.all(
      [this.#sides.users, this.#sides.items].map((side) => readSide(this.#gpu, side, factors)),
    );
    return {
      users: ndarray([users.length / factors, factors], users),
      items: ndarray([items.length / factors, factors], items),
    };
  }

  [Symbol.dispose](): void {
    this.#made[Symbol.dispose]();
  }
}
