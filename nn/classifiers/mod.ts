/**
 * Classifiers of rows of features, of two classes.
 *
 * @module
 */
export type { BinaryLabels } from "./labels.ts";
export type { Minimum } from "./lbfgs.ts";
export { fitLinear, type FittedLinear, type LinearFitOptions } from "./linear.ts";
export { applyLinear, type Linear, type LinearLoss, type LinearOptions } from "./linear_model.ts";
export { fitGradientBoosting, type GradientBoostingOptions } from "./gradient_boosting.ts";
export { fitRandomForest, type RandomForestOptions } from "./random_forest.ts";
export { applyRidge, fitRidge, type Ridge, type RidgeOptions, RidgeProblem } from "./ridge.ts";
export { applyTrees, featureImportances, type TreeEnsemble } from "./tree_ensemble.ts";
export { ensembleFrom, ensembleTensors } from "./tree_file.ts";
