/**
 * File formats, bytes to arrays and back, in a half that takes bytes and a half that takes paths.
 *
 * @module
 */
export { type ByteSource, memorySource } from "./byte_source.ts";
export { type CsvInput, type CsvRow, csvRows, formatCell } from "./csv.ts";
export {
  type Archive,
  type ArchiveOptions,
  archiveRoots,
  type FileStream,
  openArchive,
} from "./disk/archive.ts";
export { writeAll, writeAtomically, writePieces } from "./disk/atomic_file.ts";
export { openFile } from "./disk/file_source.ts";
export { readNpy, writeNpy } from "./disk/npy.ts";
export { readNpz, writeNpz } from "./disk/npz.ts";
export { readSafetensors, writeSafetensors } from "./disk/safetensors.ts";
export { Gunzip, isGzip, type PlainOptions, plainPieces } from "./gunzip.ts";
export { InputError } from "./input_error.ts";
export { type DecodedImage, decodeJpeg } from "./jpeg.ts";
export { type ImageSize, type JpegHeader, readJpegHeader } from "./jpeg_header.ts";

export { encodeNpy, type NpyArray, parseNpy } from "./npy.ts";
export { encodeNpz, type NpzContent, type NpzLevel, type NpzOptions, parseNpz } from "./npz.ts";
export { encodePng, type PngSize } from "./png.ts";
export {
  readTable,
  type ReadTableOptions,
  type Table,
  writeTable,
  type WriteTableOptions,
} from "./table.ts";
export { hostTensor, parseSafetensors, type Safetensors } from "./safetensors.ts";
export type {
  SafetensorsContent,
  SafetensorsDType,
  SafetensorsEntry,
  SafetensorsInput,
} from "./safetensors_types.ts";
export { openZip, type ZipReader } from "./zip.ts";
export type { ZipEntry } from "./zip_directory.ts";
