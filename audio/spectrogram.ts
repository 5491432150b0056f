/**
 * Spectrograms on the device: windowed Fourier transforms of overlapping frames, as two products of
 * folded frames with tables of cosines and sines.
 *
 * @module
 */
import text from "./spectrogram.wgsl" with { type: "text" };
import { whole, within } from "../gpu/check.ts";
import { type Context, type EagerContext, kernel } from "../gpu/kernel.ts";
import { matmul } from "../gpu/matmul.ts";
import { GRID, OPERANDS } from "../gpu/sources.ts";
import { checkTensor, type NdArray, ndarray, type Tensor } from "../gpu/tensor.ts";
import {
  binCount,
  checkLengths,
  frameCount,
  hannWindow,
  scaleOfBins,
  type SpectrogramOptions,
} from "./frames.ts";

/** How samples become a spectrogram, and what is done to its values. */
export interface SpectrographOptions extends SpectrogramOptions {
  /**
   * C of ln(1 + C S): near-linear below 1 / C, logarithmic above; 1 to 10 for whales, 10,000 for
   * music. Default 0: S itself.
   */
  readonly compression?: number;
}

/** Window and tables on the device, made once by `prepareSpectrogram` for any number of clips. */
export interface Spectrograph {
  /** The options, defaults filled in. */
  readonly options: Required<SpectrographOptions>;
  /**
   * Weights of samples 0, 1, … of a frame, then those of the samples that they are folded with,
   * [2, width]; width is the number of bins, rounded up to a multiple of 4.
   */
  readonly window: Tensor;
  /** Cosines of sample and bin, [width, width]. */
  readonly cosines: Tensor;
  /** Sines of sample and bin, [width, width]. */
  readonly sines: Tensor;
  /** What multiplies the power or magnitude of each bin, [q]. */
  readonly scale: Tensor;
}

/**
 * The longest window. The tables of 4096 samples take 32 MiB, and a transform does as many operations
 * a sample as the window is long; beyond that a fast transform is the better tool.
 */
const LONGEST_WINDOW = 4096;

const FILE = { file: "audio/spectrogram.wgsl", text } as const;
const shared = {
  source: [GRID, OPERANDS, FILE],
} as const;
const fold = kernel({
  ...shared,
  texels: { x: "scalar", window: "vec4" },
  name: "spectrogram/fold",
  entry: "fold",
  inputs: { x: "b samples", window: "2 padded" },
  outputs: { even: "rows padded", odd: "rows padded" },
  threads: ({ rows, width }) => rows * width,
});
const finish = kernel({
  ...shared,
  name: "spectrogram/finish",
  entry: "finish",
  inputs: { real: "rows padded", imaginary: "rows padded", scale: "q" },
  outputs: { result: "b t q" },
  threads: ({ rows, q }) => rows * q,
});

/**
 * Puts window and tables on the device.
 *
 * @param context where they go
 * @throws {RangeError} when the window is not 3 to 4096 samples (or 2 and periodic), the hop not 1 or
 * more, or the compression negative
 */
export function prepareSpectrogram(
  context: EagerContext,
  options: SpectrographOptions,
): Spectrograph {
  checkLengths(options);
  const { windowLength, quantity = "density", periodic = false, compression = 0 } = options;
  const attempt = "Cannot prepare a spectrogram";
  whole(attempt, { windowLength }, 2, LONGEST_WINDOW);
  within(attempt, { compression }, 0);
  const window = hannWindow(windowLength, periodic);
  const scale = scaleOfBins(window, quantity);
  return {
    options: { ...options, quantity, periodic, compression },
    window: context.upload(foldedWindow(window), "spectrogram window"),
    cosines: context.upload(waveTable(windowLength, Math.cos), "spectrogram cosines"),
    sines: context.upload(waveTable(windowLength, Math.sin), "spectrogram sines"),
    scale: context.upload(ndarray([scale.length], scale), "spectrogram scale"),
  };
}

/** Samples that are left of a frame of N when i and N - i became one, rounded up to vec4. */
function foldedWidth(length: number): number {
  return 4 * Math.ceil(binCount(length) / 4);
}

/** Sample 0, and the middle one of an even number, have no other to be folded with. */
function foldedWindow(window: Float64Array): NdArray<Float64Array> {
  const length = window.length;
  const width = foldedWidth(length);
  const data = new Float64Array(2 * width);
  for (let i = 0; i < binCount(length); i++) {
    data[i] = window[i];
    if (i > 0 && 2 * i < length) data[width + i] = window[length - i];
  }
  return ndarray([2, width], data);
}

/** wave(2 pi i k / length) at sample i and bin k, zero in the padding. */
function waveTable(length: number, wave: (angle: number) => number): NdArray<Float64Array> {
  const width = foldedWidth(length);
  const bins = binCount(length);
  // i k is reduced first, since a large angle would lose digits.
  const period = Float64Array.from({ length }, (_, i) => wave(2 * Math.PI * i / length));
  const data = new Float64Array(width * width);
  for (let i = 0; i < bins; i++) {
    for (let k = 0; k < bins; k++) data[i * width + k] = period[i * k % length];
  }
  return ndarray([width, width], data);
}

/**
 * Spectrograms of clips. Frame `t` begins at sample `t * hopLength`; nothing is padded, and a
 * remainder shorter than a frame is left out. On the way it takes about four times the memory of the
 * result; `spectrogramOfRecording` takes recordings of any length.
 *
 * Rounding leaves about 1e-6 of a frame's largest magnitude in each of its magnitudes: a compression
 * beyond that dynamic range shows rounding.
 *
 * @param x clips [b, samples]
 * @param spectrograph from `prepareSpectrogram`
 * @returns [b, t, q] with `floor((samples - windowLength) / hopLength) + 1` frames and
 * `floor(windowLength / 2) + 1` bins, bin `k` at `k * rate / windowLength` Hz
 * @throws {RangeError} when `x` is no matrix or its rows do not fill one frame
 *
 * @example
 * ```ts
 * import { ndarray, openGpu, prepareSpectrogram, spectrogram } from "jsr:@cetus/cetus";
 *
 * using gpu = await openGpu();
 * const lengths = { windowLength: 128, hopLength: 64 }; // 128 and 64 ms at 1000 Hz
 * const spectrograph = prepareSpectrogram(gpu, { ...lengths, compression: 1.645 });
 * const clips = gpu.upload(ndarray([3, 2000], new Float32Array(6000)));
 * console.log(spectrogram(gpu, clips, spectrograph).shape); // [3, 30, 65]
 * ```
 */
export function spectrogram(context: Context, x: Tensor, spectrograph: Spectrograph): Tensor {
  checkTensor(x.shape.length === 2, "Cannot make a spectrogram", x, "clips [b, samples]");
  const { options, window, cosines, sines, scale } = spectrograph;
  const { windowLength, hopLength, quantity, compression } = options;
  const [b, samples] = x.shape;
  const t = frameCount(samples, options);
  const padded = foldedWidth(windowLength);
  const dims = {
    b,
    rows: b * t,
    t,
    samples,
    hop: hopLength,
    length: windowLength,
    width: padded / 4,
    padded,
    q: binCount(windowLength),
    root: quantity === "magnitude" ? 1 : 0,
    compression,
  };
  const { even, odd } = fold(context, { x, window }, { dims, label: "folded frames" });
  const real = matmul(context, even, cosines);
  const imaginary = matmul(context, odd, sines);
  return finish(context, { real, imaginary, scale }, { dims, label: "spectrogram" }).result;
}
