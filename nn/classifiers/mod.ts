/**
 * Classifiers of rows of features, of two classes.
 *
 * @module
 */
export * from "./features.ts";
export * from "./labels.ts";
export * from "./lbfgs.ts";
export { fitLinear, type FittedLinear, type LinearFitOptions } from "./linear.ts";
export {
  type LinearLoss,
  type LinearModel,
  type LinearOptions,
  linearScores,
} from "./linear_model.ts";
export { fitGradientBoosting, type GradientBoostingOptions } from "./gradient_boosting.ts";
export { fitRandomForest, type RandomForestOptions } from "./random_forest.ts";
export { ensembleScores, featureImportances, type TreeEnsemble } from "./tree_ensemble.ts";
export { ensembleFrom, ensembleTensors } from "./tree_file.ts";
export type { TreeFitOptions } from "./tree_options.ts";
