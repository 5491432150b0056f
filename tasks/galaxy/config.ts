/**
 * The settings of a galaxy run and its presets.
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
import { decimal, decimals, flag, oneOf, type ValuesOf, whole, wholes } from "../run/value.ts";

/**
 * Every setting, with the preset `small` as default: the published geometry with half the filters and
 * an eighth of the dense units. Half the published dropout: with 0.5 so small a network does not leave
 * the mean within a few hundred steps.
 */
export const GALAXY_TABLE = {
  filters: wholes({ length: 4, least: 1 }, "filters of the convolutions").or([16, 32, 64, 64]),
  filterSizes: wholes({ length: 4, least: 1 }, "sides of their filters").or([6, 5, 3, 3]),
  denseUnits: wholes({ least: 1 }, "linear units of each hidden dense layer, before maxout")
    .or([512, 512]),
  pieces: whole(2, 64, "linear units that a maxout unit takes the largest of; of 1 it is linear")
    .or(2),
  dropout: decimal(0, 0.99, "part of each dense layer's inputs dropped in training").or(0.25),
  merge: oneOf(
    ["concat", "mean", "max", "rms"],
    "how the 16 parts are merged: concat as published, or pooled by mean, max or rms",
  ).or("concat"),
  constraints: oneOf(
    ["divisive", "softmax", "squared-divisive", "none"],
    "of the output: divisive as published, softmax, squared-divisive or none",
  ).or("divisive"),
  q6Weight: oneOf(
    ["one", "tree"],
    "weight of question 6: one as in Kaggle's labels, or as in the tree",
  ).or("one"),
  init: oneOf(
    ["paper", "scaled"],
    "initial weights: paper (normal, published deviations) or scaled (He and Glorot)",
  ).or("scaled"),
  steps: whole(1, 1e9, "training steps").or(400),
  batchSize: whole(1, 4096, "galaxies a step").or(16),
  optimizer: oneOf(["adam", "nesterov"], "what follows the gradient").or("adam"),
  learningRate: decimal(0, 100, "the highest for cosine, the first for drops").or(1e-3),
  schedule: oneOf(
    ["cosine", "drops"],
    "of the rate: cosine to zero, or drops to a tenth at 72 % and a hundredth at 92 % of the steps",
  ).or("cosine"),
  warmUp: whole(0, 1e9, "steps over which the rate rises from zero").or(30),
  clipNorm: decimal(0, Infinity, "gradients longer than this are scaled down, 0 for none").or(0),
  maxNorm: decimals(
    { least: 0 },
    "limits of the root mean square of the columns of the hidden dense weights, 0 for none",
  ).or([0, 0]),
  unconstrained: decimal(0, 1, "part of the steps without the output's constraints").or(0.05),
  test: decimal(0, 0.9, "part of labelled data that is only scored, the last by their ids").or(0.1),
  validation: decimal(
    0,
    0.9,
    "part of labelled data that is watched and decides, the last by their ids of those not scored",
  ).or(0.1),
  validateEvery: whole(1, 1e9, "steps between two validations").or(100),
  patience: whole(0, 1e9, "validations without progress until training stops, 0 for never").or(0),
  use: oneOf(["last", "best"], "weights that predict: the last, or the best by validation")
    .or("last"),
  checkpointEvery: whole(1, 1e9, "steps between two checkpoints").or(100),
  reportEvery: whole(1, 1e9, "steps between two lines of metrics").or(10),
  augment: flag("whether training images are rotated, scaled, shifted and mirrored").or(true),
  translate: decimal(0, 100, "largest shift in pixels of the photograph").or(4),
  zoom: decimal(1, 3, "largest zoom, the least is its inverse").or(1.3),
  colour: decimal(0, 10, "deviation of the colour jitter, 0 for none").or(0),
  skySeed: whole(
    0,
    Infinity,
    "seed of the synthetic sky, apart from the run's: runs with other seeds see the same galaxies",
  ).or(1),
  skyTraining: whole(1, 800_000, "synthetic galaxies to train on, without --data").or(2000),
  skyValidation: whole(0, 50_000, "synthetic galaxies to validate on").or(256),
  skyTest: whole(0, 50_000, "synthetic galaxies to score").or(512),
};

/** Everything that decides a galaxy run, besides the data and the seed. */
export type GalaxyConfig = ValuesOf<typeof GALAXY_TABLE>;

const SMALL = defaultsOf(GALAXY_TABLE);

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
    // The published split: the galaxies watched decide nothing, and are scored.
    test: 0,
    // As many as Kaggle's training set had, in the published split; scored on 10,000.
    skyTraining: 55_421,
    skyValidation: 6157,
    skyTest: 10_000,
  },
};

const OF_DATA: Need = (_, options) =>
  Reflect.get(options, "data") === undefined ? "--data is not given" : undefined;
const OF_SKY = needs("--data", [undefined], "none, and so synthetic galaxies");
const AUGMENTED = needs("augment", [true]);
const NO_START = needs("--init", [undefined], "none: its weights are where training starts");
const NO_TRIAL: Need = (_, options) =>
  isSearch(options) ? "a trial of a search has none" : undefined;

/** A need made of several: what the first of them lacks. */
function all(...parts: readonly Need[]): Need {
  return (config, options) =>
    parts.reduce<string | undefined>((lack, part) => lack ?? part(config, options), undefined);
}

/** A need of the settings alone. */
function beside(lackOf: (config: GalaxyConfig) => string | undefined): Need {
  return (config) => lackOf(checked({ table: GALAXY_TABLE }, { ...config }));
}

/** The last validation ends training anyway, and the first is always progress. */
const patienceEnds = beside(({ patience, validateEvery, steps }) => {
  const first = (patience + 1) * validateEvery;
  return patience === 0 || first < steps ? undefined : mismatch(
    "steps",
    steps,
    `more than (patience + 1) * validateEvery, ${first}: sooner it cannot stop`,
  );
});

const risesWithin = beside(({ warmUp, steps }) =>
  warmUp < steps ? undefined : mismatch("warmUp", warmUp, `less than steps, ${steps}`)
);

/** Folds hold out what is watched, unless something is to be decided. */
const watchesItsPart: Need = (config, options) => {
  const { folds } = { folds: undefined, ...options };
  if (folds === undefined) return undefined;
  return beside((settings) =>
    decisionsOf(settings).length
      ? undefined
      : `--folds is ${folds}, and the fold held out is watched; expected use=best or patience, ` +
        "for which others decide"
  )(config, options);
};

/** The settings of the galaxy task. */
export const GALAXY_SETTINGS: TaskSettings<typeof GALAXY_TABLE> = {
  about: "settings of train and search",
  task: "galaxy",
  table: GALAXY_TABLE,
  presets: GALAXY_PRESETS,
  sizes: "smoke takes seconds, small minutes on two cores, paper is as published",
  check: ({ denseUnits, pieces, maxNorm, schedule, steps }) => {
    if (schedule === "drops" && steps < 4) {
      throw new UsageError(mismatch("steps", steps, "4 or more, for the drops of schedule"));
    }
    if (denseUnits.some((units) => units % pieces !== 0)) {
      throw new UsageError(mismatch("denseUnits", denseUnits, `multiples of pieces, ${pieces}`));
    }
    if (maxNorm.some((limit) => limit > 0) && maxNorm.length !== denseUnits.length) {
      const layers = `${denseUnits.length}, one for each layer of denseUnits`;
      throw new UsageError(mismatch("the number of limits in maxNorm", maxNorm.length, layers));
    }
  },
  needs: {
    init: NO_START,
    warmUp: all(needs("schedule", ["cosine"]), risesWithin),
    unconstrained: all(needs("constraints", ["divisive", "softmax", "squared-divisive"]), NO_START),
    patience: patienceEnds,
    test: all(OF_DATA, needs("--folds", [undefined], "none")),
    validation: all(OF_DATA, watchesItsPart),
    skySeed: OF_SKY,
    skyTraining: OF_SKY,
    skyValidation: OF_SKY,
    skyTest: all(OF_SKY, NO_TRIAL),
    translate: AUGMENTED,
    zoom: AUGMENTED,
    colour: AUGMENTED,
  },
};

/** What the galaxies watched while training decide, in words; nothing where they decide nothing. */
export function decisionsOf(
  { patience, use }: Pick<GalaxyConfig, "patience" | "use">,
): readonly string[] {
  return [
    ...(patience > 0 ? ["when training stopped"] : []),
    ...(use === "best" ? ["which weights predict"] : []),
  ];
}
