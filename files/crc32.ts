/**
 * CRC-32 as zip, gzip and PNG use it (ISO 3309; the reversed polynomial is 0xedb88320).
 *
 * @module
 */

/** Bytes taken at once ("slicing by 8"): five times as fast as one by one. */
const SLICES = 8;
const TABLES = tables();

/** `TABLES[256 k + byte]`: what a byte with `k` zero bytes behind it adds. */
function tables(): Uint32Array {
  const table = new Uint32Array(256 * SLICES);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
    table[byte] = crc;
  }
  for (let i = 256; i < table.length; i++) {
    table[i] = (table[i - 256] >>> 8) ^ table[table[i - 256] & 255];
  }
  return table;
}

/**
 * The checksum of bytes.
 *
 * @param before the checksum of what came before them; 0 at the start
 *
 * @example
 * ```ts
 * import { crc32 } from "./crc32.ts";
 *
 * const checksum = crc32(new TextEncoder().encode("123456789"));
 * if (checksum !== 0xcbf43926) throw new Error("the check value of every description");
 * ```
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const t = TABLES;
  let crc = ~before;
  let at = 0;
  for (const end = bytes.length - SLICES; at <= end; at += SLICES) {
    crc ^= bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24;
    crc = t[1792 + (crc & 255)] ^ t[1536 + (crc >>> 8 & 255)] ^ t[1280 + (crc >>> 16 & 255)] ^
      t[1024 + (crc >>> 24)] ^ t[768 + bytes[at + 4]] ^ t[512 + bytes[at + 5]] ^
      t[256 + bytes[at + 6]] ^ t[bytes[at + 7]];
  }
  for (; at < bytes.length; at++) crc = t[(crc ^ bytes[at]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}
