/**
 * .npy files by path.
 *
 * @module
 */
import type { NdArray } from "../../gpu/tensor.ts";
import { elementBytes, type NpyArray, npyHead, readNpyFrom } from "../npy.ts";
import { writePieces } from "./atomic_file.ts";
import { openFile } from "./file_source.ts";

/**
 * Reads a .npy file; see `parseNpy`.
 *
 * @throws {InputError} naming the file, what came and what was expected
 *
 * @example
 * ```ts
 * import { readNpy, writeNpy } from "./npy.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npy" });
 * await writeNpy(path, { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
 * console.log((await readNpy(path)).shape);
 * ```
 */
export async function readNpy(path: string): Promise<NpyArray> {
  using source = await openFile(path);
  return await readNpyFrom(source);
}

/** Writes a .npy file; an error leaves what was at `path`. */
export function writeNpy(path: string, array: NdArray): Promise<void> {
  return writePieces(path, [npyHead(array), elementBytes(array)]);
}
