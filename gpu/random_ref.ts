/** Whole arrays from the scalar draws of `random.ts`, in float64. */
import { bernoulli, bits, type Key, normal, permutation, uniform } from "./random.ts";
import { type NdArray, type Shape, sizeOf } from "./tensor.ts";

/** Random bits. */
export function bitsRef(shape: Shape, stream: Key): NdArray<Uint32Array> {
  return { shape, data: Uint32Array.from({ length: sizeOf(shape) }, (_, i) => bits(stream, i)) };
}

/** Uniforms in [0, 1). */
export function uniformRef(shape: Shape, stream: Key): NdArray<Float64Array> {
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => uniform(stream, i));
  return { shape, data };
}

/** 1 with a probability, else 0. */
export function bernoulliRef(
  shape: Shape,
  stream: Key,
  probability: number,
): NdArray<Uint32Array> {
  const draw = (_: unknown, i: number) => Number(bernoulli(stream, i, probability));
  return { shape, data: Uint32Array.from({ length: sizeOf(shape) }, draw) };
}

/** Standard normals. */
export function normalRef(shape: Shape, stream: Key): NdArray<Float64Array> {
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => normal(stream, i)) };
}

/** A permutation of 0 … n - 1. */
export function permutationRef(n: number, stream: Key): NdArray<Uint32Array> {
  return { shape: [n], data: permutation(stream, n) };
}
