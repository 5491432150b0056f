/**
 * What a run of the music task leaves for its users: songs, plays, factors and the map, in files that
 * other programs read too (npy, npz, CSV-like id lists).
 *
 * @module
 */
import { makeFolder } from "../../files/disk/folder.ts";
import { checkChecksums, writeChecksums } from "../../files/disk/checksums.ts";
import { readNpy, writeNpy } from "../../files/disk/npy.ts";
import { readNpz, writeNpz } from "../../files/disk/npz.ts";
import { readText } from "../../files/disk/text_file.ts";
import { parseJsonLines, TEXT } from "../../files/json.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import {
  filterInteractions,
  type Interactions,
  rowLengths,
  transposeRows,
} from "../../recsys/interactions.ts";
import { InputError } from "../../files/input_error.ts";
import { RunFolder } from "../run/run_folder.ts";
import { type Catalogue, type Song, type SongUse, songUse } from "./catalogue.ts";

/** Vectors of listeners and songs whose products are how well a song suits a listener. */
export interface Factors {
  /** `[listeners, f]` */
  readonly listeners: NdArray<Float32Array>;
  /** `[songs, f]`; zeros for songs without plays. */
  readonly songs: NdArray<Float32Array>;
}

/** What of a run recommends: everything but the network. */
export interface MusicRun
  extends Pick<Catalogue, "songs" | "listeners" | "plays" | "played" | "use" | "silent"> {
  /** Everything that decided the run. */
  readonly config: Readonly<Record<string, unknown>>;
  /** 1 for songs whose plays the strict protocol hides, `[songs]`. */
  readonly cold: Uint8Array;
  /** Factors from the plays of songs that are not cold. */
  readonly strict: Factors;
  /** Factors from all plays: what collaborative filtering knows once a song has been played. */
  readonly all: Factors;
  /** Factors of all songs as the network hears them, for the listeners of `strict`, `[songs, f]`. */
  readonly predicted: NdArray<Float32Array>;
  /** Places on the map, by t-SNE of predicted usage patterns, `[songs, 2]`. */
  readonly map: NdArray<Float32Array>;
}

/** The plays that a run may know of: those of songs that are not cold. */
export function knownPlays({ plays, cold }: Pick<MusicRun, "plays" | "cold">): Interactions {
  return filterInteractions(plays, (_, song) => cold[song] === 0);
}

/** Arrays of a run, each in a file `factors/<name>.npy`. */
const ARRAYS = [
  "strict_listeners",
  "strict_songs",
  "all_listeners",
  "all_songs",
  "predicted_songs",
  "map",
] as const;

/** Files of the folder of factors, and of the run, that hold no checksum themselves. */
const FACTOR_FILES = [...ARRAYS.map((name) => `${name}.npy`), "songs.txt", "listeners.txt"];
const PLAIN_FILES = ["catalogue.jsonl", "listeners.txt", "plays.npz"];

/** One line of `catalogue.jsonl`. */
interface SongLine extends Song {
  readonly cold: boolean;
  /** Played by too few listeners to be learnt from: its plays stay, for those who played it. */
  readonly tooFew?: true;
  /** What listeners of too few songs played, who are left out; nothing where there are none. */
  readonly leftOut?: SongUse;
  /** Nothing is heard in it. */
  readonly silent?: true;
}

/** Writes everything but the network into the folder of a run. */
export async function writeMusicRun(
  folder: RunFolder,
  run: Omit<MusicRun, "config">,
): Promise<void> {
  const { listeners, played, strict, all, predicted, map } = run;
  await makeFolder(folder.file("factors"));
  await folder.write(
    "catalogue.jsonl",
    songLines(run).map((line) => `${JSON.stringify(line)}\n`).join(""),
  );
  const names = listeners.map((name) => `${name}\n`).join("");
  await folder.write("listeners.txt", names);
  const { starts, indices, counts } = played.byUser;
  await writeNpz(folder.file("plays.npz"), {
    starts: ndarray([starts.length], starts),
    songs: ndarray([indices.length], indices),
    counts: ndarray([counts.length], counts),
  });
  const arrays = [strict.listeners, strict.songs, all.listeners, all.songs, predicted, map];
  for (const [at, name] of ARRAYS.entries()) {
    await writeNpy(folder.file(`factors/${name}.npy`), arrays[at]);
  }
  // Whoever takes an array elsewhere needs the names of its rows beside it.
  await folder.write("factors/songs.txt", run.songs.map(({ id }) => `${id}\n`).join(""));
  await folder.write("factors/listeners.txt", names);
  await writeChecksums(folder.file("factors"), FACTOR_FILES);
  await writeChecksums(folder.path, PLAIN_FILES);
}

/** What is known of each song, a line each. */
function songLines({ songs, cold, plays, played, use, silent }: Omit<MusicRun, "config">) {
  const own = songUse(played);
  const learnt = rowLengths(plays.byItem);
  return songs.map((song, i): SongLine => {
    const [listeners, times] = [use[i].listeners - own[i].listeners, use[i].plays - own[i].plays];
    return {
      ...song,
      cold: cold[i] === 1,
      ...(own[i].listeners > 0 && learnt[i] === 0 && { tooFew: true }),
      ...(listeners > 0 && { leftOut: { listeners, plays: times } }),
      ...(silent[i] === 1 && { silent: true }),
    };
  });
}

/**
 * Reads a finished run.
 *
 * @throws {InputError} when the folder holds no finished music run, or its files do not fit together
 */
export async function readMusicRun(path: string): Promise<MusicRun> {
  const { folder, config } = await RunFolder.read(path);
  if (config.task !== "music") throw new InputError(`Cannot use ${path}`, "it is no music run");
  if (!await folder.has("result.json")) {
    throw new InputError(`Cannot use ${path}`, "the run has not finished; go on with --resume");
  }
  await checkChecksums(path, PLAIN_FILES);
  await checkChecksums(folder.file("factors"), FACTOR_FILES);
  const lines = await readSongs(folder);
  const listeners = (await readText(folder.file("listeners.txt"))).trimEnd().split("\n");
  const read = async (name: (typeof ARRAYS)[number], rows: number) =>
    await readMatrix(folder.file(`factors/${name}.npy`), rows);
  const [n, u] = [lines.length, listeners.length];
  const played = await readPlays(folder.file("plays.npz"), u, n);
  const own = songUse(played);
  return {
    config,
    songs: lines.map(({ id, artist, title, genre }) => ({ id, artist, title, genre })),
    listeners,
    cold: Uint8Array.from(lines, ({ cold }) => cold ? 1 : 0),
    silent: Uint8Array.from(lines, ({ silent }) => silent ? 1 : 0),
    played,
    // Limits take songs and listeners out whole, so that of those who are left only songs are missing.
    plays: filterInteractions(played, (_, song) => !lines[song].tooFew),
    use: lines.map(({ leftOut }, song) => ({
      listeners: own[song].listeners + (leftOut?.listeners ?? 0),
      plays: own[song].plays + (leftOut?.plays ?? 0),
    })),
    strict: { listeners: await read("strict_listeners", u), songs: await read("strict_songs", n) },
    all: { listeners: await read("all_listeners", u), songs: await read("all_songs", n) },
    predicted: await read("predicted_songs", n),
    map: await read("map", n),
  };
}

async function readSongs(folder: RunFolder): Promise<SongLine[]> {
  const path = folder.file("catalogue.jsonl");
  const fields = { id: TEXT, artist: TEXT, title: TEXT, genre: TEXT };
  return parseJsonLines<SongLine>(path, await readText(path), fields);
}

/** Reads a matrix of 32-bit floats with so many rows. */
export async function readMatrix(path: string, rows: number): Promise<NdArray<Float32Array>> {
  const { shape, data, warnings } = await readNpy(path);
  if (warnings.length > 0) {
    throw new InputError(`Cannot read ${path}`, "bytes follow its array, expected the end");
  }
  const matrix = shape.length === 2 && shape[0] === rows && shape[1] > 0;
  if (!matrix || !(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new InputError(
      `Cannot read ${path}`,
      `it holds [${shape.join(", ")}], expected floats [${rows}, f]`,
    );
  }
  return ndarray(shape, data instanceof Float32Array ? data : Float32Array.from(data));
}

async function readPlays(path: string, users: number, items: number): Promise<Interactions> {
  const { arrays } = await readNpz(path);
  const column = (name: string) => {
    const found = arrays.get(name)?.data;
    if (found instanceof Uint32Array) return found;
    throw new InputError(`Cannot read ${path}`, `it lacks whole numbers named "${name}"`);
  };
  const [starts, indices, counts] = [column("starts"), column("songs"), column("counts")];
  const fits = starts.length === users + 1 && starts[0] === 0 && starts[users] === indices.length &&
    counts.length === indices.length &&
    starts.every((at, row) => row === 0 || at >= starts[row - 1]) &&
    indices.every((song) => song < items);
  if (!fits) {
    throw new InputError(
      `Cannot read ${path}`,
      `it is no table of ${users} listeners by ${items} songs`,
    );
  }
  const byUser = { starts, indices, counts };
  return { users, items, byUser, byItem: transposeRows(byUser, items) };
}
