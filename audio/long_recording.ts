/**
 * Spectra of a recording of any length, from the host's memory to the host's: on the device it is
 * described in pieces of frames, which are cut so that each frame has the bits that it has in one piece.
 *
 * @module
 */
import { whole } from "../gpu/check.ts";
import type { EagerContext } from "../gpu/kernel.ts";
import { Scope } from "../gpu/scope.ts";
import { type NdArray, ndarray, type Tensor } from "../gpu/tensor.ts";
import { frameCount, type SpectrogramOptions } from "./frames.ts";
import { bandsOfPower, DECIBEL_RANGE, type LogMelFront } from "./log_mel.ts";
import { mfcc, type MfccTransform } from "./mfcc.ts";
import { spectrogram, type Spectrograph } from "./spectrogram.ts";

/** How a recording is cut. */
export interface PieceOptions {
  /**
   * Frames on the device at once, 8192 or more. Default all where the device holds them in one buffer,
   * else 16,384: 6 min of sound and 200 MiB at the defaults for music.
   */
  readonly framesAtOnce?: number;
}

/**
 * Frames of a piece. For fewer rows a matrix product may split its sums, so that all threads have work,
 * and give other bits.
 */
const LEAST_FRAMES = 2 ** 13;
const PIECE_FRAMES = 2 ** 14;

/**
 * The spectrogram of a recording of any length: what `spectrogram` gives for it as a clip.
 *
 * @param context device, or a scope of it
 * @param samples `[length]`
 * @param spectrograph from `prepareSpectrogram`
 * @returns `[t, q]`
 * @throws {RangeError} when the samples do not fill one frame
 *
 * @example
 * ```ts
 * import { openGpu, prepareSpectrogram, spectrogramOfRecording } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const spectrograph = prepareSpectrogram(gpu, { windowLength: 256, hopLength: 128 });
 * const minute = new Float32Array(60 * 2000);
 * console.log((await spectrogramOfRecording(gpu, minute, spectrograph)).shape); // [936, 129]
 * ```
 */
export async function spectrogramOfRecording(
  context: EagerContext,
  samples: Float32Array<ArrayBuffer>,
  spectrograph: Spectrograph,
  options: PieceOptions = {},
): Promise<NdArray<Float32Array<ArrayBuffer>>> {
  const { options: lengths, scale } = spectrograph;
  return await overFrames(context, samples, lengths, scale.shape[0], options, (scope, x) => {
    return spectrogram(scope, x, spectrograph);
  });
}

/**
 * The log-mel spectrogram of a recording of any length: what `logMel` gives for it as a clip. The range
 * of decibels is that of the whole recording.
 *
 * @param context device, or a scope of it
 * @param samples `[length]`, full scale 1, at the front end's rate
 * @param front from `prepareLogMel`
 * @returns `[t, bands]`
 * @throws {RangeError} when the samples do not fill one frame
 *
 * @example
 * ```ts
 * import { logMelOfRecording, openGpu, prepareLogMel } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const front = prepareLogMel(gpu);
 * const song = new Float32Array(66_048);
 * console.log((await logMelOfRecording(gpu, song, front)).shape); // [128, 128]
 * ```
 */
export async function logMelOfRecording(
  context: EagerContext,
  samples: Float32Array<ArrayBuffer>,
  front: LogMelFront,
  options: PieceOptions = {},
): Promise<NdArray<Float32Array<ArrayBuffer>>> {
  const { spectrograph, options: { bands, compression } } = front;
  const lengths = spectrograph.options;
  const levels = await overFrames(context, samples, lengths, bands, options, (scope, x) => {
    return bandsOfPower(scope, spectrogram(scope, x, spectrograph), front);
  });
  if (compression === "decibels") raiseQuiet(levels.data);
  return levels;
}

/** Raises what lies further below the largest value than the range. */
function raiseQuiet(levels: Float32Array): void {
  let largest = -Infinity;
  for (let i = 0; i < levels.length; i++) largest = Math.max(largest, levels[i]);
  const least = Math.fround(largest - DECIBEL_RANGE);
  for (let i = 0; i < levels.length; i++) levels[i] = Math.max(levels[i], least);
}

/**
 * Cepstra of the log-mel spectrogram of a recording of any length: what `mfcc` gives for it.
 *
 * @param context device, or a scope of it
 * @param logMel `[t, bands]`, such as {@linkcode logMelOfRecording} gives
 * @param transform from `prepareMfcc`
 * @returns `[t, features]`
 * @throws {RangeError} as `mfcc`
 */
export async function mfccOfRecording(
  context: EagerContext,
  logMel: NdArray<Float32Array<ArrayBuffer>>,
  transform: MfccTransform,
  options: PieceOptions = {},
): Promise<NdArray<Float32Array<ArrayBuffer>>> {
  const { coefficients, differences, width } = transform.options;
  const [t, bands] = logMel.shape;
  const features = coefficients * (1 + differences);
  const cut = cutOf(context, t, 4 * Math.max(bands, features), options);
  // Differences are fitted to frames on either side, which come along and are left out again.
  return await inPieces(context, cut, features, (scope, first, end) => {
    const [from, to] = [Math.max(0, first - width), Math.min(t, end + width)];
    const rows = logMel.data.subarray(from * bands, to * bands);
    const x = scope.upload(ndarray([to - from, bands], rows));
    return { tensor: mfcc(scope, x, transform), skip: first - from };
  });
}

/**
 * Whether a clip of so many samples is more than the device holds in one buffer on the way to its
 * spectrogram. Not exported by mod.ts.
 */
export function isLong(
  context: EagerContext,
  samples: number,
  { options: lengths, scale }: Spectrograph,
): boolean {
  const t = frameCount(samples, lengths);
  return t > framesThatFit(context, frameBytes(t, lengths, scale.shape[0]));
}

/** What a front end makes of each frame of a recording: `[t, features]`. */
async function overFrames(
  context: EagerContext,
  samples: Float32Array<ArrayBuffer>,
  lengths: SpectrogramOptions,
  features: number,
  options: PieceOptions,
  describe: (scope: Scope, x: Tensor) => Tensor,
): Promise<NdArray<Float32Array<ArrayBuffer>>> {
  const { windowLength, hopLength } = lengths;
  const t = frameCount(samples.length, lengths);
  const cut = cutOf(context, t, frameBytes(t, lengths, features), options);
  return await inPieces(context, cut, features, (scope, first, end) => {
    const piece = samples.subarray(first * hopLength, (end - 1) * hopLength + windowLength);
    return { tensor: describe(scope, scope.upload(ndarray([1, piece.length], piece))), skip: 0 };
  });
}

/** Bytes a frame of the largest buffer: its folded half, rounded up, or the samples up to the next. */
function frameBytes(
  t: number,
  { windowLength, hopLength }: SpectrogramOptions,
  features: number,
): number {
  return 4 * Math.max(windowLength / 2 + 4, hopLength + windowLength / t, features);
}

function framesThatFit({ limits }: EagerContext, rowBytes: number): number {
  return Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize) / rowBytes;
}

/** Frames in all, and of a piece. */
interface Cut {
  readonly frames: number;
  readonly atOnce: number;
}

/** All frames at once, or as many as fit well. */
function cutOf(
  context: EagerContext,
  frames: number,
  rowBytes: number,
  { framesAtOnce }: PieceOptions,
): Cut {
  if (framesAtOnce !== undefined) {
    whole("Cannot describe a recording", { framesAtOnce }, LEAST_FRAMES);
    return { frames, atOnce: Math.min(frames, framesAtOnce) };
  }
  const fits = frames <= framesThatFit(context, rowBytes);
  return { frames, atOnce: fits ? frames : PIECE_FRAMES };
}

/** Puts the pieces of a result together; each is read before the next one is made. */
async function inPieces(
  context: EagerContext,
  { frames, atOnce }: Cut,
  features: number,
  describe: (scope: Scope, first: number, end: number) => { tensor: Tensor; skip: number },
): Promise<NdArray<Float32Array<ArrayBuffer>>> {
  const result = new Float32Array(frames * features);
  for (let first = 0; first < frames; first += atOnce) {
    // The last piece is as long as the others, for the same bits.
    const start = Math.min(first, frames - atOnce);
    using scope = new Scope(context);
    const { tensor, skip } = describe(scope, start, start + atOnce);
    const { data } = await scope.read(tensor) as NdArray<Float32Array>;
    const rows = data.subarray(skip * features, (skip + atOnce) * features);
    result.set(rows.subarray((first - start) * features), first * features);
  }
  return ndarray([frames, features], result);
}
