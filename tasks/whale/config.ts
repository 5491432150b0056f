/**
 * The settings of a whale run and its presets. Flat, so that `--set key=value` reaches each.
 *
 * @module
 */
import { type CommandLine, UsageError } from "../run/cli.ts";
import { FOLD_KINDS } from "../study/folds.ts";
import { checkSettings, presetOf, type SettingLimits } from "../run/presets.ts";

/** Names of the classifiers. */
export const CLASSIFIERS = ["svm", "logistic", "forest", "boosting"] as const;

/** One of {@linkcode CLASSIFIERS}. */
export type ClassifierName = (typeof CLASSIFIERS)[number];

/** How a clip becomes an image. */
export interface FrontConfig {
  /** Samples of a spectrogram's frame, at 1 kHz. */
  readonly windowLength: number;
  /** Frames that cover each sample: the hop is the window over this. */
  readonly redundancy: number;
  /** C of ln(1 + C S): where the spectrogram turns from linear to logarithmic. */
  readonly compression: number;
  /** Whether contrast is normalised locally. */
  readonly contrast: boolean;
  /** Deviation of the window that the local mean is taken in, in frames and bins. */
  readonly meanSigma: number;
  /** Deviation of the window that the local variance is taken in, in frames and bins. */
  readonly deviationSigma: number;
}

/** How a dictionary is learnt and clips are encoded with it; what a search varies. */
export interface FeatureConfig extends FrontConfig {
  /** Height of a patch, in frequency bins. */
  readonly patchBins: number;
  /** Width of a patch, in frames. */
  readonly patchFrames: number;
  /** Part of the patches' variance that whitening keeps. */
  readonly retain: number;
  /** Whether components are counted as in 2013: one fewer than needed, all where none is left. */
  readonly parity: boolean;
  /** Added to each variance before it is whitened. */
  readonly whiteningBias: number;
  /** Patches that the dictionary is learnt from. */
  readonly patches: number;
  /** Centroids of the dictionary. */
  readonly filters: number;
  /** Passes of K-means over the patches. */
  readonly iterations: number;
  /** Codes of K-means: 1 instead of the dot product. */
  readonly oneHot: boolean;
  /** Codes of clips: `linear`, `soft`, `triangle` or `hard`. */
  readonly encoder: string;
  /** What a response must pass, for `soft`. */
  readonly threshold: number;
}

/** Everything that decides a whale run, besides the data and the seed. */
export interface WhaleConfig extends FeatureConfig {
  /** Whether clips are filtered both ways before every second sample is dropped. */
  readonly zeroPhase: boolean;
  /** Models whose scores are averaged: the one above, and variants of it. */
  readonly members: number;
  /** Classifier whose scores the run predicts with: `svm`, `logistic`, `forest` or `boosting`. */
  readonly classifier: string;
  /** C of the linear classifiers. */
  readonly cost: number;
  /** Trees of the forest. */
  readonly trees: number;
  /** Rounds of boosting. */
  readonly rounds: number;
  /** What a round of boosting adds. */
  readonly rate: number;
  /** Depth of the trees of boosting. */
  readonly depth: number;
  /** Features that a split of boosting chooses from. */
  readonly splitFeatures: number;
  /** Folds of a cross-validation, where nothing is held out from the start. */
  readonly folds: number;
  /** How clips are dealt to folds: `random`, `strided` as in 2013, or `blocked` in time. */
  readonly foldKind: string;
  /** Shuffles of `random` folds; the cross-validation is repeated with each. */
  readonly foldSeeds: readonly number[];
  /** Synthetic clips to learn from, where there are no data. */
  readonly trainingClips: number;
  /** Synthetic clips to score. */
  readonly testClips: number;
}

/** The best settings of the 2013 system, with 40 % of its patches. */
const SMALL: WhaleConfig = {
  windowLength: 128,
  redundancy: 2,
  compression: 1.645,
  contrast: true,
  meanSigma: 5.016,
  deviationSigma: 3.635,
  patchBins: 43,
  patchFrames: 7,
  retain: 0.99786,
  parity: false,
  whiteningBias: 1e-4,
  patches: 40_000,
  filters: 200,
  iterations: 20,
  oneHot: false,
  encoder: "linear",
  threshold: 0,
  zeroPhase: false,
  members: 3,
  classifier: "forest",
  cost: 0.01,
  trees: 200,
  rounds: 50,
  rate: 0.1,
  depth: 3,
  splitFeatures: 31,
  folds: 4,
  foldKind: "random",
  foldSeeds: [1, 2, 3],
  trainingClips: 4200,
  testClips: 1800,
};

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

/**
 * What the other members of a blend change: the two best of a search of 20 trials on synthetic clips
 * of seed 11, 1,500 to learn from in four folds, with their numbers rounded.
 */
const VARIANTS: readonly Partial<FeatureConfig>[] = [
  {},
  { contrast: false, patchBins: 56, patchFrames: 10, retain: 0.95 },
  { contrast: false, redundancy: 4, patchBins: 59, patchFrames: 8, retain: 0.999 },
];

/** The settings of each member of a run's blend. */
export function memberConfigs(config: WhaleConfig): FeatureConfig[] {
  return VARIANTS.slice(0, config.members).map((variant) =>
    featureConfig({ ...config, ...variant })
  );
}

/** The part of a configuration that decides a dictionary. */
export function featureConfig(config: FeatureConfig): FeatureConfig {
  return Object.fromEntries(
    FEATURE_NAMES.map((name) => [name, config[name]]),
  ) as unknown as FeatureConfig;
}

/** Names of the settings of {@linkcode FeatureConfig}. */
export const FEATURE_NAMES: readonly (keyof FeatureConfig)[] = [
  "windowLength",
  "redundancy",
  "compression",
  "contrast",
  "meanSigma",
  "deviationSigma",
  "patchBins",
  "patchFrames",
  "retain",
  "parity",
  "whiteningBias",
  "patches",
  "filters",
  "iterations",
  "oneHot",
  "encoder",
  "threshold",
];

const CHOICES: SettingLimits["choices"] = {
  encoder: ["linear", "soft", "triangle", "hard"],
  classifier: CLASSIFIERS,
  foldKind: FOLD_KINDS,
};

const RANGES: SettingLimits["ranges"] = {
  windowLength: [8, 1024, "whole"],
  redundancy: [1, 16, "whole"],
  compression: [1e-3, 1e9],
  meanSigma: [0.1, 100],
  deviationSigma: [0.1, 100],
  patchBins: [1, 513, "whole"],
  patchFrames: [1, 250, "whole"],
  retain: [1e-6, 1],
  whiteningBias: [0, 1e6],
  patches: [2, 1e7, "whole"],
  filters: [1, 8192, "whole"],
  iterations: [1, 1000, "whole"],
  threshold: [-1e6, 1e6],
  members: [1, VARIANTS.length, "whole"],
  cost: [1e-12, 1e12],
  trees: [1, 10_000, "whole"],
  rounds: [1, 100_000, "whole"],
  rate: [1e-6, 1],
  depth: [1, 30, "whole"],
  splitFeatures: [1, 1e6, "whole"],
  folds: [2, 1000, "whole"],
  trainingClips: [20, 1e6, "whole"],
  testClips: [20, 1e6, "whole"],
};

const LIMITS: SettingLimits = { choices: CHOICES, ranges: RANGES };

/** The configuration of a command line: a preset with its settings changed, checked. */
export function whaleConfig(line: Pick<CommandLine, "preset" | "settings">): WhaleConfig {
  const config = presetOf(WHALE_PRESETS, line);
  checkConfig(config);
  return config;
}

/** @throws {UsageError} naming the setting, what came and what was expected */
export function checkConfig(config: WhaleConfig): void {
  checkSettings(config, LIMITS);
  const { foldSeeds } = config;
  if (!foldSeeds.length || !foldSeeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)) {
    throw new UsageError(`foldSeeds must hold whole numbers from 0 on, got "${foldSeeds}"`);
  }
  memberConfigs(config).forEach(checkPatch);
}

/**
 * Checks settings of features that come from a file or a search.
 *
 * @throws {UsageError} naming the setting, what came and what was expected
 */
export function checkFeatures(config: FeatureConfig): void {
  for (const name of FEATURE_NAMES) {
    const [came, wanted] = [typeof config[name], typeof SMALL[name]];
    if (came !== wanted) throw new UsageError(`${name} must be a ${wanted}, got ${config[name]}`);
  }
  checkSettings(featureConfig(config), LIMITS);
  checkPatch(config);
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
  const { frames, bins } = spectrogramSize(config);
  const most = frames - SLICES + 1;
  if (config.patchBins <= bins && config.patchFrames <= most) return;
  throw new UsageError(
    `A patch of ${config.patchBins} bins by ${config.patchFrames} frames came, at most ${bins} by ` +
      `${most} fit a spectrogram of windowLength ${config.windowLength} and redundancy ` +
      `${config.redundancy}`,
  );
}
