/**
 * The header of a safetensors file: JSON before the elements that says which tensors lie where.
 *
 * Every number in it is a claim: offsets, overlaps, holes, element type times shape and the size of
 * the file are all checked before anything of their size is allocated.
 *
 * @module
 */
import { checkedBytes, extents, quoted } from "./claims.ts";
import { InputError } from "./input_error.ts";
import { checkKeys } from "./safetensors_keys.ts";
import { takeSeal } from "./safetensors_seal.ts";
import { ITEM_BYTES, type SafetensorsEntry } from "./safetensors_types.ts";

/** What a header says. */
export interface SafetensorsHeader {
  /** Free text by name. */
  readonly metadata: Record<string, string>;
  /** What the tensors' bytes must hash to; nothing in files of others. */
  readonly sha256?: string;
  /** The tensors by name, in the order of their bytes. */
  readonly tensors: Map<string, SafetensorsEntry>;
}

/**
 * Reads the text of a header.
 *
 * @param dataStart where the elements begin
 * @param size bytes of the file
 */
export function parseHeader(
  file: string,
  text: string,
  dataStart: number,
  size: number,
): SafetensorsHeader {
  const attempt = `Cannot read ${file}`;
  let json: unknown;
  try {
    checkKeys(attempt, text);
    json = JSON.parse(text);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(attempt, "the header is not JSON, or cut short", { cause: error });
  }
  const { __metadata__: metadata = {}, ...named } = json as Record<string, unknown>;
  const entries = Object.entries(named);
  const tensors = entries.map(([name, claim]) =>
    [name, parseEntry(file, name, claim, dataStart)] as const
  ).sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes);
  checkLayout(file, tensors, dataStart, size);
  const notes = parseMetadata(file, metadata);
  const { sha256, others } = takeSeal(attempt, text, notes);
  return { metadata: others, sha256, tensors: new Map(tensors) };
}

function parseMetadata(file: string, metadata: unknown): Record<string, string> {
  if (!isObject(metadata)) {
    throw new InputError(
      `Cannot read ${file}`,
      `__metadata__ is ${kindOf(metadata)}, expected an object of strings`,
    );
  }
  for (const [name, value] of Object.entries(metadata)) {
    if (typeof value === "string") continue;
    throw new InputError(
      `Cannot read ${file}`,
      `__metadata__ ${quoted(name)} is ${kindOf(value)}, expected a string`,
    );
  }
  return metadata as Record<string, string>;
}

/** One tensor's claim, checked as far as it can be without the others. */
function parseEntry(
  file: string,
  name: string,
  claim: unknown,
  dataStart: number,
): SafetensorsEntry {
  const fail = (reason: string): never => {
    throw new InputError(`Cannot read tensor ${quoted(name)} of ${file}`, reason);
  };
  if (!isObject(claim)) return fail(`its entry is ${kindOf(claim)}, expected an object`);
  const { dtype, shape, data_offsets: offsets, ...others } = claim;
  const [other] = Object.keys(others);
  if (other !== undefined) return fail(`its entry has an unknown field ${quoted(other)}`);
  if (typeof dtype !== "string") return fail(`dtype is ${kindOf(dtype)}, expected a string`);
  if (!isCounts(shape)) {
    return fail(`shape is ${shown(shape)}, expected an array of whole numbers from 0 on`);
  }
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    return fail(
      `data_offsets is ${
        shown(offsets)
      }, expected two whole numbers, the second not before the first`,
    );
  }
  const [start, end] = offsets;
  // Of an unknown type only its reader knows how many bytes its elements take.
  const bytes = Object.hasOwn(ITEM_BYTES, dtype)
    ? checkedBytes(shape, ITEM_BYTES[dtype])
    : end - start;
  if (bytes === undefined) return fail(`${dtype} ${extents(shape)} is more than 2^53 bytes`);
  if (bytes !== end - start) {
    return fail(`${dtype} ${extents(shape)} takes ${bytes} bytes, its offsets span ${end - start}`);
  }
  return { dtype, shape, offset: dataStart + start, bytes };
}

/** The tensors, sorted by offset, must fill the file without an overlap or a hole. */
function checkLayout(
  file: string,
  tensors: readonly (readonly [string, SafetensorsEntry])[],
  dataStart: number,
  size: number,
): void {
  let end = dataStart;
  for (const [name, { offset, bytes }] of tensors) {
    const fail = (reason: string): never => {
      throw new InputError(`Cannot read tensor ${quoted(name)} of ${file}`, reason);
    };
    if (offset < end) fail(`it begins at byte ${offset}, inside the tensor that ends at ${end}`);
    if (offset > end) fail(`it begins at byte ${offset}, the one before it ends at ${end}: a hole`);
    end = offset + bytes;
    if (end > size) fail(`it ends at byte ${end}, the file at ${size}: truncated`);
  }
  if (end !== size) {
    throw new InputError(
      `Cannot read ${file}`,
      `its tensors end at byte ${end}, the file at ${size}: ${size - end} bytes belong to none`,
    );
  }
}

/** A value as messages repeat it, cut short. */
function shown(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value).slice(0, 80);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((x) => Number.isSafeInteger(x) && x >= 0);
}

/** What a value is, without repeating it: it may be long, or nested too deeply to be printed. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return value === null ? "null" : "missing";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`.replace("a o", "an o");
}
