/**
 * MP3 through the package mpg123-decoder, which is loaded when the first file comes. The frames are
 * walked over and checked here first: the decoder passes over what it does not understand, and says
 * nothing of a file that ends early.
 *
 * @module
 */
import { InputError } from "../files/input_error.ts";
import type { Fail } from "./chunks.ts";
import { findMp3Frames, type Mp3Layout, type Stretch } from "./mp3_frames.ts";
import type { DecodedRecording, DecodeOptions } from "./recording.ts";
import { checkLength } from "./sound_header.ts";

const DEFAULT_MAX_SECONDS = 7200;
/** Compressed bytes decoded at once. */
const PIECE_BYTES = 2 ** 16;

const BREAK = new Uint8Array(64);

/** As far as it is used; a type from the package would have Deno fetch it. */
interface Decoder {
  readonly ready: Promise<void>;
  decode(bytes: Uint8Array): {
    readonly channelData: readonly Float32Array[];
    readonly samplesDecoded: number;
    readonly errors: readonly { readonly message: string }[];
  };
  free(): void;
}

/**
 * Reads an MP3 file (layer III of MPEG-1, 2 and 2.5, constant or variable rate). What an encoder
 * noted of the silence that it added at both ends is taken off again. What is no frame is passed over,
 * as players do, and told in `warnings`.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @returns the samples at the file's own rate, one channel or two; they may pass full scale a little
 * @throws {InputError} naming the file: empty, without frames, of changing rate or channels, of a free
 * bit rate, longer than `maxSeconds`
 *
 * @example
 * ```ts
 * import { parseMp3 } from "./mp3.ts";
 *
 * const bytes = await Deno.readFile("tests/golden/tone_440.mp3");
 * const { rate, channels } = await parseMp3(bytes, "tone_440.mp3");
 * console.log(channels[0].length / rate, "seconds");
 * ```
 */
export async function parseMp3(
  bytes: Uint8Array,
  name = "mp3",
  { maxSeconds = DEFAULT_MAX_SECONDS, mono = false }: DecodeOptions = {},
): Promise<DecodedRecording> {
  const fail: Fail = (reason) => {
    throw new InputError(`Cannot read ${name}`, reason);
  };
  if (bytes.length === 0) fail("the file is empty");
  const layout = findMp3Frames(bytes, fail);
  checkLength(layout.frames * layout.frameSamples / layout.rate, maxSeconds, fail);
  const decoder = await openDecoder();
  try {
    return decodeFrames(decoder, bytes, layout, mono, fail);
  } finally {
    decoder.free();
  }
}

/**
 * Loads the decoder, which is fetched when it is first asked for: before long work that ends at an MP3.
 *
 * @throws {Error} when it cannot be fetched
 */
export async function prepareMp3(): Promise<void> {
  (await openDecoder()).free();
}

async function openDecoder(): Promise<Decoder> {
  const MPEGDecoder = await loadDecoder();
  const decoder = new MPEGDecoder();
  await decoder.ready;
  return decoder;
}

async function loadDecoder(): Promise<new () => Decoder> {
  // Not `import("../deps_mp3.ts")`: Deno fetches what a literal names, whether it is run or not.
  const address = new URL("../deps_mp3.ts", import.meta.url).href;
  try {
    const { MPEGDecoder }: { MPEGDecoder: new () => Decoder } = await import(address);
    return MPEGDecoder;
  } catch (error) {
    const { message } = error as Error;
    throw new Error(
      `Cannot load the decoder of MP3, which is fetched once: ${message}; run again with a network`,
      { cause: error },
    );
  }
}

function decodeFrames(
  decoder: Decoder,
  bytes: Uint8Array,
  { stretches, frames, frameSamples, rate, channels: count, warnings }: Mp3Layout,
  mono: boolean,
  fail: Fail,
): DecodedRecording {
  const most = frames * frameSamples;
  const channels = Array.from({ length: mono ? 1 : count }, () => new Float64Array(most));
  let filled = 0;
  for (const piece of piecesOf(bytes, stretches)) {
    const { channelData, samplesDecoded, errors } = decoder.decode(piece);
    if (errors.length > 0) fail(`its frames cannot be decoded (${errors[0].message})`);
    if (filled + samplesDecoded > most) fail(`it decodes to more than ${most} samples`);
    // The decoder gives two channels always; of mono both are the same.
    if (mono && count > 1) average(channelData, samplesDecoded, channels[0].subarray(filled));
    else channels.forEach((channel, i) => channel.set(channelData[i], filled));
    filled += samplesDecoded;
  }
  if (filled === 0) fail(["it has no samples", ...warnings].join("; "));
  return { rate, channels: channels.map((channel) => channel.slice(0, filled)), warnings };
}

function average(
  [left, right]: readonly Float32Array[],
  samples: number,
  into: Float64Array,
): void {
  for (let i = 0; i < samples; i++) into[i] = (left[i] + right[i]) / 2;
}

/** The stretches with a few zeros between them: the decoder then forgets what frames before held back. */
function* piecesOf(bytes: Uint8Array, stretches: readonly Stretch[]): Generator<Uint8Array> {
  for (const [i, { start, end }] of stretches.entries()) {
    if (i > 0) yield BREAK;
    for (let at = start; at < end; at += PIECE_BYTES) {
      yield bytes.subarray(at, Math.min(end, at + PIECE_BYTES));
    }
  }
}
