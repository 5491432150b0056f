/**
 * A sound file made like the songs of a run: one channel, one rate, one loudness.
 *
 * @module
 */
import { decodeRecording } from "../../audio/decode.ts";
import { resampling } from "../../audio/resample.ts";
import { InputError } from "../../files/input_error.ts";
import type { Warn } from "../../files/warn.ts";
import { SAMPLE_RATE } from "./catalogue.ts";
import { gainTo, isSilent, LEVEL, levelled } from "./loudness.ts";

/** How a sound is read. */
export interface ReadSoundOptions {
  /** The longest that is read, in seconds; told by the header, before it is decoded. Default 12 h. */
  readonly maxSeconds?: number;
  /** Told what of the file was cut off or passed over. Default nobody. */
  readonly warn?: Warn;
  /** Samples at our rate that it must have, such as `leastSamples(config)`. Default 1. */
  readonly least?: number;
  /** Refuses a file in which nothing can be heard. Default false: silence is given as zeros. */
  readonly sounding?: boolean;
}

const DEFAULT_MAX_SECONDS = 12 * 3600;
/** Below it a small file would take gigabytes at our rate, Hz. */
const LOWEST_RATE = 1000;
/** Samples at our rate that are held in float64 at once: three minutes. */
const PIECE = 2 ** 22;

/**
 * Reads AIFF, MP3 or WAV.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @returns one channel at 22,050 Hz, of root mean square 0.1; zeros where {@linkcode isSilent}
 * @throws {InputError} naming the file: malformed, too long, too short, silent where it must sound, or
 * of a rate that cannot be changed to ours
 */
export async function readSound(
  bytes: Uint8Array,
  name: string,
  { maxSeconds = DEFAULT_MAX_SECONDS, warn, least = 1, sounding = false }: ReadSoundOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  const options = { maxSeconds, mono: true };
  const { rate, channels: [mono], warnings } = await decodeRecording(bytes, name, options);
  warn?.(name, warnings);
  const refuse = (reason: string): never => {
    throw new InputError(`Cannot read ${name}`, reason);
  };
  if (rate < LOWEST_RATE) refuse(`its rate is ${rate} Hz, expected at least ${LOWEST_RATE}`);
  const samples = evenSoundOr(refuse, mono, rate);
  if (samples.length < least) {
    const [own, needed] = [samples.length, least].map((n) => (n / SAMPLE_RATE).toPrecision(2));
    refuse(
      `it lasts ${own} s, expected at least ${needed} s: ${least} samples at ${SAMPLE_RATE} Hz`,
    );
  }
  const isQuiet = isSilent(mono);
  if (isQuiet && sounding) refuse("it is silent, expected sound");
  return isQuiet ? samples.fill(0) : samples;
}

function evenSoundOr(refuse: (reason: string) => never, mono: Float64Array, rate: number) {
  try {
    return evenSound(mono, rate);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(error.message);
  }
}

/**
 * One channel at our rate and level, as `levelled(resample(mono, rate, SAMPLE_RATE))`. A long one is
 * resampled twice, for its level and for itself, so that it is never whole in float64.
 *
 * @param mono `[samples]`
 * @param rate its rate, in Hz
 * @param piece samples at our rate that are held at once
 */
export function evenSound(
  mono: Float64Array,
  rate: number,
  piece = PIECE,
): Float32Array<ArrayBuffer> {
  // Old Macintosh files have 22,254.54 Hz: a part of a hertz is not heard.
  const { length, read } = resampling(mono, Math.round(rate), SAMPLE_RATE);
  if (length <= piece) return levelled(read(0, length));
  const even = new Float32Array(length);
  const starts = Array.from({ length: Math.ceil(length / piece) }, (_, i) => i * piece);
  const pieceAt = (start: number) => read(start, Math.min(length, start + piece));
  let squares = 0;
  for (const start of starts) for (const sample of pieceAt(start)) squares += sample * sample;
  const gain = gainTo(LEVEL, squares, length);
  for (const start of starts) {
    const samples = pieceAt(start);
    for (let i = 0; i < samples.length; i++) even[start + i] = samples[i] * gain;
  }
  return even;
}
