/**
 * The front end for music: mel bands of power spectra on a logarithmic scale, for many clips at once
 * on the device.
 *
 * Source: the table of van den Oord, Dieleman and Schrauwen, "Deep content-based music
 * recommendation", NIPS 2013, section 5.2 (window, hop, number of bands); ln(1 + C S) with C = 10,000
 * from Dieleman and Schrauwen, "End-to-end learning for music audio", ICASSP 2014.
 *
 * @module
 */
import text from "./log_mel.wgsl" with { type: "text" };
import { within } from "../gpu/check.ts";
import { type Context, type EagerContext, kernel } from "../gpu/kernel.ts";
import { max } from "../gpu/reduce.ts";
import { GRID } from "../gpu/sources.ts";
import { checkTensor, type NdArray, ndarray, reshape, type Tensor } from "../gpu/tensor.ts";
import { binCount } from "./frames.ts";
import { melFilterBank, type MelScale } from "./mel.ts";
import { prepareSpectrogram, spectrogram, type Spectrograph } from "./spectrogram.ts";

const ATTEMPT = "Cannot make a log-mel spectrogram";

/** How samples become a log-mel spectrogram. The defaults are the toolkit's for music. */
export interface LogMelOptions {
  /** Sampling rate, in Hz. Default 22,050. */
  readonly sampleRate?: number;
  /** Samples in a frame, which a Hann window weighs. Default 1024, 46.4 ms at 22,050 Hz. */
  readonly windowLength?: number;
  /** Samples from one frame to the next. Default 512, 23.2 ms at 22,050 Hz. */
  readonly hopLength?: number;
  /** Mel bands. Default 128. */
  readonly bands?: number;
  /** Lowest frequency of the lowest band, in Hz. Default 0. */
  readonly lowest?: number;
  /** Highest frequency of the highest band, in Hz. Default half the rate. */
  readonly highest?: number;
  /** Which mel scale. Default `htk`: 2595 log10(1 + f / 700). librosa's default is `slaney`. */
  readonly scale?: MelScale;
  /** Whether triangles have the height 1, `peak` (default), or the area 1, `area` (librosa's). */
  readonly normalisation?: "peak" | "area";
  /**
   * C of ln(1 + C S), S being the power in a band; 0 or more. Default 10,000. Or `decibels`:
   * 10 log10(max(S, 1e-10)), raised to 80 dB below the clip's largest value where it is less, as
   * librosa.power_to_db at its defaults.
   */
  readonly compression?: number | "decibels";
}

/** The options' defaults, but for `highest`, which is half the rate. */
export const LOG_MEL_DEFAULTS: Required<Omit<LogMelOptions, "highest">> = {
  sampleRate: 22_050,
  windowLength: 1024,
  hopLength: 512,
  bands: 128,
  lowest: 0,
  scale: "htk",
  normalisation: "peak",
  compression: 10_000,
};

/**
 * The setting that fits the network of 2014, whose input has 599 frames for 30 s: windows of 100 ms,
 * 50 ms apart (1102 samples, as there is no half sample). Deduced from the number of frames; the
 * setting itself was not published.
 */
export const LOG_MEL_2014: LogMelOptions = { windowLength: 2205, hopLength: 1102 };

/** Powers below it count as this in decibels, librosa's `amin`. */
export const LEAST_POWER = 1e-10;
/** Decibels that a clip keeps below its largest value, librosa's `top_db`. */
export const DECIBEL_RANGE = 80;

/** Tables on the device, made once by {@linkcode prepareLogMel} for any number of clips. */
export interface LogMelFront {
  /** The options, defaults filled in. */
  readonly options: Required<LogMelOptions>;
  /** Makes power spectra. */
  readonly spectrograph: Spectrograph;
  /** The triangles one behind the other, without their zeros. */
  readonly weights: Tensor;
  /** Of each band its first bin, and where its weights begin and end: u32 [bands, 3]. */
  readonly spans: Tensor;
}

const shared = {
  source: [GRID, { file: "audio/log_mel.wgsl", text }],
} as const;
const mel = kernel({
  ...shared,
  name: "logMel/mel",
  entry: "mel",
  inputs: { power: "n t q", weights: "count", spans: "u32: bands 3" },
  outputs: { result: "n t bands" },
  threads: ({ rows, bands }) => Math.ceil(rows / 4) * bands,
});
const limitRange = kernel({
  ...shared,
  name: "logMel/limit_range",
  entry: "limit_range",
  inputs: { largest: "n" },
  outputs: { levels: "n t bands" },
  threads: ({ rows, bands }) => rows * bands,
});

/** The options with their defaults. */
export function logMelOptions(options: LogMelOptions = {}): Required<LogMelOptions> {
  const sampleRate = options.sampleRate ?? LOG_MEL_DEFAULTS.sampleRate;
  return { ...LOG_MEL_DEFAULTS, highest: sampleRate / 2, ...options };
}

/**
 * Frames that a clip of so many samples gives.
 *
 * @returns `floor((samples - windowLength) / hopLength) + 1`, or 0 where there is no whole frame
 *
 * @example
 * ```ts
 * import { logMelFrames } from "./log_mel.ts";
 *
 * if (logMelFrames(29 * 22_050) !== 1247) throw new Error("29 s");
 * if (logMelFrames(66_048) !== 128) throw new Error("a window of 3 s");
 * ```
 */
export function logMelFrames(samples: number, options: LogMelOptions = {}): number {
  const { windowLength, hopLength } = logMelOptions(options);
  return Math.max(0, Math.floor((samples - windowLength) / hopLength) + 1);
}

/**
 * Puts window, tables and mel bands on the device.
 *
 * @param context where they go
 * @throws {RangeError} when an option is out of range, or a band is so narrow that no bin falls into
 * it
 */
export function prepareLogMel(context: EagerContext, options: LogMelOptions = {}): LogMelFront {
  const chosen = logMelOptions(options);
  const { windowLength, hopLength, compression } = chosen;
  if (compression !== "decibels") within("Cannot prepare a log-mel front end", { compression }, 0);
  const { weights, spans } = packTriangles(melFilterBank({ ...chosen, rate: chosen.sampleRate }));
  const lengths = { windowLength, hopLength, periodic: true, quantity: "power" } as const;
  return {
    options: chosen,
    spectrograph: prepareSpectrogram(context, lengths),
    weights: context.upload(ndarray([weights.length], weights), "mel weights"),
    spans: context.upload(ndarray([chosen.bands, 3], spans), "mel spans"),
  };
}

/** A band meets 1 to 25 of 513 bins: the rest of the bank is zeros, of which none are kept. */
function packTriangles(
  { shape: [bands, bins], data }: NdArray<Float32Array>,
): { weights: Float32Array; spans: Uint32Array } {
  const weights: number[] = [];
  const spans = new Uint32Array(3 * bands);
  for (let band = 0; band < bands; band++) {
    const row = data.subarray(band * bins, (band + 1) * bins);
    const start = row.findIndex((weight) => weight !== 0);
    const end = row.findLastIndex((weight) => weight !== 0) + 1;
    spans.set([start, weights.length, weights.length + end - start], 3 * band);
    weights.push(...row.subarray(start, end));
  }
  return { weights: Float32Array.from(weights), spans };
}

/**
 * Log-mel spectrograms of clips. Frame `t` begins at sample `t * hopLength`; nothing is padded, and a
 * remainder shorter than a frame is left out. (For librosa's `center=True` put `windowLength / 2`
 * zeros before and behind the samples.)
 *
 * On the way it takes about five times the memory of the power spectra, 10 KiB a frame at the
 * defaults: hand in many clips in batches, and recordings of more than a few minutes to
 * `logMelOfRecording`.
 *
 * @param x samples [n, length] or [length], full scale 1, at the front end's rate
 * @param front from {@linkcode prepareLogMel}
 * @returns [n, t, bands], or [t, bands] for one clip: natural logarithms, or decibels
 * @throws {RangeError} when `x` has another number of axes or does not fill one frame
 *
 * @example
 * ```ts
 * import { logMel, ndarray, openGpu, prepareLogMel } from "jsr:@cetus/cetus";
 *
 * using gpu = await openGpu();
 * const front = prepareLogMel(gpu);
 * const clips = gpu.upload(ndarray([4, 66_048], new Float32Array(4 * 66_048)));
 * console.log(logMel(gpu, clips, front).shape); // [4, 128, 128]
 * ```
 */
export function logMel(context: Context, x: Tensor, front: LogMelFront): Tensor {
  if (x.shape.length === 1) {
    const one = logMel(context, reshape(x, [1, x.shape[0]]), front);
    return reshape(one, one.shape.slice(1));
  }
  checkTensor(x.shape.length === 2, ATTEMPT, x, "[n, length] or [length]");
  return logMelOfPower(context, spectrogram(context, x, front.spectrograph), front);
}

/**
 * Log-mel spectrograms of power spectra, so that front ends of the same window and hop can share them:
 * they are most of the work.
 *
 * @param power [n, t, q], from `spectrogram` with the `spectrograph` of such a front end
 * @param front from {@linkcode prepareLogMel}
 * @returns [n, t, bands]
 * @throws {RangeError} when `power` has another number of bins
 */
export function logMelOfPower(context: Context, power: Tensor, front: LogMelFront): Tensor {
  const result = bandsOfPower(context, power, front);
  if (front.options.compression === "decibels") {
    const [n, t, bands] = result.shape;
    const largest = max(context, reshape(result, [n, t * bands]));
    const dims = { ...scaleOf(front), rows: n * t, t, q: power.shape[2], bands };
    limitRange(context, { largest }, { dims, into: { levels: result } });
  }
  return result;
}

/** The same without the range of decibels, which the whole clip decides. Not exported by mod.ts. */
export function bandsOfPower(context: Context, power: Tensor, front: LogMelFront): Tensor {
  const { options: { windowLength, bands }, weights, spans } = front;
  const [n, t, q] = power.shape;
  const width = binCount(windowLength);
  checkTensor(power.shape.length === 3 && q === width, ATTEMPT, power, `[n, t, ${width}]`);
  const dims = { ...scaleOf(front), rows: n * t, t, q, bands };
  return mel(context, { power, weights, spans }, { dims, label: "log-mel" }).result;
}

function scaleOf({ options: { compression } }: LogMelFront): Record<string, number> {
  const decibels = compression === "decibels";
  return {
    decibels: decibels ? 1 : 0,
    compression: decibels ? 0 : compression,
    least: LEAST_POWER,
    range: DECIBEL_RANGE,
  };
}
