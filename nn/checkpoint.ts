/**
 * Checkpoints: weights, optimiser state and everything a run needs to go on as if it had never
 * stopped. Batches, masks and augmentation are functions of key and step, so the step is the cursor.
 */
import { extents, quoted } from "../files/claims.ts";
import { InputError } from "../files/input_error.ts";
import type { Safetensors } from "../files/safetensors.ts";
import {
  ITEM_BYTES,
  type SafetensorsDType,
  type SafetensorsInput,
} from "../files/safetensors_types.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { type DType, sizeOf, type Tensor } from "../gpu/tensor.ts";

/** Tensors to save, by name. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** Text that goes with a checkpoint: seed, configuration, toolkit version, step. */
export type Metadata = Readonly<Record<string, string>>;

/** Elements moved at once between file and device: 16 MiB of f32; a multiple of 4 for u8. */
const PIECE = 4 * 2 ** 20;

const FILE_DTYPE: Readonly<Record<DType, SafetensorsDType>> = {
  f32: "F32",
  u32: "U32",
  i32: "I32",
  f16: "F16",
  u8: "U8",
};

/**
 * Saves tensors of a device; the file appears under its name only when it is whole.
 *
 * @param options `previous` is the path that a file which is replaced takes; without it that one is
 *   gone
 * @returns the SHA-256 over the tensor bytes, in hexadecimal
 *
 * @example
 * ```ts
 * import { dense, key, loadTensors, Model, openGpu, saveTensors } from "jsr:@cetus/cetus";
 *
 * using gpu = await openGpu();
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * const model = new Model(gpu, dense({ units: 3 }), { inputShape: [2], key: key(1) });
 * await saveTensors(gpu, path, model.weights);
 * const same = new Model(gpu, model.network, { inputShape: [2], key: key(2) });
 * await loadTensors(gpu, path, same.weights);
 * ```
 */
export async function saveTensors(
  gpu: Gpu,
  path: string,
  tensors: NamedTensors,
  metadata: Metadata = {},
  options: { readonly previous?: string } = {},
): Promise<string> {
  const { writeSafetensors } = await import("../files/disk/safetensors.ts");
  const inputs = Object.entries(tensors).map(([name, tensor]) => deviceTensor(gpu, name, tensor));
  return await writeSafetensors(path, { metadata, tensors: inputs }, options);
}

/** What a file of tensors says besides them. */
export interface LoadedNotes {
  /** Its metadata. */
  readonly metadata: Metadata;
  /** SHA-256 over the tensor bytes, in hexadecimal; nothing where another program wrote the file. */
  readonly sha256?: string;
}

/**
 * Loads tensors by name into tensors of a device. Nothing is written before the hash of the file,
 * every name, shape and type has been checked; any float type of the file goes into an f32 tensor.
 *
 * @param check looks at the metadata before anything is written
 * @throws {InputError} when the file is damaged; naming the tensor, what the file has and what the
 *   model has
 */
export async function loadTensors(
  gpu: Gpu,
  path: string,
  tensors: NamedTensors,
  check: (metadata: Metadata) => void = () => {},
): Promise<LoadedNotes> {
  const { readSafetensors } = await import("../files/disk/safetensors.ts");
  using file = await readSafetensors(path);
  const { metadata, sha256 } = file;
  check(metadata);
  for (const [name, tensor] of Object.entries(tensors)) checkFits(file, name, tensor);
  for (const [name, tensor] of Object.entries(tensors)) await fill(gpu, file, name, tensor);
  return { metadata, sha256 };
}

/** A device tensor as a tensor to write; it is read back 16 MiB at a time while it is written. */
export function deviceTensor(gpu: Gpu, name: string, tensor: Tensor): SafetensorsInput {
  const dtype = FILE_DTYPE[tensor.dtype];
  const bytes = sizeOf(tensor.shape) * ITEM_BYTES[dtype];
  return { name, dtype, shape: tensor.shape, chunks: trimmed(gpu.readChunks(tensor), bytes) };
}

/** Device buffers are padded to 16 bytes; the file holds elements only. */
async function* trimmed(
  chunks: AsyncIterable<{ offset: number; chunk: Uint8Array }>,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  for await (const { offset, chunk } of chunks) yield chunk.subarray(0, bytes - offset);
}

function checkFits(file: Safetensors, name: string, { shape, dtype }: Tensor): void {
  const entry = file.tensors.get(name);
  const fits = entry?.shape.join() === shape.join() &&
    (dtype === "f32"
      ? ["F64", "F32", "F16", "BF16"].includes(entry.dtype)
      : dtype !== "f16" && entry.dtype === FILE_DTYPE[dtype]);
  if (fits) return;
  const found = entry ? `${entry.dtype} ${extents(entry.shape)}` : "none of that name";
  throw new InputError(
    `Cannot load tensor ${quoted(name)} from ${file.name}`,
    `the file has ${found}, the model has ${dtype} ${extents(shape)}`,
  );
}

/** Refuses a float64 that becomes infinite as an f32. */
function checkNarrow(file: Safetensors, name: string, data: Float64Array, start: number): void {
  const at = data.findIndex((x) => Number.isFinite(x) && !Number.isFinite(Math.fround(x)));
  if (at < 0) return;
  throw new InputError(
    `Cannot load tensor ${quoted(name)} from ${file.name}`,
    `element ${start + at} is ${data[at]}, expected one that an f32 holds`,
  );
}

/** Fills a device tensor, 16 MiB at a time. */
async function fill(gpu: Gpu, file: Safetensors, name: string, tensor: Tensor): Promise<void> {
  const size = sizeOf(tensor.shape);
  for (let start = 0; start < size; start += PIECE) {
    const { data } = await file.readRange(name, start, Math.min(PIECE, size - start));
    if (data instanceof Float64Array) checkNarrow(file, name, data, start);
    gpu.write(tensor, data, start);
    gpu.device.queue.submit([]); // frees the staging memory of the write
  }
}
