/**
 * How arrays and tensors show themselves in a notebook: element type, shape, bytes, range, a corner
 * of the values, and a picture of what may be one.
 *
 * @module
 */
import {
  displayProperty,
  escapeHtml,
  htmlTable,
  type MediaBundle,
  withDisplay,
} from "./display.ts";

/** What this module asks of a host array, and of a tensor. */
interface ShownArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Uint32Array | Int32Array | Uint8Array;
}

interface ShownTensor {
  readonly label: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly storage: { readonly released: boolean };
}

/** Rows and columns of the corner that is shown. */
const CORNER_ROWS = 5;
const CORNER_COLUMNS = 6;

/** Sides of what may be a picture, and the longest side that one is shown with. */
const LEAST_PICTURE = 16;
const SHOWN_PICTURE = 128;

const ARRAY_PROPERTY = displayProperty((array: ShownArray) =>
  arrayBundle(array, { title: `${elementType(array.data)} ${bracketed(array.shape)}` })
);

/** A host array that shows its shape, its range and a corner of its values. */
export function displayedArray<A extends ShownArray>(array: A): A {
  return withDisplay(array, ARRAY_PROPERTY);
}

/**
 * What a device tensor shows: its values are read when it is displayed, not before. A tensor whose
 * memory was released, or which cannot be read, says so.
 *
 * @param read gets the values
 */
export async function tensorBundle<T extends ShownTensor>(
  tensor: T,
  read: (tensor: T) => Promise<ShownArray>,
): Promise<MediaBundle> {
  const { label, dtype, shape, storage } = tensor;
  const title = `tensor "${label}" ${dtype} ${bracketed(shape)}`;
  if (storage.released) return messageBundle(title, "its memory was released");
  try {
    return arrayBundle(await read(tensor), { title, dtype, where: " on the device" });
  } catch (error) {
    return messageBundle(title, `its values cannot be read: ${(error as Error).message}`);
  }
}

function messageBundle(title: string, message: string): MediaBundle {
  return {
    "text/plain": `${title}: ${message}`,
    "text/html": `<p><b>${escapeHtml(title)}</b>: ${escapeHtml(message)}</p>`,
  };
}

function arrayBundle(
  array: ShownArray,
  { title, dtype, where = "" }: { title: string; dtype?: string; where?: string },
): MediaBundle {
  const range = rangeOf(array.data);
  const bytes = dtype === "f16" ? array.data.length * 2 : array.data.byteLength;
  const facts = `${byteText(bytes)}${where}, ${rangeText(range)}`;
  const corner = cornerOf(array);
  const picture = pictureOf(array, range);
  const lines = corner.rows.map((row) => row.map((cell) => cell.padStart(corner.width)).join("  "));
  return {
    "text/plain": [`${title}, ${facts}`, ...lines, ...corner.notes].join("\n"),
    "text/html": `<div><b>${escapeHtml(title)}</b>, ${escapeHtml(facts)}</div>` +
      (picture ? pictureHtml(picture) : "") + htmlTable([], corner.rows) +
      corner.notes.map((note) => `<div>${escapeHtml(note)}</div>`).join(""),
  };
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  readonly notFinite: number;
}

/** Over the finite values; `least` is above `most` where there is none. */
function rangeOf(data: ShownArray["data"]): Range {
  let [least, most, sum, notFinite] = [Infinity, -Infinity, 0, 0];
  for (const value of data) {
    if (!Number.isFinite(value)) {
      notFinite++;
      continue;
    }
    if (value < least) least = value;
    if (value > most) most = value;
    sum += value;
  }
  return { least, most, mean: sum / (data.length - notFinite), notFinite };
}

function rangeText({ least, most, mean, notFinite }: Range): string {
  const finite = least <= most
    ? [`${shortNumber(least)} to ${shortNumber(most)}, mean ${shortNumber(mean)}`]
    : [];
  return [...finite, ...(notFinite ? [`${notFinite} not finite`] : [])].join(", ");
}

/** The first rows and columns of the last two axes, at index 0 of the others. */
function cornerOf({ shape, data }: ShownArray) {
  const [height, width] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const rows = Array.from({ length: Math.min(height, CORNER_ROWS) }, (_, y) => {
    const row = Array.from(
      { length: Math.min(width, CORNER_COLUMNS) },
      (_, x) => shortNumber(data[y * width + x]),
    );
    return width > CORNER_COLUMNS ? [...row, "…"] : row;
  });
  if (height > CORNER_ROWS) rows.push(rows[0].map(() => "⋮"));
  const leading = shape.slice(0, -2);
  const notes = leading.some((extent) => extent > 1)
    ? [`the first of ${leading.join(" x ")} slices`]
    : [];
  return { rows, notes, width: Math.max(0, ...rows.flat().map((cell) => cell.length)) };
}

/** Five digits are enough to look at; the exact numbers are in the array. */
function shortNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return `${value}`;
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e6 ? `${Number(value.toPrecision(5))}` : value.toExponential(3);
}

function byteText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const power = bytes < 1e6 ? 1 : bytes < 1e9 ? 2 : 3;
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${["", "kB", "MB", "GB"][power]}`;
}

function bracketed(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

function elementType(data: ShownArray["data"]): string {
  const kind = data instanceof Float32Array || data instanceof Float64Array
    ? "f"
    : data instanceof Int32Array
    ? "i"
    : "u";
  return `${kind}${data.BYTES_PER_ELEMENT * 8}`;
}

// ---- Pictures -------------------------------------------------------------------------------

interface Picture {
  /** `[height, width, 3]`. */
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly note: string;
}

/** An array of `[h, w]` or `[h, w, 3]` seen as a picture, every so many pixels of it. */
function pictureOf({ shape, data }: ShownArray, { least, most }: Range): Picture | undefined {
  const [h, w, channels = 1] = shape;
  const isPicture = shape.length === 2 || shape.length === 3 && channels === 3;
  if (!isPicture || h < LEAST_PICTURE || w < LEAST_PICTURE || !(least < most)) return;
  const step = Math.ceil(Math.max(h, w) / SHOWN_PICTURE);
  const [height, width] = [Math.ceil(h / step), Math.ceil(w / step)];
  const isBytes = data instanceof Uint8Array;
  const [black, white] = isBytes ? [0, 255] : [least, most];
  const pixels = new Uint8Array(height * width * 3);
  for (let i = 0; i < pixels.length; i++) {
    const [y, x, c] = [Math.floor(i / (width * 3)), Math.floor(i / 3) % width, i % 3];
    const value = data[(y * step * w + x * step) * channels + Math.min(c, channels - 1)];
    pixels[i] = Math.round((value - black) / (white - black) * 255); // NaN becomes 0
  }
  const scale = isBytes ? [] : [`black ${shortNumber(least)}, white ${shortNumber(most)}`];
  const skipped = step > 1 ? [`1 of ${step} x ${step} pixels`] : [];
  return { pixels, height, width, note: [...scale, ...skipped].join("; ") };
}

function pictureHtml(picture: Picture): string {
  const address = `data:image/bmp;base64,${encodeBitmap(picture).toBase64()}`;
  const style = `width:${picture.width * 2}px;image-rendering:pixelated`;
  return `<img alt="the array as a picture" style="${style}" src="${address}">` +
    `<div>${escapeHtml(picture.note)}</div>`;
}

/** A BMP file: no compression, hence no codec down here, and every browser shows it. */
function encodeBitmap({ pixels, height, width }: Picture): Uint8Array {
  const header = 54;
  const stride = Math.ceil(width * 3 / 4) * 4;
  const file = new Uint8Array(header + stride * height);
  const view = new DataView(file.buffer);
  view.setUint16(0, 0x424d); // "BM"
  view.setUint32(2, file.length, true);
  view.setUint32(10, header, true);
  view.setUint32(14, 40, true); // bytes of the second part of the header
  view.setInt32(18, width, true);
  view.setInt32(22, -height, true); // negative: rows from the top
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let i = 0; i < pixels.length; i++) { // blue, green, red
    const [y, x, c] = [Math.floor(i / (width * 3)), Math.floor(i / 3) % width, i % 3];
    file[header + y * stride + x * 3 + 2 - c] = pixels[i];
  }
  return file;
}
