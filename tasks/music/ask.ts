/**
 * Questions that a finished run answers: songs like a song, songs for a listener.
 *
 * @module
 */
import { InputError } from "../../files/input_error.ts";
import { type Recommended, Recommender, type RecommendOptions } from "./recommend.ts";
import { type MusicRun, readMusicRun } from "./run_files.ts";

/** Songs like a song. */
export interface SimilarSongs {
  /** The run. */
  readonly run: MusicRun;
  /** Place of the song. */
  readonly song: number;
  /** By sound, best first. */
  readonly content: readonly Recommended[];
  /** By listeners, best first; none for a song that nobody has played. */
  readonly usage: readonly Recommended[];
}

/**
 * Songs like a song.
 *
 * @param path folder of a finished run
 * @param name id or whole title of the song
 * @throws {InputError} when there is no such song
 */
export async function similarSongs(
  path: string,
  name: string,
  count = 10,
): Promise<SimilarSongs> {
  const run = await readMusicRun(path);
  const song = run.songs.findIndex(({ id, title }) => id === name || title === name);
  if (song < 0) {
    throw new InputError(
      `Cannot find song "${name}"`,
      `${path} has ${run.songs.length} songs, from "${run.songs[0].id}" on; see catalogue.jsonl`,
    );
  }
  const recommender = new Recommender(run);
  return {
    run,
    song,
    content: recommender.contentNeighbours(song, count),
    usage: recommender.usageNeighbours(song, count),
  };
}

/**
 * Songs for a listener, none that they have played; see {@linkcode Recommender.recommend}.
 *
 * @param path folder of a finished run
 * @param name the listener
 * @throws {InputError} when there is no such listener
 */
export async function songsFor(
  path: string,
  name: string,
  options: RecommendOptions,
): Promise<{ readonly run: MusicRun; readonly found: readonly Recommended[] }> {
  const run = await readMusicRun(path);
  const listener = run.listeners.indexOf(name);
  if (listener < 0) {
    throw new InputError(
      `Cannot find listener "${name}"`,
      `${path} has ${run.listeners.length} listeners, from "${
        run.listeners[0]
      }" on; see listeners.txt${leftOutWords(run)}`,
    );
  }
  return { run, found: new Recommender(run).recommend(listener, options) };
}

/** Who is not among the listeners of a run of real songs. */
function leftOutWords({ config: { data, leastPlays } }: MusicRun): string {
  return data === undefined || Number(leastPlays) < 2
    ? ""
    : `. Listeners of fewer than ${leastPlays} songs are left out of a run`;
}

/** Why nothing is known of a song by plays. */
export function unplayedWords({ use, config }: MusicRun, song: number): string {
  const { listeners } = use[song];
  if (listeners === 0) return "nobody has played it";
  const people = listeners === 1 ? "1 listener has" : `${listeners} listeners have`;
  return `${people} played it, too few to be learnt from: expected ${config.leastListeners}, of ` +
    `${config.leastPlays} songs each`;
}

/** Lists with names, as `--json` prints them. */
export function namedList(run: MusicRun, found: readonly Recommended[]): object[] {
  return found.map(({ song, score }) => ({ ...run.songs[song], score }));
}
