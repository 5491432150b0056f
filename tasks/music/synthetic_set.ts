/**
 * A synthetic catalogue for a run: songs rendered once, then kept in the cache; listeners drawn anew
 * each time, since that takes no longer than to read them.
 *
 * @module
 */
import { whole } from "../../gpu/check.ts";
import { isFaultOfFile } from "../../files/bad_file.ts";
import { digestOfJson } from "../../files/digest.ts";
import { makeFolder, remove } from "../../files/disk/folder.ts";
import { exists } from "../../files/disk/presence.ts";
import { InputError } from "../../files/input_error.ts";
import { readSafetensors, writeSafetensors } from "../../files/disk/safetensors.ts";
import { ndarray } from "../../gpu/tensor.ts";
import type { Watched } from "../run/work.ts";
import type { Progress } from "../run/progress.ts";
import { type Catalogue, songUse, type SyntheticTruth } from "./catalogue.ts";
import { levelled } from "./loudness.ts";
import { type DrawnSong, drawSongs, INAUDIBLE } from "./synthetic/discography.ts";
import { PARAMETERS } from "./synthetic/genres.ts";
import { type Audience, drawListeners } from "./synthetic/listeners.ts";
import { clipLength } from "./synthetic/render.ts";
import {
  checkSettings,
  type ListenerSettings,
  MUSIC_DEFAULTS,
  type SongSettings,
} from "./synthetic/settings.ts";
import { renderAll, type RenderAllOptions } from "./synthetic/workers.ts";

/** Part of the cache's names: raise it when a seed gives other sound than before. */
const SOUND_VERSION = 1;

/** Bytes of a sample in the cache. */
const SAMPLE_BYTES = 2;

/** Which songs and listeners; defaults are {@linkcode MUSIC_DEFAULTS}. */
export interface SyntheticMusic extends Partial<Omit<SongSettings, "seed"> & ListenerSettings> {
  /** Names the catalogue. */
  readonly seed: number;
}

/** A synthetic catalogue, and where its sound is kept. */
export interface SyntheticCatalogueOptions extends SyntheticMusic, Watched {
  /** Folder of the cache. */
  readonly cache: string;
  /** Worker threads; they change nothing but the time. Default: one a processor core. */
  readonly workers?: number;
}

/** Songs and listeners before anything sounds. */
export interface DrawnMusic {
  /** All settings, defaults filled in. */
  readonly settings: SongSettings & ListenerSettings;
  /** The songs. */
  readonly songs: readonly DrawnSong[];
  /** Who plays them. */
  readonly audience: Audience;
  /** What only the maker knows. */
  readonly truth: SyntheticTruth;
}

/**
 * Draws songs and listeners of a seed: all of a catalogue but the sound, in about a second.
 *
 * @throws {RangeError} for a setting out of range
 *
 * @example
 * ```ts
 * import { drawMusic } from "./synthetic_set.ts";
 *
 * const { songs, audience } = drawMusic({ seed: 1, songs: 16, artists: 8, listeners: 5 });
 * if (songs[0].id !== "SYN0001" || audience.plays.items !== 16) throw new Error("16 songs");
 * ```
 */
export function drawMusic(music: SyntheticMusic): DrawnMusic {
  const settings = { ...MUSIC_DEFAULTS, ...music };
  checkSettings(settings);
  const songs = drawSongs(settings);
  const audience = drawListeners(songs, settings);
  const matrix = (rows: readonly (readonly number[])[], columns: number) =>
    ndarray([rows.length, columns], Float64Array.from(rows.flat()));
  const truth: SyntheticTruth = {
    names: PARAMETERS,
    audible: matrix(songs.map(({ parameters }) => parameters), PARAMETERS.length),
    inaudible: matrix(songs.map(({ inaudible }) => inaudible), INAUDIBLE),
    taste: audience.taste,
  };
  return { settings, songs, audience, truth };
}

/**
 * Opens a synthetic catalogue; renders its songs where they are not in the cache. They are read from
 * there one by one, so memory does not grow with their number.
 *
 * Time on two cores: about 20 s for 400 songs of 6 s, once; 106 MB of cache.
 *
 * @throws {RangeError} for a setting out of range
 *
 * @example
 * ```ts
 * import { Progress } from "../run/progress.ts";
 * import { openSyntheticCatalogue } from "./synthetic_set.ts";
 *
 * const [cache, progress] = [await Deno.makeTempDir(), new Progress()];
 * const few = { songs: 16, artists: 8, listeners: 20, seconds: 3 };
 * const catalogue = await openSyntheticCatalogue({ seed: 1, cache, progress, workers: 1, ...few });
 * if ((await catalogue.samples(0)).length === 0) throw new Error("a song is silent");
 * ```
 */
export async function openSyntheticCatalogue(
  options: SyntheticCatalogueOptions,
): Promise<Catalogue> {
  const { cache, progress, workers, signal, ...music } = options;
  const { settings, songs, audience, truth } = drawMusic(music);
  const path = `${cache}/music-${await nameOf(settings)}.safetensors`;
  const length = clipLength(settings.seconds);
  if (!await isWhole(path, songs.length, length, progress)) {
    await makeFolder(cache);
    await writeSound(path, songs, {
      seconds: settings.seconds,
      hard: settings.hard,
      workers,
      signal,
      progress: (done, total) => progress.update(`synthesising songs: ${done} of ${total}`),
    });
  }
  return {
    songs: songs.map(({ id, artist, title, genre }) => ({ id, artist, title, genre })),
    listeners: audience.names,
    plays: audience.plays,
    played: audience.plays,
    use: songUse(audience.plays),
    silent: new Uint8Array(songs.length),
    synthetic: true,
    truth,
    badFiles: [],
    samples: (song) => readSong(path, song, songs.length, length),
  };
}

async function nameOf({ seed, songs, seconds, artists, hard }: SongSettings): Promise<string> {
  return (await digestOfJson([SOUND_VERSION, seed, songs, seconds, artists, hard])).slice(0, 16);
}

/** Whether the cache has the sound; a file that is damaged is said and removed. */
async function isWhole(
  path: string,
  songs: number,
  length: number,
  progress: Progress,
): Promise<boolean> {
  if (!await exists(path)) return false;
  try {
    using file = await readSafetensors(path);
    const shape = file.tensors.get("samples")?.shape ?? [];
    if (shape.join() === `${songs},${length * SAMPLE_BYTES}`) return true;
    throw new InputError(
      `Cannot read ${path}`,
      `samples is [${shape}], expected [${songs},${length * SAMPLE_BYTES}]`,
    );
  } catch (error) {
    if (!isFaultOfFile(error)) throw error;
    progress.line(`${error.message}; the songs are made anew`);
    await remove(path);
    return false;
  }
}

/** Each song is written while the next ones are rendered. Samples are little-endian, as in a WAV file. */
async function writeSound(
  path: string,
  songs: readonly DrawnSong[],
  options: RenderAllOptions,
): Promise<void> {
  async function* chunks() {
    for await (const clip of renderAll(songs, options)) yield new Uint8Array(clip.buffer);
  }
  const shape = [songs.length, clipLength(options.seconds) * SAMPLE_BYTES];
  const samples = { name: "samples", dtype: "U8", shape, chunks: chunks() } as const;
  await writeSafetensors(path, { tensors: [samples] });
}

async function readSong(
  path: string,
  song: number,
  songs: number,
  length: number,
): Promise<Float32Array<ArrayBuffer>> {
  whole("Cannot read a song", { song }, 0, songs - 1);
  using file = await readSafetensors(path, { isKnown: true }); // `isWhole` checked it
  const bytes = length * SAMPLE_BYTES;
  const { data } = await file.readRange("samples", song * bytes, bytes);
  return levelled(stepsToScale(new Int16Array(data.buffer, data.byteOffset, length)));
}

/** 16-bit steps to full scale -1 to 1, as a WAV file is decoded. */
function stepsToScale(steps: Int16Array): Float64Array {
  const samples = new Float64Array(steps.length);
  for (let i = 0; i < steps.length; i++) samples[i] = steps[i] / 2 ** 15;
  return samples;
}
