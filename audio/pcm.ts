/**
 * Samples as they lie in a file, one after the other, channel by channel in each frame.
 *
 * @module
 */
import type { Fail } from "./chunks.ts";
import type { DecodedRecording, DecodeOptions } from "./recording.ts";
import { checkLength, type PcmLayout, type SoundHeader } from "./sound_header.ts";

/** Samples of a piece, all channels. Whole numbers of 3 bytes are those of 4 with a zero below. */
type Numbers = Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** Bytes unpacked at once: typed arrays need an aligned copy in the host's order of bytes. */
const PIECE_BYTES = 2 ** 16;

/** Largest float that is taken for a sample. float32 ends at 3.4e38. */
const LARGEST = 1e38;

const HOST_IS_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Reads samples that are known to lie inside the file. Whole numbers come with full scale 1, floats as
 * they are.
 *
 * @param file the whole file
 * @param fail throws the error of the file, for a float that is no number or beyond float32
 */
export function decodePcm(
  file: Uint8Array,
  { rate, start, layout, warnings }: SoundHeader,
  { maxSeconds = Infinity, mono = false }: DecodeOptions,
  fail: Fail,
): DecodedRecording {
  const { channels: count, frames, bytes, numbers, bits = 8 * bytes } = layout;
  checkLength(frames / rate, maxSeconds, fail);
  const channels = Array.from({ length: mono ? 1 : count }, () => new Float64Array(frames));
  const scale = numbers === "float" ? 1 : 1 / 2 ** (8 * wholeBytes(bytes) - 1);
  const shift = isBelow(file, start, layout) ? 8 * bytes - bits : 0;
  for (const { piece, first } of pieces(file, start, layout)) {
    if (shift > 0) piece.forEach((value, i) => piece[i] = value << shift);
    if (numbers === "float") checkFinite(piece, first, count, fail);
    if (mono) mix(piece, count, scale, channels[0], first);
    else {channels.forEach((samples, channel) => {
        for (let i = channel, frame = first; i < piece.length; i += count, frame++) {
          samples[frame] = piece[i] * scale;
        }
      });}
  }
  return { rate, channels, warnings };
}

/** The means of all channels, to the bits of `mixToMono`. */
function mix(
  piece: Numbers,
  count: number,
  scale: number,
  into: Float64Array,
  first: number,
): void {
  for (let i = 0, frame = first; i < piece.length; frame++) {
    let sum = 0;
    for (const end = i + count; i < end; i++) sum += piece[i] * scale;
    into[frame] = sum / count;
  }
}

/**
 * Whether whole numbers lie in the lower bits of their bytes, against the formats: the bits that should
 * be zero are not, and those above tell nothing but the sign.
 */
function isBelow(file: Uint8Array, start: number, layout: PcmLayout): boolean {
  const { bytes, numbers, bits = 8 * bytes } = layout;
  if (bits === 8 * bytes || bytes === 1 || numbers !== "signed") return false;
  const unused = 2 ** (8 * bytes - bits) - 1;
  let low = 0;
  for (const { piece } of pieces(file, start, layout)) {
    for (let i = 0; i < piece.length; i++) {
      const value = bytes === 3 ? piece[i] >> 8 : piece[i];
      low |= value & unused;
      const high = value >> bits;
      if (high !== 0 && high !== -1) return false;
    }
  }
  return low !== 0;
}

/** One NaN would spread over every figure of a run, and so would an infinity that float32 makes. */
function checkFinite(piece: Numbers, first: number, count: number, fail: Fail): void {
  for (let i = 0; i < piece.length; i++) {
    if (Math.abs(piece[i]) <= LARGEST) continue;
    const expected = Number.isFinite(piece[i]) ? `at most ${LARGEST}` : "a finite number";
    const frame = first + Math.floor(i / count);
    fail(`sample ${frame} of channel ${i % count} is ${piece[i]}, expected ${expected}`);
  }
}

/** The samples in pieces of whole frames. A piece is good until the next one comes. */
function* pieces(
  file: Uint8Array,
  start: number,
  layout: PcmLayout,
): Generator<{ readonly piece: Numbers; readonly first: number }> {
  const { channels, frames, bytes } = layout;
  const frameBytes = channels * bytes;
  const most = Math.max(1, Math.floor(PIECE_BYTES / frameBytes));
  const copy = new Uint8Array(Math.min(frames, most) * channels * wholeBytes(bytes));
  for (let first = 0; first < frames; first += most) {
    const count = Math.min(most, frames - first);
    const from = start + first * frameBytes;
    const piece = unpack(file.subarray(from, from + count * frameBytes), copy, layout);
    yield { piece, first };
  }
}

/** Bytes of a sample in memory: no array has numbers of 3 bytes. */
function wholeBytes(bytes: number): number {
  return bytes === 3 ? 4 : bytes;
}

/** Samples as numbers, in `copy`. */
function unpack(
  source: Uint8Array,
  copy: Uint8Array<ArrayBuffer>,
  { bytes, numbers, littleEndian }: PcmLayout,
): Numbers {
  const length = source.length / bytes;
  if (bytes === 3) {
    return unpackThrees(source, new Int32Array(copy.buffer, 0, length), littleEndian);
  }
  copy.set(source);
  if (littleEndian !== HOST_IS_LITTLE) reverseEach(copy, source.length, bytes);
  if (bytes === 8) return new Float64Array(copy.buffer, 0, length);
  if (numbers === "float") return new Float32Array(copy.buffer, 0, length);
  if (bytes === 4) return new Int32Array(copy.buffer, 0, length);
  if (bytes === 2) return new Int16Array(copy.buffer, 0, length);
  if (numbers === "unsigned") { for (let i = 0; i < length; i++) copy[i] ^= 128; }
  return new Int8Array(copy.buffer, 0, length);
}

function unpackThrees(source: Uint8Array, into: Int32Array, littleEndian: boolean): Int32Array {
  const [low, high] = littleEndian ? [0, 2] : [2, 0];
  for (let i = 0, at = 0; i < into.length; i++, at += 3) {
    into[i] = source[at + high] << 24 | source[at + 1] << 16 | source[at + low] << 8;
  }
  return into;
}

/** Reverses the bytes of each sample in place. */
function reverseEach(bytes: Uint8Array, length: number, size: number): void {
  for (let at = 0; at < length; at += size) {
    for (let low = at, high = at + size - 1; low < high; low++, high--) {
      [bytes[low], bytes[high]] = [bytes[high], bytes[low]];
    }
  }
}
