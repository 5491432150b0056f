/**
 * Runs kernels for a check and keeps, for each result, which kernels made it and what the float64
 * reference says that it must be.
 *
 * @module
 */
import type { Gpu } from "../../gpu/gpu.ts";
import type { DeviceProfile, Dispatch, KernelSpec } from "../../gpu/kernel.ts";
import { key, normal } from "../../gpu/random.ts";
import type { Recorder } from "../../gpu/recorder.ts";
import { Scope } from "../../gpu/scope.ts";
import {
  type DType,
  dtypeOf,
  type NdArray,
  type Shape,
  sizeOf,
  type Tensor,
} from "../../gpu/tensor.ts";
import { packState, type StepState } from "../../nn/state.ts";

/** One array on the device and on the host. */
export interface Both {
  /** Float64 elements that f32 holds exactly. */
  readonly host: NdArray<Float64Array>;
  /** The same on the device. */
  readonly device: Tensor;
}

/** The most by which a result may differ: absolute + relative |expected|, element by element. */
export interface Tolerance {
  /** Share of the expected value. Default 0. */
  readonly relative?: number;
  /** In units of the result, for all elements or for each. Default 0. */
  readonly absolute?: number | Float64Array;
}

/**
 * One thing to try: runs kernels on awkward arrays and compares them with references. The doctor
 * and the tests run the same checks.
 */
export type Check = (bench: Bench) => void;

/** How a bench runs its check. */
export interface BenchOptions {
  /** Whether the longer cases are tried too, as in the tests. Default false. */
  readonly thorough?: boolean;
  /** Takes the dispatches instead of the device, to replay them. */
  readonly recorder?: Recorder;
}

/** Elements after which `normal` repeats. */
const PERIOD = 65_521;

/** Not a bit of difference. */
export const EXACT: Tolerance = {};

/** A result, what it must be, and the kernels that had a part in it. */
export interface Comparison {
  /** Dispatched since the comparison before. */
  readonly kernels: ReadonlySet<KernelSpec>;
  /** What the device made. */
  readonly actual: Tensor;
  /** What the reference says. */
  readonly expected: NdArray;
  /** How far the two may be apart. */
  readonly tolerance: Tolerance;
}

/** What a check is given: arrays, a scope that remembers its dispatches, and `compare`. */
export class Bench extends Scope {
  /** The comparisons so far. */
  readonly comparisons: Comparison[] = [];
  /** Kernels dispatched since the last comparison. */
  readonly pending: Set<KernelSpec> = new Set();
  /** Whether a kernel was chosen by the device's profile: then the other choice matters too. */
  askedProfile = false;
  readonly #profile: DeviceProfile;
  readonly #options: BenchOptions;

  /**
   * A bench for one run of one check.
   *
   * @param gpu the device
   * @param profile which of two equivalent kernels to choose, whatever the device is
   */
  constructor(gpu: Gpu, profile: DeviceProfile, options: BenchOptions = {}) {
    super(gpu);
    this.#profile = profile;
    this.#options = options;
  }

  /** What to try: `quick` in the doctor, `more` as well in the tests. */
  cases<T>(quick: readonly T[], more: readonly T[]): readonly T[] {
    return this.#options.thorough ? [...quick, ...more] : quick;
  }

  /** Which of two equivalent kernels to choose. */
  override get profile(): DeviceProfile {
    this.askedProfile = true;
    return this.#profile;
  }

  /**
   * A tensor of NaN, padding included: memory from the pool may hold the right result of an earlier
   * run, and an element left unwritten, or padding that leaks into a sum, must show.
   */
  override empty(shape: Shape, options?: { dtype?: DType; label?: string }): Tensor {
    return this.#options.recorder?.empty(shape, options) ?? this.persistent(shape, options);
  }

  /** The same, of the device in a record too: everything goes back to the pool after the check. */
  override persistent(shape: Shape, options?: { dtype?: DType; label?: string }): Tensor {
    const tensor = super.empty(shape, options);
    const words = new Uint32Array(tensor.storage.bytes / 4).fill(0xFFFFFFFF);
    this.write({ ...tensor, shape: [words.length] }, words);
    return tensor;
  }

  /** Runs a dispatch and remembers its kernel. */
  override dispatch(dispatch: Dispatch): void {
    this.pending.add(dispatch.spec);
    if (this.#options.recorder) this.#options.recorder.dispatch(dispatch);
    else super.dispatch(dispatch);
  }

  /** A host array on the device. */
  override upload(host: NdArray, label = "upload"): Tensor {
    const tensor = this.persistent(host.shape, { dtype: dtypeOf(host.data), label });
    this.write(tensor, host.data);
    return tensor;
  }

  /** `randomArray` on both sides. */
  normal(shape: Shape, seed: number, scale = 1): Both {
    const host = randomArray(shape, seed, scale);
    return { host, device: this.upload(host) };
  }

  /** A float64 array, rounded to f32, on both sides. */
  both({ shape, data }: NdArray): Both {
    const host = { shape, data: Float64Array.from(data).map(Math.fround) };
    return { host, device: this.upload(host) };
  }

  /** A step state on the device. */
  state(state: StepState): Tensor {
    const words = packState(state);
    return this.upload({ shape: [words.length], data: words });
  }

  /** States what a result must be; the kernels dispatched since the last call answer for it. */
  compare(actual: Tensor, expected: NdArray, tolerance: Tolerance): void {
    if (actual.shape.join() !== expected.shape.join()) {
      throw new RangeError(
        `Cannot compare a result: "${actual.label}" is [${actual.shape.join(", ")}], expected [${
          expected.shape.join(", ")
        }] as its reference`,
      );
    }
    this.#options.recorder?.keep(actual);
    this.comparisons.push({ kernels: new Set(this.pending), actual, expected, tolerance });
    this.pending.clear();
  }

  /** As `compare` for several results of the same kernels. */
  compareAll(results: readonly (readonly [Tensor, NdArray, Tolerance])[]): void {
    const kernels = new Set(this.pending);
    for (const [actual, expected, tolerance] of results) {
      for (const spec of kernels) this.pending.add(spec);
      this.compare(actual, expected, tolerance);
    }
  }
}

/** Standard normal numbers by seed, as many as were asked for so far: the cases share them. */
const drawn = new Map<number, number[]>();

/**
 * Standard normal numbers times `scale`, rounded to f32, the same for the same seed. Beyond 65,521
 * of them, a prime, they repeat: drawing a million would take longer than all the kernels.
 */
export function randomArray(shape: Shape, seed = 1, scale = 1): NdArray<Float64Array> {
  const data = new Float64Array(sizeOf(shape));
  const stream = key(seed);
  const normals = drawn.get(seed) ?? [];
  drawn.set(seed, normals);
  for (let i = normals.length; i < Math.min(data.length, PERIOD); i++) {
    normals.push(normal(stream, i));
  }
  for (let i = 0; i < data.length; i++) data[i] = Math.fround(scale * normals[i % PERIOD]);
  return { shape, data };
}

/** Absolute values of an array, for the size of the terms of a sum. */
export function magnitudes({ shape, data }: NdArray): NdArray<Float64Array> {
  return { shape, data: Float64Array.from(data).map(Math.abs) };
}

/**
 * Tolerance of sums in f32: 4 sqrt(terms) units in the last place of each sum's absolute values.
 *
 * @param terms terms of each sum
 * @param sums the same sums of the terms' absolute values
 */
export function sumTolerance(
  terms: number,
  sums: NdArray<Float64Array>,
): { readonly absolute: Float64Array } {
  return { absolute: sums.data.map((sum) => 4 * Math.sqrt(terms) * 2 ** -24 * sum) };
}
