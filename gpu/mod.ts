/**
 * The device: opening it, tensors, kernels, recording and replay, random numbers, general kernels.
 *
 * @module
 */
export * from "./tensor.ts";
export * from "./signature.ts";
export * from "./kernel.ts";
export * from "./gpu.ts";
export * from "./scope.ts";
export * from "./pool.ts";
export { locate, type Pipeline, Pipelines } from "./pipelines.ts";
export { TexelTextures } from "./texels.ts";
export * from "./recorder.ts";
export * from "./program.ts";
export * from "./random.ts";
export * from "./random_kernels.ts";
export * from "./sources.ts";
export * from "./elementwise.ts";
export * from "./matmul.ts";
export * from "./reduce.ts";
export * from "./gather.ts";
export * from "./transpose.ts";
export { float64, row, rowProduct, slice, stack, take } from "./rows.ts";
export type { Apply, Hooks, OnProgress, Rows } from "./fitting.ts";
