/**
 * The frames that an MP3 file is made of, found by their headers alone: how long it is and whether it
 * is whole are known before anything is decoded.
 *
 * Format: ISO/IEC 11172-3 (MPEG-1) and 13818-3 (MPEG-2), layer III; "MPEG 2.5" for 8 to 12 kHz;
 * ID3v2 (id3.org) before and ID3v1, APE or Lyrics3 tags behind; the frame "Xing" or "Info" which
 * encoders put first.
 *
 * @module
 */
import type { Fail } from "./chunks.ts";

/** What the headers say of a file. */
export interface Mp3Layout {
  /** First byte of the first frame. */
  readonly start: number;
  /** Byte after the last frame. */
  readonly end: number;
  /** Number of frames. */
  readonly frames: number;
  /** Samples a frame and channel: 1152, or 576 below 32 kHz. */
  readonly frameSamples: number;
  /** Sampling rate, in Hz. */
  readonly rate: number;
  /** 1 or 2. */
  readonly channels: number;
}

interface FrameHeader extends Pick<Mp3Layout, "frameSamples" | "rate" | "channels"> {
  /** Bytes of the frame, its header among them. */
  readonly bytes: number;
  /** Bytes between the header and where "Xing" would stand. */
  readonly sideBytes: number;
}

const HEADER_BYTES = 4;
const ID3_HEADER_BYTES = 10;
const LAYER_3 = 1;
/** In kbit/s by the header's four bits; 0 is "free", 15 forbidden. */
const MPEG1_KILOBITS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_KILOBITS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/** In Hz, of MPEG-1; MPEG-2 has half of them and MPEG-2.5 a quarter. */
const RATES = [44_100, 48_000, 32_000];

/** Whether a file begins as MP3 files do, with an ID3 tag or the header of a layer III frame. */
export function isMp3(bytes: Uint8Array): boolean {
  const isTag = bytes[0] === 0x49 && bytes[1] === 0x44 && bytes[2] === 0x33; // "ID3"
  return isTag || bytes[0] === 0xff && (bytes[1] & 0xe6) === 0xe2;
}

/**
 * Walks over all frames.
 *
 * @param bytes the whole file
 * @param fail throws the error of the file
 */
export function findMp3Frames(bytes: Uint8Array, fail: Fail): Mp3Layout {
  const start = endOfTags(bytes, fail);
  const first = readHeader(bytes, start);
  if (!first) return fail(`no layer III frame begins at byte ${start}, behind its tags`);
  let [at, frames] = [start, 0];
  while (at < bytes.length && !isTagBehind(bytes, at)) {
    const header = readHeader(bytes, at);
    if (!header) return fail(`it is damaged: byte ${at} is no frame, expected frame ${frames}`);
    checkSame(first, header, frames, fail);
    const room = bytes.length - at;
    if (header.bytes > room) {
      fail(`it is truncated: frame ${frames} takes ${header.bytes} bytes, the file has ${room}`);
    }
    at += header.bytes;
    frames++;
  }
  const { frameSamples, rate, channels } = first;
  const promised = promisedFrames(bytes, start, first);
  // The count leaves out the frame that holds it.
  if (promised !== undefined && promised > frames - 1) {
    fail(`it is truncated: its first frame says ${promised} frames, ${frames - 1} follow`);
  }
  return { start, end: at, frames, frameSamples, rate, channels };
}

function endOfTags(bytes: Uint8Array, fail: Fail): number {
  let at = 0;
  while (letters(bytes, at, 3) === "ID3") {
    // Seven bits a byte, so that a size never looks like the start of a frame.
    const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at + 6, at + ID3_HEADER_BYTES);
    const hasFooter = (bytes[at + 5] & 0x10) !== 0;
    const size = (a << 21) + (b << 14) + (c << 7) + d + (hasFooter ? ID3_HEADER_BYTES : 0);
    const end = at + ID3_HEADER_BYTES + size;
    if (!(end < bytes.length)) {
      fail(`it is truncated: its ID3 tag ends at byte ${end}, the file at ${bytes.length}`);
    }
    at = end;
  }
  while (bytes[at] === 0) at++; // some writers pad behind the tag
  return at;
}

/** Tags at the end, or zeros to the end. */
function isTagBehind(bytes: Uint8Array, at: number): boolean {
  if (letters(bytes, at, 3) === "TAG" || letters(bytes, at, 3) === "ID3") return true;
  if (["APETAGEX", "LYRICSBE"].includes(letters(bytes, at, 8))) return true;
  return bytes[at] === 0 && bytes.subarray(at).every((byte) => byte === 0);
}

function readHeader(bytes: Uint8Array, at: number): FrameHeader | undefined {
  if (at + HEADER_BYTES > bytes.length) return undefined;
  const [first, second, third, fourth] = bytes.subarray(at, at + HEADER_BYTES);
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return undefined;
  const version = (second >> 3) & 3; // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5, 1: none
  if (version === 1 || ((second >> 1) & 3) !== LAYER_3) return undefined;
  const isMpeg1 = version === 3;
  const kilobits = (isMpeg1 ? MPEG1_KILOBITS : MPEG2_KILOBITS)[third >> 4];
  const rateOfMpeg1 = RATES[(third >> 2) & 3];
  if (!kilobits || !rateOfMpeg1) return undefined;
  const rate = rateOfMpeg1 / (isMpeg1 ? 1 : version === 2 ? 2 : 4);
  const frameSamples = isMpeg1 ? 1152 : 576;
  const channels = fourth >> 6 === 3 ? 1 : 2;
  const padding = (third >> 1) & 1;
  const bytesOfFrame = Math.floor(frameSamples / 8 * 1000 * kilobits / rate) + padding;
  const sideBytes = isMpeg1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return { rate, channels, frameSamples, bytes: bytesOfFrame, sideBytes };
}

function checkSame(first: FrameHeader, other: FrameHeader, frame: number, fail: Fail): void {
  if (first.rate === other.rate && first.channels === other.channels) return;
  const wording = ({ rate, channels }: FrameHeader) => `${rate} Hz and ${channels} channel(s)`;
  fail(`frame ${frame} has ${wording(other)}, the first has ${wording(first)}`);
}

/** The number of frames that follow, where the first frame tells. */
function promisedFrames(
  bytes: Uint8Array,
  start: number,
  { sideBytes, bytes: frameBytes }: FrameHeader,
): number | undefined {
  const at = start + HEADER_BYTES + sideBytes;
  const fits = at + 12 <= start + frameBytes;
  if (!fits || !["Xing", "Info"].includes(letters(bytes, at, 4))) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const hasCount = (view.getUint32(at + 4) & 1) === 1;
  return hasCount ? view.getUint32(at + 8) : undefined;
}

function letters(bytes: Uint8Array, at: number, count: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + count));
}
