/**
 * From light in three bands to the colours of a survey's composite pictures, after Lupton et al.
 * 2004 (doi 10.1086/382245): the brightness is bent by asinh, the hue is kept.
 *
 * @module
 */
import type { Colour } from "./structure.ts";

/**
 * Display level of one nanomaggy per native pixel in red (band i), green (r) and blue (g). In the
 * ratio of SDSS's own scales, fitted so that the noise of the sky spreads over 0-12 of 255.
 */
export const SCALES = { i: 0.7, r: 0.81, g: 1.11 } as const;

/** How strongly bright pixels are bent; fitted so that cores just saturate. */
const BEND = 2;

/** Brightness of light of a colour, for one unit of light in r. */
export function luminance(colour: Colour): number {
  return SCALES.r + SCALES.g * colour.g + SCALES.i * colour.i;
}

/**
 * Makes a colour picture from scaled light.
 *
 * @param red,green,blue Scaled light, `[side, side]` each; noise may make it negative
 * @param pedestal What the sky is left at, by channel, 0 to 1
 * @returns `[3, side, side]`, 0 to 255, not rounded
 */
export function stretch(
  [red, green, blue]: readonly Float64Array[],
  pedestal: readonly number[],
): Float64Array[] {
  const length = red.length;
  const out = [0, 1, 2].map(() => new Float64Array(length));
  for (let k = 0; k < length; k++) {
    const bent = BEND * Math.max(1e-6, red[k] + green[k] + blue[k]);
    const factor = Math.log(bent + Math.sqrt(bent * bent + 1)) / bent;
    const r = red[k] * factor + pedestal[0];
    const g = green[k] * factor + pedestal[1];
    const b = blue[k] * factor + pedestal[2];
    const level = 255 / Math.max(1, r, g, b);
    out[0][k] = Math.max(0, r * level);
    out[1][k] = Math.max(0, g * level);
    out[2][k] = Math.max(0, b * level);
  }
  return out;
}

/** Weights of Catmull and Rom's cubic for a place between the second and the third of four. */
function cubicWeights(t: number): number[] {
  return [
    t * (-0.5 + t * (1 - 0.5 * t)),
    1 + t * t * (-2.5 + 1.5 * t),
    t * (0.5 + t * (2 - 1.5 * t)),
    t * t * (-0.5 + 0.5 * t),
  ];
}

/** Which four source pixels, and with what weights, make each pixel of a longer line. */
function cubicTaps(side: number, size: number): { places: Int32Array; weights: Float64Array } {
  const places = new Int32Array(size * 4);
  const weights = new Float64Array(size * 4);
  for (let x = 0; x < size; x++) {
    const at = (x + 0.5) * side / size - 0.5;
    const base = Math.floor(at);
    weights.set(cubicWeights(at - base), x * 4);
    for (let k = 0; k < 4; k++) {
      places[x * 4 + k] = Math.min(side - 1, Math.max(0, base - 1 + k));
    }
  }
  return { places, weights };
}

/**
 * Enlarges a picture by bicubic interpolation and rounds it to bytes.
 *
 * @param channels Three of `[side, side]`, 0 to 255
 * @param side Rows and columns
 * @param size Rows and columns wanted, at least `side`
 * @returns `[size, size, 3]`
 */
export function enlarge(
  channels: readonly Float64Array[],
  side: number,
  size: number,
): Uint8Array<ArrayBuffer> {
  const { places, weights } = cubicTaps(side, size);
  const pixels = new Uint8Array(size * size * 3);
  const wide = new Float64Array(side * size);
  channels.forEach((channel, c) => {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < size; x++) {
        const t = x * 4;
        const row = y * side;
        wide[y * size + x] = weights[t] * channel[row + places[t]] +
          weights[t + 1] * channel[row + places[t + 1]] +
          weights[t + 2] * channel[row + places[t + 2]] +
          weights[t + 3] * channel[row + places[t + 3]];
      }
    }
    for (let y = 0; y < size; y++) {
      const t = y * 4;
      const [a, b, d, e] = [0, 1, 2, 3].map((k) => places[t + k] * size);
      for (let x = 0; x < size; x++) {
        const value = weights[t] * wide[a + x] + weights[t + 1] * wide[b + x] +
          weights[t + 2] * wide[d + x] + weights[t + 3] * wide[e + x];
        pixels[(y * size + x) * 3 + c] = Math.min(255, Math.max(0, value + 0.5));
      }
    }
  });
  return pixels;
}
