/** Optimisers in float64, one step at a time. */
import type { NdArray } from "../gpu/tensor.ts";

/** Values of a parameter and what the optimiser remembers of it. */
export interface ParameterRef {
  /** The values, changed in place. */
  readonly value: NdArray<Float64Array>;
  /** Velocity, or Adam's mean gradient; changed in place. */
  readonly first: NdArray<Float64Array>;
  /** Adam's mean square; changed in place. */
  readonly second: NdArray<Float64Array>;
  /** Whether weight decay applies. */
  readonly decay: boolean;
}

/** A parameter that starts at `value`, its memory at zero. */
export function parameterRef(value: NdArray<Float64Array>, decay: boolean): ParameterRef {
  const zeros = () => ({ shape: value.shape, data: new Float64Array(value.data.length) });
  return {
    value: { shape: value.shape, data: value.data.slice() },
    first: zeros(),
    second: zeros(),
    decay,
  };
}

/** v <- mu v - lr g; w <- w + v, or w <- w + mu v - lr g with `nesterov`; g includes the decay. */
export function sgdRef(
  { value: { data: w }, first: { data: v }, decay }: ParameterRef,
  grad: NdArray,
  options: { learningRate: number; momentum?: number; nesterov?: boolean; weightDecay?: number },
): void {
  const { learningRate, momentum = 0, nesterov = false, weightDecay = 0 } = options;
  for (let i = 0; i < w.length; i++) {
    const g = grad.data[i] + (decay ? weightDecay * w[i] : 0);
    v[i] = momentum * v[i] - learningRate * g;
    w[i] += nesterov ? momentum * v[i] - learningRate * g : v[i];
  }
}

/** Kingma and Ba 2015, algorithm 1, with decoupled decay. `step` counts from 1. */
export function adamRef(
  { value: { data: w }, first: { data: m }, second: { data: v }, decay }: ParameterRef,
  grad: NdArray,
  options: {
    learningRate: number;
    step: number;
    beta1?: number;
    beta2?: number;
    epsilon?: number;
    weightDecay?: number;
  },
): void {
  const { learningRate, step, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } =
    options;
  for (let i = 0; i < w.length; i++) {
    const g = grad.data[i];
    m[i] = beta1 * m[i] + (1 - beta1) * g;
    v[i] = beta2 * v[i] + (1 - beta2) * g * g;
    const mean = m[i] / (1 - beta1 ** step);
    const square = v[i] / (1 - beta2 ** step);
    if (decay) w[i] -= learningRate * weightDecay * w[i];
    w[i] -= learningRate * mean / (Math.sqrt(square) + epsilon);
  }
}
