/**
 * Files of plays in a folder or a zip.
 *
 * @module
 */
import type { Archive } from "../../files/disk/archive.ts";
import { findFile } from "../../files/disk/file_set.ts";
import type { Warn } from "../../files/warn.ts";
import type { IdTable } from "../../recsys/id_table.ts";
import { readTriplets, type Triplets } from "../../recsys/triplets.ts";
import type { Progress } from "../run/progress.ts";

/** How plays are read. */
export interface ReadPlaysOptions {
  /** Where progress is shown. */
  readonly progress: Progress;
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Told what of a file was passed over. */
  readonly warn: Warn;
  /** Numbers of listeners known already; new ones are entered. */
  readonly userIds?: IdTable;
  /** The same of songs. */
  readonly itemIds?: IdTable;
}

/**
 * The plays of a file, plain or gzip with `.gz` behind; none where there is neither.
 *
 * @throws {InputError} naming file and line, see `readTriplets`
 */
export async function readPlays(
  archive: Archive,
  name: string,
  { progress, signal, warn, userIds, itemIds }: ReadPlaysOptions,
): Promise<Triplets | undefined> {
  for (const file of [name, `${name}.gz`]) {
    const path = await findFile(archive, file);
    if (path === undefined) continue;
    const { pieces, size } = await archive.stream(path);
    const triplets = await readTriplets(pieces, {
      name: `${archive.name}/${path}`,
      totalBytes: size,
      userIds,
      itemIds,
      progress: ({ lines }) => {
        signal?.throwIfAborted();
        progress.update(`reading ${file}: ${lines} lines`);
      },
    });
    warn(triplets.name, triplets.warnings);
    return triplets;
  }
  return undefined;
}
