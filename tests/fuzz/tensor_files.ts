/** Files of tensors, and files on the disk for readers that take a path. */
import { readSafetensors, writeSafetensors } from "../../files/disk/safetensors.ts";
import { hostTensor } from "../../files/safetensors.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import type { FileBytes } from "./reader.ts";

let folder: string | undefined;

/** Path of a file in a folder of this process, which stays until it ends. */
export function scratch(name: string): string {
  if (folder === undefined) {
    const own = folder = Deno.makeTempDirSync({ prefix: "cetus-fuzz-" });
    addEventListener("unload", () => Deno.removeSync(own, { recursive: true }));
  }
  return `${folder}/${name}`;
}

let made = 0;

/** What is written to a path, as bytes. */
export async function bytesWritten(write: (path: string) => Promise<unknown>): Promise<FileBytes> {
  const path = scratch(`written${made++}`);
  await write(path);
  return await Deno.readFile(path);
}

/** Tensors with the seal of this toolkit, or as other programs write them. */
export function tensorFile(
  arrays: Readonly<Record<string, NdArray>>,
  metadata: Readonly<Record<string, string>>,
  isSealed: boolean,
): Promise<FileBytes> {
  const tensors = Object.entries(arrays).map(([name, array]) => hostTensor(name, array));
  return bytesWritten((path) => writeSafetensors(path, { metadata, tensors, isSealed }));
}

/** The same tensors and notes without a seal, which would refuse nearly every mutant. */
export async function unsealed(bytes: FileBytes): Promise<FileBytes> {
  const path = scratch(`sealed${made++}`);
  await Deno.writeFile(path, bytes);
  using file = await readSafetensors(path);
  const arrays: Record<string, NdArray> = {};
  for (const name of file.tensors.keys()) arrays[name] = await file.read(name);
  return await tensorFile(arrays, file.metadata, false);
}
