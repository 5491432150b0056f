/**
 * NumPy's .npy: one array in a file. Format: numpy/lib/format.py, versions 1.0, 2.0 and 3.0: magic
 * bytes, the length of the header, the header as a Python dictionary, then the raw elements.
 *
 * Sizes are checked against the file before anything of their size is allocated; the dictionary is
 * matched against the one pattern that NumPy writes and never evaluated.
 */
import { mismatch } from "../gpu/check.ts";
import { type ByteSource, memorySource } from "./byte_source.ts";
import { checkedBytes, extents, quoted } from "./claims.ts";
import { InputError } from "./input_error.ts";
import { decodeElements, descrOf, ITEM_BYTES, kindOf, swappedElements } from "./npy_types.ts";
import { type HostData, type NdArray, type Shape, sizeOf } from "../gpu/tensor.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
/** Magic, version, and the longest length field. */
const PREFIX = 12;
/** NumPy's own readers stop at 10,000; its arrays have at most 64 axes. */
const MAX_HEADER_BYTES = 65_535;
/** NumPy aligns the elements, so that a file can be mapped into memory. */
const ALIGNMENT = 64;
/** Room that NumPy leaves for the first extent to grow in place, in digits. */
const GROWTH_DIGITS = 21;

/** An array from a file. */
export interface NpyArray extends NdArray {
  /** What was passed over, a sentence each without the file's name; empty where all is well. */
  readonly warnings: readonly string[];
}

/** An element's type. */
interface NpyType {
  /** As the file has it, for messages: `<f4`. */
  readonly descr: string;
  /** Without the order of its bytes: `f4`. */
  readonly kind: string;
  readonly isBigEndian: boolean;
}

interface NpyHeader extends NpyType {
  readonly fortran: boolean;
  readonly shape: Shape;
  /** Where the elements begin. */
  readonly start: number;
  /** Bytes of the elements. */
  readonly bytes: number;
}

/**
 * Reads a .npy file that is in memory, of any byte order. float16 is widened to f32; whole numbers of
 * 8 and 16 bits to i32 and u32, those of 64 to float64, refused where one passes 2^53; unsigned bytes
 * stay bytes, as bool does, 1 for true. An array in Fortran order is put into row-major order.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @throws {InputError} naming the file, what came and what was expected
 *
 * @example
 * ```ts
 * import { encodeNpy, parseNpy } from "./npy.ts";
 *
 * const bytes = encodeNpy({ shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
 * console.log((await parseNpy(bytes)).shape);
 * ```
 */
export function parseNpy(bytes: Uint8Array<ArrayBuffer>, name = "npy"): Promise<NpyArray> {
  return readNpyFrom(memorySource(bytes, name));
}

/** Reads a .npy file from a source; see {@linkcode parseNpy}. */
export async function readNpyFrom(source: ByteSource): Promise<NpyArray> {
  const head = await source.readAt(0, Math.min(source.size, PREFIX + MAX_HEADER_BYTES));
  const header = parseHeader(source.name, head, source.size);
  const end = header.start + header.bytes;
  const next = await source.readAt(end, Math.min(MAGIC.length, source.size - end));
  const elements = await source.readAt(header.start, header.bytes);
  return arrayOf(source.name, header, elements, warningsOf(source.size - end, next));
}

/** As {@linkcode parseNpy}, but the array may lie over the bytes: it takes no memory of its own. */
export function npyOver(bytes: Uint8Array<ArrayBuffer>, name: string): NpyArray {
  const header = parseHeader(name, bytes, bytes.length);
  const end = header.start + header.bytes;
  const elements = bytes.subarray(header.start, end);
  const aligned = elements.byteOffset % 8 === 0 ? elements : elements.slice();
  return arrayOf(name, header, aligned, warningsOf(bytes.length - end, bytes.subarray(end)));
}

function arrayOf(
  file: string,
  header: NpyHeader,
  elements: Uint8Array<ArrayBuffer>,
  warnings: readonly string[],
): NpyArray {
  const { shape, fortran, kind, isBigEndian } = header;
  const data = decodeElements(
    file,
    kind,
    isBigEndian ? swappedElements(elements, ITEM_BYTES[kind]) : elements,
  );
  return { shape, data: fortran && shape.length > 1 ? toRowMajor(shape, data) : data, warnings };
}

/** What follows an array: `numpy.save` may have written several to one open file. */
function warningsOf(rest: number, next: Uint8Array): string[] {
  if (rest === 0) return [];
  return MAGIC.every((byte, i) => next[i] === byte)
    ? [`another array follows in its last ${rest} bytes and is left out`]
    : [`its last ${rest} bytes come after the array and are left out`];
}

function parseHeader(file: string, head: Uint8Array, size: number): NpyHeader {
  const fail = (reason: string): never => {
    throw new InputError(`Cannot read ${file}`, reason);
  };
  if (head.length < PREFIX) fail(`it has ${size} bytes, a .npy file has at least ${PREFIX}`);
  if (MAGIC.some((byte, i) => head[i] !== byte)) fail(`it does not begin with "\\x93NUMPY"`);
  const [major, minor] = head.subarray(6, 8);
  if (![1, 2, 3].includes(major) || minor !== 0) {
    fail(`its version is ${major}.${minor}, expected 1.0, 2.0 or 3.0`);
  }
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const textStart = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = textStart + length;
  if (length > MAX_HEADER_BYTES) {
    fail(`its header is ${length} bytes long, expected at most ${MAX_HEADER_BYTES}`);
  }
  if (start > size) {
    fail(`its header ends at byte ${start}, expected at most ${size}, the end of the file`);
  }
  // Names of fields are all that could be beyond ASCII, and structured arrays are refused.
  const text = new TextDecoder("latin1").decode(head.subarray(textStart, start));
  const { fortran, shape, ...type } = parseDictionary(file, text);
  const { descr, kind } = type;
  const bytes = checkedBytes(shape, ITEM_BYTES[kind]);
  if (bytes === undefined) return fail(`${descr} ${extents(shape)} is more than 2^53 bytes`);
  if (bytes > size - start) {
    fail(`${descr} ${extents(shape)} takes ${bytes} bytes, the file has ${size - start} for it`);
  }
  return { ...type, fortran, shape, start, bytes };
}

/** An entry of the dictionary. No repeat inside a repeat: a hostile text must not make it slow. */
const ENTRY = /'(descr|fortran_order|shape)': ?('[^']{0,80}'|True|False|\([\dL, ]{0,2048}\))/g;

function parseDictionary(
  file: string,
  text: string,
): NpyType & { fortran: boolean; shape: Shape } {
  const fail = (reason: string): never => {
    throw new InputError(`Cannot read ${file}`, reason);
  };
  if (text.includes("'descr': [")) return fail("it is a structured array, expected plain numbers");
  const entries = new Map<string, string>();
  const rest = text.replace(ENTRY, (_, name, value) => {
    entries.set(name, value);
    return "entry";
  });
  const plain = /^\{ ?entry, ?entry, ?entry,? ?\} *\n?$/.test(rest);
  const descr = /^'(.*)'$/.exec(entries.get("descr") ?? "")?.[1];
  const order = entries.get("fortran_order");
  const shape = parseTuple(entries.get("shape") ?? "");
  if (!plain || descr === undefined || !shape || (order !== "True" && order !== "False")) {
    return fail(`the header is ${quoted(text.trim())}, expected descr, fortran_order and shape`);
  }
  const kind = descr.replace(/^[<>|=]/, "");
  if (!Object.hasOwn(ITEM_BYTES, kind)) {
    const known = Object.keys(ITEM_BYTES).join(", ");
    return fail(`its elements are ${quoted(descr)}${kindOf(kind)}, expected one of ${known}`);
  }
  return { descr, kind, isBigEndian: descr.startsWith(">"), fortran: order === "True", shape };
}

/** Extents from a Python tuple; Python 2 wrote `3L`. */
function parseTuple(text: string): Shape | undefined {
  if (!text.startsWith("(")) return undefined;
  const parts = text.slice(1, -1).split(",").map((part) => part.trim());
  if (parts.at(-1) === "") parts.pop();
  return parts.every((part) => /^\d+L?$/.test(part)) ? parts.map(parseFloat) : undefined;
}

/** From first axis fastest to last axis fastest. */
function toRowMajor<T extends HostData>(shape: Shape, columnMajor: T): T {
  const result = columnMajor.slice() as T;
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  for (let i = 0, from = 0; i < result.length; i++) {
    result[i] = columnMajor[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}

/** The bytes before the elements, as NumPy 1.24 to 2.4 writes them. */
export function npyHead({ shape, data }: NdArray): Uint8Array<ArrayBuffer> {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(
      `Cannot write an array of ${extents(shape)}: ` +
        mismatch("data.length", data.length, String(sizeOf(shape))),
    );
  }
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const room = shape.length ? " ".repeat(GROWTH_DIGITS - String(shape[0]).length) : "";
  const dictionary = `{'descr': '${descrOf(data)}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const used = 10 + dictionary.length + room.length + 1;
  // NumPy pads by 1 to 64 spaces, never by 0.
  const text = `${dictionary}${room}${" ".repeat(ALIGNMENT - used % ALIGNMENT)}\n`;
  if (text.length > 0xffff) throw new RangeError(`Cannot write an array of ${extents(shape)}`);
  const bytes = new Uint8Array(10 + text.length);
  bytes.set([...MAGIC, 1, 0, text.length & 255, text.length >> 8]);
  bytes.set(new TextEncoder().encode(text), 10);
  return bytes;
}

/** The elements as they lie in memory. */
export function elementBytes({ data }: NdArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** An array as the bytes of a .npy file, version 1.0, row-major, byte for byte as NumPy writes it. */
export function encodeNpy(array: NdArray): Uint8Array<ArrayBuffer> {
  const head = npyHead(array);
  const bytes = new Uint8Array(head.length + array.data.byteLength);
  bytes.set(head);
  bytes.set(elementBytes(array), head.length);
  return bytes;
}
