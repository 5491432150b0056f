/**
 * Recommendation from plays: interactions, files of triplets, splits, ranking metrics.
 *
 * @module
 */
export type { CandidateOptions } from "./candidates.ts";
export { type Factorisation, factorise, solveRows } from "./als.ts";
export type { FactoriseOptions, SolveOptions, SweepReport } from "./als_options.ts";
export type { Solver } from "./als_step.ts";
export { type ConfidenceOptions, surplus } from "./confidence.ts";
export * from "./contrastive_loss.ts";
export * from "./diversity.ts";
export * from "./evaluation.ts";
export * from "./id_table.ts";
export * from "./interactions.ts";
export * from "./latent_networks.ts";
export * from "./listener_draws.ts";
export {
  applyMetric,
  fitMetric,
  type Metric,
  type MetricOptions,
  metricScores,
} from "./metric_learning.ts";
export * from "./metrics.ts";
export * from "./nearest.ts";
export * from "./neighbour_agreement.ts";
export { applyTsne, type PlaceOptions } from "./place_points.ts";
export * from "./splits.ts";
export * from "./triplets.ts";
export * from "./trustworthiness.ts";
export * from "./usage_patterns.ts";
export * from "./weighted_prediction_error.ts";
export { type Affinities, affinities, type AffinityOptions } from "./affinities.ts";
export { fitTsne, type Tsne, type TsneMap, type TsneOptions, type TsneReport } from "./tsne.ts";
