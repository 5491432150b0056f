/**
 * Cepstral coefficients and their differences in plain float64: the definition, which the shader is
 * tested against.
 *
 * @module
 */
import type { NdArray } from "../gpu/tensor.ts";
import { type MfccOptions, mfccOptions } from "./mfcc.ts";

/**
 * The cosine transform of each row: `scipy.fft.dct(x, type=2, norm="ortho")[:, :coefficients]`.
 *
 * @param x `[t, bands]`
 * @returns `[t, coefficients]`
 */
export function cepstraRef(x: NdArray, coefficients: number): NdArray<Float64Array> {
  const [t, bands] = x.shape;
  const data = new Float64Array(t * coefficients);
  for (let frame = 0; frame < t; frame++) {
    for (let k = 0; k < coefficients; k++) {
      let sum = 0;
      for (let band = 0; band < bands; band++) {
        sum += x.data[frame * bands + band] * Math.cos(Math.PI * k * (band + 0.5) / bands);
      }
      data[frame * coefficients + k] = sum * Math.sqrt((k === 0 ? 1 : 2) / bands);
    }
  }
  return { shape: [t, coefficients], data };
}

/**
 * The derivative of an order of the polynomial of that degree that is fitted to `width` frames around
 * each frame, or to the first or last `width`: `librosa.feature.delta(x, width, order)`.
 *
 * @param x `[t, c]`, `width` frames or more
 * @param width odd
 * @returns `[t, c]`
 */
export function differencesRef(
  x: NdArray,
  { order, width }: { readonly order: 1 | 2; readonly width: number },
): NdArray<Float64Array> {
  const [t, c] = x.shape;
  const reach = (width - 1) / 2;
  const data = new Float64Array(t * c);
  for (let frame = 0; frame < t; frame++) {
    const first = Math.max(0, Math.min(t - width, frame - reach));
    for (let column = 0; column < c; column++) {
      const values = Array.from({ length: width }, (_, i) => x.data[(first + i) * c + column]);
      data[frame * c + column] = highestDerivative(values, order);
    }
  }
  return { shape: [t, c], data };
}

/** order! times the leading coefficient of the least-squares polynomial, which is constant. */
function highestDerivative(values: readonly number[], order: number): number {
  const basis = orthogonalPolynomials(values.length, order);
  const leading = basis[order];
  const norm = leading.reduce((sum, p) => sum + p * p, 0);
  const coefficient = leading.reduce((sum, p, i) => sum + p * values[i], 0) / norm;
  return order === 2 ? 2 * coefficient : coefficient;
}

/** Monic polynomials over 0, 1, …, each orthogonal to those of lower degree (Gram and Schmidt). */
function orthogonalPolynomials(count: number, degree: number): number[][] {
  const places = Array.from({ length: count }, (_, i) => i);
  const basis: number[][] = [];
  for (let power = 0; power <= degree; power++) {
    const monomial = places.map((place) => place ** power);
    basis.push(basis.reduce((rest, lower) => without(rest, lower), monomial));
  }
  return basis;
}

function without(values: readonly number[], direction: readonly number[]): number[] {
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i], 0);
  const share = dot(values, direction) / dot(direction, direction);
  return values.map((value, i) => value - share * direction[i]);
}

/**
 * Coefficients and differences of one clip, side by side.
 *
 * @param x log-mel spectrogram, `[t, bands]`
 * @returns `[t, features]`
 */
export function mfccRef(x: NdArray, options: MfccOptions = {}): NdArray<Float64Array> {
  const [t, bands] = x.shape;
  const { coefficients, differences, width } = mfccOptions({ ...options, bands });
  const plain = cepstraRef(x, coefficients);
  const orders = ([1, 2] as const).slice(0, differences);
  const parts = [plain, ...orders.map((order) => differencesRef(plain, { order, width }))];
  const data = new Float64Array(t * coefficients * parts.length);
  for (let frame = 0; frame < t; frame++) {
    parts.forEach((part, i) => {
      const row = part.data.subarray(frame * coefficients, (frame + 1) * coefficients);
      data.set(row, (frame * parts.length + i) * coefficients);
    });
  }
  return { shape: [t, coefficients * parts.length], data };
}
