/**
 * Texts and JSON by path; what is wrong with a file is said with its name.
 *
 * @module
 */
import { type FieldKinds, parseJson } from "../json.ts";
import { writeAll } from "./atomic_file.ts";
import { utf8Text } from "../utf8.ts";
import { ignoreMissing, regularFile } from "./presence.ts";
import { onDisk } from "./system_error.ts";

/** The text of a file. @throws {InputError} naming it, and the line that is not UTF-8 */
export async function readText(path: string): Promise<string> {
  return utf8Text(await readBytes(path), `Cannot read ${path}`);
}

/** The text of a file; nothing where there is none. @throws {InputError} naming it */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  return await readText(path).catch(ignoreMissing) ?? undefined;
}

/** The bytes of a file. @throws {InputError} naming it */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const attempt = `Cannot read ${path}`;
  await regularFile(path, attempt);
  return await onDisk(attempt, () => Deno.readFile(path));
}

/** Adds a text at the end of a file; makes it where there is none. @throws {InputError} naming it */
export async function appendText(path: string, text: string): Promise<void> {
  await onDisk(`Cannot write ${path}`, async () => {
    using file = await Deno.open(path, { append: true, create: true });
    await writeAll(file, new TextEncoder().encode(text));
  });
}

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
