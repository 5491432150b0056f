/** What every kernel test needs: a shared device, seeded arrays, tolerances, finite differences. */
import { type Gpu, openGpu } from "../gpu/gpu.ts";
import { key, normal } from "../gpu/random.ts";
import { type NdArray, type Shape, sizeOf } from "../gpu/tensor.ts";

let opened: Promise<Gpu> | undefined;

/** The device of this test file: opened once, never closed before the process ends. */
export function sharedGpu(): Promise<Gpu> {
  return opened ??= openGpu();
}

/** Standard normal numbers, rounded to f32, in float64. */
export function randomArray(shape: Shape, seed = 1, scale = 1): NdArray<Float64Array> {
  const data = Float64Array.from(
    { length: sizeOf(shape) },
    (_, i) => Math.fround(scale * normal(key(seed), i)),
  );
  return { shape, data };
}

/**
 * Throws unless two arrays agree: |actual - expected| <= absolute + relative * |expected|, for every
 * element, and both are free of NaN.
 */
export function assertClose(
  actual: NdArray,
  expected: NdArray,
  { relative = 1e-5, absolute = 1e-6, name = "array" } = {},
): void {
  if (actual.shape.join() !== expected.shape.join()) {
    throw new Error(`${name}: shape [${actual.shape}] against [${expected.shape}]`);
  }
  let worst = -1;
  let worstExcess = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const error = Math.abs(actual.data[i] - expected.data[i]);
    const excess = error - absolute - relative * Math.abs(expected.data[i]);
    if (!(excess <= worstExcess)) {
      worst = i;
      worstExcess = Number.isNaN(excess) ? Infinity : excess;
    }
  }
  if (worst >= 0) {
    throw new Error(
      `${name} [${actual.shape}]: element ${worst} is ${actual.data[worst]}, expected ${
        expected.data[worst]
      }`,
    );
  }
}

/**
 * Checks a gradient against central differences in float64.
 *
 * @param f scalar function of `x.data`, which is changed in place and put back
 * @param gradient df/dx
 * @param elements how many elements to try, spread evenly; all by default
 */
export function checkGradient(
  f: () => number,
  x: NdArray<Float64Array>,
  gradient: NdArray,
  { step = 1e-6, relative = 1e-6, absolute = 1e-7, elements = Infinity, name = "gradient" } = {},
): void {
  const stride = Math.max(1, Math.floor(x.data.length / elements));
  for (let i = 0; i < x.data.length; i += stride) {
    const saved = x.data[i];
    x.data[i] = saved + step;
    const up = f();
    x.data[i] = saved - step;
    const down = f();
    x.data[i] = saved;
    const expected = (up - down) / (2 * step);
    const error = Math.abs(gradient.data[i] - expected);
    if (!(error <= absolute + relative * Math.abs(expected))) {
      throw new Error(`${name}: element ${i} is ${gradient.data[i]}, differences give ${expected}`);
    }
  }
}

/** Sum of a·b over all elements: a scalar of known gradient for tests. */
export function dot(a: NdArray, b: NdArray): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += a.data[i] * b.data[i];
  return sum;
}
