/**
 * The device: opening it, tensors, kernels, recording and replay, random numbers, general kernels.
 *
 * @module
 */
export {
  type DType,
  type HostData,
  type NdArray,
  ndarray,
  reshape,
  type Shape,
  sizeOf,
  type Storage,
  type Tensor,
} from "./tensor.ts";
export type { Dims } from "./signature.ts";
export {
  type CallOptions,
  type Context,
  type DeviceProfile,
  type Dispatch,
  type EagerContext,
  type Kernel,
  kernel,
  type KernelSpec,
  type TexelKind,
  WORKGROUP_SIZE,
} from "./kernel.ts";
export { Gpu, type GpuOptions, type ObjectCounts, openGpu } from "./gpu.ts";
export { Scope } from "./scope.ts";
export type { MemoryReport } from "./pool.ts";
export { type MemoryPlan, Recorder } from "./recorder.ts";
export { type Feeds, type KernelTime, Program } from "./program.ts";
export { bernoulli, bits, fold, type Key, key, normal, permutation, uniform } from "./random.ts";
export {
  fillBernoulli,
  fillBits,
  fillNormal,
  fillPermutation,
  fillUniform,
  NORMAL_ERROR,
} from "./random_kernels.ts";
export { GRID, LARGER, type Source, THREEFRY } from "./sources.ts";
export { add, fill, multiply, scale } from "./elementwise.ts";
export { matmul, type MatmulOptions, matmulTransposedA, matmulTransposedB } from "./matmul.ts";
export {
  argmax,
  max,
  mean,
  norm,
  type ReduceOptions,
  sum,
  sumFirstAxis,
  sumOfSquares,
} from "./reduce.ts";
export {
  gather,
  scatterAdd,
  scatterAddSorted,
  type ScatterOptions,
  type SortedIndex,
  sortIndex,
} from "./gather.ts";
export { swapAxes, transpose, type TransposeOptions } from "./transpose.ts";
export { float64, row, rowProduct, slice, stack, take } from "./rows.ts";
export type { Apply, Hooks, OnProgress, Rows } from "./fitting.ts";
