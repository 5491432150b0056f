/**
 * AIFF and AIFC, the format of the whale recordings. Formats: Apple, "Audio Interchange File
 * Format", version 1.3 (1989), and "AIFF-C" draft (1991).
 *
 * @module
 */
import { quoted } from "../files/claims.ts";
import { InputError } from "../files/input_error.ts";
import {
  checkContainer,
  type Chunk,
  CHUNK_HEADER_BYTES,
  CONTAINER_HEADER_BYTES,
  type Fail,
  findChunks,
  letters,
  setLetters,
} from "./chunks.ts";
import { readPcm } from "./pcm.ts";
import { quantise, type Recording } from "./recording.ts";

/** Offset and block size at the start of the sound chunk. */
const SOUND_HEADER_BYTES = 8;
/** The common chunk up to its end in AIFF; AIFC adds the compression. */
const COMMON_BYTES = 18;
const COMPRESSED_COMMON_BYTES = 22;
/** Beyond it the field is a damaged one; WAV could not say more either. Hz. */
const HIGHEST_RATE = 0xffff_ffff;

/** Compression types that only name a byte order: true for little-endian. */
const LITTLE_ENDIAN: Readonly<Record<string, boolean>> = { NONE: false, twos: false, sowt: true };

/** What the common chunk says. */
interface Layout {
  readonly channels: number;
  readonly frames: number;
  readonly bits: number;
  readonly rate: number;
  readonly littleEndian: boolean;
}

/**
 * Reads an AIFF file, or an AIFC file whose compression is `NONE`, `twos` or `sowt` (the samples are
 * plain numbers). 1 to 32 bits, any number of channels. Bytes after the FORM are ignored.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @throws {InputError} naming the file: empty, truncated, sizes that do not fit the file, no
 * samples, an unknown compression, a rate that is not a rate
 *
 * @example
 * ```ts
 * import { encodeAiff, parseAiff } from "./aiff.ts";
 *
 * const { rate, channels } = parseAiff(encodeAiff(Float64Array.of(0, 0.5, -1), 2000));
 * if (rate !== 2000 || channels[0].join() !== "0,0.5,-1") throw new Error(channels[0].join());
 * ```
 */
export function parseAiff(bytes: Uint8Array, name = "aiff"): Recording {
  const fail: Fail = (reason) => {
    throw new InputError(`Cannot read ${name}`, reason);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  checkContainer(view, { ids: ["FORM"], kinds: ["AIFF", "AIFC"] }, fail);
  const chunks = findChunks(view, false, ["COMM", "SSND"], fail);
  const [common, sound] = [chunks.get("COMM"), chunks.get("SSND")];
  if (!common) return fail(`it has no chunk "COMM", which describes the samples`);
  // The format lets a file without samples leave the chunk out.
  if (!sound) return fail(`it has no chunk "SSND": no samples`);
  const layout = readCommon(view, common, letters(view, 8) === "AIFC", fail);
  const start = locateSamples(view, sound, layout, fail);
  // Odd depths are justified to the left of their bytes: 12 bits are 16 with four zeros behind.
  const pcm = { ...layout, bytes: bytesOf(layout.bits), numbers: "signed" } as const;
  return { rate: layout.rate, channels: readPcm(view, start, pcm) };
}

function readCommon(view: DataView, chunk: Chunk, compressed: boolean, fail: Fail): Layout {
  const needed = compressed ? COMPRESSED_COMMON_BYTES : COMMON_BYTES;
  if (chunk.bytes < needed) {
    fail(`chunk "COMM" has ${chunk.bytes} bytes, expected at least ${needed}`);
  }
  const at = chunk.start;
  const channels = view.getUint16(at);
  const frames = view.getUint32(at + 2);
  const bits = view.getUint16(at + 6);
  const rate = extended(view, at + 8);
  const compression = compressed ? letters(view, at + 18) : "NONE";
  if (!Object.hasOwn(LITTLE_ENDIAN, compression)) {
    const known = Object.keys(LITTLE_ENDIAN).join(", ");
    fail(`its compression is ${quoted(compression)}, expected one of ${known}`);
  }
  if (channels === 0) fail("it has 0 channels, expected at least 1");
  if (frames === 0) fail("it has 0 samples a channel, expected at least 1");
  if (bits < 1 || bits > 32) fail(`its samples have ${bits} bits, expected 1 to 32`);
  if (!(rate >= 1 && rate <= HIGHEST_RATE)) {
    fail(`its rate is ${rate} Hz, expected 1 to ${HIGHEST_RATE}`);
  }
  return { channels, frames, bits, rate, littleEndian: LITTLE_ENDIAN[compression] };
}

/** Position of the first sample, once all of them are known to lie inside the chunk. */
function locateSamples(view: DataView, chunk: Chunk, layout: Layout, fail: Fail): number {
  if (chunk.bytes < SOUND_HEADER_BYTES) {
    fail(`chunk "SSND" has ${chunk.bytes} bytes, expected at least ${SOUND_HEADER_BYTES}`);
  }
  const { channels, frames, bits } = layout;
  const offset = view.getUint32(chunk.start);
  const given = chunk.bytes - SOUND_HEADER_BYTES - offset;
  const needed = frames * channels * bytesOf(bits); // at most 2^50: exact
  if (needed > given) {
    fail(
      `${frames} samples of ${channels} channels and ${bits} bits take ${needed} bytes, chunk ` +
        `"SSND" has ${Math.max(0, given)} for them`,
    );
  }
  return chunk.start + SOUND_HEADER_BYTES + offset;
}

function bytesOf(bits: number): number {
  return Math.ceil(bits / 8);
}

/** IEEE 754 extended precision: sign and 15 bits of exponent, then 64 bits with the leading one. */
function extended(view: DataView, at: number): number {
  const head = view.getUint16(at);
  const exponent = (head & 0x7fff) - 16_383;
  const mantissa = view.getUint32(at + 2) * 2 ** 32 + view.getUint32(at + 6);
  if (exponent === 16_384) return NaN; // infinity or not a number
  return (head & 0x8000 ? -1 : 1) * mantissa * 2 ** (exponent - 63);
}

/** The same from float64, whose leading one is not stored. `value` is 1 or more. */
function setExtended(view: DataView, at: number, value: number): void {
  const double = new DataView(new ArrayBuffer(8));
  double.setFloat64(0, value);
  const pattern = double.getBigUint64(0);
  view.setUint16(at, Number(pattern >> 52n) - 1023 + 16_383);
  view.setBigUint64(at + 2, (1n << 63n) | BigInt.asUintN(63, pattern << 11n));
}

/**
 * Writes an AIFF file with one channel of 16 bits, laid out byte for byte as the files of the 2013
 * whale challenge are.
 *
 * @param samples `[samples]`. An Int16Array is stored as it is; other numbers have full scale 1 and
 * are rounded to the nearest of 2^15 steps and clipped
 * @param rate samples a second, in Hz, 1 to 2^32 - 1; need not be a whole number
 * @throws {RangeError} when there are no samples, one is not finite, or the rate is out of range
 */
export function encodeAiff(
  samples: Int16Array | Float32Array | Float64Array,
  rate: number,
): Uint8Array<ArrayBuffer> {
  if (samples.length === 0) {
    throw new RangeError("Cannot write AIFF: samples is empty, expected at least one");
  }
  if (!(rate >= 1 && rate <= HIGHEST_RATE)) {
    throw new RangeError(
      `Cannot write AIFF: the rate is ${rate} Hz, expected 1 to ${HIGHEST_RATE}`,
    );
  }
  const soundBytes = SOUND_HEADER_BYTES + 2 * samples.length;
  const soundStart = CONTAINER_HEADER_BYTES + CHUNK_HEADER_BYTES + COMMON_BYTES;
  const bytes = new Uint8Array(soundStart + CHUNK_HEADER_BYTES + soundBytes);
  const view = new DataView(bytes.buffer);
  writeChunkHeader(view, 0, "FORM", bytes.length - CHUNK_HEADER_BYTES);
  setLetters(view, 8, "AIFF");
  writeChunkHeader(view, CONTAINER_HEADER_BYTES, "COMM", COMMON_BYTES);
  view.setUint16(20, 1);
  view.setUint32(22, samples.length);
  view.setUint16(26, 16);
  setExtended(view, 28, rate);
  writeChunkHeader(view, soundStart, "SSND", soundBytes); // its offset and block size stay 0
  const start = bytes.length - 2 * samples.length;
  const whole = samples instanceof Int16Array;
  samples.forEach((sample, i) => {
    view.setInt16(start + 2 * i, whole ? sample : quantise(sample, 16, "write AIFF", i));
  });
  return bytes;
}

function writeChunkHeader(view: DataView, at: number, id: string, bytes: number): void {
  setLetters(view, at, id);
  view.setUint32(at + 4, bytes);
}
