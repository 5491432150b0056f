/**
 * Rows of features on the device, in as many tensors as its binding limit asks for.
 *
 * @module
 */
import type { Gpu } from "../../gpu/gpu.ts";
import type { NdArray, Tensor } from "../../gpu/tensor.ts";

/** Some of the rows on the device. */
export interface LinearShard {
  /** Features, a constant 1, zeros up to vec4: [n, width]. */
  readonly rows: Tensor;
  /** Classes as -1 and 1, [n]. */
  readonly signs: Tensor;
}

/** How rows are uploaded. */
export interface ShardOptions {
  /** The most bytes of a shard's rows. By default what the device binds at once, 1 GiB at most. */
  readonly mostBytes?: number;
}

/** Host memory that a part of the rows takes on its way. */
const PIECE_BYTES = 16 * 2 ** 20;
const MOST_BYTES = 2 ** 30;

/** Numbers of a row on the device: the features and the constant, rounded up to a multiple of 4. */
export function paddedWidth(columns: number): number {
  return 4 * Math.ceil((columns + 1) / 4);
}

/**
 * Puts rows on the device.
 *
 * @param signs Classes as -1 and 1, `[rows]`
 * @returns shards in the order of the rows; the caller releases their tensors
 * @throws {RangeError} when a single row is beyond the limit
 */
export async function uploadShards(
  gpu: Gpu,
  x: NdArray,
  signs: Float64Array,
  { mostBytes = mostBytesOf(gpu) }: ShardOptions = {},
): Promise<LinearShard[]> {
  const [count, columns] = x.shape;
  const width = paddedWidth(columns);
  const rowsAShard = Math.max(1, Math.floor(mostBytes / (4 * width)));
  const tensors: Tensor[] = [];
  const make = (shape: readonly number[], label: string) => {
    const tensor = gpu.persistent(shape, { label });
    tensors.push(tensor);
    return tensor;
  };
  try {
    const shards: LinearShard[] = [];
    for (let first = 0; first < count; first += rowsAShard) {
      const n = Math.min(rowsAShard, count - first);
      const shard = {
        rows: make([n, width], "linear rows"),
        signs: make([n], "linear signs"),
      };
      gpu.write(shard.signs, signs.subarray(first, first + n));
      writeRows(gpu, shard.rows, x, first);
      await gpu.sync();
      shards.push(shard);
    }
    return shards;
  } catch (error) {
    gpu.release(...tensors);
    throw error;
  }
}

function mostBytesOf({ device }: Gpu): number {
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  return Math.min(MOST_BYTES, maxBufferSize, maxStorageBufferBindingSize);
}

function writeRows(gpu: Gpu, rows: Tensor, x: NdArray, first: number): void {
  const [n, width] = rows.shape;
  const rowsAPiece = Math.max(1, Math.floor(PIECE_BYTES / (4 * width)));
  for (let start = 0; start < n; start += rowsAPiece) {
    const count = Math.min(rowsAPiece, n - start);
    gpu.write(rows, paddedRows(x, first + start, count), start * width);
  }
}

/**
 * Some rows as the device holds them.
 *
 * @returns `[count, paddedWidth(columns)]`
 */
export function paddedRows(
  { shape: [, columns], data }: NdArray,
  first: number,
  count: number,
): Float32Array<ArrayBuffer> {
  const width = paddedWidth(columns);
  const padded = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    const from = (first + row) * columns;
    const to = row * width;
    for (let i = 0; i < columns; i++) padded[to + i] = data[from + i];
    padded[to + columns] = 1;
  }
  return padded;
}
