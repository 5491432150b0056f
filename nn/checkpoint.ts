/**
 * Checkpoints: weights, optimiser state and everything a run needs to go on as if it had never
 * stopped. Batches, masks and augmentation are functions of key and step, so the step is the cursor.
 */
import type { Gpu } from "../gpu/gpu.ts";
import {
  deviceTensor,
  loadTensor,
  readSafetensors,
  writeSafetensors,
} from "../files/safetensors.ts";
import type { Tensor } from "../gpu/tensor.ts";

/** Tensors to save, by name. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** Text that goes with a checkpoint: seed, configuration, toolkit version, step. */
export type Metadata = Readonly<Record<string, string>>;

/**
 * Saves tensors of a device; the file appears under its name only when it is whole.
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
    metadata,
    tensors: Object.entries(tensors).map(([name, tensor]) => deviceTensor(gpu, name, tensor)),
  });
}

/**
 * Loads tensors by name into tensors of a device. Nothing is written before every name and shape has
 * been checked.
 *
 * @returns the file's metadata
 * @throws Error naming the tensor, the shape in the file and the shape in the model
 */
export async function loadTensors(
  gpu: Gpu,
  path: string,
  tensors: NamedTensors,
): Promise<Metadata> {
  using file = await readSafetensors(path);
  for (const [name, { shape }] of Object.entries(tensors)) {
    const came = file.tensors.get(name)?.shape;
    if (came?.join() === shape.join()) continue;
    throw new Error(
      `Cannot load "${name}" from ${path}: the file has ${
        came ? `[${came.join(", ")}]` : "none of that name"
      }, the model has [${shape.join(", ")}]`,
    );
  }
  for (const [name, tensor] of Object.entries(tensors)) await loadTensor(gpu, file, tensor, name);
  return file.metadata;
}
