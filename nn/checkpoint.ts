/**
 * Checkpoints: weights, optimiser state and everything a run needs to go on as if it had never
 * stopped. Batches, masks and augmentation are functions of key and step, so the step is the cursor.
 */
import type { Gpu } from "../gpu/gpu.ts";
import { readSafetensors, type SafetensorsFile, writeSafetensors } from "../gpu/safetensors.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";

/** Tensors to save, by name. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** Text that goes with a checkpoint: seed, configuration, toolkit version, step. */
export type Metadata = Readonly<Record<string, string>>;

/** Host elements uploaded at once when a checkpoint is loaded: 4 MiB. */
const PIECE = 2 ** 20;

/**
 * Saves tensors of a device, read back in chunks of 16 MiB; the file appears under its name only
 * when it is whole.
 *
 * @returns the SHA-256 over the tensor bytes, in hexadecimal
 */
export function saveTensors(
  gpu: Gpu,
  path: string,
  tensors: NamedTensors,
  metadata: Metadata = {},
): Promise<string> {
  return writeSafetensors(path, {
    metadata: { ...metadata },
    tensors: Object.entries(tensors).map(([name, tensor]) => ({
      name,
      dtype: tensor.dtype === "u32" ? "U32" : "F32",
      shape: tensor.shape,
      chunks: exactBytes(gpu, tensor),
    })),
  });
}

/** The bytes of a tensor without the padding of its buffer. */
async function* exactBytes(gpu: Gpu, tensor: Tensor): AsyncGenerator<Uint8Array> {
  const total = 4 * sizeOf(tensor.shape);
  for await (const { offset, chunk } of gpu.readChunks(tensor)) {
    yield chunk.subarray(0, Math.min(chunk.length, total - offset));
  }
}

/**
 * Loads tensors by name into tensors of a device. Nothing is written before every name and shape has
 * been checked.
 *
 * @param options.optional names that may be missing in the file, such as a new output layer
 * @returns the file's metadata
 * @throws Error naming the tensor, the shape in the file and the shape in the model
 */
export async function loadTensors(
  gpu: Gpu,
  path: string,
  tensors: NamedTensors,
): Promise<Metadata> {
  const file = await readSafetensors(path);
  try {
    for (const [name, { shape }] of Object.entries(tensors)) checkEntry(file, path, name, shape);
    for (const [name, tensor] of Object.entries(tensors)) await upload(gpu, file, name, tensor);
    return file.metadata;
  } finally {
    file.close();
  }
}

function checkEntry(
  file: SafetensorsFile,
  path: string,
  name: string,
  shape: readonly number[],
): void {
  const entry = file.tensors.get(name);
  const wanted = `the model has [${shape.join(", ")}]`;
  if (!entry) throw new Error(`Cannot load "${name}" from ${path}: the file has none, ${wanted}`);
  if (entry.shape.join() !== shape.join()) {
    throw new Error(
      `Cannot load "${name}" from ${path}: the file has [${entry.shape.join(", ")}], ${wanted}`,
    );
  }
}

async function upload(gpu: Gpu, file: SafetensorsFile, name: string, tensor: Tensor) {
  const size = sizeOf(tensor.shape);
  for (let start = 0; start < size; start += PIECE) {
    const { data } = await file.readRange(name, start, Math.min(PIECE, size - start));
    gpu.write(tensor, data, start);
    gpu.device.queue.submit([]); // frees the staging memory of the write
  }
}
