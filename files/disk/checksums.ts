/**
 * Checksums of files that hold none themselves, in a list beside them as `sha256sum -c` reads it.
 *
 * @module
 */
import { digestOf } from "../digest.ts";
import { InputError } from "../input_error.ts";
import { writeText } from "./atomic_file.ts";
import { readBytes, readTextIfThere } from "./text_file.ts";

const LIST = "SHA256SUMS";

/** Writes the checksums of files of a folder. @throws {InputError} naming a file */
export async function writeChecksums(folder: string, names: readonly string[]): Promise<void> {
  const lines: string[] = [];
  for (const name of names) lines.push(`${await checksumOf(`${folder}/${name}`)}  ${name}\n`);
  await writeText(`${folder}/${LIST}`, lines.join(""));
}

/**
 * Checks files of a folder against its list; a folder without a list is another program's, and a file
 * that the list does not name is not checked.
 *
 * @throws {InputError} naming the file that is not as it was written
 */
export async function checkChecksums(folder: string, names: readonly string[]): Promise<void> {
  const path = `${folder}/${LIST}`;
  const text = await readTextIfThere(path);
  if (text === undefined) return;
  const known = new Map<string, string>();
  for (const line of text.trimEnd().split("\n")) {
    const [, checksum, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (!name) throw new InputError(`Cannot read ${path}`, "it is no list of checksums");
    known.set(name, checksum);
  }
  for (const name of names) {
    const expected = known.get(name);
    if (expected === undefined || await checksumOf(`${folder}/${name}`) === expected) continue;
    throw new InputError(
      `Cannot read ${folder}/${name}`,
      `it is not as it was written: it was damaged, or changed without ${LIST} beside it`,
    );
  }
}

async function checksumOf(path: string): Promise<string> {
  return await digestOf(await readBytes(path));
}
