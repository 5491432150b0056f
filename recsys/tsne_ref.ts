/**
 * t-SNE in float64 over all pairs: what the device is compared with.
 *
 * @module
 */
import { type NdArray, ndarray } from "../gpu/tensor.ts";
import type { Affinities } from "./affinities.ts";

/** Settings of an iteration. */
export interface StepSettings {
  /** Factor of the affinities. */
  readonly exaggeration: number;
  /** Share of the velocity that is kept. */
  readonly momentum: number;
  /** Factor of the gradient. */
  readonly learningRate: number;
}

/** What the iterations change. */
export interface StateRef {
  /** Positions [n, 2]. */
  readonly positions: NdArray<Float64Array>;
  /** Velocities [n, 2]. */
  readonly velocities: NdArray<Float64Array>;
  /** Gains [n, 2]. */
  readonly gains: NdArray<Float64Array>;
}

/** A state at rest: no velocity, gains of 1. */
export function stateRef(start: NdArray): StateRef {
  return {
    positions: ndarray(start.shape, Float64Array.from(start.data)),
    velocities: ndarray(start.shape, new Float64Array(start.data.length)),
    gains: ndarray(start.shape, new Float64Array(start.data.length).fill(1)),
  };
}

/** Symmetric affinities [n, n] over all pairs, each width found by plain bisection of its logarithm. */
export function affinitiesRef(x: NdArray, perplexity: number): NdArray<Float64Array> {
  const n = x.shape[0];
  const rows = Array.from({ length: n }, (_, i) => conditionalRef(x, i, perplexity));
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) data[i * n + j] = (rows[i][j] + rows[j][i]) / (2 * n);
  }
  return ndarray([n, n], data);
}

/** p_j|i for all j. */
function conditionalRef(
  { shape: [n, d], data }: NdArray,
  i: number,
  perplexity: number,
): Float64Array {
  const distances = Float64Array.from({ length: n }, (_, j) => {
    let sum = 0;
    for (let c = 0; c < d; c++) sum += (data[i * d + c] - data[j * d + c]) ** 2;
    return j === i ? Infinity : sum;
  });
  const least = distances.reduce((a, b) => Math.min(a, b));
  const at = (beta: number) => {
    const weights = distances.map((distance) => Math.exp(-beta * (distance - least)));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / sum);
  };
  let [low, high] = [-100, 100];
  for (let trial = 0; trial < 80; trial++) {
    const middle = (low + high) / 2;
    const entropy = at(Math.exp(middle)).reduce((h, p) => p > 0 ? h - p * Math.log(p) : h, 0);
    if (entropy > Math.log(perplexity)) low = middle;
    else high = middle;
  }
  return at(Math.exp((low + high) / 2));
}

/** Affinities as a matrix [n, n]. */
export function denseRef({ n, offsets, indices, values }: Affinities): NdArray<Float64Array> {
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let e = offsets[i]; e < offsets[i + 1]; e++) data[i * n + indices[e]] = values[e];
  }
  return ndarray([n, n], data);
}

/** The sum of (1 + d²)^-1 over all ordered pairs. */
export function normaliserRef(y: NdArray): number {
  const n = y.shape[0];
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) sum += 2 * weight(y, i, j);
  }
  return sum;
}

function weight({ data }: NdArray, i: number, j: number): number {
  const dx = data[2 * i] - data[2 * j];
  const dy = data[2 * i + 1] - data[2 * j + 1];
  return 1 / (1 + dx * dx + dy * dy);
}

/** Kullback-Leibler divergence of the affinities p [n, n] from those of the positions y [n, 2]. */
export function klRef(p: NdArray, y: NdArray): number {
  const n = y.shape[0];
  const normaliser = normaliserRef(y);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const value = p.data[i * n + j];
      if (value > 0 && i !== j) sum += value * Math.log(value * normaliser / weight(y, i, j));
    }
  }
  return sum;
}

/** Gradient [n, 2] of `klRef` by the positions; with the affinities exaggerated, if asked. */
export function klGradRef(p: NdArray, y: NdArray, exaggeration = 1): NdArray<Float64Array> {
  const n = y.shape[0];
  const normaliser = normaliserRef(y);
  const gradient = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const w = weight(y, i, j);
      const factor = 4 * (exaggeration * p.data[i * n + j] - w / normaliser) * w;
      for (const axis of [0, 1]) {
        const force = factor * (y.data[2 * i + axis] - y.data[2 * j + axis]);
        gradient[2 * i + axis] += force;
        gradient[2 * j + axis] -= force;
      }
    }
  }
  return ndarray([n, 2], gradient);
}

/** One iteration; the mean of the positions before it is taken off. Changes the state. */
export function tsneStepRef(p: NdArray, state: StateRef, settings: StepSettings): void {
  const [positions, velocities, gains] = [state.positions, state.velocities, state.gains]
    .map(({ data }) => data);
  const { exaggeration, momentum, learningRate } = settings;
  const gradient = klGradRef(p, state.positions, exaggeration).data;
  const mean = [0, 0];
  positions.forEach((value, i) => mean[i % 2] += 2 * value / positions.length);
  positions.forEach((value, i) => {
    const same = (gradient[i] > 0) === (velocities[i] > 0);
    gains[i] = Math.max(same ? 0.8 * gains[i] : gains[i] + 0.2, 0.01);
    velocities[i] = momentum * velocities[i] - learningRate * gains[i] * gradient[i];
    positions[i] = value + velocities[i] - mean[i % 2];
  });
}

/** Iterations with the same settings, which begin at rest. */
export interface PhaseRef {
  /** How many. */
  readonly iterations: number;
  /** How they move. */
  readonly settings: StepSettings;
}

/** Phases one after the other from a start [n, 2]; returns the positions, centred before the last move. */
export function tsneRef(
  p: NdArray,
  start: NdArray,
  phases: readonly PhaseRef[],
): NdArray<Float64Array> {
  let state = stateRef(start);
  for (const { iterations, settings } of phases) {
    state = stateRef(state.positions);
    for (let t = 0; t < iterations; t++) tsneStepRef(p, state, settings);
  }
  return state.positions;
}
