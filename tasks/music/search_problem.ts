/**
 * What a search for good settings of the music run tries, and how it scores a trial.
 *
 * @module
 */
import type { Gpu } from "../../gpu/gpu.ts";
import { fold, key } from "../../gpu/random.ts";
import { fitFactors } from "../../recsys/als.ts";
import { InputError } from "../../files/input_error.ts";
import type { StudyPlan } from "../study/plan.ts";
import {
  openOnDevice,
  type OpenProblem,
  type StudyProblem,
  type Trial,
  type TrialOutcome,
} from "../study/problem.ts";
import { dataFingerprint } from "../study/fingerprint.ts";
import { range, type SearchSpace, type Settings } from "../study/space.ts";
import type { Catalogue } from "./catalogue.ts";
import { checked } from "../run/settings.ts";
import { MOST_FACTORS, MUSIC_SETTINGS, type MusicConfig, OBJECTIVES } from "./config.ts";
import { FeatureCache } from "./feature_cache.ts";
import { Hearing } from "./hearing.ts";
import { withoutSongs } from "./catalogue.ts";
import { AUDIO_FOLDER, MISMATCHES, TRAINING_PLAYS } from "./layout.ts";
import { SONG_TABLE } from "./song_table.ts";
import { SOUNDS } from "./sound_files.ts";
import { objectiveOf } from "./objective.ts";
import { openCatalogue } from "./open_catalogue.ts";
import { knownPlays } from "./run_files.ts";
import { byFactors, makeTrial, scoreRow } from "./scores.ts";
import { describeSongs } from "./spectrograms.ts";
import { coldSongs, learntSongs } from "./split.ts";

/**
 * The ranges of a first round: from half to twice the preset's factors and epochs, and for all else
 * what papers and experience name. Compression has a few values only, as spectrograms of each are
 * kept on disk.
 */
export function musicSpace(
  { factors, epochs }: Pick<MusicConfig, "factors" | "epochs">,
): SearchSpace {
  return {
    learningRate: range.logUniform(2e-4, 5e-3),
    dropout: range.uniform(0, 0.6),
    epochs: range.rounded(epochs / 2, 2 * epochs),
    windowsPerSong: range.choice(1, 2, 4),
    batchSize: range.choice(16, 32, 64),
    objective: range.choice(...OBJECTIVES),
    factors: range.whole(Math.ceil(factors / 2), Math.min(2 * factors, MOST_FACTORS)),
    alpha: range.logUniform(0.5, 20),
    regularisation: range.logUniform(0.1, 100),
    compression: range.choice(1e2, 1e3, 1e4, 1e5),
  };
}

/** A configuration as it comes from a study's file. */
function configOfPlan({ config }: Pick<StudyPlan, "config">): MusicConfig {
  return checked(MUSIC_SETTINGS, config);
}

/** What the trials of a study learn from and are scored on. */
export interface StudySongs {
  /** The songs that a run with the study's seed and shares knows: its cold ones are not there. */
  readonly catalogue: Catalogue;
  /** 1 for the songs of it that a trial may not learn from and finds by their sound, `[songs]`. */
  readonly validation: Uint8Array;
}

/**
 * Takes the songs away that a run with this seed hides, so that no trial can be chosen by them, and
 * hides as large a part of the rest, the same for all trials, to score trials on.
 *
 * @throws {InputError} when nobody plays a hidden one
 */
export function studySongs(
  all: Catalogue,
  config: Pick<MusicConfig, "cold" | "coldByArtist">,
  seed: number,
): StudySongs {
  const stream = fold(key(seed), "music"); // as of a run
  const catalogue = withoutSongs(all, coldSongs(all.songs, { ...config, key: stream }));
  const validation = coldSongs(catalogue.songs, { ...config, key: fold(stream, "search") });
  const { test, candidates } = makeTrial(catalogue.plays, validation);
  if (test.byUser.indices.length > 0) return { catalogue, validation };
  throw new InputError(
    "Cannot search",
    `${candidates.length} of ${catalogue.songs.length} known songs are there to score trials on, ` +
      "and none has plays, expected some",
  );
}

/** The study of the music task. */
export const problem: StudyProblem = {
  task: "music",
  goal: { figure: "map", better: "higher" },
  space: (config) => musicSpace(configOfPlan({ config })),
  fingerprint: (data) =>
    dataFingerprint(data, {
      tables: [TRAINING_PLAYS, `${TRAINING_PLAYS}.gz`, SONG_TABLE, MISMATCHES],
      sets: [AUDIO_FOLDER],
      kind: SOUNDS,
    }),
  open: async (plan, { data, cache = "cache", progress, signal }): Promise<OpenProblem> => {
    const config = configOfPlan(plan);
    return await openOnDevice(async (gpu, opened) => {
      const features = await FeatureCache.open(cache, (text) => progress.line(text));
      const all = opened.use( // trials listen to its songs
        await openCatalogue({
          data,
          config,
          seed: plan.seed,
          cache,
          onBad: plan.onBad,
          progress,
          signal,
        }),
      );
      const songs = studySongs(all, config, plan.seed);
      return (trial, signal) => runTrial({ gpu, features, config, ...songs }, trial, signal);
    });
  },
};

/** What trials have in common. */
export interface TrialContext extends StudySongs {
  /** The device. */
  readonly gpu: Gpu;
  /** Where spectrograms are kept. */
  readonly features?: FeatureCache;
  /** What trials leave as it is. */
  readonly config: MusicConfig;
}

/**
 * Factorises plays, learns the network of the strict protocol with a trial's settings and scores it
 * on the validation songs: mean average precision at 500 and the area under the ROC curve.
 */
export async function runTrial(
  { gpu, features, config, catalogue, validation }: TrialContext,
  trial: Pick<Trial, "settings" | "key">,
  signal?: AbortSignal,
): Promise<TrialOutcome> {
  const settings = trialConfig(config, trial.settings);
  const sounds = await describeSongs(gpu, catalogue, settings, { cache: features, signal });
  const spectrograms = sounds.map(({ logMel }) => logMel);
  const plays = knownPlays({ plays: catalogue.plays, cold: validation });
  const { factors, alpha, epsilon, regularisation, sweeps } = settings;
  const { users: listeners, items } = await fitFactors(gpu, plays, {
    factors,
    alpha,
    epsilon,
    regularisation,
    sweeps,
    key: fold(trial.key, "factors"),
    signal,
  });
  const songs = learntSongs(plays, catalogue.silent);
  using hearing = await Hearing.learn(gpu, {
    spectrograms,
    songs,
    ...objectiveOf(settings, { factors: { listeners, songs: items }, plays, songs }),
    config: settings,
    key: fold(trial.key, "network"),
    signal,
  });
  const predicted = await hearing.predict(spectrograms, { signal });
  gpu.trim(); // the next trial's tensors have other sizes
  const scored = makeTrial(catalogue.plays, validation);
  const { map, auc } = scoreRow(
    scored,
    byFactors(listeners, predicted, scored.candidates),
  );
  return { figures: { map, auc } };
}

function trialConfig(config: MusicConfig, settings: Settings): MusicConfig {
  return checked(MUSIC_SETTINGS, { ...config, ...settings });
}
