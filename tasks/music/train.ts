/**
 * The music run: songs and plays in; factors, a network that hears them, a map, and figures out.
 *
 * @module
 */
import { fold, type Key, key as seedKey } from "../../gpu/random.ts";
import { take } from "../../gpu/rows.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { summary } from "../../nn/summary.ts";
import { fitFactors } from "../../recsys/als.ts";
import { type Interactions, rowLengths } from "../../recsys/interactions.ts";
import { neighbourAgreement } from "../../recsys/neighbour_agreement.ts";
import { fitTsne } from "../../recsys/tsne.ts";
import { usagePatterns } from "../../recsys/usage_patterns.ts";
import type { Progress } from "../run/progress.ts";
import { runSeeds, type SeedsOptions, type SeedsResult } from "../run/seeds.ts";
import { type RunOptions, runSettings, runTask, type TaskRun } from "../run/task_run.ts";
import { type BaselineRows, scoreBaselines } from "./baselines.ts";
import type { Catalogue } from "./catalogue.ts";
import type { MusicConfig } from "./config.ts";
import { FeatureCache } from "./feature_cache.ts";
import { hearingNetwork } from "./hearing.ts";
import { chosenFactors, type ImportedFactors, readFactorFiles } from "./import_factors.ts";
import { type Heard, learnNetworks } from "./networks.ts";
import { openCatalogue } from "./open_catalogue.ts";
import { musicReport } from "./report.ts";
import { leakNote, type MusicResult } from "./result.ts";
import { type Factors, knownPlays, type MusicRun, writeMusicRun } from "./run_files.ts";
import {
  artistDiversity,
  byFactors,
  makeTrial,
  meanPrecisionByDecile,
  type Trial,
} from "./scores.ts";
import { describeSongs } from "./spectrograms.ts";
import { coldSongs, learntSongs } from "./split.ts";
import { MUSIC, type MusicPhase } from "./task.ts";
import type { MusicTraining } from "./training.ts";

/**
 * What a run is given. The seed names the synthetic songs, too; the cache keeps what all songs sound
 * like in numbers (in `music-features`, 29 kB a second of sound), so that the next run on them begins
 * at once.
 */
export interface MusicTrainOptions extends RunOptions<MusicConfig> {
  /**
   * Folder of factors computed elsewhere, or `factors/` of an earlier run: `songs.txt`, `listeners.txt`,
   * `strict_songs.npy`, `strict_listeners.npy`. They stand for the factorisation of known plays, and
   * `all_songs.npy` with `all_listeners.npy`, where they are there, for that of all plays. Without it
   * both are factorised here.
   */
  readonly factorsFrom?: string;
}

/**
 * Factorises, learns, scores and writes the folder of a run. One that is interrupted while a network
 * learns goes on from the last checkpoint.
 *
 * @throws {InputError} when the data or the folder cannot be used
 * @throws {Interrupted} when the signal ended it
 */
export async function trainMusic(options: MusicTrainOptions): Promise<MusicResult> {
  const { config, factorsFrom } = options;
  const key = fold(seedKey(options.seed), "music");
  return await runTask(MUSIC, options, runSettings(MUSIC, options, { factorsFrom }), {
    open: async (run) => {
      const { progress } = run;
      // What is needed after hours is tried now.
      const features = await FeatureCache.open(options.cache, (text) => progress.line(text));
      const files = factorsFrom === undefined
        ? undefined
        : await readFactorFiles(factorsFrom, config.factors);
      const catalogue = run.use(
        await run.time("songs", () => openCatalogue({ ...options, progress })),
      );
      const cold = coldSongs(catalogue.songs, { ...config, key });
      const imported = files && chosenFactors(files, { ...catalogue, cold });
      if (imported) describeImported(progress, imported, factorsFrom!);
      return { features, catalogue, cold, imported };
    },
    work: async (run, { features, catalogue, cold, imported }) => {
      const trial = makeTrial(catalogue.plays, cold);
      describeCatalogue(run, catalogue, trial);
      const sounds = await run.time(
        "spectrograms",
        () => hearSongs(run, config, features, catalogue),
      );
      const known = knownPlays({ plays: catalogue.plays, cold });
      const factors = await run.time("factors", async () => ({
        strict: imported?.strict ?? await factorsOf(run, config, key, known, "known plays"),
        all: imported?.all ?? await factorsOf(run, config, key, catalogue.plays, "all plays"),
      }));
      const learnt = learntSongs(known, catalogue.silent);
      const training = { run, config, key, catalogue, trial, known, learnt, sounds, ...factors };
      const baselines = await run.time("baselines", () => scoreBaselines(training));
      const heard = await run.time("network", () => learnNetworks(training));
      const map = await run.time("map", () => mapOf(training, heard.predicted));
      const { songs, listeners, plays, played, use, silent } = catalogue;
      const written: MusicRun = {
        ...factors,
        config: run.settings,
        ...{ songs, listeners, plays, played, use, silent },
        cold,
        predicted: heard.predicted,
        map: map.embedding,
      };
      await writeMusicRun(run.folder, written);
      const result = {
        ...figures(training, baselines, heard, map),
        ...(imported && { importedFactors: provenance(imported, factorsFrom!) }),
      };
      const title = `Music: run ${run.folder.path.split(/[\\/]/).at(-1)}`;
      const { filters } = heard;
      return { result, page: musicReport({ title, run: written, result, filters }) };
    },
  });
}

/** Figures of the rows over several runs. */
export type MusicSeedsResult = SeedsResult<MusicResult, Pick<MusicResult, "map" | "auc" | "rows">>;

/** Trains with several seeds, see {@linkcode runSeeds}. */
export async function trainMusicSeeds(
  options: SeedsOptions<MusicTrainOptions>,
): Promise<MusicSeedsResult> {
  return await runSeeds(MUSIC, options, trainMusic, ({ map, auc, rows }) => ({ map, auc, rows }));
}

function describeCatalogue(
  { progress, gpu }: TaskRun<MusicPhase>,
  { songs, listeners, plays, synthetic }: Catalogue,
  { candidates }: Trial,
): void {
  const kind = synthetic ? "synthetic songs" : "songs";
  progress.line(
    `${songs.length} ${kind}, ${candidates.length} of them cold; ${listeners.length} ` +
      `listeners, ${plays.byUser.indices.length} pairs with plays; running on ${gpu.name}`,
  );
}

function describeImported(
  progress: Progress,
  { all, coldKnown }: ImportedFactors,
  from: string,
): void {
  const kinds = all ? "known and of all plays" : "known plays";
  progress.line(`factors of ${kinds} imported from ${from}`);
  if (coldKnown > 0) progress.line(leakNote(coldKnown));
}

function provenance({ all, coldKnown }: ImportedFactors, from: string) {
  return { from, all: all !== undefined, coldKnown };
}

async function hearSongs(
  { gpu, progress, signal }: TaskRun<MusicPhase>,
  config: MusicConfig,
  cache: FeatureCache,
  catalogue: Catalogue,
) {
  return await describeSongs(gpu, catalogue, config, {
    cache,
    signal,
    progress: (done) => progress.update(`listening: song ${done} of ${catalogue.songs.length}`),
  });
}

async function factorsOf(
  { gpu, progress, signal }: TaskRun<MusicPhase>,
  { factors, alpha, epsilon, regularisation, sweeps }: MusicConfig,
  key: Key,
  plays: Interactions,
  what: string,
): Promise<Factors> {
  const { users, items } = await fitFactors(gpu, plays, {
    factors,
    alpha,
    epsilon,
    regularisation,
    sweeps,
    key: fold(key, "factors"),
    signal,
    report: ({ sweep }) =>
      progress.update(`factorising ${what}: sweep ${sweep} of at most ${sweeps}`),
  });
  return { listeners: users, songs: items };
}

/** Songs near which the network thinks the same people play. */
async function mapOf(
  { run: { gpu, progress, signal }, config, key, catalogue, strict, trial }: MusicTraining,
  predicted: NdArray<Float32Array>,
) {
  const { mapIterations: iterations } = config;
  const { embedding, kl } = await fitTsne(gpu, usagePatterns(strict.listeners, predicted), {
    key: fold(key, "map"),
    iterations,
    signal,
    progress: (done) => progress.update(`map: iteration ${done} of ${iterations}`),
  });
  return { embedding, ...genresOnMap(catalogue, embedding, trial.candidates), divergence: kl };
}

/**
 * How often songs that lie near on the map share the genre: of all songs, to most of which the network
 * was fitted, and of cold songs, which it does not know. Songs of no genre count for nothing.
 */
function genresOnMap({ songs }: Catalogue, map: NdArray<Float32Array>, cold: Uint32Array) {
  const told = songs.map((_, song) => song).filter((song) => songs[song].genre !== "");
  if (told.length < 2) return {};
  const labels = told.map((song) => songs[song].genre);
  const places = take(map, told);
  const nearest = Math.min(NEAREST, told.length - 1);
  const { agreement, chance } = neighbourAgreement(places, labels, nearest);
  const isCold = new Set(cold);
  const of = told.flatMap((song, at) => isCold.has(song) ? [at] : []);
  if (of.length === 0) return { agreement, chance };
  const unknown = neighbourAgreement(places, labels, nearest, { of });
  return { agreement, chance, cold: { agreement: unknown.agreement, chance: unknown.chance } };
}

/** Songs on the map that count as near. */
const NEAREST = 10;

function figures(
  { run, config, catalogue, trial, strict, learnt }: MusicTraining,
  baselines: BaselineRows,
  { rows: networks, predicted }: Heard,
  { agreement, chance, cold, divergence }: MusicResult["map2d"],
): MusicResult {
  const { songs, listeners, plays, synthetic, badFiles } = catalogue;
  const content = byFactors(strict.listeners, predicted, trial.candidates);
  const rows = { ...baselines, ...networks };
  return {
    map: rows.content.map,
    auc: rows.content.auc,
    rows,
    baselines: {
      random: rows.random.map,
      popularity: rows.popularity.map,
      shuffled: rows.shuffled.map,
      ridge: rows.ridge.map,
      bound: rows.bound.map,
    },
    byPopularity: meanPrecisionByDecile(trial, content)
      .map((value) => Number.isNaN(value) ? null : value),
    artistDiversity: artistDiversity(trial, content, songs.map(({ artist }) => artist)),
    map2d: { agreement, chance, cold, divergence },
    trainSongs: learnt.length,
    coldSongs: trial.candidates.length,
    listeners: listeners.length,
    scoredListeners: rowLengths(trial.test.byUser).filter((songs) => songs > 0).length,
    density: plays.byUser.indices.length / (plays.users * plays.items),
    parameters: summary(hearingNetwork(config), [config.frames, config.bands]).parameters,
    objective: config.objective,
    synthetic,
    badFiles,
    seconds: run.seconds,
    timings: run.timings,
    adapter: run.gpu.name,
  };
}
