/**
 * AIFF and AIFC, the format of the whale recordings. Formats: Apple, "Audio Interchange File
 * Format", version 1.3 (1989), and "AIFF-C" draft (1991).
 *
 * @module
 */
import { InputError } from "../files/input_error.ts";
import { COMMON_BYTES, HIGHEST_RATE, readAiffHeader, SOUND_HEADER_BYTES } from "./aiff_header.ts";
import { CHUNK_HEADER_BYTES, CONTAINER_HEADER_BYTES, type Fail, setLetters } from "./chunks.ts";
import { decodePcm } from "./pcm.ts";
import { type DecodedRecording, type DecodeOptions, quantise } from "./recording.ts";

/**
 * Reads an AIFF file, or an AIFC file whose samples are plain numbers: compression `NONE`, `twos`,
 * `sowt`, `in16`, `in24`, `in32` and those backwards, `fl32`, `fl64`, `raw `. Whole numbers of 1 to 32
 * bits, any number of channels; floats are returned as they are, also beyond full scale. A file that
 * was cut off gives the samples that are there, and a warning; bytes after the FORM are left out.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @throws {InputError} naming the file: empty, longer than `maxSeconds`, no samples, another compression (mu-law, ADPCM …), a
 * rate that is not a rate, a sample that is not a finite number
 *
 * @example
 * ```ts
 * import { encodeAiff, parseAiff } from "./aiff.ts";
 *
 * const { rate, channels } = parseAiff(encodeAiff(Float64Array.of(0, 0.5, -1), 2000));
 * if (rate !== 2000 || channels[0].join() !== "0,0.5,-1") throw new Error(channels[0].join());
 * ```
 */
export function parseAiff(
  bytes: Uint8Array,
  name = "aiff",
  options: DecodeOptions = {},
): DecodedRecording {
  const fail: Fail = (reason) => {
    throw new InputError(`Cannot read ${name}`, reason);
  };
  return decodePcm(bytes, readAiffHeader(bytes, fail), options, fail);
}

/** IEEE 754 extended precision from float64, whose leading one is not stored. `value` is 1 or more. */
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
