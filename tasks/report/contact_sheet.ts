/**
 * A contact sheet: many galaxies side by side in one picture, with a line of text under each.
 *
 * @module
 */
import { check, whole } from "../../gpu/check.ts";
import { encodePng } from "../../files/png.ts";

/** One picture of a contact sheet. */
export interface ContactSheetPicture {
  /** Pixels `[side, side, 3]`, 0 to 255. */
  readonly pixels: Uint8Array;
  /** Text below it: digits, capital letters, space and `. - : / % + =`; cut to the width. */
  readonly label?: string;
}

/** Options of {@linkcode contactSheet}. */
export interface ContactSheetOptions {
  /** Side of the pictures that come in, in pixels. Default 424. */
  readonly side?: number;
  /** Pictures in a row. Default 6. */
  readonly columns?: number;
  /** The pictures are made smaller by this whole number, by the mean of squares. Default 2. */
  readonly shrink?: number;
}

/** 3 x 5 letters, a row of three bits each from the top, as octal digits. */
const LETTERS: Readonly<Record<string, number>> = {
  "0": 0o75557,
  "1": 0o26227,
  "2": 0o71747,
  "3": 0o71717,
  "4": 0o55711,
  "5": 0o74717,
  "6": 0o74757,
  "7": 0o71122,
  "8": 0o75757,
  "9": 0o75717,
  A: 0o25755,
  B: 0o65656,
  C: 0o34443,
  D: 0o65556,
  E: 0o74647,
  F: 0o74644,
  G: 0o34553,
  H: 0o55755,
  I: 0o72227,
  J: 0o11152,
  K: 0o55655,
  L: 0o44447,
  M: 0o57755,
  N: 0o65555,
  O: 0o25552,
  P: 0o65644,
  Q: 0o25573,
  R: 0o65655,
  S: 0o34216,
  T: 0o72222,
  U: 0o55557,
  V: 0o55522,
  W: 0o55775,
  X: 0o55255,
  Y: 0o55222,
  Z: 0o71247,
  ".": 0o00002,
  "-": 0o00700,
  ":": 0o02020,
  "/": 0o11244,
  "%": 0o51245,
  "+": 0o02720,
  "=": 0o07070,
};

const LETTER_HEIGHT = 5;
const LETTER_ADVANCE = 4;
const SCALE = 2;
const CAPTION_HEIGHT = LETTER_HEIGHT * SCALE + 6;
const TEXT_LEVEL = 220;

/** An RGB picture being put together. */
class Canvas {
  readonly pixels: Uint8Array;

  constructor(readonly height: number, readonly width: number) {
    this.pixels = new Uint8Array(height * width * 3);
  }

  /** Puts a square picture down, shrunk by the mean of `shrink` x `shrink` pixels. */
  place(picture: Uint8Array, side: number, shrink: number, top: number, left: number): void {
    const out = Math.floor(side / shrink);
    for (let y = 0; y < out; y++) {
      for (let x = 0; x < out; x++) {
        for (let c = 0; c < 3; c++) {
          let sum = 0;
          for (let v = 0; v < shrink; v++) {
            const row = ((y * shrink + v) * side + x * shrink) * 3 + c;
            for (let u = 0; u < shrink; u++) sum += picture[row + u * 3];
          }
          this.pixels[((top + y) * this.width + left + x) * 3 + c] = sum / (shrink * shrink) + 0.5;
        }
      }
    }
  }

  /** Writes text, cut where `room` pixels end. */
  write(text: string, top: number, left: number, room: number): void {
    const count = Math.floor(room / (LETTER_ADVANCE * SCALE));
    [...text.toUpperCase()].slice(0, count).forEach((letter, i) => {
      this.#letter(LETTERS[letter] ?? 0, top, left + i * LETTER_ADVANCE * SCALE);
    });
  }

  #letter(rows: number, top: number, left: number): void {
    for (let y = 0; y < LETTER_HEIGHT * SCALE; y++) {
      const bits = (rows >> (3 * (LETTER_HEIGHT - 1 - Math.floor(y / SCALE)))) & 7;
      for (let x = 0; x < 3 * SCALE; x++) {
        if (((bits >> (2 - Math.floor(x / SCALE))) & 1) === 0) continue;
        const at = ((top + y) * this.width + left + x) * 3;
        this.pixels.fill(TEXT_LEVEL, at, at + 3);
      }
    }
  }
}

/**
 * Lays pictures out in rows.
 *
 * @param pictures The pictures, in reading order; at least one
 * @param options Size of the pictures, how many in a row, how much smaller
 * @returns A PNG file
 * @throws {RangeError} without pictures, or when one is not `[side, side, 3]`
 *
 * @example
 * ```ts
 * import { contactSheet } from "./contact_sheet.ts";
 *
 * const grey = { pixels: new Uint8Array(40 * 40 * 3).fill(99), label: "SMOOTH .97" };
 * const file = contactSheet([grey, grey], { side: 40, columns: 2 });
 * if (file.length === 0) throw new Error("there is a file");
 * ```
 */
export function contactSheet(
  pictures: readonly ContactSheetPicture[],
  options: ContactSheetOptions = {},
): Uint8Array<ArrayBuffer> {
  const { side = 424, columns = 6, shrink = 2 } = options;
  const attempt = "Cannot make a contact sheet";
  whole(attempt, { "number of pictures": pictures.length }, 1);
  for (const { pixels: { length } } of pictures) {
    const expected = `${side} x ${side} x 3 bytes`;
    check(length === side * side * 3, attempt, { "size of a picture": length }, expected);
  }
  const width = Math.floor(side / shrink);
  const height = width + (pictures.some(({ label }) => label) ? CAPTION_HEIGHT : 0);
  const rows = Math.ceil(pictures.length / columns);
  const canvas = new Canvas(rows * height, columns * width);
  pictures.forEach(({ pixels, label = "" }, i) => {
    const top = Math.floor(i / columns) * height;
    const left = (i % columns) * width;
    canvas.place(pixels, side, shrink, top, left);
    canvas.write(label, top + width + 3, left + 2, width - 4);
  });
  return encodePng(canvas.pixels, { height: canvas.height, width: canvas.width });
}
