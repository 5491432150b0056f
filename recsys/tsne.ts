/**
 * t-SNE: points in the plane, near where the rows of a table are near. Exact: all pairs repel, tiled so
 * that they are never stored; the nearest neighbours attract. Sources: van der Maaten and Hinton 2008,
 * "Visualizing data using t-SNE"; van der Maaten 2014, "Accelerating t-SNE using tree-based
 * algorithms", section 4.1 for the neighbours.
 *
 * @module
 */
import { check, positive, whole } from "../gpu/check.ts";
import { type Hooks, hostRows, type Rows, startRows } from "../gpu/fitting.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { Program } from "../gpu/program.ts";
import { fold, type Key, normal } from "../gpu/random.ts";
import { Recorder } from "../gpu/recorder.ts";
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import { type Affinities, affinities, type AffinityOptions } from "./affinities.ts";
import {
  makeTsneState,
  tsneCost,
  type TsneSettings,
  type TsneState,
  tsneStep,
} from "./tsne_step.ts";

/** How points are embedded. */
export interface TsneOptions extends Hooks {
  /** Key of the start; not drawn from where `start` is given. */
  readonly key: Key;
  /** Effective number of neighbours of a point. Default 30, at most (n - 1) / 3. */
  readonly perplexity?: number;
  /**
   * Nearest neighbours that attract a point. Default all up to 4,000 rows, but for affinities that make
   * less than a millionth of the whole together; else 3 perplexity. Fewer are faster and make a map
   * nearly as good, but the divergence reported is that of the kept affinities, which is higher: 90
   * neighbours leave 7 to 12 % of the affinity out where rows form no clear clusters.
   */
  readonly neighbours?: number;
  /** Iterations in all. Default 1000. */
  readonly iterations?: number;
  /** Positions to start from, [n, 2]. By default standard normals times 1e-4. */
  readonly start?: NdArray;
  /** Factor of the affinities in the first iterations, which lets clusters pass one another. Default 12. */
  readonly exaggeration?: number;
  /** How many those are; after them all points come to rest. Default 250. */
  readonly exaggeratedIterations?: number;
  /** Share of the velocity that is kept in the first iterations, and after. Default 0.5 and 0.8. */
  readonly momentum?: readonly [early: number, late: number];
  /**
   * Factor of the gradient. Default n / 48, at least 50: the usual n / 12 and 200 of programs that
   * leave out the gradient's constant 4, as `learning_rate="auto"` of scikit-learn.
   */
  readonly learningRate?: number;
  /** Iterations between reports, each of which waits for the device. Default 50. */
  readonly reportEvery?: number;
  /** Told of the divergence as it falls. */
  readonly report?: (report: TsneReport) => void;
}

/** The divergence at one iteration. */
export interface TsneReport {
  /** Iterations done. */
  readonly iteration: number;
  /** Kullback-Leibler divergence in nats, of the kept affinities without exaggeration. */
  readonly kl: number;
}

/** Rows and their places in the plane: what new points are placed by. */
export interface TsneMap {
  /** The rows that were embedded, [n, d]. */
  readonly rows: NdArray;
  /** Their positions, [n, 2]. */
  readonly embedding: NdArray;
}

/** Points in the plane. */
export interface Tsne extends TsneMap {
  /** Positions [n, 2], their mean at the origin. */
  readonly embedding: NdArray<Float32Array>;
  /** Kullback-Leibler divergence at the end, in nats. */
  readonly kl: number;
  /** The divergence every `reportEvery` iterations, and at the end. */
  readonly history: readonly TsneReport[];
}

const ATTEMPT = "Cannot fit t-SNE";

/** Rows up to which all pairs attract by default. */
const ALL_PAIRS = 4000;
/** Share of the affinity that all pairs may leave out. */
const NEGLIGIBLE = 1e-6;
/** Standard deviation of the start. */
const START_SCALE = 1e-4;

/**
 * Embeds the rows of a table in the plane. Without chance but the key's, and with every sum in a fixed
 * order: same rows, same options, same device, same bits.
 *
 * The affinities are made on the host in float64, which takes n² d multiplications; an iteration takes
 * n² weights on the device, and memory for n points and their neighbours only. (Up to 4,096 points with
 * many neighbours are kept as a matrix, of 64 MiB at most.) One dispatch covers all pairs, so that on a
 * slow device a very large n may meet the driver's watchdog.
 *
 * @param rows [n, d], n of 5 or more
 * @throws {RangeError} as `checkRows`, when an option does not fit, or when the positions leave what
 * f32 holds, as with too high a learning rate
 *
 * @example
 * ```ts
 * import { applyTsne, fitTsne, key, ndarray, normal, openGpu, slice } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const all = ndarray([40, 3], Float32Array.from({ length: 120 }, (_, i) => normal(key(1), i)));
 * const map = await fitTsne(gpu, slice(all, 0, 38), { key: key(7), perplexity: 5 });
 * const places = await applyTsne(gpu, map, slice(all, 38, 40)); // [2, 2]
 * ```
 */
export async function fitTsne(gpu: Gpu, rows: Rows, options: TsneOptions): Promise<Tsne> {
  options.signal?.throwIfAborted();
  const x = await hostRows(gpu, ATTEMPT, rows, { least: 5, wide: true });
  const [n] = x.shape;
  const settings = checkedSettings(n, options);
  const start = tsneStart(n, options);
  const perplexity = options.perplexity ?? Math.min(30, (n - 1) / 3);
  const p = affinities(x, tsneAffinities(n, { ...options, perplexity }));
  using scope = gpu.scope();
  const state = makeTsneState(scope, p, start);
  using run = await Run.create(gpu, state, settings, p);
  const history = await run.all(options);
  return { rows: x, embedding: await run.embedding(), kl: history.at(-1)!.kl, history };
}

/**
 * The positions before the first iteration: what is given, or keyed normals times 1e-4.
 *
 * @returns [n, 2]
 */
export function tsneStart(
  n: number,
  { key, start }: Pick<TsneOptions, "key" | "start">,
): NdArray<Float32Array> {
  const stream = fold(key, "start");
  return startRows(ATTEMPT, start, [n, 2], (i) => START_SCALE * normal(stream, i));
}

/** Which affinities attract: of the neighbours asked for, by default those of all of few rows. */
export function tsneAffinities(
  n: number,
  { perplexity, neighbours }: { readonly perplexity: number; readonly neighbours?: number },
): AffinityOptions {
  if (neighbours !== undefined) return { perplexity, neighbours };
  if (n <= ALL_PAIRS) return { perplexity, neighbours: n - 1, negligible: NEGLIGIBLE };
  return { perplexity, neighbours: Math.min(n - 1, Math.ceil(3 * perplexity)) };
}

interface Settings {
  readonly iterations: number;
  readonly exaggeratedIterations: number;
  readonly reportEvery: number;
  readonly early: TsneSettings;
  readonly late: TsneSettings;
}

function checkedSettings(n: number, options: TsneOptions): Settings {
  const { iterations = 1000, exaggeratedIterations = 250, reportEvery = 50 } = options;
  const { exaggeration = 12, momentum = [0.5, 0.8], learningRate = Math.max(50, n / 48) } = options;
  whole(ATTEMPT, { iterations, reportEvery }, 1);
  whole(ATTEMPT, { exaggeratedIterations });
  positive(ATTEMPT, { exaggeration, learningRate });
  for (const m of momentum) check(m >= 0 && m < 1, ATTEMPT, { momentum: m }, "0 up to below 1");
  return {
    iterations,
    exaggeratedIterations,
    reportEvery,
    early: { exaggeration, momentum: momentum[0], learningRate },
    late: { exaggeration: 1, momentum: momentum[1], learningRate },
  };
}

/** The recorded iterations of one embedding. */
class Run implements Disposable {
  readonly #gpu: Gpu;
  readonly #state: TsneState;
  readonly #settings: Settings;
  readonly #entropy: number;
  readonly #programs: { early: Program; late: Program; cost: Program };

  private constructor(
    gpu: Gpu,
    state: TsneState,
    settings: Settings,
    p: Affinities,
    programs: { early: Program; late: Program; cost: Program },
  ) {
    this.#gpu = gpu;
    this.#state = state;
    this.#settings = settings;
    this.#entropy = p.values.reduce((sum, value) => sum + value * Math.log(value), 0);
    this.#programs = programs;
  }

  static async create(
    gpu: Gpu,
    state: TsneState,
    settings: Settings,
    p: Affinities,
  ): Promise<Run> {
    using made = new DisposableStack(); // given back when a later one fails
    const compile = async (record: (recorder: Recorder) => void) => {
      const recorder = new Recorder(gpu);
      record(recorder);
      return made.use(await Program.compile(gpu, recorder));
    };
    const early = await compile((recorder) => tsneStep(recorder, state, settings.early));
    const late = await compile((recorder) => tsneStep(recorder, state, settings.late));
    const cost = await compile((recorder) => tsneCost(recorder, state));
    const run = new Run(gpu, state, settings, p, { early, late, cost });
    made.move();
    return run;
  }

  /** Every iteration; waits for the device at reports only. */
  async all(
    { report, progress, signal }: Pick<TsneOptions, "report" | "progress" | "signal">,
  ): Promise<TsneReport[]> {
    const { iterations, exaggeratedIterations, reportEvery } = this.#settings;
    const history: TsneReport[] = [];
    for (let done = 0; done < iterations;) {
      const next = Math.min(iterations, done + reportEvery - done % reportEvery);
      const turn = Math.min(Math.max(done, exaggeratedIterations), next);
      this.#programs.early.repeat(turn - done);
      if (turn === exaggeratedIterations && turn > done) this.#rest();
      this.#programs.late.repeat(next - turn);
      done = next;
      history.push({ iteration: done, kl: await this.#kl(done) });
      report?.(history.at(-1)!);
      progress?.(done, iterations);
      if (done < iterations) signal?.throwIfAborted();
    }
    return history;
  }

  /**
   * Takes the speed and the gains of the exaggerated iterations off all points, as scikit-learn does:
   * kept, they throw points of few rows so far out that nothing brings them back.
   */
  #rest(): void {
    const { velocities, gains, n } = this.#state;
    this.#gpu.write(velocities, new Float32Array(2 * n));
    this.#gpu.write(gains, new Float32Array(2 * n).fill(1));
  }

  /** The positions, their mean taken off. */
  async embedding(): Promise<NdArray<Float32Array>> {
    const { data } = await this.#gpu.read(this.#state.positions);
    const { n } = this.#state;
    const mean = [0, 0];
    for (let i = 0; i < 2 * n; i++) mean[i % 2] += data[i] / n;
    return ndarray([n, 2], Float32Array.from({ length: 2 * n }, (_, i) => data[i] - mean[i % 2]));
  }

  /** KL = sum p log p + sum p log(1 + d²) + log Z, since the affinities sum to 1. */
  async #kl(iteration: number): Promise<number> {
    this.#programs.cost.run([{}]);
    const [costs, totals] = await this.#gpu.readAll([this.#state.costs, this.#state.totals]);
    let sum = this.#entropy;
    for (const cost of costs.data) sum += cost;
    const kl = sum + Math.log(totals.data[2]);
    const { learningRate } = this.#settings.late;
    const name = `the divergence after iteration ${iteration} at learningRate ${learningRate}`;
    check(Number.isFinite(kl), ATTEMPT, { [name]: kl }, "a finite number");
    return kl;
  }

  [Symbol.dispose](): void {
    for (const program of Object.values(this.#programs)) program[Symbol.dispose]();
  }
}
