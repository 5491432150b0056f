/**
 * Tensors filled from a key on the device. Element i is what `random.ts` gives for index i of the
 * same stream: equal bit for bit, normals within `NORMAL_ERROR`.
 */
import text from "./random.wgsl" with { type: "text" };
import { within } from "./check.ts";
import { type Context, kernel } from "./kernel.ts";
import type { Key } from "./random.ts";
import type { Dims } from "./signature.ts";
import { GRID, THREEFRY } from "./sources.ts";
import type { Tensor } from "./tensor.ts";

/**
 * The most by which `fillNormal` may differ from `normal` of `random.ts`, which works in float64.
 * The largest radius, 5.77, times what WGSL allows a quotient and a root to be off, and the
 * rounding of sums and products. Measured on llvmpipe over 16 million draws: 6.4e-7.
 */
export const NORMAL_ERROR = 4e-6;

const byFour = ({ n }: Dims) => Math.ceil(n / 4);
const filling = (what: string, result: string, threads = byFour) =>
  kernel({
    name: `random/${what}`,
    source: [GRID, THREEFRY, { file: "gpu/random.wgsl", text }],
    entry: `fill_${what}`,
    inputs: {},
    outputs: { result },
    threads,
  });

const bitsKernel = filling("bits", "u32: *n");
const uniformKernel = filling("uniform", "*n");
const bernoulliKernel = filling("bernoulli", "u32: *n");
const normalKernel = filling("normal", "*n");
const permutationKernel = filling("permutation", "u32: n", ({ n }) => n);

function fillFrom(
  run: typeof bitsKernel,
  context: Context,
  result: Tensor,
  [keyHigh, keyLow]: Key,
  probability = 0,
): void {
  run(context, {}, { dims: { keyHigh, keyLow, probability }, into: { result } });
}

/**
 * Fills a u32 tensor of any shape with random bits; element i equals `bits(stream, i)`.
 *
 * @example
 * ```ts
 * import { fold, key, openGpu, fillBits } from "jsr:@cetus/cetus";
 *
 * using gpu = await openGpu();
 * const mask = gpu.empty([1000], { dtype: "u32" });
 * fillBits(gpu, mask, fold(key(7), "mask"));
 * ```
 */
export function fillBits(context: Context, result: Tensor, stream: Key): void {
  fillFrom(bitsKernel, context, result, stream);
}

/** Fills an f32 tensor with uniforms in [0, 1); element i equals `uniform(stream, i)`. */
export function fillUniform(context: Context, result: Tensor, stream: Key): void {
  fillFrom(uniformKernel, context, result, stream);
}

/**
 * Fills a u32 tensor of any shape with 1 with a probability, else 0; element i equals
 * `bernoulli(stream, i, probability)`.
 *
 * @param probability in [0, 1]
 */
export function fillBernoulli(
  context: Context,
  result: Tensor,
  stream: Key,
  probability: number,
): void {
  within("Cannot draw true and false", { probability }, 0, 1);
  fillFrom(bernoulliKernel, context, result, stream, probability);
}

/**
 * Fills an f32 tensor of any shape with standard normals; element i is within `NORMAL_ERROR` of
 * `normal(stream, i)`.
 */
export function fillNormal(context: Context, result: Tensor, stream: Key): void {
  fillFrom(normalKernel, context, result, stream);
}

/**
 * Fills a u32 tensor of `[n]` with a permutation of 0 … n - 1, equal to `permutation(stream, n)`.
 */
export function fillPermutation(context: Context, result: Tensor, stream: Key): void {
  fillFrom(permutationKernel, context, result, stream);
}
