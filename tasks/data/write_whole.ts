/**
 * Writing a file so that it is there as a whole or not at all.
 *
 * @module
 */

/**
 * Writes pieces under a temporary name in `dir`, waits until the disk has them, then renames. When
 * anything fails, the temporary file is removed and an older file of that name stays as it was.
 *
 * @param path The file to make
 * @param dir Its folder, which must exist
 * @param pieces The content, in order
 */
export async function writeWhole(
  path: string,
  dir: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const temporary = await Deno.makeTempFile({ dir, prefix: "writing-", suffix: ".tmp" });
  try {
    await writePieces(temporary, pieces);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

async function writePieces(
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  using file = await Deno.open(path, { write: true });
  for await (const piece of pieces) {
    for (let written = 0; written < piece.length;) {
      written += await file.write(piece.subarray(written));
    }
  }
  await file.sync();
}
