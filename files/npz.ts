/**
 * NumPy's .npz: named arrays in one zip file, as `numpy.savez` and `savez_compressed` write it.
 *
 * @module
 */
import { zipSync } from "../deps_fflate.ts";
import type { NdArray } from "../gpu/tensor.ts";
import { type ByteSource, memorySource } from "./byte_source.ts";
import { proportionate, quoted, someOf } from "./claims.ts";
import { InputError } from "./input_error.ts";
import { encodeNpy, npyOver } from "./npy.ts";
import { openZip } from "./zip.ts";
import type { ZipEntry } from "./zip_directory.ts";

/** How to read a .npz file. */
export interface NpzOptions {
  /** Names of the arrays to read. Default all. */
  readonly names?: readonly string[];
  /**
   * The most bytes that the arrays to read may take together. Default 32 MiB and 8 times the file: what
   * compresses further is read where somebody asks for it.
   */
  readonly maxBytes?: number;
}

/** What a .npz file holds. */
export interface NpzContent {
  /** The arrays by name, without the `.npy` that their entries end with. */
  readonly arrays: ReadonlyMap<string, NdArray>;
  /**
   * What was passed over, a sentence each without the file's name: arrays that are none of numbers,
   * entries that are no arrays; empty where all is well.
   */
  readonly warnings: readonly string[];
}

/** How far the arrays of a .npz file are compressed: 0, stored, to 9. */
export type NpzLevel = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

/** What is written without ZIP64. */
const MAX_ENTRIES = 65_534;
const MAX_WRITTEN_BYTES = 0xf0000000;

/**
 * Reads a .npz file that is in memory.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @throws {InputError} naming file and entry, what came and what was expected: a damaged file, or an
 * array that was asked for by name and is not there or not of numbers
 *
 * @example
 * ```ts
 * import { encodeNpz, parseNpz } from "./npz.ts";
 *
 * const bytes = encodeNpz({ mean: { shape: [2], data: Float64Array.of(0.5, 0.25) } });
 * console.log((await parseNpz(bytes)).arrays.get("mean")?.data);
 * ```
 */
export function parseNpz(
  bytes: Uint8Array<ArrayBuffer>,
  name = "npz",
  options: NpzOptions = {},
): Promise<NpzContent> {
  return readNpzFrom(memorySource(bytes, name), options);
}

/**
 * Reads a .npz file from a source, which it closes; see {@linkcode parseNpz}. The sum of the arrays'
 * sizes is checked before anything is inflated.
 */
export async function readNpzFrom(
  source: ByteSource,
  { names, maxBytes = proportionate(source.size) }: NpzOptions = {},
): Promise<NpzContent> {
  using zip = await openZip(source);
  const fail = (reason: string): never => {
    throw new InputError(`Cannot read ${zip.name}`, reason);
  };
  const warnings = [...zip.warnings];
  const entries = new Map<string, ZipEntry>();
  for (const entry of zip.entries.values()) {
    if (entry.name.endsWith(".npy")) entries.set(entry.name.slice(0, -4), entry);
    else if (!names) warnings.push(`${quoted(entry.name)} is no array and is left out`);
  }
  const missing = names?.find((name) => !entries.has(name));
  if (missing !== undefined) {
    const known = someOf([...entries.keys()].map(quoted)) || "none";
    fail(`there is no array ${quoted(missing)}; the file has ${known}`);
  }
  const wanted = [...entries].filter(([name]) => !names || names.includes(name));
  const total = wanted.reduce((sum, [, { size }]) => sum + size, 0);
  if (total > maxBytes) {
    fail(`its arrays take ${total} bytes, expected at most ${maxBytes} (or a larger maxBytes)`);
  }
  const arrays = new Map<string, NdArray>();
  for (const [name, entry] of wanted) {
    const bytes = await zip.read(entry.name, maxBytes);
    try {
      const { shape, data, warnings: told } = npyOver(bytes, `${zip.name}/${entry.name}`);
      arrays.set(name, { shape, data });
      warnings.push(...told.map((warning) => `array ${quoted(name)}: ${warning}`));
    } catch (error) {
      // One that was not asked for hides no other.
      if (names || !(error instanceof InputError)) throw error;
      warnings.push(`array ${quoted(name)} is left out: ${error.reason}`);
    }
  }
  if (arrays.size === 0 && wanted.length > 0) fail(warnings.at(-1)!);
  return { arrays, warnings };
}

/**
 * The bytes of a .npz file, entries sorted by name, all dated 1980: equal arrays give equal bytes.
 *
 * @param arrays the arrays by name, at most 65,534 of them and 4 GiB
 * @param level compression; the default stores, as `numpy.savez` does
 */
export function encodeNpz(
  arrays: Readonly<Record<string, NdArray>>,
  level: NpzLevel = 0,
): Uint8Array<ArrayBuffer> {
  const names = Object.keys(arrays).sort();
  const files = Object.fromEntries(names.map((name) => [`${name}.npy`, encodeNpy(arrays[name])]));
  const total = Object.values(files).reduce((sum, { length }) => sum + length, 0);
  if (total > MAX_WRITTEN_BYTES || names.length > MAX_ENTRIES) {
    throw new RangeError(
      `Cannot write a .npz of ${names.length} arrays and ${total} bytes: at most ${MAX_ENTRIES} ` +
        `arrays and 3.75 GiB fit without ZIP64`,
    );
  }
  const mtime = new Date(1980, 0, 1); // in local time, which is what a zip holds
  return zipSync(files, { level, mtime }) as Uint8Array<ArrayBuffer>;
}
