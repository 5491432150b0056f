/**
 * The four bytes that each frame of an MP3 file begins with.
 *
 * Format: ISO/IEC 11172-3 (MPEG-1) and 13818-3 (MPEG-2), layer III; "MPEG 2.5" for 8 to 12 kHz.
 *
 * @module
 */

/** What the header of a frame says. */
export interface FrameHeader {
  /** Bytes of the frame, its header among them. */
  readonly bytes: number;
  /** Samples a channel. */
  readonly frameSamples: number;
  /** Sampling rate, in Hz. */
  readonly rate: number;
  /** 1 or 2. */
  readonly channels: number;
  /** Bytes between the header and where "Xing" would stand. */
  readonly sideBytes: number;
}

const HEADER_BYTES = 4;
const LAYER_3 = 1;
/** In kbit/s by the header's four bits; 0 is "free", 15 forbidden. */
const MPEG1_KILOBITS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_KILOBITS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/** In Hz, of MPEG-1; MPEG-2 has half of them and MPEG-2.5 a quarter. */
const RATES = [44_100, 48_000, 32_000];
/** Longest frame of a free rate, bytes. */
const LONGEST_FREE = 4096;

/**
 * The header at a place.
 *
 * @param free bytes of a frame of free rate, which are not told; by default there is no such rate
 * @returns nothing where there is none
 */
export function readFrameHeader(
  bytes: Uint8Array,
  at: number,
  free?: number,
): FrameHeader | undefined {
  if (at + HEADER_BYTES > bytes.length || bytes[at] !== 0xff) return undefined;
  const [second, third, fourth] = [bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  if ((second & 0xe0) !== 0xe0) return undefined;
  const version = (second >> 3) & 3; // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5, 1: none
  if (version === 1 || ((second >> 1) & 3) !== LAYER_3) return undefined;
  const isMpeg1 = version === 3;
  const kilobits = (isMpeg1 ? MPEG1_KILOBITS : MPEG2_KILOBITS)[third >> 4];
  const rateOfMpeg1 = RATES[(third >> 2) & 3];
  if (kilobits === undefined || !rateOfMpeg1) return undefined;
  const rate = rateOfMpeg1 / (isMpeg1 ? 1 : version === 2 ? 2 : 4);
  const frameSamples = isMpeg1 ? 1152 : 576;
  const channels = fourth >> 6 === 3 ? 1 : 2;
  const plain = kilobits > 0 ? Math.floor(frameSamples / 8 * 1000 * kilobits / rate) : free;
  if (plain === undefined) return undefined;
  const sideBytes = isMpeg1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return { rate, channels, frameSamples, bytes: plain + paddingOf(third), sideBytes };
}

function paddingOf(third: number): number {
  return (third >> 1) & 1;
}

/** Whether two frames can be of one recording. */
export function isLike(a: FrameHeader, b: FrameHeader): boolean {
  return a.rate === b.rate && a.channels === b.channels && a.frameSamples === b.frameSamples;
}

/**
 * Whether frames of a free rate begin at a place: the next header that says the same, and a third one at
 * the same distance, tell how long they are.
 */
export function isFreeRate(bytes: Uint8Array, at: number): boolean {
  const freeHeader = (place: number) =>
    bytes[place + 2] >> 4 === 0 ? readFrameHeader(bytes, place, 0) : undefined;
  const first = freeHeader(at);
  if (!first) return false;
  const agrees = (place: number) => {
    const header = freeHeader(place);
    return header !== undefined && isLike(header, first);
  };
  for (let next = at + HEADER_BYTES + first.sideBytes; next <= at + LONGEST_FREE; next++) {
    const padding = paddingOf(bytes[next + 2]) - paddingOf(bytes[at + 2]);
    if (agrees(next) && agrees(2 * next - at + padding)) return true;
  }
  return false;
}
