/**
 * What a search for good settings of the whale detector tries, and how it scores a trial. The ranges
 * are those of the second generation of the 2013 system's searches, but for the height of patches, which
 * goes as low as in the first.
 *
 * @module
 */
import type { Gpu } from "../../gpu/gpu.ts";
import { fold, type Key } from "../../gpu/random.ts";
import { stack } from "../../gpu/rows.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { mismatch } from "../../gpu/check.ts";
import { checked } from "../run/settings.ts";
import { UsageError } from "../run/usage_error.ts";
import {
  openOnDevice,
  type OpenOptions,
  type OpenProblem,
  type StudyProblem,
  type Trial,
  type TrialOutcome,
} from "../study/problem.ts";
import type { StudyPlan } from "../study/plan.ts";
import { dataFingerprint } from "../study/fingerprint.ts";
import { range, type SearchSpace, type Settings } from "../study/space.ts";
import {
  type FeatureConfig,
  featureConfig,
  memberSettings,
  PREPARED_SAMPLES,
  WHALE_SETTINGS,
  type WhaleConfig,
} from "./config.ts";
import { TRAINING_FILES } from "./data.ts";
import { encodeClips, learnDictionary, type LearntDictionary } from "./features.ts";
import { fitRows } from "./fit_rows.ts";
import { nestedScores } from "./nested.ts";
import { aucOf, type Part, type Repeat, repeatsOf } from "./protocol.ts";
import { openRecordings } from "./recordings.ts";
import type { Recordings } from "./clips.ts";

/**
 * The ranges of a first round. `discard` is the part of the variance that whitening drops, 1 minus
 * `retain`: only so can it be drawn evenly in its logarithm.
 *
 * @throws {UsageError} for fewer than three folds
 */
export function whaleSpace(
  { windowLength, folds }: Pick<WhaleConfig, "windowLength" | "folds">,
): SearchSpace {
  if (folds < 3) { // models are chosen by fits that leave out two folds
    throw new UsageError(mismatch("folds", folds, "3 or more for a search"));
  }
  const bins = Math.floor(windowLength / 2) + 1;
  return {
    redundancy: range.choice(2, 4),
    compression: range.logUniform(1, 10),
    contrast: range.choice(true, false),
    meanSigma: range.logUniform(2, 8),
    deviationSigma: range.logUniform(3, 7),
    patchBins: range.rounded(bins / 5, bins),
    patchFrames: range.whole(6, 16),
    discard: range.logUniform(1e-5, 1e-1),
  };
}

/** The settings of a trial's features. */
export function trialConfig(
  config: WhaleConfig,
  { discard, ...settings }: Settings,
): FeatureConfig {
  const retain = discard === undefined ? {} : { retain: 1 - Number(discard) };
  return featureConfig({ ...memberSettings(config, 0), ...settings, ...retain });
}

/** A configuration as it comes from a study's file. */
export function configOfPlan({ config }: Pick<StudyPlan, "config">): WhaleConfig {
  return checked(WHALE_SETTINGS, config);
}

/** The clips that a study learns from; those that were put aside stay aside. */
export async function openStudyClips(
  plan: StudyPlan,
  { cache = "cache", ...options }: OpenOptions,
): Promise<Recordings> {
  const { seed, onBad } = plan;
  const config = configOfPlan(plan);
  return withoutTest(await openRecordings({ ...options, config, seed, cache, onBad }));
}

/** The clips of some recordings without those that were put aside. */
function withoutTest(recordings: Recordings): Recordings {
  const n = recordings.labels.length - recordings.testCount;
  return {
    ...recordings,
    names: recordings.names.slice(0, n),
    samples: recordings.samples.subarray(0, n * PREPARED_SAMPLES),
    labels: recordings.labels.subarray(0, n),
    positions: recordings.positions.subarray(0, n),
    levels: recordings.levels.subarray(0, n),
    calls: recordings.calls?.subarray(0, n),
    testCount: 0,
  };
}

/** A trial's dictionary and the clips described by it. */
export async function trialFeatures(
  gpu: Gpu,
  samples: Float32Array<ArrayBuffer>,
  config: FeatureConfig,
  key: Key,
  signal?: AbortSignal,
): Promise<{ readonly learnt: LearntDictionary; readonly features: NdArray }> {
  const learnt = await learnDictionary(gpu, samples, config, fold(key, "dictionary"), { signal });
  return { learnt, features: await encodeClips(gpu, samples, learnt, config, { signal }) };
}

/** The study of the whale task. */
export const problem: StudyProblem = {
  task: "whale",
  goal: { figure: "auc", better: "higher" },
  space: (config) => whaleSpace(configOfPlan({ config })),
  settingOf: (name) => name === "discard" ? "retain" : name,
  fingerprint: (data) => dataFingerprint(data, TRAINING_FILES),
  open: async (plan, options): Promise<OpenProblem> => {
    const config = configOfPlan(plan);
    return await openOnDevice(async (gpu) => {
      const recordings = await openStudyClips(plan, options);
      const repeats = repeatsOf(recordings, config);
      return (trial, signal) => runTrial({ gpu, recordings, config, repeats }, trial, signal);
    });
  },
};

interface TrialContext {
  readonly gpu: Gpu;
  readonly recordings: Recordings;
  readonly config: WhaleConfig;
  readonly repeats: readonly Repeat[];
}

/** Scores a trial's settings by the support vector machine, in folds within folds. */
async function runTrial(
  { gpu, recordings: { samples, labels }, config, repeats }: TrialContext,
  trial: Trial,
  signal?: AbortSignal,
): Promise<TrialOutcome> {
  const settings = trialConfig(config, trial.settings);
  const { learnt, features } = await trialFeatures(gpu, samples, settings, trial.key, signal);
  gpu.trim(); // the next trial's tensors have other sizes
  const fit = async ({ train, test }: Part) => {
    const options = { name: "svm", config, gpu, key: trial.key, signal } as const;
    return (await fitRows(features, labels, train, options)).scores(test);
  };
  const found = [];
  for (const repeat of repeats) found.push(await nestedScores(repeat, labels, fit));
  const scores = found.map((each) => each.scores);
  return {
    figures: {
      auc: aucOf(repeats, labels, scores).auc,
      components: learnt.matrix.shape[1],
    },
    arrays: {
      scores: asRows(scores),
      selection: asRows(found.map(({ selection }) => selection)),
    },
  };
}

function asRows(rows: readonly Float64Array[]): NdArray<Float64Array> {
  return stack(rows.map((row) => ({ shape: [1, row.length], data: row })));
}
