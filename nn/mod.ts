/**
 * Networks: layers, losses, optimisers, data, training, checkpoints; classifiers of rows; metrics.
 *
 * @module
 */
export {
  type ActivationOptions,
  leakyRelu,
  leakyReluBackward,
  leakyReluForward,
  relu,
  reluBackward,
  reluForward,
  sigmoid,
  sigmoidBackward,
  sigmoidForward,
  softmax,
  softmaxBackward,
  softmaxForward,
} from "./activation.ts";
export {
  type AffineMap,
  centreOf,
  compose,
  type Crop,
  downsampleMap,
  IDENTITY_MAP,
  type Perturbation,
  perturbation,
  type Placement,
  type Point,
  translation,
  viewMatrices,
} from "./affine.ts";
export { augment, type AugmentInputs, type AugmentOptions } from "./augment.ts";
export {
  type LoadedNotes,
  loadTensors,
  type Metadata,
  type NamedTensors,
  saveTensors,
} from "./checkpoint.ts";
export * from "./classifiers/mod.ts";
export { clipByGlobalNorm } from "./clip.ts";
export { concat } from "./concat.ts";
export {
  conv2d,
  conv2dBackwardBias,
  conv2dBackwardInput,
  conv2dBackwardRelu,
  conv2dBackwardWeight,
  conv2dForward,
  type Conv2dLayerOptions,
  type Conv2dOptions,
  convOutputLength,
  type Padding,
} from "./conv2d.ts";
export { arrays, type Batch, type Dataset, type FieldSpec } from "./data.ts";
export { dense, type DenseOptions } from "./dense.ts";
export { dropout } from "./dropout.ts";
export { fit, type FitOptions, Trainer } from "./fit.ts";
export { type FitReport, type Resumption } from "./fit_report.ts";
export { flatten } from "./flatten.ts";
export {
  constantInit,
  glorotUniform,
  heNormal,
  type Initializer,
  normalInit,
  uniformInit,
} from "./init.ts";
export {
  type BuildOptions,
  type Layer,
  layerOf,
  type LayerSpec,
  makeParam,
  type Output,
  type Param,
  parameterCount,
  type Pass,
  type Passed,
} from "./layer.ts";
export {
  type BatchLoss,
  binaryCrossEntropy,
  categoricalCrossEntropy,
  type Loss,
  mse,
  weightedMse,
} from "./loss.ts";
export { limitNorms, maxNorm, type MaxNormOptions } from "./max_norm.ts";
export { maxout } from "./maxout.ts";
export { Model, type ModelOptions, type Prepare } from "./model.ts";
export {
  adam,
  type AdamOptions,
  type AfterStep,
  nesterov,
  type Optimizer,
  type OptimizerSpec,
  sgd,
  type SgdOptions,
} from "./optimizer.ts";
export {
  colourVector,
  DEFAULT_RANGES,
  type DrawnPerturbation,
  drawPerturbation,
  IDENTITY_PERTURBATION,
  type PerturbationRanges,
} from "./perturbation.ts";
export { globalPool, l2Pool, maxPool, meanPool, type PoolKind, type PoolOptions } from "./pool.ts";
export {
  constantRate,
  type CosineOptions,
  cosineRate,
  piecewiseRate,
  type Schedule,
  type ScheduleConfig,
  scheduleFromConfig,
  warmUp,
} from "./schedule.ts";
export { sequential } from "./sequential.ts";
export { type Summary, summary, type SummaryRow } from "./summary.ts";
export {
  conv1d,
  type Conv1dOptions,
  maxPool1d,
  type Pool1dOptions,
  temporalPool,
} from "./temporal.ts";
export {
  mergeParts,
  type PartMerge,
  viewPool,
  type ViewPoolKind,
  type ViewPoolOptions,
} from "./view_pool.ts";
export { bootstrapInterval, type BootstrapOptions, type Interval } from "./metrics/bootstrap.ts";
export {
  averagePrecision,
  type Pairs,
  type PrecisionRecallCurve,
  Ranking,
  rocAuc,
  type RocCurve,
  type Scores,
} from "./metrics/classification.ts";
export { aucWithinFolds, RankingWithinFolds } from "./metrics/within_folds.ts";
export { spearman } from "./metrics/rank_correlation.ts";
export { mergeViews, views, type ViewsOptions } from "./views.ts";
export { type CheckpointOptions } from "./training_checkpoint.ts";
