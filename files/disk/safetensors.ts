/**
 * Safetensors files by path.
 *
 * @module
 */
import { extents, quoted } from "../claims.ts";
import { openSafetensors, type Safetensors } from "../safetensors.ts";
import {
  bytesOfInput,
  encodeHeader,
  FILE_ORDER,
  type SafetensorsContent,
  type SafetensorsInput,
} from "../safetensors_header.ts";
import { writeAll, writeAtomically } from "./atomic_file.ts";
import { withFile } from "./file_source.ts";

/**
 * Opens a safetensors file; only its header is read.
 *
 * @throws {InputError} naming file, tensor, what came and what was expected
 *
 * @example
 * ```ts
 * import { hostTensor } from "../safetensors.ts";
 * import { readSafetensors, writeSafetensors } from "./safetensors.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * const bias = { shape: [3], data: Float32Array.of(1, 2, 3) };
 * await writeSafetensors(path, { tensors: [hostTensor("bias", bias)] });
 * using file = await readSafetensors(path);
 * console.log(file.tensors.get("bias")?.shape, (await file.read("bias")).data);
 * ```
 */
export function readSafetensors(path: string): Promise<Safetensors> {
  return withFile(path, openSafetensors);
}

/**
 * Writes a safetensors file piece by piece, under a temporary name until it is whole; an error
 * leaves what was at `path`. Equal content gives equal bytes, whatever the order of the tensors:
 * they are sorted as huggingface's writer does, wide element types first, then by name.
 *
 * @returns SHA-256 of the tensors' bytes in the order of the file, in hexadecimal; the metadata do
 *   not count, so that runs that differ only in their notes compare equal
 * @throws RangeError when a tensor's chunks do not add up to its shape, or a name comes twice
 */
export async function writeSafetensors(
  path: string,
  content: SafetensorsContent,
): Promise<string> {
  const tensors = [...content.tensors].sort((a, b) =>
    FILE_ORDER.indexOf(a.dtype) - FILE_ORDER.indexOf(b.dtype) || (a.name < b.name ? -1 : 1)
  );
  const header = encodeHeader(path, content.metadata ?? {}, tensors);
  return await writeAtomically(path, async (file) => {
    await writeAll(file, header);
    const { createHash } = await import("node:crypto"); // late: a browser has none
    const hash = createHash("sha256");
    for (const tensor of tensors) {
      await writeChunks(path, file, tensor, (chunk) => hash.update(chunk));
    }
    return hash.digest("hex");
  });
}

async function writeChunks(
  path: string,
  file: Deno.FsFile,
  { name, dtype, shape, chunks }: SafetensorsInput,
  update: (chunk: Uint8Array) => void,
): Promise<void> {
  const wanted = bytesOfInput(path, name, dtype, shape);
  let written = 0;
  const check = (agrees: boolean, given: string) => {
    if (agrees) return;
    throw new RangeError(
      `Cannot write tensor ${quoted(name)} to ${path}: its chunks have ${given} bytes, expected ` +
        `${wanted} for ${dtype} ${extents(shape)}`,
    );
  };
  for await (const chunk of chunks) {
    written += chunk.length;
    check(written <= wanted, `at least ${written}`);
    update(chunk);
    await writeAll(file, chunk);
  }
  check(written === wanted, String(written));
}
