/**
 * A stream of random draws from one key, in float64: the same key gives the same draws anywhere.
 *
 * @module
 */
import { type Key, normal, uniform } from "../../gpu/random.ts";

/** Hands out draws one after the other; the order of the calls is part of the result. */
export class Draws {
  readonly #key: Key;
  #next = 0;

  /** Starts at the first draw of a key's stream. */
  constructor(key: Key) {
    this.#key = key;
  }

  /** Uniform in [0, 1), or in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * uniform(this.#key, this.#next++);
  }

  /** Normal with a mean and a standard deviation. */
  normal(mean = 0, deviation = 1): number {
    const index = (this.#next + 1) & ~1; // a normal takes a pair of uniforms
    this.#next = index + 2;
    return mean + deviation * normal(this.#key, index);
  }

  /** True with a probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** The place of a weight, in proportion to the weights. */
  choose(weights: readonly number[]): number {
    let left = this.uniform() * weights.reduce((a, b) => a + b);
    for (let i = 0; i < weights.length - 1; i++) {
      left -= weights[i];
      if (left < 0) return i;
    }
    return weights.length - 1;
  }

  /** Gamma with a shape of at least 1 and scale 1; Marsaglia and Tsang 2000, section 2. */
  gamma(shape: number): number {
    const d = shape - 1 / 3;
    for (;;) {
      const x = this.normal();
      const v = (1 + x / (3 * Math.sqrt(d))) ** 3;
      const u = 1 - this.uniform(); // (0, 1]: the log is finite
      if (v > 0 && Math.log(u) < x * x / 2 + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  /** Beta with both parameters at least 1. */
  beta(a: number, b: number): number {
    const x = this.gamma(a);
    return x / (x + this.gamma(b));
  }

  /** Poisson with a mean below some hundred, by Knuth's product of uniforms. */
  poisson(mean: number): number {
    const end = Math.exp(-mean);
    let count = 0;
    for (let product = this.uniform(); product > end; product *= this.uniform()) count++;
    return count;
  }

  /** A magnitude between two limits whose counts grow as 10^(slope m). */
  magnitude(bright: number, faint: number, slope: number): number {
    const low = 10 ** (slope * (bright - faint));
    return faint + Math.log10(low + (1 - low) * this.uniform()) / slope;
  }
}

/** The logistic function. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Puts a number between two limits. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
