/**
 * What everything that is fitted has in common: `fitX(gpu, rows, options)` gives plain data, X, and
 * `applyX(gpu, X, rows)` uses it. Rows are [n, d], on the host or on the device, and checked in one way.
 *
 * @module
 */
import { check } from "./check.ts";
import type { Gpu } from "./gpu.ts";
import type { EagerContext } from "./kernel.ts";
import { stack } from "./rows.ts";
import { type HostData, type NdArray, ndarray, type Tensor } from "./tensor.ts";

/** Told what is done of how much there is; at the end the two are equal. */
export type OnProgress = (done: number, total: number) => void;

/** How long work is watched and ended. */
export interface Hooks {
  /** Ends the work; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Told how far the work is. */
  readonly progress?: OnProgress;
}

/** Rows [n, d]: on the host, on the device, or there in chunks below its binding limit. */
export type Rows = NdArray | Tensor | readonly Tensor[];

/** What rows must be. */
export interface RowsExpected {
  /** Columns; any number where absent. */
  readonly width?: number;
  /** Fewest rows. Default 1. */
  readonly least?: number;
  /** How many rows exactly; any number from `least` on where absent. */
  readonly rows?: number;
  /** Whether numbers may be of any size whose square float64 holds, up to 1e150. Default false. */
  readonly wide?: boolean;
  /** What the rows are called. Default `rows`. */
  readonly name?: string;
}

/** Sums of squares of larger numbers leave float64. */
const MOST_WIDE = 1e150;

/**
 * Throws unless rows are what a fit can use. Numbers on the device are not looked at.
 *
 * @param attempt what was tried, such as `Cannot fit a whitening`
 * @throws {RangeError} when the shape is another than [n, d], rows are too few, the width is another
 * than expected, or a number is not finite in float32: the message names row and column
 */
export function checkRows(attempt: string, rows: Rows, expected: RowsExpected = {}): void {
  const { least = 1, name = "rows" } = expected;
  const chunks = "length" in rows ? rows : [rows];
  const width = expected.width ?? chunks[0]?.shape[1];
  const exact = expected.rows !== undefined && expected.rows >= least;
  const range = exact ? "" : ` with n from ${least} on`;
  const wanted = `[${exact ? expected.rows : "n"}, ${expected.width ?? "d"}]${range}`;
  for (const { shape } of chunks) {
    const good = shape.length === 2 && shape[1] === width && width > 0;
    check(good, attempt, { [name]: shape }, wanted);
  }
  const n = chunks.reduce((sum, { shape }) => sum + shape[0], 0);
  check(
    n >= least && n === (expected.rows ?? n),
    attempt,
    { [name]: [n, width ?? 0] },
    wanted,
  );
  if ("data" in rows) checkNumbers(attempt, rows, name, expected.wide);
}

function checkNumbers(
  attempt: string,
  { shape: [n, d], data }: NdArray,
  name: string,
  wide = false,
): void {
  const count = { [`the number of elements of ${name}`]: data.length };
  check(data.length === n * d, attempt, count, `${n} x ${d}`);
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return;
  for (let i = 0; i < data.length; i++) {
    if (wide ? Math.abs(data[i]) <= MOST_WIDE : Number.isFinite(Math.fround(data[i]))) continue;
    const place = `row ${Math.floor(i / d)}, column ${i % d}${
      name === "rows" ? "" : ` of ${name}`
    }`;
    const wanted = wide ? "a finite number, 1e150 at most" : "a finite number of float32";
    check(false, attempt, { [place]: data[i] }, wanted);
  }
}

/**
 * Throws unless what was computed of rows on the device, in float32, is finite. Where it is not, the rows
 * are read, and the first of their numbers that is not finite is named; else what was computed.
 *
 * @param name what the number at a place is
 * @throws {RangeError} for the first that is not finite
 */
export async function checkComputed(
  gpu: Gpu,
  attempt: string,
  rows: Rows,
  computed: ArrayLike<number>,
  name: (place: number) => string,
): Promise<void> {
  for (let i = 0; i < computed.length; i++) {
    if (Number.isFinite(computed[i])) continue;
    await hostRows(gpu, attempt, rows);
    check(false, attempt, { [`${name(i)}, in float32,`]: computed[i] }, "a finite number");
  }
}

/**
 * Rows that a fit starts from, in float32: those given, or elements that are drawn.
 *
 * @throws {RangeError} when what is given has another shape or is not finite
 */
export function startRows(
  attempt: string,
  start: NdArray | undefined,
  shape: readonly [rows: number, width: number],
  draw: (i: number) => number,
): NdArray<Float32Array> {
  const [rows, width] = shape;
  if (start) checkRows(attempt, start, { name: "start", rows, width });
  const at = (i: number) => start ? start.data[i] : draw(i);
  return ndarray(shape, Float32Array.from({ length: rows * width }, (_, i) => at(i)));
}

/** Checked rows on the host; those on the device are read. */
export async function hostRows(
  gpu: Gpu,
  attempt: string,
  rows: Rows,
  expected?: RowsExpected,
): Promise<NdArray> {
  checkRows(attempt, rows, expected);
  if ("data" in rows) return rows;
  const chunks: NdArray[] = [];
  for (const chunk of "length" in rows ? rows : [rows]) chunks.push(await gpu.read(chunk));
  const read = stack(chunks);
  checkRows(attempt, read, expected);
  return read;
}

/**
 * Checked rows on the device, in chunks; those on the host are uploaded.
 *
 * @param context where an upload belongs
 */
export function deviceRows(
  context: EagerContext,
  attempt: string,
  rows: Rows,
  expected?: RowsExpected,
): readonly Tensor[] {
  checkRows(attempt, rows, expected);
  if ("data" in rows) return [context.upload(rows, "rows")];
  return "length" in rows ? rows : [rows];
}

/**
 * Uses what was fitted: what comes of rows on the host is there, and what comes of rows on the device is
 * a tensor that lives until it is released.
 */
export interface Apply<X, T extends HostData = HostData, Options extends Hooks = Hooks> {
  /**
   * Applies it.
   *
   * @param rows [n, d], d as in the fit
   * @throws {RangeError} as `checkRows`
   */
  (gpu: Gpu, fitted: X, rows: NdArray, options?: Options): Promise<NdArray<T>>;
  (gpu: Gpu, fitted: X, rows: Tensor, options?: Options): Promise<Tensor>;
}

/** What came of finite rows, unless their numbers were too large for it. */
function finiteResult<T extends HostData>(attempt: string, result: NdArray<T>): NdArray<T> {
  const { shape: [n], data } = result;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    const name = `the result of row ${Math.floor(i / (data.length / n))}`;
    check(false, attempt, { [name]: data[i] }, "a finite number");
  }
  return result;
}

/** How something is applied. */
interface Application<Context, X, In, Out, Options = Hooks> {
  /** What is tried, for errors. */
  readonly attempt: string;
  /** Columns that it was fitted to. */
  width(fitted: X): number;
  /** What comes of checked rows. */
  run(gpu: Context, fitted: X, rows: In, options?: Options): Out;
}

/**
 * An {@linkcode Apply} that computes on the device, in a scope of its own that `run` gets.
 *
 * @param kind elements of what comes
 */
export function applyOnDevice<X, T extends HostData>(
  kind: new (length: number) => T,
  { attempt, width, run }: Application<EagerContext, X, Tensor, Tensor>,
): Apply<X, T> {
  function apply(gpu: Gpu, fitted: X, rows: NdArray, hooks?: Hooks): Promise<NdArray<T>>;
  function apply(gpu: Gpu, fitted: X, rows: Tensor, hooks?: Hooks): Promise<Tensor>;
  async function apply(gpu: Gpu, fitted: X, rows: NdArray | Tensor, hooks?: Hooks) {
    hooks?.signal?.throwIfAborted();
    using scope = gpu.scope();
    const [x] = deviceRows(scope, attempt, rows, { width: width(fitted) });
    const made = run(scope, fitted, x, hooks);
    if (!("data" in rows)) return scope.keep(made);
    const { shape, data } = await scope.read(made);
    check(data instanceof kind, attempt, { "the result": data.constructor.name }, kind.name);
    return finiteResult(attempt, ndarray(shape, data));
  }
  return apply;
}

/** An {@linkcode Apply} that computes on the host, or that brings rows to the device by itself. */
export function applyOnHost<X, T extends HostData, Options extends Hooks = Hooks>(
  { attempt, width, run }: Application<
    Gpu,
    X,
    NdArray,
    NdArray<T> | Promise<NdArray<T>>,
    Options
  >,
): Apply<X, T, Options> {
  function apply(gpu: Gpu, fitted: X, rows: NdArray, options?: Options): Promise<NdArray<T>>;
  function apply(gpu: Gpu, fitted: X, rows: Tensor, options?: Options): Promise<Tensor>;
  async function apply(gpu: Gpu, fitted: X, rows: NdArray | Tensor, options?: Options) {
    options?.signal?.throwIfAborted();
    const x = await hostRows(gpu, attempt, rows, { width: width(fitted) });
    const made = finiteResult(attempt, await run(gpu, fitted, x, options));
    return "data" in rows ? made : gpu.upload(made);
  }
  return apply;
}
