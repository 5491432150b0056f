/**
 * The demo of a run on disk: its lists, the sound of its songs, and its network for dropped files.
 *
 * @module
 */
import { openQuietly, type Watched } from "../../run/work.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import { applyTsne } from "../../../recsys/place_points.ts";
import { usagePatterns } from "../../../recsys/usage_patterns.ts";
import { regularFile } from "../../../files/disk/presence.ts";
import { InputError } from "../../../files/input_error.ts";
import { RunFolder } from "../../run/run_folder.ts";
import type { Catalogue } from "../catalogue.ts";
import type { MusicConfig } from "../config.ts";
import { Hearing } from "../hearing.ts";
import { openCatalogue } from "../open_catalogue.ts";
import { Recommender } from "../recommend.ts";
import type { MusicResult } from "../result.ts";
import { configOfRun } from "../../run/settings.ts";
import { MUSIC_SETTINGS } from "../config.ts";
import { type MusicRun, readMusicRun } from "../run_files.ts";
import { leastSamples } from "../spectrograms.ts";
import type { RunFacts } from "./api.ts";
import { createDemo, type Demo } from "./demo.ts";

/** Which run, and what is needed for its sound. */
export interface OpenDemoOptions extends Watched {
  /** Folder of a finished run. */
  readonly run: string;
  /** Folder of synthetic sound. */
  readonly cache: string;
  /** Whether only this machine may ask. */
  readonly localOnly: boolean;
}

/** A demo of a run, and what it shows. */
export interface OpenedDemo extends Pick<Demo, "fetch">, AsyncDisposable {
  /** The run. */
  readonly run: MusicRun;
}

/**
 * Opens the demo of a run. The device is opened when the first file is dropped: all else works
 * without one.
 *
 * @throws {InputError} when the run, or the music that it was made of, cannot be used
 */
export async function openDemo(options: OpenDemoOptions): Promise<OpenedDemo> {
  const { run: path, cache, localOnly, progress, signal } = options;
  const run = await readMusicRun(path);
  await regularFile(`${path}/model.safetensors`); // read when the first file is dropped
  const config = configOfRun(MUSIC_SETTINGS, run.config, path);
  const data = run.config.data as string | undefined;
  using opening = new DisposableStack();
  const catalogue = opening.use(
    await openCatalogue({
      data,
      config,
      cache,
      progress,
      signal,
      seed: Number(run.config.seed),
      onBad: run.config.onBad === "skip" ? "skip" : "stop",
    }),
  );
  checkSameSongs(path, run, catalogue);
  const ears = new Ears(path, config);
  const { samples } = catalogue;
  const demo = createDemo({
    facts: await factsOf(path, catalogue.synthetic),
    recommender: new Recommender(run),
    localOnly,
    leastSamples: leastSamples(config),
    samples: (song) => samples.call(catalogue, song),
    hear: async (sound) => (await ears.open()).hearing.hear(sound),
    place: async (factors) => await placeOn((await ears.open()).gpu, run, factors),
  });
  const files = opening.move(); // songs are played from it
  return {
    run,
    fetch: demo.fetch,
    async [Symbol.asyncDispose]() {
      demo[Symbol.dispose]();
      await ears[Symbol.asyncDispose]();
      files.dispose();
    },
  };
}

/** Lists name songs by their places, so that another catalogue would sound wrong without a word. */
function checkSameSongs(path: string, run: MusicRun, { songs }: Catalogue): void {
  const same = songs.length === run.songs.length &&
    songs.every(({ id }, song) => id === run.songs[song].id);
  if (same) return;
  throw new InputError(
    `Cannot open the demo of ${path}`,
    `it was made of ${run.songs.length} songs from "${run.songs[0].id}" on, and its data now has ` +
      `${songs.length}${songs.length ? ` from "${songs[0].id}" on` : ""}`,
  );
}

async function factsOf(path: string, synthetic: boolean): Promise<RunFacts> {
  const result = await RunFolder.finished<MusicResult>(path);
  const [network, random] = [result?.map, result?.baselines?.random];
  return {
    name: path.split(/[\\/]/).filter(Boolean).at(-1) ?? path,
    synthetic,
    precision: network === undefined || random === undefined ? undefined : { network, random },
  };
}

/** Where factors land on the map, by the distances that the map was made from. */
async function placeOn(gpu: Gpu, run: MusicRun, factors: Float32Array): Promise<[number, number]> {
  const map = { rows: usagePatterns(run.strict.listeners, run.predicted), embedding: run.map };
  const point = usagePatterns(run.strict.listeners, ndarray([1, factors.length], factors));
  const { data: [x, y] } = await applyTsne(gpu, map, point);
  return [x, y];
}

/** A device and the run's network on it, from the first file on. */
class Ears implements AsyncDisposable {
  readonly #path: string;
  readonly #config: MusicConfig;
  #opened: Promise<{ readonly gpu: Gpu; readonly hearing: Hearing }> | undefined;

  constructor(path: string, config: MusicConfig) {
    this.#path = path;
    this.#config = config;
  }

  async open(): Promise<{ readonly gpu: Gpu; readonly hearing: Hearing }> {
    this.#opened ??= this.#read();
    try {
      return await this.#opened;
    } catch (error) {
      this.#opened = undefined; // the next file tries again
      throw error;
    }
  }

  async #read() {
    const gpu = await openQuietly();
    const hearing = await Hearing.read(gpu, `${this.#path}/model.safetensors`, this.#config);
    return { gpu, hearing };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    opened?.hearing[Symbol.dispose]();
    await opened?.gpu[Symbol.asyncDispose]();
  }
}
