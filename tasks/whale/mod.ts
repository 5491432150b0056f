/**
 * The whale challenge as a library: train, predict and evaluate runs, and their parts.
 *
 * @example
 * ```ts
 * import { trainWhale, WHALE_PRESETS } from "jsr:@cetus/cetus/whale";
 *
 * // A minute on two cores without a GPU, so that the tests only check its types.
 * async function train(): Promise<void> {
 *   const config = { ...WHALE_PRESETS.small, filters: 100 };
 *   const { auc } = await trainWhale({ config, seed: 1, out: "run", cache: "cache" });
 *   console.log(auc);
 * }
 * ```
 *
 * @module
 */
export {
  BASELINE_NAMES,
  type BaselineFeatures,
  baselineFeatures,
  type BaselineName,
  scoreBaseline,
} from "./baselines.ts";
export {
  type ClassifierConfig,
  classifierFrom,
  fitClassifier,
  type FitContext,
  type Fitted,
} from "./classifier.ts";
export {
  type ClassifierName,
  CLASSIFIERS,
  FEATURE_TABLE,
  type FeatureConfig,
  FRONT_TABLE,
  type FrontConfig,
  memberConfigs,
  PREPARED_SAMPLES,
  SLICES,
  spectrogramSize,
  WHALE_PRESETS,
  WHALE_TABLE,
  type WhaleConfig,
} from "./config.ts";
export {
  openWhaleClips,
  openWhaleData,
  type WhaleClips,
  type WhaleData,
  type WhaleLayout,
} from "./data.ts";
export { ensembleWhales, type WhaleEnsembleOptions } from "./ensemble.ts";
export { evaluateWhales, type WhaleEvaluation } from "./evaluate.ts";
export {
  clipImages,
  encodeClips,
  type FeatureHooks,
  type Front,
  learnDictionary,
  type LearntDictionary,
  prepareFront,
  uploadClips,
  type WhaleDictionary,
} from "./features.ts";
export { type Member, predictScores, readModel, type WhaleModel, writeModel } from "./model.ts";
export {
  leakProbe,
  neighbourLabels,
  type OrderedLabels,
  type ProbedClips,
  withOrder,
} from "./leaks.ts";
export {
  PREDICTION_FORMATS,
  type PredictionFormat,
  predictWhales,
  type WhalePredictOptions,
} from "./predict.ts";
export type { PredictResult } from "../run/work.ts";
export { prepareClip, type PreparedClip } from "./clip.ts";
export {
  type Auc,
  aucOf,
  blockedRepeat,
  type FoldConfig,
  type JudgedScores,
  type Part,
  type Repeat,
  repeatsOf,
  scoredRowsOf,
  scoreRepeat,
} from "./protocol.ts";
export {
  type ClipOptions,
  openClips,
  openRecordings,
  type RecordingOptions,
} from "./recordings.ts";
export type { BadFile, OnBad } from "../../files/bad_file.ts";
export type { Warn } from "../../files/warn.ts";
export { type Clips, type Recordings } from "./clips.ts";
export * from "./report/mod.ts";
export {
  type BlendedTrial,
  type MemberResult,
  type Scored,
  type WhaleEnsembleResult,
  type WhaleResult,
} from "./result.ts";
export { allRows, rangeScaling, scaledRows, type Scaling, standardScaling } from "./scaling.ts";
export { synthesiseWhales, type SynthesiseWhalesOptions } from "./synthesise.ts";
export { type WhalePhase } from "./task.ts";
export {
  trainWhale,
  trainWhaleSeeds,
  type WhaleAreas,
  type WhaleSeedsResult,
  type WhaleTrainOptions,
} from "./train.ts";
export { type SyntheticClip } from "./synthetic/clip.ts";
export { type ClipSettings } from "./synthetic/settings.ts";
export {
  type StreamedClip,
  type WhalePart,
  WhaleSet,
  type WhaleSetOptions,
} from "./synthetic/stream.ts";
export { type UpCall } from "./synthetic/up_call.ts";
export * from "../report/mod.ts";
export * from "../run/mod.ts";
