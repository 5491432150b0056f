/**
 * Fourier transforms on the host, in float64 and of any length: the reference of the shader, and
 * what little the host itself needs.
 *
 * Source: Cooley and Tukey 1965 for powers of two; Bluestein 1970 (chirp transform) for the rest.
 *
 * @module
 */
import { check, whole } from "../gpu/check.ts";

const ATTEMPT = "Cannot transform numbers";

/** A complex array, its parts apart. */
export interface Complex {
  /** Real parts. */
  readonly real: Float64Array<ArrayBuffer>;
  /** Imaginary parts, as many. */
  readonly imaginary: Float64Array<ArrayBuffer>;
}

/** A transform of one length, in place; its tables are made once. */
export type FourierTransform = (z: Complex) => void;

/**
 * Prepares transforms of `length` numbers: `X[k] = sum of z[i] exp(-2 pi j i k / length)`, unscaled
 * as in NumPy.
 *
 * @param length any whole number from 1 on; powers of two are fastest
 * @returns a function that transforms `length` complex numbers in place
 * @throws {RangeError} when the length is no such number; by the function, when another length comes
 *
 * @example
 * ```ts
 * import { fourierTransform } from "./fft.ts";
 *
 * const z = { real: Float64Array.of(1, 2, 3), imaginary: new Float64Array(3) };
 * fourierTransform(3)(z);
 * if (Math.abs(z.real[0] - 6) > 1e-12) throw new Error("bin 0 is the sum");
 * ```
 */
export function fourierTransform(length: number): FourierTransform {
  whole(ATTEMPT, { length }, 1);
  const transform = (length & (length - 1)) === 0 ? radix2(length) : bluestein(length);
  return (z) => {
    const parts = { "the number of real parts": z.real.length };
    check(z.real.length === length, ATTEMPT, parts, `${length}`);
    const others = { "the number of imaginary parts": z.imaginary.length };
    check(z.imaginary.length === length, ATTEMPT, others, `${length}`);
    transform(z);
  };
}

/**
 * The transform of real numbers, as far as it is not its own mirror image.
 *
 * @param x `[n]`
 * @returns bins 0 to floor(n / 2), `[floor(n / 2) + 1]`, as numpy.fft.rfft
 * @throws {RangeError} when `x` is empty
 */
export function realFourierTransform(x: ArrayLike<number>): Complex {
  const z = { real: Float64Array.from(x), imaginary: new Float64Array(x.length) };
  fourierTransform(x.length)(z);
  const bins = Math.floor(x.length / 2) + 1;
  return { real: z.real.slice(0, bins), imaginary: z.imaginary.slice(0, bins) };
}

/**
 * Undoes {@linkcode realFourierTransform}, as numpy.fft.irfft.
 *
 * @param bins `[floor(length / 2) + 1]`; the imaginary parts of bin 0 and of the highest bin of an
 * even length are ignored
 * @param length how many real numbers there were; half of the bins could mean two lengths
 * @returns `[length]`
 * @throws {RangeError} when the number of bins is another
 */
export function inverseRealFourierTransform(
  bins: Complex,
  length: number,
): Float64Array<ArrayBuffer> {
  const expected = Math.floor(length / 2) + 1;
  const counts = { "the number of bins": Math.min(bins.real.length, bins.imaginary.length) };
  const fits = bins.real.length === expected && bins.imaginary.length === expected;
  check(fits, ATTEMPT, counts, `${expected} for ${length} numbers`);
  // The conjugate of a real result is itself, so a forward transform of the conjugate is enough.
  const z = { real: new Float64Array(length), imaginary: new Float64Array(length) };
  for (let k = 0; k < length; k++) {
    const mirror = length - k;
    const own = k < expected;
    z.real[k] = bins.real[own ? k : mirror];
    z.imaginary[k] = own ? -bins.imaginary[k] : bins.imaginary[mirror];
  }
  fourierTransform(length)(z);
  return z.real.map((value) => value / length);
}

/** exp(-2 pi j k / length) for k in [0, count), each from its own angle: errors do not add up. */
function roots(length: number, count: number): Complex {
  const angle = (_: unknown, k: number) => -2 * Math.PI * k / length;
  const angles = Array.from({ length: count }, angle);
  return {
    real: Float64Array.from(angles, Math.cos),
    imaginary: Float64Array.from(angles, Math.sin),
  };
}

function radix2(length: number): FourierTransform {
  const { real: cos, imaginary: sin } = roots(length, length >> 1);
  const order = bitReversal(length);
  return ({ real, imaginary }) => {
    permute(real, order);
    permute(imaginary, order);
    for (let half = 1; half < length; half *= 2) {
      const stride = length / (2 * half);
      for (let start = 0; start < length; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const [a, b, root] = [start + k, start + k + half, k * stride];
          const re = real[b] * cos[root] - imaginary[b] * sin[root];
          const im = real[b] * sin[root] + imaginary[b] * cos[root];
          real[b] = real[a] - re;
          imaginary[b] = imaginary[a] - im;
          real[a] += re;
          imaginary[a] += im;
        }
      }
    }
  };
}

function bitReversal(length: number): Uint32Array {
  const order = new Uint32Array(length);
  for (let i = 1; i < length; i++) order[i] = (order[i >> 1] >> 1) | (i & 1 ? length >> 1 : 0);
  return order;
}

/** Swaps in place; `order` is its own inverse. */
function permute(x: Float64Array, order: Uint32Array): void {
  for (let i = 0; i < x.length; i++) {
    const j = order[i];
    if (i < j) [x[i], x[j]] = [x[j], x[i]];
  }
}

/**
 * i k = (i^2 + k^2 - (k - i)^2) / 2 turns the sum into a convolution with a chirp, which a transform
 * of a power of two does.
 */
function bluestein(length: number): FourierTransform {
  const padded = 2 ** Math.ceil(Math.log2(2 * length - 1));
  const transform = radix2(padded);
  const chirp = chirpOf(length);
  const kernel = zeros(padded);
  for (let k = 0; k < length; k++) {
    for (const at of k === 0 ? [0] : [k, padded - k]) {
      kernel.real[at] = chirp.real[k];
      kernel.imaginary[at] = -chirp.imaginary[k];
    }
  }
  transform(kernel);
  return (z) => {
    const work = zeros(padded);
    multiply(z, chirp, length, work);
    transform(work);
    multiply(work, kernel, padded, work);
    // The inverse by a forward transform: parts exchanged before and after, and 1 / padded.
    transform({ real: work.imaginary, imaginary: work.real });
    multiply(work, chirp, length, z);
    for (let k = 0; k < length; k++) {
      z.real[k] /= padded;
      z.imaginary[k] /= padded;
    }
  };
}

/** exp(-pi j k^2 / length); k^2 is reduced first, since a large angle would lose digits. */
function chirpOf(length: number): Complex {
  const table = roots(2 * length, 2 * length);
  const chirp = zeros(length);
  for (let k = 0; k < length; k++) {
    const at = (k * k) % (2 * length);
    chirp.real[k] = table.real[at];
    chirp.imaginary[k] = table.imaginary[at];
  }
  return chirp;
}

function zeros(length: number): Complex {
  return { real: new Float64Array(length), imaginary: new Float64Array(length) };
}

/** The first `count` products; `into` may be one of the factors. */
function multiply(a: Complex, b: Complex, count: number, into: Complex): void {
  for (let k = 0; k < count; k++) {
    const re = a.real[k] * b.real[k] - a.imaginary[k] * b.imaginary[k];
    into.imaginary[k] = a.real[k] * b.imaginary[k] + a.imaginary[k] * b.real[k];
    into.real[k] = re;
  }
}
