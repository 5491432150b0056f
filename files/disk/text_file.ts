/**
 * Texts and JSON by path; what is wrong with a file is said with its name.
 *
 * @module
 */
import { InputError } from "../input_error.ts";
import { writeAll } from "./atomic_file.ts";
import { ignoreMissing, regularFile } from "./presence.ts";
import { onDisk } from "./system_error.ts";

/** The text of a file. @throws {InputError} naming it */
export async function readText(path: string): Promise<string> {
  return await readWhole(path, Deno.readTextFile);
}

/** The text of a file; nothing where there is none. @throws {InputError} naming it */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  return await readText(path).catch(ignoreMissing) ?? undefined;
}

/** The bytes of a file. @throws {InputError} naming it */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return await readWhole(path, Deno.readFile);
}

async function readWhole<T>(path: string, read: (path: string) => Promise<T>): Promise<T> {
  const attempt = `Cannot read ${path}`;
  await regularFile(path, attempt);
  return await onDisk(attempt, () => read(path));
}

/** Adds a text at the end of a file; makes it where there is none. @throws {InputError} naming it */
export async function appendText(path: string, text: string): Promise<void> {
  await onDisk(`Cannot write ${path}`, async () => {
    using file = await Deno.open(path, { append: true, create: true });
    await writeAll(file, new TextEncoder().encode(text));
  });
}

/** What a field of a JSON file may be. */
export interface FieldKind {
  /** In words: `a list of texts`. */
  readonly expected: string;
  /** Whether a value is one. */
  accepts(value: unknown): boolean;
}

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
 * Reads an object from a JSON file.
 *
 * @param fields what it must hold
 * @throws {InputError} naming the file, the field, what it is and what was expected
 */
export async function readJson<T extends object>(
  path: string,
  fields: FieldKinds = {},
): Promise<T> {
  return parseJson(path, await readText(path), fields);
}

/** Reads an object from a JSON file where there is one, as {@linkcode readJson} does. */
export async function readJsonIfThere<T extends object>(
  path: string,
  fields: FieldKinds = {},
): Promise<T | undefined> {
  const text = await readTextIfThere(path);
  return text === undefined ? undefined : parseJson(path, text, fields);
}

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
  const fail = (reason: string, cause?: unknown): never => {
    throw new InputError(`Cannot read ${path}`, reason, { cause });
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const what = text.trim() === "" ? "empty" : "not JSON, or cut short";
    return fail(`${place} is ${what}`, error);
  }
  if (!isTable(value)) return fail(`${place} is ${shown(value)}, expected a JSON object`);
  for (const [name, kind] of Object.entries(fields)) {
    const field: unknown = Reflect.get(value, name);
    if (kind.accepts(field)) continue;
    const where = place === "it" ? name : `${place}, ${name}`;
    return fail(`${where} is ${shown(field)}, expected ${kind.expected}`);
  }
  return value as T; // its fields are checked as far as `fields` goes
}

function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as messages repeat it, cut short. */
function shown(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value).slice(0, 80);
}
