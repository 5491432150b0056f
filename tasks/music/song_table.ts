/**
 * What is known of songs besides their sound, as a table: `song_id,artist,title,genre`.
 *
 * @module
 */
import { quoted, someOf } from "../../files/claims.ts";
import { csvRows, formatCell, separatorHint } from "../../files/csv.ts";
import { InputError } from "../../files/input_error.ts";
import type { Song } from "./catalogue.ts";

/** Name of the table in a folder of music. */
export const SONG_TABLE = "tracks.csv";

/** Columns that may name a song's genre, best first. */
const GENRE_COLUMNS = ["genre", "collection"];

/**
 * Reads a table of songs. Columns may come in any order, and more of them; `song_id` is needed, of
 * `artist`, `title`, and `genre` or `collection` each may be missing.
 *
 * @param bytes The file, UTF-8
 * @param name Its name, for messages
 * @returns Songs by id; artist and genre are empty and the title is the id where there is none
 * @throws {InputError} naming the line: not UTF-8, a row with another number of cells than the
 * header, a quote out of place, an empty id or one that comes twice; or no column `song_id`
 *
 * @example
 * ```ts
 * import { readSongTable } from "./song_table.ts";
 *
 * const table = new TextEncoder().encode('song_id,title\nSO1,"Rain, again"\n');
 * const songs = await readSongTable(table, "tracks.csv");
 * if (songs.get("SO1")?.title !== "Rain, again") throw new Error();
 * ```
 */
export async function readSongTable(
  bytes: Uint8Array,
  name: string,
): Promise<Map<string, Song>> {
  const [header, ...rows] = (await Array.fromAsync(csvRows(bytes, name)))
    .filter(({ cells }) => cells.length > 1 || cells[0] !== "");
  const place = new Map(header?.cells.map((cell, column) => [cell.trim(), column]));
  if (!place.has("song_id")) {
    const found = header
      ? someOf([...place.keys()].map(quoted)) + separatorHint(header.cells)
      : "an empty file";
    const line = header?.line ?? 1;
    throw new InputError(
      `Cannot read ${name}`,
      `line ${line}, expected a column "song_id", found ${found}`,
    );
  }
  const songs = new Map<string, Song>();
  for (const { line, cells } of rows) {
    const fail = (reason: string) => {
      throw new InputError(`Cannot read ${name}`, `line ${line}, ${reason}`);
    };
    if (cells.length !== header.cells.length) {
      fail(`it has ${cells.length} cells, expected ${header.cells.length}`);
    }
    const cell = (column: string) => cells[place.get(column) ?? -1] ?? "";
    const id = cell("song_id").normalize("NFC"); // as the names of file sets
    if (id === "") fail('column "song_id" is empty, expected an id');
    if (songs.has(id)) fail(`column "song_id": the id ${quoted(id)} comes a second time`);
    const genre = cell(GENRE_COLUMNS.find((column) => place.has(column)) ?? "");
    songs.set(id, { id, artist: cell("artist"), title: cell("title") || id, genre });
  }
  return songs;
}

/** Writes a table that {@linkcode readSongTable} reads. */
export function writeSongTable(songs: readonly Song[]): string {
  const rows = songs.map(({ id, artist, title, genre }) => [id, artist, title, genre]);
  return [["song_id", "artist", "title", "genre"], ...rows]
    .map((row) => row.map(formatCell).join(",") + "\n").join("");
}
