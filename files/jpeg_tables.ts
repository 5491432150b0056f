/**
 * The tables of a JPEG file: how its numbers are scaled, and the Huffman codes that they are written
 * in (ITU T.81, B.2.4).
 *
 * @module
 */
import type { JpegFault } from "./jpeg_segments.ts";

/** Codes for the mean of a block or for its other coefficients. */
export type HuffmanClass = 0 | 1;

/** One Huffman table. */
export interface HuffmanTable {
  /** As a file holds it: 16 numbers of codes by their length, then the symbols. */
  readonly bytes: Uint8Array;
  /** Bits of its shortest code. */
  readonly shortest: number;
}

/** Bits of the largest difference of two means. */
const LARGEST_CATEGORY = 15;
const CODE_LENGTHS = 16;
const TABLE_SLOTS = 4;
const COEFFICIENTS = 64;

/** The tables seen so far, by their slots; a later one takes the place of an earlier. */
export class JpegTables {
  readonly #fail: JpegFault;
  readonly #scales = new Map<number, Uint8Array>();
  readonly #codes = new Map<string, HuffmanTable>();

  constructor(fail: JpegFault) {
    this.#fail = fail;
  }

  /** Takes a segment of quantisation tables. */
  readScales(body: Uint8Array): void {
    for (let at = 0; at < body.length;) {
      const [precision, slot] = [body[at] >> 4, body[at] & 15];
      const end = at + 1 + COEFFICIENTS * (precision + 1);
      if (precision > 1 || slot >= TABLE_SLOTS || end > body.length) {
        throw this.#fail("a quantisation table is damaged");
      }
      this.#scales.set(slot, body.subarray(at, end));
      at = end;
    }
  }

  /** Takes a segment of Huffman tables. */
  readCodes(body: Uint8Array): void {
    for (let at = 0; at < body.length;) {
      const [kind, slot] = [body[at] >> 4, body[at] & 15];
      const counts = body.subarray(at + 1, at + 1 + CODE_LENGTHS);
      const symbols = counts.reduce((sum, count) => sum + count, 0);
      const end = at + 1 + CODE_LENGTHS + symbols;
      if (kind > 1 || slot >= TABLE_SLOTS || end > body.length) {
        throw this.#fail("a Huffman table is damaged");
      }
      this.#codes.set(`${kind} ${slot}`, this.#table(kind, body.subarray(at + 1, end)));
      at = end;
    }
  }

  /** The quantisation table of a slot: its precision and the numbers. */
  scales(slot: number): Uint8Array {
    const table = this.#scales.get(slot);
    if (table === undefined) throw this.#fail(`its quantisation table ${slot} is missing`);
    return table;
  }

  /**
   * The Huffman table of a slot.
   *
   * @param isSequential a frame of Motion JPEG brings no tables and means the standard ones
   */
  codes(kind: HuffmanClass, slot: number, isSequential: boolean): HuffmanTable {
    const given = this.#codes.get(`${kind} ${slot}`) ??
      (isSequential ? STANDARD_TABLES.get(`${kind} ${slot}`) : undefined);
    if (given !== undefined) return given;
    throw this.#fail(`its Huffman table ${slot} is missing`);
  }

  #table(kind: number, bytes: Uint8Array): HuffmanTable {
    let [code, shortest] = [0, 0];
    for (let length = 1; length <= CODE_LENGTHS; length++) {
      const count = bytes[length - 1];
      if (count > 0) shortest ||= length;
      code += count;
      // No code is all ones.
      if (code >= 2 ** length) throw this.#fail("a Huffman table has more codes than fit");
      code *= 2;
    }
    const symbols = bytes.subarray(CODE_LENGTHS);
    if (kind === 0 && symbols.some((symbol) => symbol > LARGEST_CATEGORY)) {
      throw this.#fail("a Huffman table for means has a symbol above 15");
    }
    if (shortest === 0) throw this.#fail("a Huffman table has no codes");
    return { bytes, shortest };
  }
}

/** ITU T.81, tables K.3 to K.6: 0 for brightness, 1 for colour. */
const STANDARD_TABLES: ReadonlyMap<string, HuffmanTable> = standardTables();

function standardTables(): Map<string, HuffmanTable> {
  const means = "000102030405060708090a0b";
  const texts: readonly (readonly [string, string])[] = [
    ["0 0", "00010501010101010100000000000000" + means],
    ["0 1", "00030101010101010101010000000000" + means],
    [
      "1 0",
      "0002010303020403050504040000017d" +
      "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a2526" +
      "2728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485" +
      "868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6" +
      "d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
    ],
    [
      "1 1",
      "00020102040403040705040400010277" +
      "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f1171819" +
      "1a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a8283" +
      "8485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4" +
      "d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa",
    ],
  ];
  return new Map(texts.map(([slot, hex]) => {
    const bytes = Uint8Array.fromHex(hex);
    return [slot, { bytes, shortest: bytes.findIndex((count) => count > 0) + 1 }];
  }));
}
