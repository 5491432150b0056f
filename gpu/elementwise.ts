/** Element-by-element kernels: add, multiply, scale, fill. */
import text from "./elementwise.wgsl" with { type: "text" };
import pointwiseText from "./pointwise.wgsl" with { type: "text" };
import { type Context, kernel } from "./kernel.ts";
import type { Dims } from "./signature.ts";
import { GRID } from "./sources.ts";
import type { Tensor } from "./tensor.ts";

/** What kernels that treat every element alike share: `n` elements and a scalar, `factor`. */
export const POINTWISE = {
  source: [GRID, { file: "gpu/pointwise.wgsl", text: pointwiseText }],
  threads: ({ n }: Dims): number => Math.ceil(n / 4),
} as const;

const shared = {
  ...POINTWISE,
  source: [...POINTWISE.source, { file: "gpu/elementwise.wgsl", text }],
  outputs: { result: "*n" },
} as const;
const pair = { a: "*n", b: "*n" } as const;

const addKernel = kernel({ ...shared, name: "add", entry: "add", inputs: pair });
const multiplyKernel = kernel({ ...shared, name: "multiply", entry: "multiply", inputs: pair });
const scaleKernel = kernel({ ...shared, name: "scale", entry: "scale", inputs: { a: "*n" } });
const fillKernel = kernel({ ...shared, name: "fill", entry: "fill", inputs: {} });

/** a + b, element by element, into a new tensor or `into`. */
export function add(context: Context, a: Tensor, b: Tensor, into?: Tensor): Tensor {
  return addKernel(context, { a, b }, { dims: { factor: 0 }, into: { result: into } }).result;
}

/** a b, element by element. */
export function multiply(context: Context, a: Tensor, b: Tensor): Tensor {
  return multiplyKernel(context, { a, b }, { dims: { factor: 0 } }).result;
}

/** factor a, into a new tensor or `into`. */
export function scale(context: Context, a: Tensor, factor: number, into?: Tensor): Tensor {
  return scaleKernel(context, { a }, { dims: { factor }, into: { result: into } }).result;
}

/** Writes one value into every element. */
export function fill(context: Context, result: Tensor, value: number): void {
  fillKernel(context, {}, { dims: { factor: value }, into: { result } });
}
