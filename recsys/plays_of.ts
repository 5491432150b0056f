/**
 * Files of plays as one table of who played what how often.
 *
 * @module
 */
import { quoted, someOf } from "../files/claims.ts";
import { InputError } from "../files/input_error.ts";
import { CountSumError, type Interactions, makeInteractions } from "./interactions.ts";
import type { Triplets } from "./triplets.ts";

/** New numbers for the songs of a file. */
export interface SongNumbers {
  /** How many songs the table has. */
  readonly count: number;
  /** The new number of each song of the file, by its old one; -1 leaves its plays out. */
  readonly numberOf: ArrayLike<number>;
}

/**
 * The plays of files as one table; several lines of one listener and song become their sum.
 *
 * @param files what was read with the same tables of ids, in order
 * @param songs new numbers of songs. Default: those of the files
 * @throws {InputError} where such a sum is too large, naming listener, song, files and lines
 *
 * @example
 * ```ts
 * import { playsOf } from "./plays_of.ts";
 * import { readTriplets } from "./triplets.ts";
 *
 * const text = new TextEncoder().encode("ann\tSO1\t3\nann\tSO1\t1\n");
 * const { byUser } = playsOf([await readTriplets(text, { name: "plays.txt" })]);
 * if (byUser.counts.join() !== "4") throw new Error("lines are summed");
 * ```
 */
export function playsOf(files: readonly Triplets[], songs?: SongNumbers): Interactions {
  const [{ userIds, itemIds }] = files;
  const songOf = (item: number) => songs ? songs.numberOf[item] : item;
  const columns = columnsOf(files, songOf);
  try {
    return makeInteractions(columns, {
      users: userIds.size,
      items: songs?.count ?? itemIds.size,
    });
  } catch (error) {
    if (!(error instanceof CountSumError)) throw error;
    throw tooMany(error, files, songOf);
  }
}

function columnsOf(files: readonly Triplets[], songOf: (item: number) => number) {
  const total = files.reduce((sum, { items }) => {
    for (const item of items) if (songOf(item) >= 0) sum++;
    return sum;
  }, 0);
  const users = new Uint32Array(total);
  const items = new Uint32Array(total);
  const counts = new Uint32Array(total);
  let at = 0;
  for (const file of files) {
    for (let row = 0; row < file.items.length; row++) {
      const song = songOf(file.items[row]);
      if (song < 0) continue;
      users[at] = file.users[row];
      items[at] = song;
      counts[at++] = file.counts[row];
    }
  }
  return { users, items, counts };
}

function tooMany(
  { user, item, sum, most }: CountSumError,
  files: readonly Triplets[],
  songOf: (item: number) => number,
): InputError {
  const places = files.flatMap((file) => {
    const lines: string[] = [];
    file.items.forEach((each, row) => {
      // Blank lines stand only at the end, so that a row is a line.
      if (songOf(each) === item && file.users[row] === user) lines.push(`${row + 1}`);
    });
    return lines.length === 0 ? [] : [{ name: file.name, lines, song: file.items[+lines[0] - 1] }];
  });
  const [{ song }] = places;
  const [{ userIds, itemIds }] = files;
  const [listener, id] = [quoted(userIds.id(user)), quoted(itemIds.id(song))];
  const where = places.map(({ name, lines }) =>
    `${lines.length === 1 ? "line" : "lines"} ${someOf(lines)} of ${name}`
  );
  return new InputError(
    `Cannot read ${places[0].name}`,
    `the plays of listener ${listener} and song ${id} sum to ${sum}, expected at most ${most} ` +
      `(${where.join(" and ")})`,
  );
}
