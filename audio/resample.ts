/**
 * Change of the sampling rate by any ratio of whole numbers, with a windowed sinc.
 *
 * Source: scipy.signal.resample_poly with its default window, `("kaiser", 5.0)`, and zeros beyond
 * the ends, whose results {@linkcode resample} reproduces.
 *
 * @module
 */
import { check, whole } from "../gpu/check.ts";

/** Zero crossings of the sinc on either side, at the slower of both rates. */
const HALF_LENGTH = 10;
/** Shape of the Kaiser window: side lobes near -37 dB at the start, falling quickly. */
const KAISER_BETA = 5;
/** Largest term of the reduced ratio; the filter has twenty times as many taps. */
const LARGEST_TERM = 2 ** 20;

/**
 * Changes the rate of a recording. Frequencies above half the lower of both rates are removed.
 * Sample 0 stays sample 0: no delay.
 *
 * @param x `[samples]`
 * @param from the rate of `x`, in Hz, a whole number
 * @param to the rate wanted, in Hz, a whole number
 * @returns `[ceil(samples * to / from)]`; a copy where the rates are equal
 * @throws {RangeError} when a rate is not a whole number from 1 on, or a term of their ratio in
 * lowest terms passes 2^20
 *
 * @example
 * ```ts
 * import { resample } from "./resample.ts";
 *
 * const second = resample(new Float64Array(44_100), 44_100, 22_050);
 * if (second.length !== 22_050) throw new Error("a second stays a second");
 * ```
 */
export function resample(
  x: ArrayLike<number>,
  from: number,
  to: number,
): Float64Array<ArrayBuffer> {
  const { length, read } = resampling(x, from, to);
  return read(0, length);
}

/** The same piece by piece. Not exported by mod.ts. */
export function resampling(x: ArrayLike<number>, from: number, to: number): Resampling {
  const attempt = "Cannot resample";
  whole(attempt, { "the rate of the recording": from, "the rate wanted": to }, 1);
  const divisor = greatestCommonDivisor(from, to);
  const [up, down] = [to / divisor, from / divisor];
  const largest = { "the largest term of the ratio of rates": Math.max(up, down) };
  check(Math.max(up, down) <= LARGEST_TERM, attempt, largest, `at most ${LARGEST_TERM}`);
  return up === down ? copied(x) : polyphase(x, up, down);
}

/** A recording at another rate, of which pieces are made when they are asked for. */
export interface Resampling {
  /** Samples in all. */
  readonly length: number;
  /** Samples `first` up to, not including, `end`. */
  read(first: number, end: number): Float64Array<ArrayBuffer>;
}

function copied(x: ArrayLike<number>): Resampling {
  const read = (first: number, end: number) =>
    Float64Array.from({ length: end - first }, (_, i) => x[first + i]);
  return { length: x.length, read };
}

/**
 * Filters `x` with `up - 1` zeros put after each sample, and keeps every `down`-th result; only the
 * taps that meet a sample are multiplied.
 */
function polyphase(x: ArrayLike<number>, up: number, down: number): Resampling {
  const taps = lowPassTaps(up, down);
  const half = (taps.length - 1) / 2;
  const read = (start: number, end: number) => {
    const y = new Float64Array(end - start);
    for (let i = start; i < end; i++) {
      const centre = i * down; // on the grid of the fast rate, where sample k lies at k * up
      const first = Math.max(0, Math.ceil((centre - half) / up));
      const last = Math.min(x.length - 1, Math.floor((centre + half) / up));
      let sum = 0;
      for (let k = first; k <= last; k++) sum += x[k] * taps[half + centre - k * up];
      y[i - start] = sum;
    }
    return y;
  };
  return { length: Math.ceil(x.length * up / down), read };
}

/** `[20 max(up, down) + 1]`, symmetric, with a gain of `up` at 0 Hz to make up for the zeros. */
function lowPassTaps(up: number, down: number): Float64Array {
  const slowest = Math.max(up, down);
  const half = HALF_LENGTH * slowest;
  const taps = new Float64Array(2 * half + 1);
  let sum = 0;
  for (let i = 0; i < taps.length; i++) {
    const offset = i - half;
    taps[i] = sinc(offset / slowest) * besselI0(KAISER_BETA * Math.sqrt(1 - (offset / half) ** 2));
    sum += taps[i];
  }
  return taps.map((tap) => tap * up / sum);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Modified Bessel function of order 0: sum over k of ((x/2)^k / k!)^2, all terms positive. */
function besselI0(x: number): number {
  let [term, sum] = [1, 1];
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
