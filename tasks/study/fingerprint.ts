/**
 * What tells whether two folders hold the same data: a search and its workers must see the same.
 *
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import { openArchive } from "../../files/disk/archive.ts";
import { type FileKind, findFile, findFileSet } from "../../files/disk/file_set.ts";
import { InputError } from "../../files/input_error.ts";

/** Which files of a folder or a zip decide what is learnt. */
export interface DecidingFiles {
  /** Tables and lists; those that are not there are passed over. */
  readonly tables: readonly string[];
  /** Names of the sets of files; those that are not there are passed over. */
  readonly sets: readonly string[];
  /** What the sets are made of. */
  readonly kind: FileKind;
}

/** The largest file that is read, bytes: longer than any sound or picture that a task takes. */
const LARGEST = 2 ** 31;

/**
 * Names data by their content, wherever they lie, in a folder or a zip: `120 clips with train.csv,
 * SHA-256 8c5f…`. Other files are passed over; a file that cannot be read counts as one without bytes.
 *
 * @param path folder or zip
 * @throws {InputError} when there is none
 *
 * @example
 * ```ts
 * import { dataFingerprint } from "./fingerprint.ts";
 *
 * const path = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${path}/train.csv`, "clip,label\n");
 * const kind = { words: "clips", example: "*.wav", endings: ["wav"] };
 * const found = await dataFingerprint(path, { tables: ["train.csv"], sets: ["train"], kind });
 * if (!found.startsWith("0 clips with train.csv, SHA-256 ")) throw new Error(found);
 * ```
 */
export async function dataFingerprint(
  path: string,
  { tables, sets, kind }: DecidingFiles,
): Promise<string> {
  using archive = await openArchive(path);
  const hash = createHash("sha256");
  const found: string[] = [];
  for (const table of tables) {
    const place = await findFile(archive, table);
    if (place === undefined) continue;
    found.push(table);
    const { pieces, size } = await archive.stream(place);
    begin(hash, table, size);
    for await (const piece of pieces) hash.update(piece);
  }
  let count = 0;
  for (const name of sets) {
    using set = await findFileSet(archive, name, kind);
    if (set === undefined) continue;
    count += set.files.length;
    for (const file of set.files) {
      const bytes = await set.read(file, LARGEST).catch(noBytes);
      begin(hash, `${name}/${file}`, bytes.length);
      hash.update(bytes);
    }
  }
  const beside = found.length ? ` with ${found.join(", ")}` : "";
  return `${count} ${kind.words}${beside}, SHA-256 ${hash.digest("hex").slice(0, 16)}`;
}

/** Name and size come first, so that no bytes can pass for another file's. */
function begin(hash: Hash, name: string, size: number): void {
  hash.update(`${JSON.stringify(name)} ${size}\n`);
}

function noBytes(error: unknown): Uint8Array {
  if (error instanceof InputError) return new Uint8Array(0);
  throw error;
}
