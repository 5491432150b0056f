/**
 * Randomness as a value: Threefry-2x32 keys. Whoever needs chance receives a key; the same key gives
 * the same bits on the host and in WGSL. Source: Salmon et al. 2011, "Parallel random numbers: as
 * easy as 1, 2, 3", section 4.2.
 */
import { whole } from "./check.ts";

/** Names a stream of random numbers. */
export type Key = readonly [high: number, low: number];

const ROTATIONS = [[13, 15, 26, 6], [17, 29, 16, 24]] as const;
const PARITY = 0x1BD11BDA;
/** Sets folding apart from drawing, whose second counter word is 0. */
const FOLD = 0xF01D;

/** Threefry-2x32 with 20 rounds: a bijection of the 64-bit counter for each key. */
export function threefry(key: Key, x0: number, x1: number): [number, number] {
  const keys = [key[0], key[1], PARITY ^ key[0] ^ key[1]];
  let a = (x0 + key[0]) | 0;
  let b = (x1 + key[1]) | 0;
  for (let group = 0; group < 5; group++) {
    for (const rotation of ROTATIONS[group & 1]) {
      a = (a + b) | 0;
      b = ((b << rotation) | (b >>> (32 - rotation))) ^ a;
    }
    a = (a + keys[(group + 1) % 3]) | 0;
    b = (b + keys[(group + 2) % 3] + group + 1) | 0;
  }
  return [a >>> 0, b >>> 0];
}

/**
 * The key of a seed.
 *
 * @param seed a non-negative safe integer
 */
export function key(seed: number): Key {
  whole("Cannot make a key", { seed });
  return [Math.floor(seed / 2 ** 32), seed >>> 0];
}

/**
 * The key of a named or numbered part of whatever `parent` stands for.
 *
 * @example
 * ```ts
 * import { fold, key } from "jsr:@cetus/cetus";
 * const dropout = fold(fold(key(7), "dropout"), 3);
 * ```
 */
export function fold(parent: Key, label: string | number): Key {
  return threefry(parent, labelHash(label), FOLD);
}

/** 32 bits that stand for a label in `fold`; numbers stand for themselves. */
export function labelHash(label: string | number): number {
  if (typeof label === "number") return label >>> 0;
  let hash = 0x811C9DC5; // FNV-1a
  for (const byte of new TextEncoder().encode(label)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** 32 random bits: element `index` of a stream. */
export function bits(stream: Key, index: number): number {
  return threefry(stream, index >>> 1, 0)[index & 1];
}

/** Element `index` of a stream, uniform in [0, 1) in steps of 2^-24, so exact in f32. */
export function uniform(stream: Key, index: number): number {
  return (bits(stream, index) >>> 8) * 2 ** -24;
}

/** Element `index` of a stream, true with a probability. */
export function bernoulli(stream: Key, index: number, probability: number): boolean {
  return uniform(stream, index) < Math.fround(probability);
}

/**
 * Element `index` of a stream, standard normal by Box and Muller; elements 2i and 2i + 1 share a
 * pair of uniforms. In float64, so the same on every adapter.
 */
export function normal(stream: Key, index: number): number {
  const [a, b] = threefry(stream, index >>> 1, 0);
  const radius = Math.sqrt(-2 * Math.log(((a >>> 8) + 1) * 2 ** -24)); // (0, 1]: the log is finite
  const angle = 2 * Math.PI * (b >>> 8) * 2 ** -24;
  return radius * ((index & 1) === 0 ? Math.cos(angle) : Math.sin(angle));
}

/**
 * Element `index` of a permutation of 0 … length - 1, without making the others: twelve rounds of a
 * Feistel network over the next even number of bits, walked until the value falls inside.
 */
export function permuted(stream: Key, length: number, index: number): number {
  const half = Math.max(3, Math.ceil(Math.log2(length) / 2));
  const mask = 2 ** half - 1;
  let value = index;
  do {
    let left = value >>> half;
    let right = value & mask;
    for (let round = 0; round < 12; round++) {
      [left, right] = [right, left ^ (threefry(stream, right, round + 1)[0] & mask)];
    }
    value = left * 2 ** half + right;
  } while (value >= length);
  return value;
}

/** A permutation of 0 … length - 1. */
export function permutation(stream: Key, length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, i) => permuted(stream, length, i));
}
