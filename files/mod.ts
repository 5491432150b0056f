/**
 * File formats, bytes to arrays and back: safetensors, npy and npz, written atomically.
 *
 * @module
 */
export * from "./atomic_file.ts";
export { FormatError } from "./format_error.ts";
export * from "./safetensors.ts";
export * from "./npy.ts";
export * from "./npz.ts";
