/**
 * The settings of a whale run and its presets.
 *
 * @module
 */
import { mismatch } from "../../gpu/check.ts";
import {
  checked,
  defaultsOf,
  isSearch,
  type Need,
  needs,
  type TaskSettings,
} from "../run/settings.ts";
import { UsageError } from "../run/usage_error.ts";
import {
  decimal,
  flag,
  listOf,
  oneOf,
  type Pair,
  type Value,
  type ValuesOf,
  whole,
  wholes,
} from "../run/value.ts";
import { FOLD_KINDS } from "../study/folds.ts";

/** Names of the classifiers. */
export const CLASSIFIERS = ["svm", "logistic", "forest", "boosting"] as const;

/** One of {@linkcode CLASSIFIERS}. */
export type ClassifierName = (typeof CLASSIFIERS)[number];

/** Whether a word names a classifier. */
export function isClassifier(name: string | undefined): name is ClassifierName {
  return CLASSIFIERS.some((known) => known === name);
}

/** How a clip becomes an image. */
export const FRONT_TABLE = {
  windowLength: whole(8, 1024, "samples of a spectrogram's frame, at 1 kHz").or(128),
  redundancy: whole(1, 16, "frames that cover each sample: the hop is the window over this").or(2),
  compression: decimal(
    1e-3,
    1e9,
    "C of ln(1 + C S): where the spectrogram turns from linear to logarithmic",
  ).or(1.645),
  contrast: flag("whether contrast is normalised locally").or(true),
  meanSigma: decimal(
    0.1,
    100,
    "deviation of the window that the local mean is taken in, in frames and bins",
  ).or(5.016),
  deviationSigma: decimal(
    0.1,
    100,
    "deviation of the window that the local variance is taken in, in frames and bins",
  ).or(3.635),
};

/** How a dictionary is learnt and clips are encoded with it; what a search varies. */
export const FEATURE_TABLE = {
  ...FRONT_TABLE,
  patchBins: whole(1, 513, "height of a patch, in frequency bins").or(43),
  patchFrames: whole(1, 250, "width of a patch, in frames").or(7),
  retain: decimal(1e-6, 1, "part of the patches' variance that whitening keeps").or(0.99786),
  parity: flag("whether components are counted as in 2013: one fewer, all where none is left"),
  whiteningBias: decimal(0, 1e6, "added to each variance before it is whitened").or(1e-4),
  patches: whole(2, 1e7, "patches that the dictionary is learnt from").or(40_000),
  filters: whole(1, 8192, "centroids of the dictionary").or(200),
  iterations: whole(1, 1000, "passes of K-means over the patches").or(20),
  oneHot: flag("whether codes of K-means are 1 instead of the dot product"),
  encoder: oneOf(["linear", "soft", "triangle", "hard"], "codes of clips").or("linear"),
  threshold: decimal(-1e6, 1e6, "what a response must pass, for encoder soft").or(0),
};

/** A setting that the models of a blend may differ in. */
function perModel<T>(setting: Value<T, never>, values: readonly T[]): Value<readonly T[], never> {
  return listOf(setting, `${setting.about}; of each model, or one for all`).or(values);
}

/**
 * Where the models of a blend differ: the best of 2013, and the two best of a search of 20 trials on
 * synthetic clips of seed 11, 1,500 to learn from in four folds, with their numbers rounded.
 */
const MODELS_TABLE = {
  redundancy: perModel(FEATURE_TABLE.redundancy, [2, 2, 4]),
  contrast: perModel(FEATURE_TABLE.contrast, [true, false, false]),
  patchBins: perModel(FEATURE_TABLE.patchBins, [43, 56, 59]),
  patchFrames: perModel(FEATURE_TABLE.patchFrames, [7, 10, 8]),
  retain: perModel(FEATURE_TABLE.retain, [0.99786, 0.95, 0.999]),
};

/** Most models of a blend. */
const MOST_MODELS = 3;

/** Every setting, with the preset `small` as default: the best of 2013, with 40 % of its patches. */
export const WHALE_TABLE = {
  ...FEATURE_TABLE,
  ...MODELS_TABLE,
  zeroPhase: flag("whether clips are filtered both ways before every second sample is dropped"),
  members: whole(1, MOST_MODELS, "models whose scores are averaged").or(3),
  classifier: oneOf(CLASSIFIERS, "classifier whose scores the run predicts with").or("forest"),
  cost: decimal(1e-12, 1e12, "C of the linear classifiers").or(0.01),
  trees: whole(1, 10_000, "trees of the forest").or(200),
  rounds: whole(1, 100_000, "rounds of boosting").or(50),
  rate: decimal(1e-6, 1, "what a round of boosting adds").or(0.1),
  depth: whole(1, 30, "depth of the trees of boosting").or(3),
  splitFeatures: whole(1, 1e6, "features that a split of boosting chooses from").or(31),
  folds: whole(2, 1000, "parts of a cross-validation, where nothing is held out from the start")
    .or(4),
  foldKind: oneOf(
    FOLD_KINDS,
    "how clips are dealt to folds: random, strided as in 2013, or blocked in time",
  ).or("random"),
  foldSeeds: wholes({}, "shuffles of random folds; the cross-validation is repeated with each")
    .or([1, 2, 3]),
  trainingClips: whole(20, 1e6, "synthetic clips to learn from, without --data").or(4200),
  testClips: whole(20, 1e6, "synthetic clips to score").or(1800),
};

/** How a clip becomes an image. */
export type FrontConfig = ValuesOf<typeof FRONT_TABLE>;

/** How a dictionary is learnt and clips are encoded with it. */
export type FeatureConfig = ValuesOf<typeof FEATURE_TABLE>;

/** Everything that decides a whale run, besides the data and the seed. */
export type WhaleConfig = ValuesOf<typeof WHALE_TABLE>;

const SMALL = defaultsOf(WHALE_TABLE);

/** The presets by name. */
export const WHALE_PRESETS: Readonly<Record<string, WhaleConfig>> = {
  smoke: {
    ...SMALL,
    patches: 16_000,
    filters: 64,
    iterations: 5,
    trees: 50,
    foldSeeds: [1],
    trainingClips: 800,
    testClips: 400,
  },
  small: SMALL,
  // The 2013 system on as many clips as the challenge had.
  paper: {
    ...SMALL,
    parity: true,
    patches: 100_000,
    foldKind: "strided",
    trainingClips: 30_000,
    testClips: 54_503,
  },
};

/** A need of folds: clips that nobody has put aside. */
const inFolds: Need = (_, options) =>
  isSearch(options) || Reflect.get(options, "data") !== undefined
    ? undefined
    : "without --data clips are put aside, and there are no folds";

const synthetic: Need = needs("--data", [undefined], "none: only synthetic clips are counted");

const normalised: Need = (config) =>
  [Reflect.get(config, "contrast")].flat().includes(true)
    ? undefined
    : "contrast is false, expected true for some model";

/** A need of a setting that may have a value for each model: a trial is one model. */
function oneInSearch(name: string): Need {
  return (config, options) => {
    const isGiven = isSearch(options) &&
      (Reflect.get(options, "set") ?? []).some(([given]: Pair) => given === name);
    const values: readonly unknown[] = Reflect.get(config, name);
    return isGiven && values.length > 1 ? "a trial is one model, expected one value" : undefined;
  };
}

/** What keeps settings from acting. */
const WHALE_NEEDS: TaskSettings<typeof WHALE_TABLE>["needs"] = {
  meanSigma: normalised,
  deviationSigma: normalised,
  threshold: needs("encoder", ["soft"]),
  members: (_, options) => isSearch(options) ? "a trial is one model" : undefined,
  redundancy: oneInSearch("redundancy"),
  contrast: oneInSearch("contrast"),
  patchBins: oneInSearch("patchBins"),
  patchFrames: oneInSearch("patchFrames"),
  retain: oneInSearch("retain"),
  trees: needs("classifier", ["forest"]),
  rounds: needs("classifier", ["boosting"]),
  rate: needs("classifier", ["boosting"]),
  depth: needs("classifier", ["boosting"]),
  splitFeatures: needs("classifier", ["boosting"]),
  folds: inFolds,
  foldKind: inFolds,
  foldSeeds: (config, options) =>
    inFolds(config, options) ?? needs("foldKind", ["random"])(config, options),
  trainingClips: synthetic,
  testClips: synthetic,
};

/** The settings of the whale task. */
export const WHALE_SETTINGS: TaskSettings<typeof WHALE_TABLE> = {
  about: "settings of train and search",
  task: "whale",
  table: WHALE_TABLE,
  presets: WHALE_PRESETS,
  sizes: "smoke takes seconds, small minutes on two cores, paper is as in 2013",
  check: memberConfigs,
  needs: WHALE_NEEDS,
};

/** The settings of each member of a run's blend. */
export function memberConfigs(config: WhaleConfig): FeatureConfig[] {
  checkLists(config);
  return Array.from(
    { length: config.members },
    (_, member) => featureConfig(memberSettings(config, member)),
  );
}

/** The settings of a run with those of one member in place of lists; the last of a list goes on. */
export function memberSettings(config: WhaleConfig, member: number): Record<string, unknown> {
  const names = Object.keys(MODELS_TABLE) as (keyof typeof MODELS_TABLE)[];
  return {
    ...config,
    ...Object.fromEntries(
      names.map((name) => [name, config[name].at(member) ?? config[name].at(-1)]),
    ),
  };
}

/** Refuses values for models that there are not; the defaults are there for all. */
function checkLists(config: WhaleConfig): void {
  for (const [name, { fallback }] of Object.entries(MODELS_TABLE)) {
    const values: readonly unknown[] = Reflect.get(config, name);
    if (values.length <= config.members || values.join() === fallback?.join()) continue;
    throw new UsageError(mismatch(name, values, `at most ${config.members}, one a model`));
  }
}

/**
 * The settings that decide a dictionary, of a run, a file or a search.
 *
 * @throws {UsageError} naming the setting, what came and what was expected
 */
export function featureConfig(config: Readonly<Record<string, unknown>>): FeatureConfig {
  return checked({ table: FEATURE_TABLE, check: checkPatch }, config);
}

/** Samples of a clip at 1 kHz, after decimation. */
export const PREPARED_SAMPLES = 2000;

/** Equal slices of time that codes are pooled over, besides the whole. */
export const SLICES = 4;

/** Extents of the spectrogram of a clip. */
export function spectrogramSize(
  { windowLength, redundancy }: Pick<FeatureConfig, "windowLength" | "redundancy">,
): { readonly hopLength: number; readonly frames: number; readonly bins: number } {
  const hopLength = Math.max(1, Math.floor(windowLength / redundancy));
  const frames = Math.floor((PREPARED_SAMPLES - windowLength) / hopLength) + 1;
  return { hopLength, frames, bins: Math.floor(windowLength / 2) + 1 };
}

function checkPatch(config: FeatureConfig): void {
  const { windowLength, redundancy } = config;
  const { frames, bins } = spectrogramSize(config);
  const most = { patchBins: bins, patchFrames: frames - SLICES + 1 };
  for (const name of ["patchBins", "patchFrames"] as const) {
    if (config[name] <= most[name]) continue;
    const expected = `at most ${
      most[name]
    } with windowLength ${windowLength} and redundancy ${redundancy}`;
    throw new UsageError(mismatch(name, config[name], expected));
  }
}
