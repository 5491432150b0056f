/**
 * Mel-frequency cepstral coefficients and their differences along time: what the baselines for music
 * see of a song.
 *
 * Source: librosa 0.11: feature.mfcc (type 2 cosine transform, orthonormal) and feature.delta
 * (Savitzky and Golay 1964). van den Oord, Dieleman and Schrauwen, NIPS 2013, section 5.2: 13
 * coefficients with first and second differences, 39 numbers a frame.
 *
 * @module
 */
import text from "./mfcc.wgsl" with { type: "text" };
import { check, whole } from "../gpu/check.ts";
import { type Context, type EagerContext, kernel } from "../gpu/kernel.ts";
import { matmul } from "../gpu/matmul.ts";
import { GRID } from "../gpu/sources.ts";
import { checkTensor, type NdArray, ndarray, reshape, type Tensor } from "../gpu/tensor.ts";
import type { LogMelOptions } from "./log_mel.ts";

/** Which coefficients, and which differences of them. */
export interface MfccOptions {
  /** Mel bands of what comes in. Default 128. */
  readonly bands?: number;
  /** Coefficients from the first on, which is the mean level; 1 to `bands`. Default 13. */
  readonly coefficients?: number;
  /** How many differences follow the coefficients: 0, 1 or 2 (default). */
  readonly differences?: 0 | 1 | 2;
  /** Frames that a difference is fitted to, odd, 3 or more. Default 9. */
  readonly width?: number;
}

/** The options' defaults. */
export const MFCC_DEFAULTS: Required<MfccOptions> = {
  bands: 128,
  coefficients: 13,
  differences: 2,
  width: 9,
};

/**
 * The front end of the music baselines: frames and bands as for the networks, but in decibels with a
 * range of 80 dB, as cepstra are usually made, so that a gain changes coefficient 0 alone.
 */
export const MFCC_FRONT: LogMelOptions = { compression: "decibels" };

/** librosa's defaults, to reproduce `librosa.feature.mfcc` on samples with 1024 zeros at both ends. */
export const LIBROSA_FRONT: LogMelOptions = {
  windowLength: 2048,
  hopLength: 512,
  bands: 128,
  scale: "slaney",
  normalisation: "area",
  compression: "decibels",
};

/** The table on the device, made once by {@linkcode prepareMfcc} for any number of clips. */
export interface MfccTransform {
  /** The options, defaults filled in. */
  readonly options: Required<MfccOptions>;
  /** Cosines, [bands, coefficients]. */
  readonly cosines: Tensor;
}

const addDifferences = kernel({
  name: "mfcc/differences",
  source: [GRID, { file: "audio/mfcc.wgsl", text }],
  entry: "differences",
  inputs: { x: "rows c" },
  outputs: { result: "n t features" },
  threads: ({ rows, c }) => rows * c,
});

/**
 * Puts the cosine table on the device.
 *
 * @param context where it goes
 * @throws {RangeError} when an option is out of range
 */
export function prepareMfcc(context: EagerContext, options: MfccOptions = {}): MfccTransform {
  const chosen = mfccOptions(options);
  return { options: chosen, cosines: context.upload(cosineTable(chosen), "mfcc cosines") };
}

const PREPARE = "Cannot prepare cepstra";

/** The options with their defaults, checked. Not exported by mod.ts. */
export function mfccOptions(options: MfccOptions): Required<MfccOptions> {
  const chosen = { ...MFCC_DEFAULTS, ...options };
  const { bands, coefficients, differences, width } = chosen;
  whole(PREPARE, { bands }, 1);
  whole(PREPARE, { coefficients }, 1, bands);
  whole(PREPARE, { differences }, 0, 2);
  check(width % 2 === 1 && width >= 3, PREPARE, { width }, "an odd number from 3 on");
  return chosen;
}

/** The orthonormal cosine transform of type 2, as `scipy.fft.dct(x, type=2, norm="ortho")`. */
function cosineTable(
  { bands, coefficients }: Required<MfccOptions>,
): NdArray<Float64Array> {
  const data = new Float64Array(bands * coefficients);
  for (let band = 0; band < bands; band++) {
    for (let k = 0; k < coefficients; k++) {
      const scale = Math.sqrt((k === 0 ? 1 : 2) / bands);
      data[band * coefficients + k] = scale * Math.cos(Math.PI * k * (2 * band + 1) / (2 * bands));
    }
  }
  return ndarray([bands, coefficients], data);
}

/**
 * Cepstral coefficients of log-mel spectrograms, and behind them their first, then their second
 * differences along time, as librosa.feature.delta at its defaults: derivatives of a line and of a
 * parabola fitted to `width` frames, per frame and per frame squared. Near the ends of a clip the
 * first and last `width` frames are fitted.
 *
 * @param x log-mel spectrograms [n, t, bands] or [t, bands], from `logMel` with
 * {@linkcode MFCC_FRONT} for the toolkit's baselines
 * @param transform from {@linkcode prepareMfcc}
 * @returns [n, t, features] or [t, features]: coefficients times one more than the differences, 39
 * @throws {RangeError} when `x` has another number of axes or bands, or clips are shorter than
 * `width` frames while differences are wanted
 *
 * @example
 * ```ts
 * import * as cetus from "jsr:@cetus/cetus";
 *
 * using gpu = await cetus.openGpu();
 * const front = cetus.prepareLogMel(gpu, cetus.MFCC_FRONT);
 * const clips = gpu.upload(cetus.ndarray([4, 66_048], new Float32Array(4 * 66_048)));
 * const bands = cetus.logMel(gpu, clips, front);
 * console.log(cetus.mfcc(gpu, bands, cetus.prepareMfcc(gpu)).shape); // [4, 128, 39]
 * ```
 */
export function mfcc(context: Context, x: Tensor, transform: MfccTransform): Tensor {
  const { options: { bands, coefficients, differences, width }, cosines } = transform;
  const [t, q] = x.shape.slice(-2);
  const attempt = "Cannot make cepstra";
  const fits = [2, 3].includes(x.shape.length) && q === bands;
  checkTensor(fits, attempt, x, `[n, t, ${bands}] or [t, ${bands}]`);
  const least = differences > 0 ? width : 1; // to which a difference is fitted
  checkTensor(t >= least, attempt, x, `at least ${least} frames`);
  const n = x.shape.length === 3 ? x.shape[0] : 1;
  const coefficientsOfAll = matmul(context, reshape(x, [n * t, bands]), cosines);
  const features = coefficients * (1 + differences);
  const dims = { n, t, features, orders: differences, ...fitWeights(width) };
  const { result } = addDifferences(context, { x: coefficientsOfAll }, { dims, label: "mfcc" });
  return reshape(result, [...x.shape.slice(0, -1), features]);
}

/** What the least-squares line and parabola over places -reach to reach are made of. */
function fitWeights(width: number): Record<"reach" | "slope" | "square" | "curvature", number> {
  const reach = (width - 1) / 2;
  const squares = Array.from({ length: width }, (_, i) => (i - reach) ** 2);
  const sum = squares.reduce((a, b) => a + b);
  const square = sum / width;
  const spread = squares.reduce((total, value) => total + (value - square) ** 2, 0);
  return { reach, slope: 1 / sum, square, curvature: 2 / spread };
}
