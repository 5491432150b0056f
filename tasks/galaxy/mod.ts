/**
 * The galaxy challenge as a library: train, predict and evaluate runs, and their parts.
 *
 * @example
 * ```ts
 * import { GALAXY_PRESETS, trainGalaxy } from "jsr:@cetus/cetus/galaxy";
 *
 * // Three minutes on two cores without a GPU, so that the tests only check its types.
 * async function train(): Promise<void> {
 *   const config = { ...GALAXY_PRESETS.small, steps: 200 };
 *   const { rmse } = await trainGalaxy({ config, seed: 1, out: "run", cache: "cache" });
 *   console.log(rmse);
 * }
 * ```
 *
 * @module
 */
export type { BadFile, OnBad } from "../../files/bad_file.ts";
export type { FileWarnings } from "../../files/warn.ts";
export type { ImagePhase } from "../../files/disk/block_cache.ts";
export type { ImageStore } from "../../files/disk/image_store.ts";
export { type AveragingOptions, predictAveraged, type PredictedGalaxies } from "./averaging.ts";
export { type BaselineScores } from "./baseline_run.ts";
export { GALAXY_PRESETS, GALAXY_TABLE, type GalaxyConfig } from "./config.ts";
export {
  type ConstraintOptions,
  type ConstraintVariant,
  galaxyConstraints,
} from "./constraints.ts";
export {
  GALAXY_INPUTS,
  galaxyDataset,
  type GalaxyDatasetOptions,
  prepareGalaxies,
  type ReadPixels,
} from "./dataset.ts";
export { evaluateGalaxies, type GalaxyEvaluateOptions, type GalaxyEvaluation } from "./evaluate.ts";
export {
  GALAXY_INPUT,
  galaxyNetwork,
  PART_COUNT,
  PART_SIDE,
  VIEW_COUNT,
  VIEW_SIDE,
} from "./model.ts";
export { type GalaxyPredictOptions, loadRun, predictGalaxies, predictPixels } from "./predict.ts";
export type { PredictResult } from "../run/work.ts";
export {
  type Answer,
  ANSWER_COLUMNS,
  type Q6Weight,
  type Question,
  QUESTIONS,
} from "./questions.ts";
export {
  type AnswerTable,
  type QuestionScore,
  rootMeanSquareError,
  scoreQuestions,
} from "./score.ts";
export {
  type DescribedAnswer,
  describeGalaxy,
  type GalaxyDescription,
  galaxyReport,
  type GalaxyReportContent,
  type ReportCurve,
  type ReportFigures,
} from "./report/mod.ts";
export { type GalaxyResult, type GalaxyScores } from "./result.ts";
export { openSky, type Sky, type SkyOptions } from "./sky.ts";
export { type GalaxyPhase } from "./task.ts";
export {
  type GalaxySeedsResult,
  type GalaxyTrainOptions,
  trainGalaxy,
  trainGalaxySeeds,
} from "./train.ts";
export {
  contactSheet,
  type ContactSheetOptions,
  type ContactSheetPicture,
} from "../report/contact_sheet.ts";
export {
  IDEAL_TABLE,
  type SynthesisedGalaxies,
  synthesiseGalaxies,
  type SynthesiseGalaxiesOptions,
} from "./synthesise.ts";
export { type SyntheticGalaxy, syntheticGalaxy } from "./synthetic/galaxy.ts";
export {
  type GalaxyFormat,
  type GalaxyStreamOptions,
  type StreamedGalaxy,
  streamGalaxies,
} from "./synthetic/stream.ts";
export * from "../report/mod.ts";
export * from "../run/mod.ts";
