/**
 * Safetensors files by path.
 *
 * @module
 */
import { extents, quoted } from "../claims.ts";
import { openSafetensors, type Safetensors, type TensorHash } from "../safetensors.ts";
import { bytesOfInput, encodeHeader } from "../safetensors_encode.ts";
import { sealHeader, sealNotes } from "../safetensors_seal.ts";
import {
  FILE_ORDER,
  type SafetensorsContent,
  type SafetensorsInput,
} from "../safetensors_types.ts";
import { writeAll, writeAtomically } from "./atomic_file.ts";
import { withFile } from "./file_source.ts";

/** Bytes of a file that are hashed at once. */
const PIECE_BYTES = 16 * 2 ** 20;

/**
 * Opens a safetensors file; only its header is kept. One that this toolkit wrote is read once from
 * beginning to end, at about 1 GB/s, and checked against the hash in its header.
 *
 * @param options `isKnown` leaves that check out, for a file that was checked when the work began
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
export function readSafetensors(
  path: string,
  { isKnown = false }: { readonly isKnown?: boolean } = {},
): Promise<Safetensors> {
  return withFile(path, (source) => openSafetensors(source, isKnown ? undefined : hashOf));
}

const hashOf: TensorHash = async (source, dataStart) => {
  const { createHash } = await import("node:crypto"); // late: a browser has none
  const hash = createHash("sha256");
  for (let start = dataStart; start < source.size; start += PIECE_BYTES) {
    hash.update(await source.readAt(start, Math.min(PIECE_BYTES, source.size - start)));
  }
  return hash.digest("hex");
};

/**
 * Writes a safetensors file piece by piece, under a temporary name until it is whole; an error
 * leaves what was at `path`. Equal content gives equal bytes, whatever the order of the tensors:
 * they are sorted as huggingface's writer does, wide element types first, then by name.
 *
 * @param options `previous` is the path that a file which is replaced takes; without it that one is
 *   gone
 * @returns SHA-256 of the tensors' bytes in the order of the file, in hexadecimal; the metadata do
 *   not count, so that runs that differ only in their notes compare equal
 * @throws RangeError when a tensor's chunks do not add up to its shape, or a name comes twice
 */
export async function writeSafetensors(
  path: string,
  { metadata = {}, tensors: given, isSealed = true }: SafetensorsContent,
  options: { readonly previous?: string } = {},
): Promise<string> {
  const tensors = [...given].sort((a, b) =>
    FILE_ORDER.indexOf(a.dtype) - FILE_ORDER.indexOf(b.dtype) || (a.name < b.name ? -1 : 1)
  );
  const header = (sha256?: string) =>
    encodeHeader(path, isSealed ? { ...metadata, ...sealNotes(sha256) } : metadata, tensors);
  const open = header();
  return await writeAtomically(path, async (file) => {
    await writeAll(file, open);
    const { createHash } = await import("node:crypto"); // late: a browser has none
    const hash = createHash("sha256");
    for (const tensor of tensors) {
      await writeChunks(path, file, tensor, (chunk) => hash.update(chunk));
    }
    const sha256 = hash.digest("hex");
    if (isSealed) await writeSeal(file, header(sha256));
    return sha256;
  }, options);
}

/** Only behind the tensors is their hash known; it takes the place that the first header kept. */
async function writeSeal(file: Deno.FsFile, header: Uint8Array<ArrayBuffer>): Promise<void> {
  sealHeader(header);
  await file.seek(0, Deno.SeekMode.Start);
  await writeAll(file, header);
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
