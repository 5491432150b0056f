/**
 * NumPy's .npz: named arrays in one zip file, as `numpy.savez` and `savez_compressed` write it.
 *
 * @module
 */
import { zipSync } from "../deps_fflate.ts";
import type { NdArray } from "../gpu/tensor.ts";
import { type ByteSource, memorySource } from "./byte_source.ts";
import { quoted, someOf } from "./claims.ts";
import { InputError } from "./input_error.ts";
import { encodeNpy, parseNpy } from "./npy.ts";
import { openZip } from "./zip.ts";

/** How to read a .npz file. */
export interface NpzOptions {
  /** Names of the arrays to read. Default all. */
  readonly names?: readonly string[];
  /** The most bytes that the arrays to read may take together. Default 1 GiB. */
  readonly maxBytes?: number;
}

/** How far the arrays of a .npz file are compressed: 0, stored, to 9. */
export type NpzLevel = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

const DEFAULT_MAX_BYTES = 2 ** 30;
/** What is written without ZIP64. */
const MAX_ENTRIES = 65_534;
const MAX_WRITTEN_BYTES = 0xf0000000;

/**
 * Reads a .npz file that is in memory.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @returns the arrays by name, without the `.npy` that their entries end with
 * @throws {InputError} naming file and entry, what came and what was expected
 *
 * @example
 * ```ts
 * import { encodeNpz, parseNpz } from "./npz.ts";
 *
 * const bytes = encodeNpz({ mean: { shape: [2], data: Float64Array.of(0.5, 0.25) } });
 * console.log((await parseNpz(bytes)).get("mean")?.data);
 * ```
 */
export function parseNpz(
  bytes: Uint8Array<ArrayBuffer>,
  name = "npz",
  options: NpzOptions = {},
): Promise<Map<string, NdArray>> {
  return readNpzFrom(memorySource(bytes, name), options);
}

/**
 * Reads a .npz file from a source, which it closes; see {@linkcode parseNpz}. The sum of the arrays'
 * sizes is checked before anything is inflated.
 */
export async function readNpzFrom(
  source: ByteSource,
  { names, maxBytes = DEFAULT_MAX_BYTES }: NpzOptions = {},
): Promise<Map<string, NdArray>> {
  using zip = await openZip(source);
  const fail = (reason: string): never => {
    throw new InputError(`Cannot read ${zip.name}`, reason);
  };
  const entries = new Map([...zip.entries.values()].map((entry) => {
    if (entry.name.endsWith(".npy")) return [entry.name.slice(0, -4), entry];
    return fail(`it holds ${quoted(entry.name)}, expected names that end with .npy`);
  }));
  const missing = names?.find((name) => !entries.has(name));
  if (missing !== undefined) {
    const known = someOf([...entries.keys()].map(quoted)) || "none";
    fail(`there is no array ${quoted(missing)}; the file has ${known}`);
  }
  const wanted = [...entries].filter(([name]) => !names || names.includes(name));
  const total = wanted.reduce((sum, [, { size }]) => sum + size, 0);
  if (total > maxBytes) fail(`its arrays take ${total} bytes, expected at most ${maxBytes}`);
  const arrays = new Map<string, NdArray>();
  for (const [name, entry] of wanted) {
    arrays.set(
      name,
      await parseNpy(await zip.read(entry.name, maxBytes), `${zip.name}/${entry.name}`),
    );
  }
  return arrays;
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
