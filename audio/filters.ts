/**
 * Recursive low-pass filters in second-order sections, and decimation with them. They run on the
 * host in float64: each output needs the one before it, and float32 is too coarse for poles this
 * close to the unit circle.
 *
 * Source: the algorithms of scipy.signal (cheby1, sosfilt, sosfiltfilt, decimate), whose results
 * these functions reproduce.
 *
 * @module
 */
import { check, positive, whole } from "../gpu/check.ts";

/**
 * One second-order section: `y = b0 x + b1 x' + b2 x" - a1 y' - a2 y"`, where a dash is a sample of
 * delay.
 */
export interface Section {
  /** Weights of the input now, one and two samples ago. */
  readonly b: readonly [number, number, number];
  /** Weights of the output one and two samples ago; that of the output now is 1. */
  readonly a: readonly [number, number];
}

/** What {@linkcode chebyshevLowPass} designs. */
export interface ChebyshevOptions {
  /** Number of poles, from 1 on. */
  readonly order: number;
  /** Largest loss in the pass band, in dB. */
  readonly ripple: number;
  /** Where the pass band ends, as a share of half the sampling rate, above 0 and below 1. */
  readonly cutoff: number;
}

/**
 * A digital Chebyshev filter of type I: equal ripple in the pass band, a steep fall after it. Poles
 * of the analogue filter on an ellipse, brought over by the bilinear transform.
 *
 * @returns the sections, poles nearest to the unit circle last. The filter is that of scipy's
 * `cheby1(order, ripple, cutoff, output="sos")`; for an even order so are its sections
 * @throws {RangeError} when an option is out of its range
 *
 * @example
 * ```ts
 * import { chebyshevLowPass } from "./filters.ts";
 *
 * const sections = chebyshevLowPass({ order: 8, ripple: 0.05, cutoff: 0.4 });
 * if (sections.length !== 4) throw new Error("two poles to a section");
 * ```
 */
export function chebyshevLowPass({ order, ripple, cutoff }: ChebyshevOptions): Section[] {
  const attempt = "Cannot design a filter";
  whole(attempt, { order }, 1);
  positive(attempt, { ripple });
  check(cutoff > 0 && cutoff < 1, attempt, { cutoff }, "a number between 0 and 1");
  const epsilon = Math.sqrt(10 ** (0.1 * ripple) - 1);
  const mu = Math.asinh(1 / epsilon) / order;
  // The bilinear transform bends the frequency axis; the cutoff is bent the other way first.
  const warped = Math.tan(Math.PI * cutoff / 2);
  const sections: Section[] = [];
  // Upper half plane, from the most damped pole to the sharpest, which belongs last: it would
  // amplify the rounding of a section before it. At an odd order the first has no partner.
  for (let m = (order - 1) % 2; m < order; m += 2) {
    const angle = Math.PI * m / (2 * order);
    const real = -Math.sinh(mu) * Math.cos(angle) * warped;
    const imaginary = Math.cosh(mu) * Math.sin(angle) * warped;
    sections.push(m === 0 ? singlePole(real) : polePair(real, imaginary));
  }
  // An even order is at the bottom of its ripple at 0 Hz.
  const gain = order % 2 ? 1 : 1 / Math.sqrt(1 + epsilon ** 2);
  return withGainAtZero(sections, gain);
}

/** (1 + s) / (1 - s): where the bilinear transform puts a real pole s. The zero lies at -1. */
function singlePole(s: number): Section {
  return { b: [1, 1, 0], a: [-(1 + s) / (1 - s), 0] };
}

/** The same for a pole and its conjugate; both zeros lie at -1. */
function polePair(real: number, imaginary: number): Section {
  const scale = (1 - real) ** 2 + imaginary ** 2;
  const [re, im] = [(1 - real ** 2 - imaginary ** 2) / scale, 2 * imaginary / scale];
  return { b: [1, 2, 1], a: [-2 * re, re ** 2 + im ** 2] };
}

/** Puts the whole gain into the first section, as scipy does. */
function withGainAtZero(sections: Section[], gain: number): Section[] {
  const [first, ...rest] = sections;
  const product = sections.reduce((product, section) => product * gainAtZero(section), 1);
  const [b0, b1, b2] = first.b;
  const scale = gain / product;
  return [{ a: first.a, b: [b0 * scale, b1 * scale, b2 * scale] }, ...rest];
}

function gainAtZero({ a, b }: Section): number {
  return (b[0] + b[1] + b[2]) / (1 + a[0] + a[1]);
}

/**
 * Runs a filter forward once: causal, with the filter's own delay, silent before the first sample.
 *
 * @param sections the filter
 * @param x `[samples]`
 * @returns `[samples]`
 */
export function filterForward(
  sections: readonly Section[],
  x: ArrayLike<number>,
): Float64Array<ArrayBuffer> {
  const y = Float64Array.from(x);
  for (const section of sections) runSection(section, y, 0);
  return y;
}

/** Samples on either side that {@linkcode filterBothWays} adds. */
function paddingOf(sections: readonly Section[]): number {
  // scipy's sosfiltfilt: three times the taps, not counting those that are 0.
  const singles = sections.filter(({ a, b }) => b[2] === 0 && a[1] === 0).length;
  return 3 * (2 * sections.length + 1 - singles);
}

/**
 * Runs a filter forward and then backward: no delay, twice the attenuation. The ends are continued
 * by a point reflection, and the filter starts as if the first sample had always been there.
 *
 * @param sections the filter
 * @param x `[samples]`, more than three times the filter's taps (27 for order 8)
 * @returns `[samples]`
 * @throws {RangeError} when there are too few samples
 */
export function filterBothWays(
  sections: readonly Section[],
  x: ArrayLike<number>,
): Float64Array<ArrayBuffer> {
  const padding = paddingOf(sections);
  const count = { "the number of samples": x.length };
  check(x.length > padding, "Cannot filter both ways", count, `more than ${padding}`);
  const y = reflectEnds(x, padding);
  runFromRest(sections, y);
  y.reverse();
  runFromRest(sections, y);
  y.reverse();
  return y.slice(padding, padding + x.length);
}

function reflectEnds(x: ArrayLike<number>, padding: number): Float64Array<ArrayBuffer> {
  const y = new Float64Array(x.length + 2 * padding);
  y.set(x, padding);
  const last = x.length - 1;
  for (let i = 1; i <= padding; i++) {
    y[padding - i] = 2 * x[0] - x[i];
    y[padding + last + i] = 2 * x[last] - x[last - i];
  }
  return y;
}

/** Filters in place, each section in the state that its first input would hold it in for ever. */
function runFromRest(sections: readonly Section[], y: Float64Array): void {
  for (const section of sections) runSection(section, y, y[0]);
}

/** Direct form II transposed, in place; `held` is the input that came for ever before. */
function runSection(section: Section, y: Float64Array, held: number): void {
  const [b0, b1, b2] = section.b;
  const [a1, a2] = section.a;
  const output = gainAtZero(section) * held;
  let second = b2 * held - a2 * output;
  let first = b1 * held - a1 * output + second;
  for (let i = 0; i < y.length; i++) {
    const x = y[i];
    const out = b0 * x + first;
    first = b1 * x - a1 * out + second;
    second = b2 * x - a2 * out;
    y[i] = out;
  }
}

/** How {@linkcode decimate} filters. */
export interface DecimateOptions {
  /**
   * Forward and backward, so that nothing is delayed. Default false, one causal pass, as the 2013
   * solution of the whale challenge had it; scipy's default today is true.
   */
  readonly zeroPhase?: boolean;
}

/**
 * Lowers the rate by a whole factor: a Chebyshev low-pass of order 8 with 0.05 dB of ripple up to
 * 0.8 of the new half rate, then every `factor`-th sample from the first on. The same numbers as
 * `scipy.signal.decimate(x, factor, zero_phase=...)`.
 *
 * @param x `[samples]`; more than 27 of them for zero phase
 * @param factor the old rate over the new, a whole number from 2 on
 * @returns `[ceil(samples / factor)]`
 * @throws {RangeError} when the factor is no such number, or there are too few samples
 *
 * @example
 * ```ts
 * import { decimate } from "./filters.ts";
 *
 * const halved = decimate(new Float64Array(4000).fill(1), 2); // 2 s at 2000 Hz, now at 1000 Hz
 * if (halved.length !== 2000) throw new Error("every second sample is kept");
 * ```
 */
export function decimate(
  x: ArrayLike<number>,
  factor: number,
  { zeroPhase = false }: DecimateOptions = {},
): Float64Array<ArrayBuffer> {
  whole("Cannot decimate", { factor }, 2);
  const sections = chebyshevLowPass({ order: 8, ripple: 0.05, cutoff: 0.8 / factor });
  const y = zeroPhase ? filterBothWays(sections, x) : filterForward(sections, x);
  const kept = new Float64Array(Math.ceil(y.length / factor));
  for (let i = 0; i < kept.length; i++) kept[i] = y[i * factor];
  return kept;
}
