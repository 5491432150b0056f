/**
 * A folder of real music: who played what, and the sound of the songs.
 *
 * @module
 */
import { type BadFile, badFile, type OnBad } from "../../files/bad_file.ts";
import { type Archive, openArchive, pathIn } from "../../files/disk/archive.ts";
import {
  type FileSet,
  findFile,
  findFileSet,
  namesOf,
  refuseMissing,
} from "../../files/disk/file_set.ts";
import { quoted } from "../../files/claims.ts";
import { whole } from "../../gpu/check.ts";
import { InputError } from "../../files/input_error.ts";
import { utf8Text } from "../../files/utf8.ts";
import type { Progress } from "../run/progress.ts";
import { Warnings } from "../run/warnings.ts";
import type { Watched } from "../run/work.ts";
import type { OpenCatalogue, Song } from "./catalogue.ts";
import { AUDIO_FOLDER, MISMATCHES, TRAINING_PLAYS } from "./layout.ts";
import { playsWithin } from "./play_limits.ts";
import { readSongTable, SONG_TABLE } from "./song_table.ts";
import { readPlays } from "./plays.ts";
import { prepareDecoders, SoundFiles, SOUNDS } from "./sound_files.ts";

/** Largest list of songs or ids that is read, bytes: a million songs take 80 MB. */
const LARGEST_LIST = 2 ** 30;

/** How a folder is opened. */
export interface MusicFolderOptions extends Watched {
  /** The folder, or a zip of it. */
  readonly data: string;
  /** What to do with a sound file that cannot be read. Default `stop`. */
  readonly onBad?: OnBad;
  /** Listeners of fewer songs are left out. Default 5. */
  readonly leastPlays?: number;
  /**
   * Plays of songs with fewer listeners are left out; the songs stay, as nobody's. Default 5.
   */
  readonly leastListeners?: number;
  /** Samples at 22,050 Hz that a song must have, such as `leastSamples(config)`. Default 1. */
  readonly least?: number;
}

/**
 * Opens a folder, or a zip, with `train_triplets.txt` (or `.gz`) and `audio/<song id>.wav`, `.aiff` or `.mp3`;
 * where there are, `tracks.csv` with artists, titles and genres, and `mismatched.txt` with ids to
 * leave out. Songs come in the order of their ids, listeners in that of the file.
 *
 * Songs without sound are left out with their plays; sound without plays stays. Both limits then hold
 * together: listeners and songs are taken out until none is below. Each sound file is decoded once
 * at opening, so that a bad one is named before hours of work.
 *
 * Silent songs (see `isSilent`) are named and marked; they stay for their plays.
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
export async function openMusicFolder(options: MusicFolderOptions): Promise<OpenCatalogue> {
  const { data, progress, onBad = "stop", signal } = options;
  using opened = new DisposableStack();
  const warnings = new Warnings(progress);
  const warn = warnings.tell;
  const archive = opened.use(await openArchive(data, { warn }));
  const triplets = await readPlays(archive, TRAINING_PLAYS, { progress, signal, warn }) ??
    await refuseMissing(archive, `${TRAINING_PLAYS} or ${TRAINING_PLAYS}.gz`);
  const known = await readIfThere(archive, SONG_TABLE);
  const table = known
    ? await readSongTable(known, pathIn(archive, SONG_TABLE))
    : new Map<string, Song>();
  const set = opened.use(
    await findFileSet(archive, AUDIO_FOLDER, SOUNDS) ??
      await refuseMissing(archive, `${AUDIO_FOLDER}/<song id>.wav, .aiff or .mp3`, AUDIO_FOLDER),
  );
  if (set.leftOut) progress.line(set.leftOut);
  await prepareDecoders(set.files);
  const files = filesById(data, set);
  const left = leaveOut(files, await readIfThere(archive, MISMATCHES), pathIn(archive, MISMATCHES));
  if (left > 0) progress.line(`${left} songs are named in ${MISMATCHES} and are left out`);
  const badFiles: BadFile[] = [];
  const sounds = new SoundFiles(set, { warn, least: options.least });
  const silentIds = new Set<string>();
  for (const [at, [id, file]] of [...files].entries()) {
    signal?.throwIfAborted();
    try {
      if (!await sounds.check(file)) silentIds.add(id);
    } catch (error) {
      const bad = badFile(set.fileName(file), error, onBad);
      badFiles.push(bad);
      progress.line(`left out ${bad.name}: ${bad.reason}`);
      files.delete(id);
    }
    progress.update(`reading songs: ${at + 1} of ${files.size + badFiles.length}`);
  }
  warnings.conclude();
  const ids = [...files.keys()].sort();
  const songs = ids.map((id) => table.get(id) ?? { id, artist: "", title: id, genre: "" });
  const silent = Uint8Array.from(ids, (id) => silentIds.has(id) ? 1 : 0);
  tellSilent(progress, [...silentIds].map((id) => set.fileName(files.get(id)!)), ids.length);
  const held = opened.move(); // songs are read from it later
  return {
    songs,
    ...playsWithin(triplets, ids, options),
    silent,
    synthetic: false,
    badFiles,
    samples(song) {
      whole("Cannot read a song", { song }, 0, songs.length - 1);
      return sounds.read(files.get(songs[song].id)!);
    },
    [Symbol.dispose]: () => held.dispose(),
  };
}

/** Silent songs that are named in one line. */
const NAMED = 20;

/** Names the songs in which nothing is heard. */
function tellSilent(progress: Progress, files: readonly string[], songs: number): void {
  if (files.length === 0) return;
  const others = files.length > NAMED ? ` and ${files.length - NAMED} more` : "";
  progress.line(
    `${files.length} of ${songs} songs ${
      files.length === 1 ? "is" : "are"
    } silent, so that nothing ` +
      "is learnt from their sound, and they sound like no other: " +
      `${files.slice(0, NAMED).join(", ")}${others}`,
  );
}

/** A small file of the folder; nothing where there is none. */
async function readIfThere(archive: Archive, file: string): Promise<Uint8Array | undefined> {
  const path = await findFile(archive, file);
  return path === undefined ? undefined : await archive.read(path, LARGEST_LIST);
}

/** Sound files by song id. */
function filesById(data: string, sounds: FileSet): Map<string, string> {
  const pattern = namesOf(SOUNDS);
  const byId = new Map<string, string>();
  for (const file of sounds.files) {
    const [, id] = pattern.exec(file)!;
    if (/[\r\n]/.test(id)) { // a run's lists have an id a line
      throw new InputError(
        `Cannot open ${data}`,
        `${quoted(sounds.fileName(file))} has a line break in its name; rename it`,
      );
    }
    const other = byId.get(id);
    if (other !== undefined) {
      throw new InputError(
        `Cannot open ${data}`,
        `${sounds.fileName(other)} and ${sounds.fileName(file)} are both of song ${id}, ` +
          "expected one of them",
      );
    }
    byId.set(id, file);
  }
  return byId;
}

/** Takes out the songs that a list of mismatches names; returns how many there were. */
function leaveOut(
  files: Map<string, string>,
  list: Uint8Array | undefined,
  path: string,
): number {
  if (!list) return 0;
  let count = 0;
  for (const line of utf8Text(list, `Cannot read ${path}`).split(/\r?\n/)) {
    // The dataset's own list: `ERROR: <SOUMNSI12AB0182807 TRMMGKQ128F9325E10> artist - title …`
    const ids = /^ERROR: <(\S+) (\S+)>/.exec(line)?.slice(1) ?? line.trim().split(/\s+/, 1);
    for (const id of ids) if (files.delete(id.normalize("NFC"))) count++;
  }
  return count;
}
