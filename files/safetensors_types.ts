/**
 * What safetensors files hold, and the limits of the format.
 *
 * @module
 */
import type { Shape } from "../gpu/tensor.ts";

/** Element types that can be written. */
export type SafetensorsDType = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "U32" | "U8";

/** Where a tensor lies in its file. */
export interface SafetensorsEntry {
  /** Element type as the file names it; it may be one that cannot be read, see `Safetensors.read`. */
  readonly dtype: string;
  /** Extents, outermost first; `[]` for a scalar. */
  readonly shape: Shape;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Length in bytes. */
  readonly bytes: number;
}

/** A tensor to write. */
export interface SafetensorsInput {
  /** Name in the file. */
  readonly name: string;
  /** Element type of the bytes. */
  readonly dtype: SafetensorsDType;
  /** Extents, outermost first. */
  readonly shape: Shape;
  /** The elements as bytes, in pieces of any size; a piece is used up before the next is asked for. */
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** What a safetensors file holds. */
export interface SafetensorsContent {
  /** Free text by name, such as the seed, the configuration and the toolkit's version. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The tensors, in any order. */
  readonly tensors: readonly SafetensorsInput[];
  /**
   * Whether the hash of the tensors is kept in the metadata, so that a file that was damaged since is
   * refused. Default true; without it the bytes are those of the official library.
   */
  readonly isSealed?: boolean;
}

/** Longest header, in bytes: room for 100,000 names; huggingface's 100 MB take seconds to parse. */
export const MAX_HEADER_BYTES = 10 * 2 ** 20;
/** Most tensors: more only serve to keep a reader busy. */
export const MAX_TENSORS = 100_000;
/** Bytes of the length before the header. */
export const PREFIX = 8;
/** Bytes of an element, for the types that can be read; of others only the offsets tell the size. */
export const ITEM_BYTES: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
};

/** The order of the official writer, which puts wide types first so that all are aligned. */
export const FILE_ORDER: readonly SafetensorsDType[] = [
  "I64",
  "F64",
  "F32",
  "U32",
  "I32",
  "BF16",
  "F16",
  "U8",
];
