/** What every kernel test needs: a shared device, the doctor's checks, finite differences. */
import { type Gpu, openGpu } from "../gpu/gpu.ts";
import type { DeviceProfile } from "../gpu/kernel.ts";
import { Program } from "../gpu/program.ts";
import { Recorder } from "../gpu/recorder.ts";
import type { Scope } from "../gpu/scope.ts";
import type { NdArray } from "../gpu/tensor.ts";
import { Bench, type Check, type Tolerance } from "../tasks/doctor/bench.ts";
import { PROFILES, runOn, worstError } from "../tasks/doctor/examine.ts";

export { randomArray } from "../tasks/doctor/bench.ts";

let opened: Promise<Gpu> | undefined;

/** The device of this test file: opened once, never closed before the process ends. */
export function sharedGpu(): Promise<Gpu> {
  return opened ??= openGpu();
}

/** A test on the device of this test file, with a scope that ends with the test. */
export function test(
  name: string,
  body: (device: { readonly gpu: Gpu; readonly scope: Scope }) => void | Promise<void>,
): void {
  Deno.test(name, async () => {
    const gpu = await sharedGpu();
    using scope = gpu.scope();
    await body({ gpu, scope });
  });
}

/**
 * A test that a check of `deno task doctor` agrees with its references, in its longer cases too, for
 * both profiles where it asks for one; and that its dispatches give the same bits when they are
 * recorded and replayed, with the kernels of the first.
 */
export function testCheck(sentence: string, check: Check): void {
  Deno.test(sentence, async () => {
    for (const profile of PROFILES) {
      const run = profile === PROFILES[0] ? runTwice : runAtOnce;
      const { bench, results } = await run(check, profile);
      bench.comparisons.forEach(({ kernels, expected, tolerance }, i) => {
        const name = `${[...kernels].map((spec) => spec.name).join(", ")} (${profile}, ${i})`;
        assertClose(results[i], expected, { relative: 0, absolute: 0, ...tolerance, name });
      });
      if (!bench.askedProfile) break;
    }
  });
}

/** What a check gave, on its bench and read back. */
export interface CheckRun {
  /** Its comparisons. */
  readonly bench: Bench;
  /** The result of each. */
  readonly results: readonly NdArray[];
}

/** Runs a check at once, and recorded and replayed, which must give the same bits. */
export async function runTwice(check: Check, profile: DeviceProfile): Promise<CheckRun> {
  const run = await runAtOnce(check, profile);
  const replayed = await runReplayed(check, profile);
  run.results.forEach((result, i) => assertSameBits(replayed[i], result, `${profile}, ${i}`));
  return run;
}

async function runAtOnce(check: Check, profile: DeviceProfile): Promise<CheckRun> {
  const gpu = await sharedGpu();
  using bench = new Bench(gpu, profile, { thorough: true });
  runOn(bench, check);
  return { bench, results: await gpu.readAll(bench.comparisons.map(({ actual }) => actual)) };
}

async function runReplayed(check: Check, profile: DeviceProfile): Promise<NdArray[]> {
  const gpu = await sharedGpu();
  const recorder = new Recorder(gpu);
  using bench = new Bench(gpu, profile, { thorough: true, recorder });
  runOn(bench, check);
  using program = await Program.compile(gpu, recorder);
  program.run([{}]);
  return await gpu.readAll(bench.comparisons.map(({ actual }) => actual));
}

/** Throws unless two arrays of the device hold the same numbers. */
function assertSameBits(actual: NdArray, expected: NdArray, name: string): void {
  const element = expected.data.findIndex((value, i) => !Object.is(actual.data[i], value));
  if (element >= 0) {
    throw new Error(
      `${name}: element ${element} is ${actual.data[element]} replayed, ${
        expected.data[element]
      } at once`,
    );
  }
}

/**
 * Throws unless two arrays agree: |actual - expected| <= absolute + relative * |expected|, for every
 * element, and both are free of NaN.
 */
export function assertClose(
  actual: NdArray,
  expected: NdArray,
  { name = "array", relative = 1e-5, absolute = 1e-6 }: Tolerance & { readonly name?: string } = {},
): void {
  if (actual.shape.join() !== expected.shape.join()) {
    throw new Error(`${name}: shape [${actual.shape}] against [${expected.shape}]`);
  }
  const { element, error, tolerance } = worstError(actual, expected, { relative, absolute });
  if (error > tolerance) {
    throw new Error(
      `${name} [${actual.shape}]: element ${element} is ${actual.data[element]}, expected ${
        expected.data[element]
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
