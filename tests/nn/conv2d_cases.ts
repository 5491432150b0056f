/** Shapes, arrays and tolerances for the tests of the convolution's kernels. */
import type { Context, DeviceProfile } from "../../gpu/kernel.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import type { Conv2dOptions } from "../../nn/conv2d_geometry.ts";
import { conv2dRef } from "../../nn/conv2d_ref.ts";
import { randomArray } from "../check.ts";

/** A convolution to test. */
export interface Case extends Conv2dOptions {
  readonly x: readonly [b: number, h: number, w: number, c: number];
  readonly weight: readonly [kh: number, kw: number, f: number];
  readonly bias?: "tied" | "untied";
}

/** Awkward ones: 1, primes, just past a tile, with and without vec4. */
export const CASES: readonly Case[] = [
  { x: [1, 1, 1, 1], weight: [1, 1, 1] },
  { x: [1, 5, 4, 4], weight: [3, 2, 4], bias: "tied" },
  { x: [17, 5, 6, 8], weight: [3, 3, 20], bias: "untied", activation: "relu" }, // past both tiles
  { x: [16, 4, 4, 20], weight: [3, 3, 16], padding: "same", activation: "relu", bias: "tied" },
  { x: [9, 7, 5, 12], weight: [2, 4, 12], padding: "same", bias: "untied" },
  { x: [3, 8, 9, 16], weight: [3, 3, 36], stride: 2, bias: "tied" },
  { x: [10, 7, 8, 4], weight: [3, 5, 12], stride: 3, padding: "same", activation: "relu" },
  { x: [19, 9, 8, 3], weight: [6, 5, 16], bias: "untied", activation: "relu" }, // pictures
  { x: [2, 6, 6, 3], weight: [3, 3, 8], padding: "same", bias: "tied" },
  { x: [9, 6, 7, 1], weight: [4, 4, 12], padding: "same", stride: 2, activation: "relu" },
  { x: [18, 4, 5, 3], weight: [3, 3, 32], bias: "tied" }, // the tiles of 32 filters
  { x: [9, 3, 3, 5], weight: [2, 2, 64], padding: "same", bias: "untied" },
  { x: [3, 5, 5, 4], weight: [3, 3, 5], bias: "untied", activation: "relu" }, // no vec4 filters
  { x: [2, 5, 7, 7], weight: [3, 2, 11], padding: "same", stride: 2, bias: "tied" },
  { x: [5, 1, 13, 8], weight: [1, 4, 12], bias: "tied" }, // one axis
  { x: [2, 2, 1, 4], weight: [5, 3, 4], padding: "same" }, // filter larger than the image
];

/** Absolute values. */
export const absolute = (array: NdArray): NdArray => ({ ...array, data: array.data.map(Math.abs) });

/** 4 sqrt(K) 2^-24 times the largest sum of the products' absolute values. */
export function tolerance(terms: number, sums: NdArray): { absolute: number; relative: number } {
  const largest = Math.max(...sums.data);
  return { absolute: 4 * Math.sqrt(terms) * 2 ** -24 * largest, relative: 0 };
}

/** The two kinds of kernels. */
export const PROFILES = ["software", "card"] as const;

/** The same device with kernels of another profile. */
export function withProfile(context: Context, profile: DeviceProfile): Context {
  return {
    profile,
    empty: (shape, options) => context.empty(shape, options),
    persistent: (shape, options) => context.persistent(shape, options),
    dispatch: (dispatch) => context.dispatch(dispatch),
  };
}

/** Random arrays of a case. */
export function arraysOf({ x, weight, bias, ...options }: Case) {
  const [kh, kw, f] = weight;
  const arrays = { x: randomArray(x, 1), weight: randomArray([kh, kw, x[3], f], 2) };
  const { shape } = conv2dRef(arrays.x, arrays.weight, undefined, options);
  const biasShape = bias === "untied" ? shape.slice(1) : [f];
  return {
    ...arrays,
    bias: bias && randomArray(biasShape, 3),
    dy: randomArray(shape, 4),
    options,
    name: JSON.stringify({ x, weight, bias, ...options }),
  };
}
