/**
 * What a finished run has learnt: playlists of single units of its network, songs that sound unlike
 * their listeners, neighbours, and how well tags are predicted.
 *
 * @module
 */
import { basename } from "node:path";
import { fold, key } from "../../../gpu/random.ts";
import { InputError } from "../../../files/input_error.ts";
import { OutputFile } from "../../../files/disk/output_file.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import { type EvaluateOptions, openDevice } from "../../run/work.ts";
import { Pace, Progress, tenths } from "../../run/progress.ts";
import { UNIT_LAYERS } from "./activations.ts";
import { analysisFacts, type MusicAnalysis } from "./facts.ts";
import { analysisReport } from "./report.ts";
import type { Catalogue, OpenCatalogue } from "../catalogue.ts";
import type { MusicConfig } from "../config.ts";
import { FeatureCache } from "../feature_cache.ts";
import { Hearing } from "../hearing.ts";
import { coldNeighbours } from "./neighbour_lists.ts";
import { openCatalogue } from "../open_catalogue.ts";
import { purityByChance } from "./playlists.ts";
import { configOfRun } from "../../run/settings.ts";
import { MUSIC_SETTINGS } from "../config.ts";
import { knownPlays, type MusicRun, readMusicRun } from "../run_files.ts";
import { soundOutliers } from "./sound_outliers.ts";
import { describeSongs, type SongSound } from "../spectrograms.ts";
import { learntSongs } from "../split.ts";
import { predictTagsBySource, tagsOf } from "./tag_sources.ts";
import { analyseLayer } from "./unit_analysis.ts";
import { wordBags } from "../word_bags.ts";

/** What is analysed, and how; the data are named where they are no longer where the run found them. */
export interface MusicAnalyseOptions extends Omit<EvaluateOptions, "onBad"> {
  /** The page to write. */
  readonly out: string;
  /** Length of playlists. Default 10. */
  readonly count?: number;
  /** Overwrite `out`. Default false: what is there is refused, before any work. */
  readonly force?: boolean;
}

/** Songs that are listed as outliers. */
const OUTLIERS = 20;
/** Neighbours of a song. */
const NEIGHBOURS = 5;

/**
 * Analyses a run and writes the page.
 *
 * @throws {InputError} for a run or songs that cannot be used, an `out` that cannot be written or is
 * there already
 */
export async function analyseMusic(options: MusicAnalyseOptions): Promise<MusicAnalysis> {
  const { run: path, data, out, count = 10, force, signal, progress = new Progress() } = options;
  await using file = await OutputFile.open(out, { force, reads: [data] });
  const clock = new Pace();
  const run = await readMusicRun(path);
  const config = configOfRun(MUSIC_SETTINGS, run.config, path);
  await using opened = new AsyncDisposableStack();
  const gpu = await openDevice(options, opened);
  const model = `${path}/model.safetensors`;
  const hearing = opened.use(await Hearing.read(gpu, model, config)); // without it nothing is heard
  const features = await FeatureCache.open(options.cache, (text) => progress.line(text));
  const catalogue = opened.use(await catalogueOfRun(run, config, { ...options, progress }));
  const n = run.songs.length;
  const sounds = await describeSongs(gpu, catalogue, config, {
    cache: features,
    signal,
    progress: (done) => progress.update(`listening: song ${done} of ${n}`),
  });
  const stream = fold(key(Number(run.config.seed)), "music");
  const cold = run.songs.map((_, song) => song)
    .filter((song) => run.cold[song] === 1 && run.silent[song] === 0);
  const layers = [];
  for (const layer of UNIT_LAYERS) {
    layers.push(
      await analyseLayer(gpu, layer, sounds.map(({ logMel }) => logMel), {
        model,
        config,
        cold,
        songs: run.songs,
        truth: catalogue.truth,
        count,
        key: fold(stream, "units"),
        progress: (done) => progress.update(`asking the units: ${layer}, window ${done}`),
        signal,
      }),
    );
  }
  const genres = cold.map((song) => run.songs[song].genre);
  const page = {
    run,
    count,
    cold,
    layers,
    chance: purityByChance(genres, count),
    outliers: soundOutliers(run, { count: OUTLIERS, key: fold(stream, "others") }),
    neighbours: coldNeighbours(run, NEIGHBOURS),
    tags: await tagsOfRun(gpu, { run, config, catalogue, sounds, cold, progress, signal }),
    filters: await hearing.learntFilters(fold(stream, "strict")),
    synthetic: catalogue.synthetic,
    adapter: gpu.name,
    seconds: tenths(clock.seconds),
  };
  const title = `Music: what run ${basename(path)} has learnt`;
  const command = `deno task music analyse --run ${path} --out ${out}`;
  const text = analysisReport({ ...page, title, command });
  await file.write(text);
  await file.finish();
  progress.line(`report: ${out}`);
  return analysisFacts(page);
}

/** The songs of a run with their sound, checked to be those that it was trained on. */
async function catalogueOfRun(
  { config: settings, songs }: MusicRun,
  config: MusicConfig,
  { run, data, cache, progress, signal }: MusicAnalyseOptions & { readonly progress: Progress },
): Promise<OpenCatalogue> {
  using opened = new DisposableStack();
  const catalogue = opened.use(
    await openCatalogue({
      data: data ?? settings.data as string | undefined,
      config,
      seed: Number(settings.seed),
      cache,
      onBad: settings.onBad === "skip" ? "skip" : "stop",
      progress,
      signal,
    }),
  );
  const other = songs.findIndex(({ id }, song) => catalogue.songs[song]?.id !== id);
  if (other < 0 && catalogue.songs.length === songs.length) {
    opened.move(); // the caller's from here on
    return catalogue;
  }
  throw new InputError(
    `Cannot analyse ${run}`,
    other < 0
      ? `it knows ${songs.length} songs, and there are ${catalogue.songs.length} now`
      : `its song ${other + 1} is "${songs[other].id}", and the data have "${
        catalogue.songs[other]?.id ?? "no such song"
      }" there`,
  );
}

/** What tags are predicted with. */
interface TagsOfRunOptions {
  readonly run: MusicRun;
  readonly config: MusicConfig;
  readonly catalogue: Catalogue;
  readonly sounds: readonly SongSound[];
  readonly cold: readonly number[];
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/** Tags of all songs, and of cold songs alone; nothing where there are no tags. */
async function tagsOfRun(
  gpu: Gpu,
  { run, config, catalogue, sounds, cold, progress, signal }: TagsOfRunOptions,
) {
  const tags = tagsOf(run.songs, catalogue.truth);
  if (!tags) return;
  progress.update("tags: bag of words");
  const stream = fold(key(Number(run.config.seed)), "music");
  const learnt = learntSongs(knownPlays(run), run.silent);
  const { codeWords } = config;
  const words = await wordBags(gpu, sounds, { codeWords, key: stream, learnt, signal });
  const options = {
    features: { plays: run.all.songs, words, heard: run.predicted },
    tags,
    key: fold(stream, "tags"),
    signal,
  };
  const told = (which: string) => (done: number, all: number) =>
    progress.update(`tags of ${which} songs: ${done} of ${all}`);
  return {
    all: await predictTagsBySource(gpu, { ...options, progress: told("all") }),
    cold: await predictTagsBySource(gpu, { ...options, songs: cold, progress: told("cold") }),
  };
}
