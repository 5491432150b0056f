/**
 * The music run: songs and plays in; factors, a network that hears them, a map, and figures out.
 *
 * @module
 */
import { type Gpu, openGpu } from "../../gpu/gpu.ts";
import { fold, type Key, key } from "../../gpu/random.ts";
import { take } from "../../gpu/rows.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { arrays } from "../../nn/data.ts";
import { fit } from "../../nn/fit.ts";
import { mse } from "../../nn/loss.ts";
import { Model } from "../../nn/model.ts";
import { adam } from "../../nn/optimizer.ts";
import { cosine } from "../../nn/schedule.ts";
import { summary } from "../../nn/summary.ts";
import { factorise } from "../../recsys/als.ts";
import type { ScoreItems } from "../../recsys/evaluation.ts";
import { type Interactions, rowLengths } from "../../recsys/interactions.ts";
import { latentMlp } from "../../recsys/latent_networks.ts";
import { fitMetric, metricScores } from "../../recsys/metric_learning.ts";
import { neighbourAgreement } from "../../recsys/neighbour_agreement.ts";
import { unitRows } from "../../recsys/sound_windows.ts";
import { tsne } from "../../recsys/tsne.ts";
import { usagePatterns } from "../../recsys/usage_patterns.ts";
import { Pace, Progress, tenths } from "../run/progress.ts";
import { Interrupted, RunFolder, VERSION } from "../run/run_folder.ts";
import type { Catalogue } from "./catalogue.ts";
import type { MusicConfig } from "./config.ts";
import { FeatureCache } from "./feature_cache.ts";
import { Hearing, hearingNetwork } from "./hearing.ts";
import { type ImportedFactors, importFactors } from "./import_factors.ts";
import { objectiveOf } from "./objective.ts";
import { openCatalogue } from "./open_catalogue.ts";
import { leakNote, type MusicResult, type Row, type RowName } from "./result.ts";
import { ridgeFactors } from "./ridge_regressor.ts";
import { musicReport } from "./report.ts";
import { type Factors, knownPlays, type MusicRun, writeMusicRun } from "./run_files.ts";
import {
  artistDiversity,
  byFactors,
  byPopularity,
  makeTrial,
  meanPrecisionByDecile,
  randomFactors,
  scoreTrial,
  shuffledFactors,
  type Trial,
} from "./scores.ts";
import { describeSongs, type SongSound } from "./spectrograms.ts";
import { coldSongs, playedSongs } from "./split.ts";
import { wordBags } from "./word_bags.ts";

/** What a run is given. */
export interface MusicTrainOptions {
  /** Folder of songs and plays; without it the run makes synthetic ones, once. */
  readonly data?: string;
  /** Settings, at best from a preset. */
  readonly config: MusicConfig;
  /** Seed of everything random; it names the synthetic songs, too. */
  readonly seed: number;
  /** Folder of the run. */
  readonly out: string;
  /**
   * Folder of factors computed elsewhere, or `factors/` of an earlier run: `songs.txt`, `listeners.txt`,
   * `strict_songs.npy`, `strict_listeners.npy`. They stand for the factorisation of known plays, and
   * `all_songs.npy` with `all_listeners.npy`, where they are there, for that of all plays. Without it
   * both are factorised here.
   */
  readonly factorsFrom?: string;
  /**
   * Folder where synthetic sound is kept, and what all songs sound like in numbers (in
   * `music-features`, 29 kB a second of sound), so that the next run on them begins at once.
   */
  readonly cache: string;
  /** Go on with the run in `out`. */
  readonly resume?: boolean;
  /** Overwrite the run in `out`. */
  readonly force?: boolean;
  /** What to do with a bad file. Default `stop`. */
  readonly onBad?: "stop" | "skip";
  /** Where progress is shown. Default stderr. */
  readonly progress?: Progress;
  /** Ends the run; the network's training goes on from its last checkpoint with `resume`. */
  readonly signal?: AbortSignal;
  /** The device; opened and closed by the run where there is none. */
  readonly gpu?: Gpu;
}

/**
 * Factorises, learns, scores and writes the folder of a run.
 *
 * @throws {InputError} when the data or the folder cannot be used
 * @throws {Interrupted} when the signal ended it
 */
export async function trainMusic(options: MusicTrainOptions): Promise<MusicResult> {
  const { progress = new Progress(), signal } = options;
  const settings = runConfig(options);
  const access = { resume: options.resume ?? false, force: options.force ?? false };
  await RunFolder.check(options.out, settings, access);
  const earlier = access.resume ? await RunFolder.finished<MusicResult>(options.out) : undefined;
  if (earlier) {
    progress.line(`${options.out} is finished already`);
    return earlier;
  }
  try {
    return await new MusicTraining(options, settings, progress).run();
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
    throw new Interrupted(`Interrupted: go on with --resume (${options.out})`);
  }
}

/** Everything that decides the run, as `config.json` keeps it. */
export function runConfig(options: MusicTrainOptions): Record<string, unknown> {
  const { data, factorsFrom, config, seed, onBad = "stop" } = options;
  return { task: "music", version: VERSION, seed, data, factorsFrom, onBad, ...config };
}

/** A run under way. */
class MusicTraining {
  readonly #options: MusicTrainOptions;
  readonly #settings: Record<string, unknown>;
  readonly #progress: Progress;
  readonly #key: Key;
  readonly #rows: Partial<Record<RowName, Row>> = {};
  readonly #timings: Record<string, number> = {};

  constructor(options: MusicTrainOptions, settings: Record<string, unknown>, progress: Progress) {
    this.#options = options;
    this.#settings = settings;
    this.#progress = progress;
    this.#key = fold(key(options.seed), "music");
  }

  async run(): Promise<MusicResult> {
    const { config, signal } = this.#options;
    const clock = new Pace();
    const catalogue = await this.#timed(
      "songs",
      () => openCatalogue({ ...this.#options, progress: this.#progress }),
    );
    const cold = coldSongs(catalogue.songs, { ...config, key: this.#key });
    const imported = await this.#import(catalogue, cold);
    const folder = await RunFolder.open(this.#options.out, this.#settings, {
      resume: this.#options.resume ?? false,
      force: this.#options.force ?? false,
    });
    await using opened = new AsyncDisposableStack();
    const gpu = this.#options.gpu ?? opened.use(await openGpu());
    const trial = makeTrial(catalogue.plays, cold);
    this.#describe(catalogue, trial, gpu);
    const n = catalogue.songs.length;
    const features = await FeatureCache.open(
      this.#options.cache,
      (text) => this.#progress.line(text),
    );
    const sounds = await this.#timed("spectrograms", () =>
      describeSongs(gpu, catalogue, config, {
        cache: features,
        signal,
        progress: (done) => this.#progress.update(`listening: song ${done} of ${n}`),
      }));
    const known = knownPlays({ plays: catalogue.plays, cold });
    const [strict, all] = await this.#timed("factors", async () => [
      imported?.strict ?? await this.#factorise(gpu, known, "known plays"),
      imported?.all ?? await this.#factorise(gpu, catalogue.plays, "all plays"),
    ]);
    const learnt = playedSongs(known);
    const parts = { gpu, catalogue, trial, known, strict, all, imported, learnt, sounds, folder };
    await this.#timed("baselines", () => this.#baselines(parts));
    const { predicted, filters } = await this.#timed("network", () => this.#networks(parts));
    const map = await this.#timed("map", () => this.#map(gpu, catalogue, strict, predicted));
    const run: MusicRun = {
      config: this.#settings,
      songs: catalogue.songs,
      listeners: catalogue.listeners,
      cold,
      plays: catalogue.plays,
      strict,
      all,
      predicted,
      map: map.embedding,
    };
    await writeMusicRun(folder, run);
    const result = this.#result(parts, predicted, map, clock);
    const title = `Music: run ${folder.path.split(/[\\/]/).at(-1)}`;
    await folder.write("report.html", musicReport({ title, run, result, filters }));
    this.#progress.line(`report: ${folder.file("report.html")}`);
    await folder.writeJson("result.json", result); // last: a folder with a result is a whole one
    return result;
  }

  async #timed<T>(name: string, work: () => Promise<T>): Promise<T> {
    const pace = new Pace();
    const result = await work();
    this.#timings[name] = tenths(pace.seconds);
    return result;
  }

  #describe({ songs, listeners, plays, synthetic }: Catalogue, trial: Trial, gpu: Gpu): void {
    const kind = synthetic ? "synthetic songs" : "songs";
    this.#progress.line(
      `${songs.length} ${kind}, ${trial.candidates.length} of them cold; ${listeners.length} ` +
        `listeners, ${plays.byUser.indices.length} pairs with plays; running on ${gpu.name}`,
    );
  }

  async #import({ songs, listeners, plays }: Catalogue, cold: Uint8Array) {
    const { factorsFrom, config: { factors } } = this.#options;
    if (factorsFrom === undefined) return;
    const imported = await importFactors(factorsFrom, { songs, listeners, plays, cold, factors });
    const kinds = imported.all ? "known and of all plays" : "known plays";
    this.#progress.line(`factors of ${kinds} imported from ${factorsFrom}`);
    if (imported.coldKnown > 0) this.#progress.line(leakNote(imported.coldKnown));
    return imported;
  }

  async #factorise(gpu: Gpu, plays: Interactions, what: string): Promise<Factors> {
    const { factors, alpha, epsilon, regularisation, sweeps } = this.#options.config;
    const { users, items } = await factorise(gpu, plays, {
      factors,
      alpha,
      epsilon,
      regularisation,
      sweeps,
      key: fold(this.#key, "factors"),
      signal: this.#options.signal,
      progress: ({ sweep }) =>
        this.#progress.update(`factorising ${what}: sweep ${sweep} of at most ${sweeps}`),
    });
    return { listeners: users, songs: items };
  }

  #score(name: RowName, trial: Trial, scores: ScoreItems): void {
    const { meanAveragePrecision: map, auc, ndcg } = scoreTrial(trial, scores);
    this.#rows[name] = { map, auc, ndcg };
  }

  async #baselines(parts: Parts): Promise<void> {
    const { gpu, catalogue, trial, known, strict, all, learnt, sounds } = parts;
    const { candidates, test } = trial;
    const by = (listeners: NdArray, songs: NdArray) => byFactors(listeners, songs, candidates);
    const shape = strict.songs.shape;
    this.#score("random", trial, by(strict.listeners, randomFactors(shape, this.#key)));
    this.#score("popularity", trial, byPopularity(known));
    this.#score("popularityOracle", trial, byPopularity(test));
    this.#score("bound", trial, by(all.listeners, all.songs));
    const targets = unitRows(strict.songs);
    if (catalogue.truth) {
      const heard = ridgeFactors(catalogue.truth.audible, targets, {
        songs: learnt,
        key: this.#key,
      });
      this.#score("parameters", trial, by(strict.listeners, heard));
    }
    this.#progress.update("baselines: bag of words");
    const words = await wordBags(gpu, sounds, {
      codeWords: this.#options.config.codeWords,
      key: this.#key,
      learnt,
      signal: this.#options.signal,
    });
    this.#progress.update("baselines: ridge, perceptron, metric");
    const ridge = ridgeFactors(words, targets, { songs: learnt, key: this.#key });
    this.#score("ridge", trial, by(strict.listeners, ridge));
    const perceptron = await this.#perceptron(gpu, words, targets, learnt);
    this.#score("mlp", trial, by(strict.listeners, perceptron));
    const metric = await fitMetric(words, known, {
      key: fold(this.#key, "metric"),
      signal: this.#options.signal,
    });
    this.#score("metric", trial, metricScores(metric, words, known));
  }

  /** The one hidden layer of the 2013 paper. */
  async #perceptron(gpu: Gpu, words: NdArray<Float32Array>, targets: NdArray, learnt: Uint32Array) {
    const { signal, config } = this.#options;
    const network = latentMlp({ factors: config.factors, dropout: config.dropout });
    const scaled = unitScaled(words, learnt);
    const model = new Model(gpu, network, {
      inputShape: [words.shape[1]],
      key: fold(this.#key, "perceptron"),
    });
    using _model = model;
    const data = arrays({ x: take(scaled, learnt), target: take(targets, learnt) });
    const batchSize = Math.min(config.batchSize, data.length);
    const steps = config.epochs * Math.ceil(data.length / batchSize);
    const reports = fit(model, {
      data,
      loss: mse(),
      optimizer: adam(),
      schedule: cosine({ rate: config.learningRate, total: steps }),
      steps,
      batchSize,
      key: fold(this.#key, "perceptron training"),
      signal,
    });
    for await (const { ended } of reports) if (ended === "signal") signal!.throwIfAborted();
    return await model.predict(scaled, { signal });
  }

  /** The network of the strict protocol, of which it returns what it says, and that of the paper. */
  async #networks(parts: Parts) {
    const { gpu, trial, strict, all, folder, sounds } = parts;
    const spectrograms = sounds.map(({ logMel }) => logMel);
    const { candidates } = trial;
    using hearing = await this.#learn(parts, spectrograms, strict, "strict");
    await hearing.write(folder.file("model.safetensors"));
    const predicted = await hearing.predict(spectrograms);
    this.#score("content", trial, byFactors(strict.listeners, predicted, candidates));
    const shuffled = shuffledFactors(predicted, candidates, this.#key);
    this.#score("shuffled", trial, byFactors(strict.listeners, shuffled, candidates));
    gpu.pool.trim();
    using leaking = await this.#learn(parts, spectrograms, all, "paper");
    const leaked = await leaking.predict(spectrograms);
    this.#score("paper", trial, byFactors(all.listeners, leaked, candidates));
    return { predicted, filters: await hearing.learntFilters(fold(this.#key, "strict")) };
  }

  async #learn(
    { gpu, learnt, folder, known, catalogue }: Parts,
    spectrograms: readonly NdArray<Float32Array>[],
    factors: Factors,
    protocol: "strict" | "paper",
  ): Promise<Hearing> {
    const { config, signal, resume = false } = this.#options;
    const plays = protocol === "strict" ? known : catalogue.plays;
    const path = folder.file(`${protocol === "paper" ? "paper_" : ""}checkpoint.safetensors`);
    return await Hearing.learn(gpu, {
      spectrograms,
      songs: learnt,
      ...objectiveOf(config, { factors, plays, songs: learnt }),
      config,
      key: fold(this.#key, protocol),
      checkpoint: {
        path,
        resume,
        resumed: (step) => folder.truncateMetrics(step, { protocol }),
      },
      signal,
      progress: async ({ step, steps, loss }) => {
        const isKnown = !Number.isNaN(loss); // a network that was learnt before the interruption has none
        const rounded = isKnown ? `, loss ${loss.toPrecision(4)}` : "";
        this.#progress.update(`network, ${protocol}: step ${step} of ${steps}${rounded}`);
        if (isKnown) await folder.log({ protocol, step, loss });
      },
    });
  }

  async #map(gpu: Gpu, catalogue: Catalogue, strict: Factors, predicted: NdArray<Float32Array>) {
    const patterns = usagePatterns(strict.listeners, predicted);
    const iterations = this.#options.config.mapIterations;
    const { embedding, kl } = await tsne(gpu, patterns, {
      key: fold(this.#key, "map"),
      iterations,
      signal: this.#options.signal,
      progress: (done) => this.#progress.update(`map: iteration ${done} of ${iterations}`),
    });
    const genres = [...new Set(catalogue.songs.map(({ genre }) => genre))];
    const labels = catalogue.songs.map(({ genre }) => genres.indexOf(genre));
    const { agreement, chance } = neighbourAgreement(embedding, labels, 10);
    return { embedding, agreement, chance, divergence: kl };
  }

  #result(
    { gpu, catalogue, trial, strict, learnt, imported }: Parts,
    predicted: NdArray<Float32Array>,
    { agreement, chance, divergence }: { agreement: number; chance: number; divergence: number },
    clock: Pace,
  ): MusicResult {
    const { config } = this.#options;
    const { songs, listeners, plays, synthetic, badFiles } = catalogue;
    const content = byFactors(strict.listeners, predicted, trial.candidates);
    const rows = this.#rows as Record<RowName, Row>;
    const map = (name: RowName) => rows[name].map;
    return {
      map: map("content"),
      auc: rows.content.auc,
      rows,
      baselines: {
        random: map("random"),
        popularity: map("popularity"),
        shuffled: map("shuffled"),
        ridge: map("ridge"),
        bound: map("bound"),
      },
      byPopularity: meanPrecisionByDecile(trial, content)
        .map((value) => Number.isNaN(value) ? null : value),
      artistDiversity: artistDiversity(trial, content, songs.map(({ artist }) => artist)),
      map2d: { agreement, chance, divergence },
      trainSongs: learnt.length,
      coldSongs: trial.candidates.length,
      listeners: listeners.length,
      scoredListeners: rowLengths(trial.test.byUser).filter((songs) => songs > 0).length,
      density: plays.byUser.indices.length / (plays.users * plays.items),
      parameters: summary(hearingNetwork(config), [config.frames, config.bands]).parameters,
      objective: config.objective,
      ...(imported && {
        importedFactors: {
          from: this.#options.factorsFrom!,
          all: imported.all !== undefined,
          coldKnown: imported.coldKnown,
        },
      }),
      synthetic,
      badFiles,
      seconds: tenths(clock.seconds),
      timings: this.#timings,
      adapter: gpu.name,
    };
  }
}

/** What the steps of a run share. */
interface Parts {
  readonly gpu: Gpu;
  readonly catalogue: Catalogue;
  readonly trial: Trial;
  /** Plays of songs that are not cold. */
  readonly known: Interactions;
  readonly strict: Factors;
  readonly all: Factors;
  readonly imported?: ImportedFactors;
  /** Songs with known plays, which are learnt from. */
  readonly learnt: Uint32Array;
  readonly sounds: readonly SongSound[];
  readonly folder: RunFolder;
}

/** Features as a perceptron likes them: divided by the root mean square of all, over `rows`. */
function unitScaled(features: NdArray<Float32Array>, rows: Uint32Array): NdArray<Float32Array> {
  const { data } = take(features, rows);
  const square = data.reduce((sum, value) => sum + value * value, 0) / data.length;
  const scale = square > 0 ? 1 / Math.sqrt(square) : 1;
  return ndarray(features.shape, features.data.map((value) => value * scale));
}
