/**
 * Initial values of parameters. An initialiser fills any range of a tensor from a key, so a large
 * tensor is drawn piece by piece; it works in float64 on the host, so a seed gives the same weights
 * on every adapter.
 */
import type { Gpu } from "../gpu/gpu.ts";
import { fold, type Key, normal, uniform } from "../gpu/random.ts";
import { type Shape, sizeOf, type Tensor } from "../gpu/tensor.ts";

/**
 * Fills `out` with elements `offset`, `offset + 1`, … of a tensor of `shape`.
 */
export type Initializer = (out: Float32Array, offset: number, shape: Shape, key: Key) => void;

/** Every element the same. */
export function constantInit(value: number): Initializer {
  return (out) => {
    out.fill(value);
  };
}

/** Normal with mean 0. */
export function normalInit(standardDeviation: number): Initializer {
  return (out, offset, _shape, key) => {
    for (let i = 0; i < out.length; i++) out[i] = standardDeviation * normal(key, offset + i);
  };
}

/** Uniform in [-limit, limit). */
export function uniformInit(limit: number): Initializer {
  return (out, offset, _shape, key) => {
    for (let i = 0; i < out.length; i++) out[i] = limit * (2 * uniform(key, offset + i) - 1);
  };
}

/**
 * Inputs and outputs that a weight of `[…, in, out]` joins: leading axes (filter rows and columns)
 * multiply both.
 */
export function fans(shape: Shape): { fanIn: number; fanOut: number } {
  const receptive = sizeOf(shape.slice(0, -2));
  return { fanIn: receptive * (shape.at(-2) ?? 1), fanOut: receptive * shape.at(-1)! };
}

/** Uniform with variance 2 / (fanIn + fanOut) (Glorot and Bengio 2010, eq. 16). */
export function glorotUniform(): Initializer {
  return (out, offset, shape, key) => {
    const { fanIn, fanOut } = fans(shape);
    uniformInit(Math.sqrt(6 / (fanIn + fanOut)))(out, offset, shape, key);
  };
}

/** Normal with variance 2 / fanIn, for layers followed by a ReLU (He et al. 2015, eq. 10). */
export function heNormal(): Initializer {
  return (out, offset, shape, key) =>
    normalInit(Math.sqrt(2 / fans(shape).fanIn))(out, offset, shape, key);
}

/** Elements drawn and uploaded at once: 4 MiB. */
const PIECE = 2 ** 20;

/** Fills parameters from a key; each draws from the stream of its name. */
export function initialize(
  gpu: Gpu,
  params: readonly { readonly name: string; readonly value: Tensor; readonly init: Initializer }[],
  key: Key,
): void {
  for (const { name, value, init } of params) {
    const stream = fold(key, name);
    const size = sizeOf(value.shape);
    for (let offset = 0; offset < size; offset += PIECE) {
      const piece = new Float32Array(Math.min(PIECE, size - offset));
      init(piece, offset, value.shape, stream);
      gpu.write(value, piece, offset);
      gpu.device.queue.submit([]); // frees the staging memory of the write
    }
  }
}
