/**
 * Mean and covariance of rows on the device, in float32 whose sums are added up on the host in float64.
 *
 * @module
 */
import text from "./moments.wgsl" with { type: "text" };
import { within } from "../gpu/check.ts";
import { checkComputed, type Hooks } from "../gpu/fitting.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { type Context, kernel } from "../gpu/kernel.ts";
import { matmulTransposedA } from "../gpu/matmul.ts";
import { sumFirstAxis } from "../gpu/reduce.ts";
import { GRID } from "../gpu/sources.ts";
import { type NdArray, ndarray, type Tensor } from "../gpu/tensor.ts";
import { padRows, resizeMatrix } from "./pad.ts";

/** Mean and covariance of rows. */
export interface Moments {
  /** [d] */
  readonly mean: NdArray<Float64Array>;
  /** [d, d], divided by the number of rows. */
  readonly covariance: NdArray<Float64Array>;
}

const shared = {
  name: "moments/centre",
  source: [GRID, { file: "audio/moments.wgsl", text }],
  inputs: { x: "n d", mean: "d" },
  outputs: { centred: "rows d" },
} as const;
const centreScalar = kernel({
  ...shared,
  entry: "centre_scalar",
  threads: ({ rows, d }) => rows * d,
});
const centreVec4 = kernel({
  ...shared,
  entry: "centre_vec4",
  threads: ({ rows, d }) => rows * d / 4,
});

/** Rows whose products are summed on the device; such sums are added up on the host in float64. */
const RUN = 4096;

/** The share of itself by which the mean of f32 sums may be off. */
const MEAN_NOISE = 1e-5;

/**
 * Rows minus their mean.
 *
 * @param x [n, d]
 * @param mean [d]
 * @param options which rows: from `first` (default 0) on, `rows` of them (default the rest)
 * @returns [rows, d]
 */
export function centreRows(
  context: Context,
  x: Tensor,
  mean: Tensor,
  { first = 0, rows = x.shape[0] - first }: { readonly first?: number; readonly rows?: number } =
    {},
): Tensor {
  within(
    "Cannot centre rows",
    { "the first row": first, "the last": first + rows - 1 },
    0,
    x.shape[0] - 1,
  );
  const run = x.shape[1] % 4 === 0 ? centreVec4 : centreScalar;
  return run(context, { x, mean }, { dims: { first, rows }, label: "centred" }).centred;
}

/**
 * Mean and covariance of rows that may be in several chunks.
 *
 * @param attempt what they are for
 * @param chunks tensors [n, d] of the same d
 * @param hooks told of rows
 * @throws {RangeError} naming the first number that is not finite, or what of finite ones float32 does
 * not hold
 */
export async function momentsOf(
  gpu: Gpu,
  attempt: string,
  chunks: readonly Tensor[],
  { signal, progress }: Hooks = {},
): Promise<Moments> {
  const d = chunks[0].shape[1];
  const n = chunks.reduce((sum, { shape }) => sum + shape[0], 0);
  const sums = new Float64Array(d);
  for (const chunk of chunks) await addRead(gpu, sums, (step) => sumFirstAxis(step, chunk));
  await checkComputed(gpu, attempt, chunks, sums, (column) => `the sum of column ${column}`);
  const mean = sums.map((sum) => sum / n);
  const products = await centredProducts(gpu, chunks, mean, { signal, progress });
  if (await centreFlatColumns(gpu, chunks, mean, products)) {
    products.set(await centredProducts(gpu, chunks, mean, { signal }));
  }
  await checkComputed(gpu, attempt, chunks, products, (i) => {
    return `the covariance of columns ${Math.floor(i / d)} and ${i % d}`;
  });
  return {
    mean: ndarray([d], mean),
    covariance: ndarray([d, d], symmetric(products.map((sum) => sum / n), d)),
  };
}

/** Sums of the products of centred columns, [d, d]. */
async function centredProducts(
  gpu: Gpu,
  chunks: readonly Tensor[],
  mean: Float64Array,
  { signal, progress }: Hooks,
): Promise<Float64Array> {
  using scope = gpu.scope();
  const d = mean.length;
  const n = chunks.reduce((sum, { shape }) => sum + shape[0], 0);
  const products = new Float64Array(d * d);
  const onDevice = scope.upload(ndarray([d], mean), "mean");
  let done = 0;
  for (const chunk of chunks) {
    for (let first = 0; first < chunk.shape[0]; first += RUN) {
      signal?.throwIfAborted();
      const rows = Math.min(RUN, chunk.shape[0] - first);
      await addRead(gpu, products, (step) => {
        // Products of whole vec4 are several times as fast as others.
        const centred = padRows(step, centreRows(step, chunk, onDevice, { first, rows }));
        return resizeMatrix(step, matmulTransposedA(step, centred, centred), [d, d]);
      });
      progress?.(done += rows, n);
    }
  }
  return products;
}

/**
 * Means that f32 sums leave a little off make a constant column vary by that. Where a column varies no
 * more, adds the mean of what is left of it to its mean, in place.
 *
 * @returns whether there is such a column
 */
async function centreFlatColumns(
  gpu: Gpu,
  chunks: readonly Tensor[],
  mean: Float64Array,
  products: Float64Array,
): Promise<boolean> {
  const d = mean.length;
  const n = chunks.reduce((sum, { shape }) => sum + shape[0], 0);
  const isFlat = (value: number, j: number) => {
    const variance = products[j * d + j] / n;
    return variance > 0 && variance < (MEAN_NOISE * value) ** 2;
  };
  if (!mean.some(isFlat)) return false;
  using scope = gpu.scope();
  const onDevice = scope.upload(ndarray([d], mean), "mean");
  const left = new Float64Array(d);
  for (const chunk of chunks) {
    await addRead(gpu, left, (step) => sumFirstAxis(step, centreRows(step, chunk, onDevice)));
  }
  const flat = mean.map((value, j) => Number(isFlat(value, j)));
  for (let j = 0; j < d; j++) if (flat[j]) mean[j] = Math.fround(mean[j]) + left[j] / n;
  return true;
}

/** Reads what `make` makes, gives its memory back, and adds it to a sum. */
async function addRead(
  gpu: Gpu,
  sum: Float64Array,
  make: (context: Context) => Tensor,
): Promise<void> {
  using scope = gpu.scope();
  const { data } = await gpu.read(make(scope));
  for (let i = 0; i < sum.length; i++) sum[i] += data[i];
}

/** The mean of the two triangles, which f32 sums may let drift apart. */
function symmetric(matrix: Float64Array, d: number): Float64Array {
  return matrix.map((value, i) => (value + matrix[(i % d) * d + Math.floor(i / d)]) / 2);
}
