/**
 * Tags of MP3 files: ID3v2 (id3.org), mostly before the frames; ID3v1, APE and Lyrics3 behind them.
 *
 * @module
 */
const ID3_HEADER_BYTES = 10;
const ID3V1_BYTES = 128;
const APE_HEADER_BYTES = 32;
const LYRICS_END = "LYRICS200";

/**
 * Bytes of the tag at a place, which may be more than the file has; 0 where there is none.
 */
export function tagBytes(bytes: Uint8Array, at: number): number {
  if (letters(bytes, at, 3) === "ID3") return id3Bytes(bytes, at);
  if (letters(bytes, at, 3) === "TAG") return ID3V1_BYTES;
  if (letters(bytes, at, 8) === "APETAGEX") return apeBytes(bytes, at);
  if (letters(bytes, at, 11) === "LYRICSBEGIN") return lyricsBytes(bytes, at);
  return 0;
}

/** Seven bits a byte, so that a size never looks like the start of a frame. */
function id3Bytes(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at + 6, at + ID3_HEADER_BYTES);
  const hasFooter = (bytes[at + 5] & 0x10) !== 0;
  const size = (a << 21) + (b << 14) + (c << 7) + d;
  return ID3_HEADER_BYTES + size + (hasFooter ? ID3_HEADER_BYTES : 0);
}

/** A header is not counted in the size, a footer is. */
function apeBytes(bytes: Uint8Array, at: number): number {
  if (at + APE_HEADER_BYTES > bytes.length) return APE_HEADER_BYTES;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, APE_HEADER_BYTES);
  const isHeader = (view.getUint32(20, true) & 0x2000_0000) !== 0;
  return isHeader ? APE_HEADER_BYTES + view.getUint32(12, true) : APE_HEADER_BYTES;
}

function lyricsBytes(bytes: Uint8Array, at: number): number {
  const first = LYRICS_END.charCodeAt(0);
  for (let end = at + 1; (end = bytes.indexOf(first, end)) >= 0; end++) {
    if (letters(bytes, end, LYRICS_END.length) === LYRICS_END) return end + LYRICS_END.length - at;
  }
  return bytes.length - at;
}

function letters(bytes: Uint8Array, at: number, count: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + count));
}
