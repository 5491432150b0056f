/**
 * A folder of real music: who played what, and the sound of the songs.
 *
 * @module
 */
import { describeFileError } from "../../files/disk/presence.ts";
import { InputError } from "../../files/input_error.ts";
import {
  filterInteractions,
  type Interactions,
  makeInteractions,
  rowLengths,
} from "../../recsys/interactions.ts";
import type { Triplets } from "../../recsys/triplet_parser.ts";
import { readTripletFile } from "../../recsys/triplets.ts";
import type { Progress } from "../run/progress.ts";
import type { BadSong, Catalogue, Song } from "./catalogue.ts";
import { AUDIO_FOLDER, MISMATCHES, TRAINING_PLAYS } from "./layout.ts";
import { readSongTable, SONG_TABLE } from "./song_table.ts";
import { SoundFiles } from "./sound_files.ts";

/** Files that are taken for sound; what they are is told by their content. */
const SOUND = /^(.+)\.(wav|mp3|aiff?|aifc)$/i;

/** How many names a message gives. */
const NAMED = 5;

/** How a folder is opened. */
export interface MusicFolderOptions {
  /** The folder. */
  readonly data: string;
  /** What to do with a sound file that cannot be read. Default `stop`. */
  readonly onBad?: "stop" | "skip";
  /** Listeners of fewer songs are left out. Default 5. */
  readonly leastPlays?: number;
  /**
   * Plays of songs with fewer listeners are left out; the songs stay, as nobody's. Default 5.
   */
  readonly leastListeners?: number;
  /** Where progress is shown. */
  readonly progress: Progress;
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a folder with `train_triplets.txt` (or `.gz`) and `audio/<song id>.wav`, `.aiff` or `.mp3`;
 * where there are, `tracks.csv` with artists, titles and genres, and `mismatched.txt` with ids to
 * leave out. Songs come in the order of their ids, listeners in that of the file.
 *
 * Songs without sound are left out with their plays; sound without plays stays. Both limits then hold
 * together: listeners and songs are taken out until none is below. Each sound file is decoded once
 * at opening, so that a bad one is named before hours of work.
 *
 * @throws {InputError} for files that are missing or damaged, two sounds of one song, or no plays left
 *
 * @example
 * ```ts
 * import { Progress } from "../run/progress.ts";
 * import { openMusicFolder } from "./data.ts";
 * import { synthesiseMusic } from "./synthesise.ts";
 *
 * const data = await Deno.makeTempDir();
 * const few = { songs: 16, artists: 8, listeners: 60, seconds: 3 };
 * await synthesiseMusic({ seed: 1, out: data, workers: 1, ...few });
 * const catalogue = await openMusicFolder({ data, progress: new Progress(), leastPlays: 1 });
 * if ((await catalogue.samples(0)).length === 0) throw new Error("a song is silent");
 * ```
 */
export async function openMusicFolder(options: MusicFolderOptions): Promise<Catalogue> {
  const { data, progress, onBad = "stop", signal } = options;
  const triplets = await readPlays(options);
  const known = await readIfThere(`${data}/${SONG_TABLE}`);
  const table = known ? readSongTable(known, SONG_TABLE) : new Map<string, Song>();
  const files = await listSounds(data);
  const left = leaveOut(files, await readIfThere(`${data}/${MISMATCHES}`));
  if (left > 0) progress.line(`${left} songs are named in ${MISMATCHES} and are left out`);
  const badFiles: BadSong[] = [];
  const sounds = new SoundFiles(data);
  for (const [at, [id, file]] of [...files].entries()) {
    signal?.throwIfAborted();
    try {
      await sounds.check(file);
    } catch (error) {
      if (!(error instanceof InputError) || onBad === "stop") throw error;
      badFiles.push({ name: file, reason: error.reason });
      progress.line(`left out: ${error.message}`);
      files.delete(id);
    }
    progress.update(`reading songs: ${at + 1} of ${files.size + badFiles.length}`);
  }
  const ids = [...files.keys()].sort();
  const songs = ids.map((id) => table.get(id) ?? { id, artist: "", title: id, genre: "" });
  const { plays, listeners } = usage(triplets, ids, options);
  return {
    songs,
    listeners,
    plays,
    synthetic: false,
    badFiles,
    samples(song) {
      if (songs[song]) return sounds.read(files.get(songs[song].id)!);
      throw new RangeError(`Cannot read a song: got ${song}, expected 0 to ${songs.length - 1}`);
    },
  };
}

async function readPlays({ data, progress, signal }: MusicFolderOptions): Promise<Triplets> {
  await needFolder(data);
  for (const name of [TRAINING_PLAYS, `${TRAINING_PLAYS}.gz`]) {
    if (!await Deno.stat(`${data}/${name}`).then(({ isFile }) => isFile, () => false)) continue;
    return await readTripletFile(`${data}/${name}`, {
      name,
      progress: ({ lines }) => {
        signal?.throwIfAborted();
        progress.update(`reading plays: ${lines} lines`);
      },
    });
  }
  throw new InputError(
    `Cannot open ${data}`,
    `expected ${TRAINING_PLAYS} or ${TRAINING_PLAYS}.gz in it, found ${await contents(data)}`,
  );
}

async function needFolder(path: string): Promise<void> {
  try {
    if ((await Deno.stat(path)).isDirectory) return;
  } catch (error) {
    throw new InputError(`Cannot open ${path}`, describeFileError(error));
  }
  throw new InputError(`Cannot open ${path}`, "it is a file, expected a folder of music");
}

async function contents(path: string): Promise<string> {
  const names = (await Array.fromAsync(Deno.readDir(path), ({ name }) => name)).sort();
  return names.length > 0 ? someOf(names) : "nothing";
}

function someOf(names: readonly string[]): string {
  const more = names.length > NAMED ? `, … (${names.length} in all)` : "";
  return names.slice(0, NAMED).join(", ") + more;
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new InputError(`Cannot read ${path}`, describeFileError(error));
  }
}

/** Sound files by song id, below the folder. */
async function listSounds(data: string): Promise<Map<string, string>> {
  const folder = `${data}/${AUDIO_FOLDER}`;
  if (!await Deno.stat(folder).then(({ isDirectory }) => isDirectory, () => false)) {
    throw new InputError(
      `Cannot open ${data}`,
      `expected a folder ${AUDIO_FOLDER} in it, found ${await contents(data)}`,
    );
  }
  const files = new Map<string, string>();
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  for (const name of names.sort()) {
    const id = SOUND.exec(name)?.[1];
    if (id === undefined) continue;
    const file = `${AUDIO_FOLDER}/${name}`;
    const other = files.get(id);
    if (other) {
      throw new InputError(
        `Cannot open ${data}`,
        `${other} and ${file} are both of song ${id}, expected one of them`,
      );
    }
    files.set(id, file);
  }
  if (files.size > 0) return files;
  const found = names.length > 0 ? someOf(names) : "nothing";
  throw new InputError(
    `Cannot open ${data}`,
    `expected ${AUDIO_FOLDER}/<song id>.wav, .aiff or .mp3, found ${found}`,
  );
}

/** Takes out the songs that a list of mismatches names; returns how many there were. */
function leaveOut(files: Map<string, string>, list: Uint8Array | undefined): number {
  if (!list) return 0;
  let count = 0;
  for (const line of new TextDecoder().decode(list).split(/\r?\n/)) {
    // The dataset's own list: `ERROR: <SOUMNSI12AB0182807 TRMMGKQ128F9325E10> artist - title …`
    const ids = /^ERROR: <(\S+) (\S+)>/.exec(line)?.slice(1) ?? line.trim().split(/\s+/, 1);
    for (const id of ids) if (files.delete(id)) count++;
  }
  return count;
}

/** The plays of songs with sound, as both limits leave them. */
function usage(
  triplets: Triplets,
  ids: readonly string[],
  { data, progress, leastPlays = 5, leastListeners = 5 }: MusicFolderOptions,
): { plays: Interactions; listeners: string[] } {
  const place = new Map(ids.map((id, song) => [id, song]));
  const songOf = triplets.itemIds.ids().map((id) => place.get(id) ?? -1);
  const silent = songOf.filter((song) => song < 0).length;
  if (silent > 0) progress.line(`${silent} songs have plays but no sound and are left out`);
  const rows = triplets.items.reduce((kept: number[], item, row) => {
    if (songOf[item] >= 0) kept.push(row);
    return kept;
  }, []);
  const all = makeInteractions({
    users: rows.map((row) => triplets.users[row]),
    items: rows.map((row) => songOf[triplets.items[row]]),
    counts: rows.map((row) => triplets.counts[row]),
  }, { users: triplets.userIds.size, items: ids.length });
  const kept = withLimits(all, leastPlays, leastListeners);
  const active = Array.from(rowLengths(kept.byUser).entries())
    .filter(([, length]) => length > 0).map(([user]) => user);
  if (active.length === 0) {
    throw new InputError(
      `Cannot use ${data}`,
      `no listener has ${leastPlays} or more songs that have sound and ${leastListeners} or more ` +
        `listeners; ${all.users} listeners and ${ids.length} songs with sound came`,
    );
  }
  const idle = all.users - active.length;
  if (idle > 0) progress.line(`${idle} listeners of fewer than ${leastPlays} songs are left out`);
  const names = triplets.userIds.ids();
  return { plays: onlyUsers(kept, active), listeners: active.map((user) => names[user]) };
}

/** Takes listeners and songs out until all that are left keep both limits. */
function withLimits(all: Interactions, leastPlays: number, leastListeners: number): Interactions {
  let kept = all;
  for (let before = -1; before !== kept.byUser.indices.length;) {
    before = kept.byUser.indices.length;
    const [songs, listeners] = [rowLengths(kept.byUser), rowLengths(kept.byItem)];
    kept = filterInteractions(
      kept,
      (user, item) => songs[user] >= leastPlays && listeners[item] >= leastListeners,
    );
  }
  return kept;
}

function onlyUsers(all: Interactions, users: readonly number[]): Interactions {
  const { starts, indices, counts } = all.byUser;
  const lengths = users.map((user) => starts[user + 1] - starts[user]);
  const numbers = users.flatMap((_, row) => Array<number>(lengths[row]).fill(row));
  return makeInteractions({ users: numbers, items: indices, counts }, {
    users: users.length,
    items: all.items,
  });
}
