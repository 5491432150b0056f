/**
 * What a file is, told by its first bytes: for messages about one that was handed in by mistake.
 *
 * @module
 */

/** Whether bytes hold a text of one byte a character from `at` on. */
export function startsWith(bytes: Uint8Array, text: string, at = 0): boolean {
  if (bytes.length < at + text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

const SIGNATURES: readonly (readonly [text: string, kind: string])[] = [
  ["\x89PNG", "a PNG image"],
  ["GIF8", "a GIF image"],
  ["BM", "a BMP image"],
  ["II*\0", "a TIFF image"],
  ["MM\0*", "a TIFF image"],
  ["%PDF", "a PDF document"],
  ["PK\x03\x04", "a zip file"],
  ["\x1f\x8b", "a gzip file"],
  ["SIMPLE  =", "a FITS file"],
  ["\x89HDF", "an HDF5 file"],
];

/**
 * Says in words what a file is, from its first bytes.
 *
 * @param bytes The file, or its start
 * @returns Such as `a PNG image`, `text ("GalaxyID,Class1.1…")`
 *
 * @example
 * ```ts
 * import { describeFile } from "./describe_file.ts";
 *
 * const page = new TextEncoder().encode("<html>404</html>");
 * if (describeFile(page) !== 'text ("<html>404</html>")') throw new Error(describeFile(page));
 * ```
 */
export function describeFile(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  for (const [text, kind] of SIGNATURES) if (startsWith(bytes, text)) return kind;
  if (startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8)) return "a WebP image";
  if (startsWith(bytes, "ftyp", 4)) return "an AVIF, HEIC or MP4 file";
  const start = bytes.subarray(0, 24);
  if (start.every((byte) => byte === 0)) return "zero bytes";
  if (start.every((byte) => (byte >= 32 && byte < 127) || (byte >= 9 && byte <= 13))) {
    const text = String.fromCharCode(...start).trim();
    return `text (${JSON.stringify(bytes.length > start.length ? text + "…" : text)})`;
  }
  const hex = [...start.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0"));
  return `an unknown file (first bytes ${hex.join(" ")})`;
}
