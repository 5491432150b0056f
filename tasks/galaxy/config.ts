/**
 * The settings of a galaxy run and its presets. Flat, so that `--set key=value` reaches each.
 *
 * @module
 */
import { type CommandLine, UsageError } from "../run/cli.ts";
import { presetOf } from "../run/presets.ts";

/** Everything that decides a galaxy run, besides the data and the seed. */
export interface GalaxyConfig {
  /** Filters of the four convolutions. */
  readonly filters: readonly number[];
  /** Sides of their filters. */
  readonly filterSizes: readonly number[];
  /** Linear units of each hidden dense layer, before maxout. */
  readonly denseUnits: readonly number[];
  /** Linear units that a maxout unit takes the largest of. */
  readonly pieces: number;
  /** Part of the inputs of each dense layer that is dropped in training. */
  readonly dropout: number;
  /** How the 16 parts are merged: `concat` as published, or pooled `mean`, `max`, `rms`. */
  readonly merge: string;
  /** Output constraints: `divisive` as published, `softmax`, `squared-divisive` or `none`. */
  readonly constraints: string;
  /** Weight of question 6: `one` as in Kaggle's labels, or `tree`. */
  readonly q6Weight: string;
  /** Initial weights: `paper` (normal with fixed deviations) or `scaled` (He and Glorot). */
  readonly init: string;
  /** Training steps. */
  readonly steps: number;
  /** Galaxies a step. */
  readonly batchSize: number;
  /** `adam` or `nesterov`. */
  readonly optimizer: string;
  /** Learning rate: the highest one for `cosine`, the first one for `drops`. */
  readonly learningRate: number;
  /** `cosine` to zero, or `drops`: a tenth at 72 % and a hundredth at 92 % of the steps. */
  readonly schedule: string;
  /** Steps over which the rate rises from zero. */
  readonly warmUp: number;
  /** Gradients longer than this together are scaled down; 0 for no limit. */
  readonly clipNorm: number;
  /** Limits of the root mean square of the columns of the hidden dense weights; 0 for none. */
  readonly maxNorm: readonly number[];
  /** Part of the steps that is trained without the output constraints. */
  readonly unconstrained: number;
  /** Part of labelled data held out for validation, the last galaxies in order of their ids. */
  readonly validation: number;
  /** Steps between two validations. */
  readonly validateEvery: number;
  /** Validations without progress before training stops; 0 for never. */
  readonly patience: number;
  /** Weights that predict: `last`, or `best` by validation. */
  readonly use: string;
  /** Steps between two checkpoints. */
  readonly checkpointEvery: number;
  /** Steps between two lines of metrics. */
  readonly reportEvery: number;
  /** Whether training images are rotated, scaled, shifted and mirrored. */
  readonly augment: boolean;
  /** Largest shift in pixels of the photograph. */
  readonly translate: number;
  /** Largest zoom; the least is its inverse. */
  readonly zoom: number;
  /** Deviation of the colour jitter; 0 for none. */
  readonly colour: number;
  /** Seed of the synthetic sky, apart from the run's: runs with other seeds see the same galaxies. */
  readonly skySeed: number;
  /** Synthetic galaxies to train on, where there are no data. */
  readonly skyTraining: number;
  /** Synthetic galaxies to validate on. */
  readonly skyValidation: number;
  /** Synthetic galaxies to score. */
  readonly skyTest: number;
}

/**
 * The published geometry with half the filters and an eighth of the dense units. Half the published
 * dropout: with 0.5 so small a network does not leave the mean within a few hundred steps.
 */
const SMALL: GalaxyConfig = {
  filters: [16, 32, 64, 64],
  filterSizes: [6, 5, 3, 3],
  denseUnits: [512, 512],
  pieces: 2,
  dropout: 0.25,
  merge: "concat",
  constraints: "divisive",
  q6Weight: "one",
  init: "scaled",
  steps: 400,
  batchSize: 16,
  optimizer: "adam",
  learningRate: 1e-3,
  schedule: "cosine",
  warmUp: 30,
  clipNorm: 0,
  maxNorm: [0, 0],
  unconstrained: 0.05,
  validation: 0.1,
  validateEvery: 100,
  patience: 0,
  use: "last",
  checkpointEvery: 100,
  reportEvery: 10,
  augment: true,
  translate: 4,
  zoom: 1.3,
  colour: 0,
  skySeed: 1,
  skyTraining: 2000,
  skyValidation: 256,
  skyTest: 512,
};

/** The presets by name. */
export const GALAXY_PRESETS: Readonly<Record<string, GalaxyConfig>> = {
  smoke: {
    ...SMALL,
    filters: [4, 8, 8, 8],
    denseUnits: [32, 32],
    steps: 20,
    batchSize: 8,
    validateEvery: 10,
    checkpointEvery: 5,
    reportEvery: 5,
    warmUp: 2,
    skyTraining: 256,
    skyValidation: 64,
    skyTest: 64,
  },
  small: SMALL,
  // The published run: 2,500 chunks of 625 steps of 16.
  paper: {
    ...SMALL,
    filters: [32, 64, 128, 128],
    denseUnits: [4096, 4096],
    dropout: 0.5,
    init: "paper",
    steps: 1_562_500,
    batchSize: 16,
    optimizer: "nesterov",
    learningRate: 0.04,
    schedule: "drops",
    warmUp: 0,
    unconstrained: 0.0004,
    validateEvery: 12_500,
    checkpointEvery: 6_250,
    reportEvery: 625,
    colour: 0.5,
    // As many as Kaggle's training set had, in the published split; scored on 10,000.
    skyTraining: 55_421,
    skyValidation: 6157,
    skyTest: 10_000,
  },
};

/** What words a setting may take. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  merge: ["concat", "mean", "max", "rms"],
  constraints: ["divisive", "softmax", "squared-divisive", "none"],
  q6Weight: ["one", "tree"],
  init: ["paper", "scaled"],
  optimizer: ["adam", "nesterov"],
  schedule: ["cosine", "drops"],
  use: ["last", "best"],
};

/** The least and the most that a number may be. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  steps: [1, 1e9],
  batchSize: [1, 4096],
  pieces: [1, 64],
  dropout: [0, 0.99],
  learningRate: [0, 100],
  warmUp: [0, 1e9],
  clipNorm: [0, Infinity],
  unconstrained: [0, 1],
  validation: [0, 0.9],
  validateEvery: [1, 1e9],
  patience: [0, 1e9],
  checkpointEvery: [1, 1e9],
  reportEvery: [1, 1e9],
  translate: [0, 100],
  zoom: [1, 3],
  colour: [0, 10],
  skySeed: [0, 2 ** 53 - 1],
  skyTraining: [1, 800_000],
  skyValidation: [0, 50_000],
  skyTest: [0, 50_000],
};

const WHOLE = [
  "steps",
  "batchSize",
  "pieces",
  "warmUp",
  "validateEvery",
  "patience",
  "checkpointEvery",
  "reportEvery",
  "skySeed",
  "skyTraining",
  "skyValidation",
  "skyTest",
];

/** The configuration of a command line: a preset with its settings changed, checked. */
export function galaxyConfig(line: Pick<CommandLine, "preset" | "settings">): GalaxyConfig {
  const config = presetOf(GALAXY_PRESETS, line);
  checkConfig(config);
  return config;
}

/** @throws {UsageError} naming the setting, what came and what was expected */
export function checkConfig(config: GalaxyConfig): void {
  for (const [name, value] of Object.entries(config)) {
    const choices = CHOICES[name];
    if (choices && !choices.includes(value)) {
      throw new UsageError(`${name} must be ${choices.join(", ")}, got "${value}"`);
    }
    const range = RANGES[name];
    if (range && (value < range[0] || value > range[1])) {
      throw new UsageError(`${name} must lie in [${range.join(", ")}], got ${value}`);
    }
    const numbers = Array.isArray(value) && name !== "maxNorm"
      ? value
      : WHOLE.includes(name)
      ? [value]
      : [];
    if (!numbers.every((number) => Number.isInteger(number) && number >= 0)) {
      throw new UsageError(`${name} must hold whole numbers, got ${value}`);
    }
  }
  if (config.filters.length !== 4 || config.filterSizes.length !== 4) {
    throw new UsageError("filters and filterSizes must name four convolutions");
  }
  if (config.denseUnits.some((units) => units < 1 || units % config.pieces)) {
    throw new UsageError(
      `denseUnits must be multiples of pieces (${config.pieces}), got ${config.denseUnits}`,
    );
  }
}
