/**
 * New points in a fixed map, in float64: what the device is compared with.
 *
 * @module
 */
import type { NdArray } from "../gpu/tensor.ts";
import type { PlaceSettings } from "./place_points_step.ts";

/** One new point. */
export interface PlacedRef {
  /** x, y. */
  readonly position: Float64Array;
  /** x, y. */
  readonly velocity: Float64Array;
  /** x, y. */
  readonly gain: Float64Array;
}

/** Affinities of a new point to points of the map. */
export interface PointAffinities {
  /** Points of the map. */
  readonly neighbours: ArrayLike<number>;
  /** Their affinities. */
  readonly values: ArrayLike<number>;
}

/** A point at rest. */
export function placedRef(x: number, y: number): PlacedRef {
  return {
    position: Float64Array.of(x, y),
    velocity: new Float64Array(2),
    gain: new Float64Array(2).fill(1),
  };
}

function weight(map: NdArray, j: number, [x, y]: Float64Array): number {
  return 1 / (1 + (x - map.data[2 * j]) ** 2 + (y - map.data[2 * j + 1]) ** 2);
}

function normaliser(map: NdArray, position: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < map.shape[0]; j++) sum += weight(map, j, position);
  return sum;
}

/** Kullback-Leibler divergence of a point's affinities from its weights over all of the map. */
export function placementKlRef(map: NdArray, p: PointAffinities, position: Float64Array): number {
  const z = normaliser(map, position);
  return Array.from(p.neighbours).reduce((sum, j, e) => {
    const value = p.values[e];
    return value > 0 ? sum + value * Math.log(value * z / weight(map, j, position)) : sum;
  }, 0);
}

/** Gradient of `placementKlRef` by the position, where the affinities sum to 1; or exaggerated. */
export function placementKlGradRef(
  map: NdArray,
  p: PointAffinities,
  position: Float64Array,
  exaggeration = 1,
): Float64Array {
  const z = normaliser(map, position);
  const gradient = new Float64Array(2);
  const add = (j: number, share: number) => {
    const factor = 2 * share * weight(map, j, position);
    for (const axis of [0, 1]) gradient[axis] += factor * (position[axis] - map.data[2 * j + axis]);
  };
  for (let e = 0; e < p.neighbours.length; e++) add(p.neighbours[e], exaggeration * p.values[e]);
  for (let j = 0; j < map.shape[0]; j++) add(j, -weight(map, j, position) / z);
  return gradient;
}

/** One iteration. Changes the point. */
export function placeStepRef(
  map: NdArray,
  p: PointAffinities,
  point: PlacedRef,
  { exaggeration, momentum, learningRate, longest }: PlaceSettings,
): void {
  const { position, velocity, gain } = point;
  const gradient = placementKlGradRef(map, p, position, exaggeration);
  const factor = Math.min(1, longest / Math.max(Math.hypot(...gradient), 1e-30));
  for (const axis of [0, 1]) {
    const slope = factor * gradient[axis];
    const same = (slope > 0) === (velocity[axis] > 0);
    gain[axis] = Math.max(same ? 0.8 * gain[axis] : gain[axis] + 0.2, 0.01);
    velocity[axis] = momentum * velocity[axis] - learningRate * gain[axis] * slope;
    position[axis] += velocity[axis];
  }
}
