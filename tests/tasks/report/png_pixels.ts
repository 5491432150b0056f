/**
 * Reads pictures back: the PNG files that `encodePng` writes, alone or in a page.
 *
 * @module
 */
import { inflateSync } from "../../../deps_fflate.ts";

/** A picture that was read. */
export interface ReadPicture {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Red, green and blue of a pixel. */
  at(row: number, column: number): number[];
}

/** Reads an RGB file whose rows have no filter. */
export function readPng(file: Uint8Array): ReadPicture {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const length = view.getUint32(33); // after signature, header and its check: the data
  const rows = inflateSync(file.subarray(41 + 2, 41 + length - 4));
  if (rows.length !== height * (3 * width + 1)) throw new Error(`${rows.length} bytes came`);
  return {
    width,
    height,
    at: (row, column) => {
      const start = row * (3 * width + 1) + 1 + 3 * column;
      return [...rows.subarray(start, start + 3)];
    },
  };
}

/** Reads all PNG pictures of a page or drawing. */
export function pngsIn(markup: string): ReadPicture[] {
  return [...markup.matchAll(/data:image\/png;base64,([^"]+)"/g)]
    .map(([, text]) => readPng(Uint8Array.fromBase64(text)));
}
