/**
 * Matrix products in f32 with fused bias and ReLU: a b, aᵀ b and a bᵀ. The wrapper picks one of
 * several kernels by shape and device; for a shape and a device the order of every sum is fixed.
 */
import text from "./matmul.wgsl" with { type: "text" };
import {
  type Context,
  type DeviceProfile,
  type Kernel,
  kernel,
  type TexelKind,
  WORKGROUP_SIZE,
} from "./kernel.ts";
import { GRID, OPERANDS } from "./sources.ts";
import { checkTensor, type Tensor } from "./tensor.ts";

/** What a product may add to its operands. */
export interface MatmulOptions {
  /** Added to every row: [n]. Default none. */
  readonly bias?: Tensor;
  /** Whether negative values become 0, after the bias. Default false. */
  readonly relu?: boolean;
  /** Where the result goes: [m, n], none of the operands. A new tensor by default. */
  readonly into?: Tensor;
}

/** Which operand is given transposed. */
export type MatmulForm = "plain" | "transposedA" | "transposedB";

/** How a product is cut into threads. */
export interface MatmulPlan {
  /** Entry point in `matmul.wgsl`. */
  readonly entry: string;
  /** Rows a thread. */
  readonly rows: number;
  /** Threads of a workgroup along columns, 16 columns each. */
  readonly lanes: number;
  /** Terms of the sum a part; the parts are added in order by a second kernel. */
  readonly chunk: number;
  /** Number of parts. */
  readonly parts: number;
}

/** Extents of a product: [m, k] by [k, n]. */
export interface MatmulExtents {
  /** Rows of the result. */
  readonly m: number;
  /** Columns of the result. */
  readonly n: number;
  /** Length of the sums. */
  readonly k: number;
}

const FILE = { file: "gpu/matmul.wgsl", text } as const;
const SOURCE = [GRID, OPERANDS, FILE];
const SIGNATURES: Readonly<Record<MatmulForm, { a: string; b: string }>> = {
  plain: { a: "m k", b: "k n" },
  transposedA: { a: "k m", b: "k n" },
  transposedB: { a: "m k", b: "n k" },
};
const NAMES: Readonly<Record<MatmulForm, string>> = {
  plain: "matmul",
  transposedA: "matmulTransposedA",
  transposedB: "matmulTransposedB",
};
/** Columns a thread. */
const COLUMNS = 16;
/** Workgroups below which a sum is split. A card wants thousands of threads, two cores do not. */
const ENOUGH_WORKGROUPS: Readonly<Record<DeviceProfile, number>> = { software: 8, card: 256 };
/** No part is shorter than this. */
const SHORTEST_PART = 64;
/** From this many bytes on, b does not stay in the cache of a core. */
const LARGE_BYTES = 4 * 2 ** 20;
/** Columns along which a thread of a `stream` kernel goes, and terms that it keeps. */
const STRETCH = 256;
const STREAM_TERMS = 32;

type Product = Kernel<"a" | "b" | "bias", "result">;

const products = new Map<string, Product>();

/** How a kernel loads its operands, where it reads them as textures. */
function texelsOf(entry: string): Readonly<Record<"a" | "b", TexelKind>> {
  if (entry.startsWith("scalars")) return { a: "scalar", b: "scalar" };
  return { a: entry.startsWith("rows") ? "scalar" : "vec4", b: "vec4" };
}

/** The kernel of a form and an entry point; `output` is "m n", or "parts m n" for a split sum. */
function product(form: MatmulForm, entry: string, output: string): Product {
  const id = `${form} ${entry} ${output}`;
  const known = products.get(id);
  if (known) return known;
  const made = kernel({
    name: NAMES[form],
    source: SOURCE,
    texels: texelsOf(entry),
    entry,
    // Without a bias the binding is taken by b, which the shader then does not read.
    inputs: { ...SIGNATURES[form], bias: "*length" },
    outputs: { result: output },
    threads: ({ m, n, rows, lanes, parts }) =>
      entry.startsWith("stream")
        ? parts * Math.ceil(n / STRETCH)
        : WORKGROUP_SIZE * parts * Math.ceil(m * lanes / (rows * WORKGROUP_SIZE)) *
          Math.ceil(n / (COLUMNS * lanes)),
    flops: ({ m, n, k }) => 2 * m * n * k,
  });
  products.set(id, made);
  return made;
}

const partSums = {
  name: "matmul/sum_parts",
  source: SOURCE,
  inputs: { parts: "parts m n", bias: "*length" },
  outputs: { result: "m n" },
} as const;
const sumParts = kernel({ ...partSums, entry: "sum_parts", threads: ({ m, n }) => m * n });
const sumParts4 = kernel({ ...partSums, entry: "sum_parts4", threads: ({ m, n }) => m * n / 4 });

/**
 * a b.
 *
 * @param a [m, k]
 * @param b [k, n]
 * @returns [m, n]
 * @throws RangeError when the shapes do not fit
 *
 * @example
 * ```ts
 * import { matmul, ndarray, openGpu } from "jsr:@cetus/cetus";
 * using gpu = await openGpu();
 * const a = gpu.upload(ndarray([1, 2], Float32Array.of(3, 4)));
 * const b = gpu.upload(ndarray([2, 1], Float32Array.of(10, 1)));
 * console.log((await gpu.read(matmul(gpu, a, b))).data); // [34]
 * ```
 */
export function matmul(
  context: Context,
  a: Tensor,
  b: Tensor,
  options: MatmulOptions = {},
): Tensor {
  return run(context, "plain", a, b, options);
}

/**
 * aᵀ b: the weight gradient of a dense layer, whose sum runs over the batch.
 *
 * @param a [k, m]
 * @param b [k, n]
 * @returns [m, n]
 * @throws RangeError when the shapes do not fit
 */
export function matmulTransposedA(
  context: Context,
  a: Tensor,
  b: Tensor,
  options: MatmulOptions = {},
): Tensor {
  return run(context, "transposedA", a, b, options);
}

/**
 * a bᵀ: the input gradient of a dense layer; similarities between rows.
 *
 * @param a [m, k]
 * @param b [n, k]
 * @returns [m, n]
 * @throws RangeError when the shapes do not fit
 */
export function matmulTransposedB(
  context: Context,
  a: Tensor,
  b: Tensor,
  options: MatmulOptions = {},
): Tensor {
  return run(context, "transposedB", a, b, options);
}

function run(
  context: Context,
  form: MatmulForm,
  a: Tensor,
  b: Tensor,
  { bias, relu = false, into }: MatmulOptions,
): Tensor {
  const extents = extentsOf(form, a, b);
  checkBias(form, bias, extents.n);
  const plan = planMatmul(extents, form, context.profile);
  const finish = { hasBias: bias ? 1 : 0, relu: relu ? 1 : 0 };
  const dims = { ...steps(extents, form), ...shapeOf(plan) };
  const kept = into ? { result: into } : {};
  if (plan.parts === 1) {
    const multiply = product(form, plan.entry, "m n");
    const inputs = { a, b, bias: bias ?? b };
    return multiply(context, inputs, { dims: { ...dims, ...finish }, into: kept }).result;
  }
  const multiply = product(form, plan.entry, "parts m n");
  const { result } = multiply(context, { a, b, bias: b }, {
    dims: { ...dims, hasBias: 0, relu: 0 },
    label: `${NAMES[form]} parts`,
  });
  const { n, k } = extents;
  return (n % 4 === 0 ? sumParts4 : sumParts)(context, { parts: result, bias: bias ?? b }, {
    dims: { ...dims, k, ...finish },
    into: kept,
    label: NAMES[form],
  }).result;
}

/** Extents as far as the shapes tell; the kernel checks that the two agree. */
function extentsOf(form: MatmulForm, a: Tensor, b: Tensor): MatmulExtents {
  const [first, second] = a.shape;
  const [m, k] = form === "transposedA" ? [second, first] : [first, second];
  return { m, k, n: form === "transposedB" ? b.shape[0] : b.shape[1] };
}

function checkBias(form: MatmulForm, bias: Tensor | undefined, n: number): void {
  if (!bias) return;
  const good = bias.shape.length === 1 && bias.shape[0] === n;
  checkTensor(good, `Cannot run ${NAMES[form]}`, { ...bias, label: "bias" }, `[${n}]`);
}

/** Distances in memory between neighbours, in elements. */
function steps({ m, n, k }: MatmulExtents, form: MatmulForm): Record<string, number> {
  const [aRowStep, aSumStep] = form === "transposedA" ? [1, m] : [k, 1];
  const [bSumStep, bColumnStep] = form === "transposedB" ? [1, k] : [n, 1];
  return { aRowStep, aSumStep, bSumStep, bColumnStep };
}

function shapeOf({ rows, lanes, chunk, parts }: MatmulPlan): Record<string, number> {
  return { rows, lanes, chunk, parts };
}

/** How a product is cut up on a device: exported for tests and benches. */
export function planMatmul(
  extents: MatmulExtents,
  form: MatmulForm,
  profile: DeviceProfile,
): MatmulPlan {
  const { m, n, k } = extents;
  if (profile === "card" && suitsStaging(extents)) {
    return { entry: "staged", rows: 4, lanes: 4, chunk: k, parts: 1 }; // 64 x 64 a workgroup
  }
  if (profile === "software" && suitsStreaming(extents, form)) {
    const rows = m <= 2 ? 2 : 4;
    const parts = k / STREAM_TERMS;
    return { entry: `stream${rows}`, rows, lanes: 1, chunk: STREAM_TERMS, parts };
  }
  const { entry, rows } = direct(extents, form, profile);
  const lanes = lanesFor(extents, rows, profile);
  const groups = Math.ceil(m * lanes / (rows * WORKGROUP_SIZE)) * Math.ceil(n / (COLUMNS * lanes));
  const wanted = Math.ceil(ENOUGH_WORKGROUPS[profile] / groups);
  const most = Math.max(1, Math.floor(k / SHORTEST_PART));
  const even = Math.ceil(k / Math.min(wanted, most));
  const chunk = 4 * Math.ceil(Math.min(even, streamingChunk(extents, form)) / 4);
  return { entry, rows, lanes, chunk, parts: Math.ceil(k / chunk) };
}

/** Whether there are enough tiles of 64 by 64 to fill a card. */
function suitsStaging({ m, n, k }: MatmulExtents): boolean {
  const whole = [m, n, k].every((extent) => extent % 4 === 0);
  return whole && k >= SHORTEST_PART && Math.ceil(m / 64) * Math.ceil(n / 64) >= 64;
}

/** The entry point that reads the operands straight from memory, and its rows a thread. */
function direct(
  { m, n, k }: MatmulExtents,
  form: MatmulForm,
  profile: DeviceProfile,
): { entry: string; rows: number } {
  // Sixteen rows are 256 sums a thread: more registers than a card has.
  const tall = m > 8 && profile === "software" ? 16 : 8;
  const choose = (stem: string, rows: number) => ({ entry: `${stem}${rows}`, rows });
  if (form === "transposedB") {
    if (k % 4 === 0) return choose("dots", m <= 2 ? 2 : tall);
    return choose("scalars", m <= 2 ? 2 : 8);
  }
  if (n % 4 !== 0) return choose("scalars", m <= 2 ? 2 : 8);
  if (form === "transposedA" && m % 4 === 0 && m > 4) return choose("outer", tall);
  if (form === "plain" && k % 4 === 0 && m > 4) return choose("quads", tall);
  return choose("rows", m <= 2 ? 2 : m <= 4 ? 4 : tall);
}

/**
 * As few lanes along columns as cover them, and at least 8. The software device runs 8 lanes at a
 * time through the whole sum: eight such groups one below the other find b in the cache.
 */
function lanesFor({ m, n }: MatmulExtents, rows: number, profile: DeviceProfile): number {
  const forRows = WORKGROUP_SIZE / powerOfTwo(Math.ceil(m / rows));
  const forColumns = powerOfTwo(Math.ceil(n / COLUMNS));
  const least = profile === "software" && rows > 4 ? 8 : Math.max(8, forRows);
  return Math.min(forColumns, least);
}

function powerOfTwo(least: number): number {
  return Math.min(WORKGROUP_SIZE, 2 ** Math.ceil(Math.log2(least)));
}

/**
 * Whether few rows meet a large b by rows. Going along the rows of b instead of down its columns
 * measured four times as fast for 2 x 8192 x 4096.
 */
function suitsStreaming({ m, n, k }: MatmulExtents, form: MatmulForm): boolean {
  const whole = n % 4 === 0 && k % STREAM_TERMS === 0;
  return form === "plain" && m <= 4 && whole && 4 * k * n >= LARGE_BYTES;
}

/**
 * A large b comes from memory, each term on another page. Short parts keep those pages in reach while
 * a workgroup moves along the columns: measured 1.5 times as fast for 32 x 8192 x 4096.
 */
function streamingChunk({ m, n, k }: MatmulExtents, form: MatmulForm): number {
  if (form === "transposedB" || m > 32 || 4 * k * n < LARGE_BYTES) return k;
  return m <= 4 ? 64 : 512;
}
