/** What training reads: data sets, the order of their examples, batches read ahead. */
import { check, whole } from "../gpu/check.ts";
import { fold, type Key, permuted } from "../gpu/random.ts";
import { take } from "../gpu/rows.ts";
import { type DType, dtypeOf, type HostData, type NdArray, type Shape } from "../gpu/tensor.ts";

/** Shape (without the batch axis) and element type of one part of an example. */
export interface FieldSpec {
  /** Extents of one example. */
  readonly shape: Shape;
  /** Element type on the device. */
  readonly dtype: DType;
}

/** A batch of examples on the host: `size` rows a field, of which the first `count` are examples. */
export interface Batch {
  /** Host data by field name. */
  readonly fields: Readonly<Record<string, HostData>>;
  /** Examples in it; the rest is padding. */
  readonly count: number;
  /** Their indices in the data set. */
  readonly indices: Uint32Array;
}

/** Examples by index. */
export interface Dataset {
  /** Number of examples. */
  readonly length: number;
  /** The parts of an example, such as `x` and `target`. */
  readonly fields: Readonly<Record<string, FieldSpec>>;
  /**
   * Reads examples, padded to `size` rows with anything finite.
   *
   * @param key stream of this batch in training, from which augmentation draws; absent otherwise
   */
  read(indices: Uint32Array, size: number, key?: Key): Promise<Record<string, HostData>>;
}

/**
 * A data set held in host arrays whose first axis counts the examples.
 *
 * @example
 * ```ts
 * import { arrays, ndarray } from "jsr:@cetus/cetus";
 * const x = ndarray([2, 3], new Float32Array(6));
 * const target = ndarray([2, 1], new Float32Array(2));
 * console.log(arrays({ x, target }).length); // 2
 * ```
 */
export function arrays(fields: Readonly<Record<string, NdArray>>): Dataset {
  const entries = Object.entries(fields);
  whole("Cannot make a data set", { "the number of fields": entries.length }, 1);
  const length = entries[0][1].shape[0];
  for (const [name, { shape }] of entries) {
    const good = shape[0] === length && shape.length >= 2;
    check(good, "Cannot make a data set", { [name]: shape }, `[${length}, ...]`);
  }
  return {
    length,
    fields: Object.fromEntries(entries.map(([name, { shape, data }]) => [
      name,
      { shape: shape.slice(1), dtype: dtypeOf(data) },
    ])),
    read: (indices, size) =>
      Promise.resolve(Object.fromEntries(entries.map(([name, array]) => [
        name,
        rowsOf(array, indices, size),
      ]))),
  };
}

/** Rows of an array by index, padded with zeros to `size` rows; float64 is narrowed. */
export function rowsOf({ shape, data }: NdArray, indices: Uint32Array, size: number): HostData {
  const rows = take({ shape, data }, indices, size).data;
  return rows instanceof Float64Array ? Float32Array.from(rows) : rows;
}

/** Batches of an epoch: the last may be ragged. */
export function batchesPerEpoch(length: number, size: number): number {
  return Math.ceil(length / size);
}

/**
 * The examples of a training step, a function of key and step alone: each epoch is a permutation of
 * its own, cut into batches, so a run can be resumed at any step without replaying the others.
 *
 * @param step counted from 1
 */
export function trainingIndices(key: Key, length: number, size: number, step: number): Uint32Array {
  const perEpoch = batchesPerEpoch(length, size);
  const epoch = Math.floor((step - 1) / perEpoch);
  const start = ((step - 1) % perEpoch) * size;
  const order = fold(fold(key, "order"), epoch);
  const count = Math.min(size, length - start);
  return Uint32Array.from({ length: count }, (_, i) => permuted(order, length, start + i));
}

/** Examples 0 … length - 1 in order, in batches. */
export function* orderedIndices(length: number, size: number): Generator<Uint32Array> {
  for (let start = 0; start < length; start += size) {
    const count = Math.min(size, length - start);
    yield Uint32Array.from({ length: count }, (_, i) => start + i);
  }
}

/**
 * Reads batches ahead of their use.
 *
 * @param ahead how many batches may be under way at once, default 3
 */
export async function* readAhead(
  dataset: Dataset,
  plan: Iterable<{ indices: Uint32Array; key?: Key }>,
  { size, ahead = 3 }: { size: number; ahead?: number },
): AsyncGenerator<Batch> {
  const underWay: Promise<Batch>[] = [];
  const start = async ({ indices, key }: { indices: Uint32Array; key?: Key }): Promise<Batch> => ({
    fields: await dataset.read(indices, size, key),
    count: indices.length,
    indices,
  });
  for (const item of plan) {
    const batch = start(item);
    batch.catch(() => {}); // reported where it is awaited
    underWay.push(batch);
    if (underWay.length > ahead) yield await underWay.shift()!;
  }
  while (underWay.length) yield await underWay.shift()!;
}
