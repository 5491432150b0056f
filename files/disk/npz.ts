/**
 * .npz files by path.
 *
 * @module
 */
import type { NdArray } from "../../gpu/tensor.ts";
import { encodeNpz, type NpzContent, type NpzLevel, type NpzOptions, readNpzFrom } from "../npz.ts";
import { writePieces } from "./atomic_file.ts";
import { openFile } from "./file_source.ts";

/**
 * Reads a .npz file; see `parseNpz`.
 *
 * @throws {InputError} naming file and entry, what came and what was expected
 *
 * @example
 * ```ts
 * import { readNpz, writeNpz } from "./npz.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npz" });
 * await writeNpz(path, { mean: { shape: [2], data: Float64Array.of(0.5, 0.25) } });
 * console.log((await readNpz(path)).arrays.get("mean")?.data);
 * ```
 */
export async function readNpz(
  path: string,
  options: NpzOptions = {},
): Promise<NpzContent> {
  return await readNpzFrom(await openFile(path), options);
}

/** Writes a .npz file, built in memory; see `encodeNpz`. An error leaves what was at `path`. */
export function writeNpz(
  path: string,
  arrays: Readonly<Record<string, NdArray>>,
  level: NpzLevel = 0,
): Promise<void> {
  return writePieces(path, [encodeNpz(arrays, level)]);
}
