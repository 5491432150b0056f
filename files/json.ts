/**
 * JSON from files: what is wrong with it is said with the name of the file and of the field.
 *
 * @module
 */
import { InputError } from "./input_error.ts";

/** What a field of a JSON file may be. */
export interface FieldKind {
  /** In words: `a list of texts`. */
  readonly expected: string;
  /** Whether a value is one. */
  accepts(value: unknown): boolean;
}

/** A whole number from 0 on. */
export const COUNT: FieldKind = {
  expected: "a whole number from 0 on",
  accepts: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};

/** A number. */
export const NUMBER: FieldKind = {
  expected: "a number",
  accepts: (value) => typeof value === "number",
};

/** A list of texts. */
export const TEXTS: FieldKind = {
  expected: "a list of texts",
  accepts: (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
};

/** A text. */
export const TEXT: FieldKind = {
  expected: "a text",
  accepts: (value) => typeof value === "string",
};

/** A table of values by name. */
export const TABLE: FieldKind = { expected: "an object", accepts: isTable };

/** What must be in a file: each field is of the kind that is named. */
export type FieldKinds = Readonly<Record<string, FieldKind>>;

/**
 * The objects of a text with one JSON a line.
 *
 * @param path its file, for messages
 * @param fields what each must hold
 * @throws {InputError} naming file, line, field, what came and what was expected
 */
export function parseJsonLines<T extends object>(
  path: string,
  text: string,
  fields: FieldKinds = {},
): T[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, i) => parseJson(path, line, fields, `line ${i + 1}`));
}

/**
 * An object from JSON.
 *
 * @param path where it comes from, for messages
 * @param place which part of that it is: `line 3`
 */
export function parseJson<T extends object>(
  path: string,
  text: string,
  fields: FieldKinds = {},
  place = "it",
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const what = text.trim() === "" ? "empty" : "not JSON, or cut short";
    throw new InputError(`Cannot read ${path}`, `${place} is ${what}`, { cause: error });
  }
  return checkTable(path, value, fields, place);
}

/**
 * A value as an object with some fields.
 *
 * @param path where it comes from, for messages
 * @param place which part of that it is: `line 3`
 * @throws {InputError} naming both, the field, what came and what was expected
 */
export function checkTable<T extends object>(
  path: string,
  value: unknown,
  fields: FieldKinds = {},
  place = "it",
): T {
  const fail = (reason: string): never => {
    throw new InputError(`Cannot read ${path}`, reason);
  };
  if (!isTable(value)) return fail(`${place} is ${shown(value)}, expected a JSON object`);
  for (const [name, kind] of Object.entries(fields)) {
    const field: unknown = Reflect.get(value, name);
    if (kind.accepts(field)) continue;
    const where = place === "it" ? name : `${place}, ${name}`;
    return fail(`${where} is ${shown(field)}, expected ${kind.expected}`);
  }
  return value as T; // its fields are checked as far as `fields` goes
}

/** Whether a value is an object, and no list. */
export function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as messages repeat it, cut short. */
function shown(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value).slice(0, 80);
}
