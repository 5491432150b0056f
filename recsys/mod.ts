/**
 * Recommendation from plays: interactions, files of triplets, splits, ranking metrics.
 *
 * @module
 */
export type { CandidateOptions } from "./candidates.ts";
export {
  applyFactors,
  type ApplyFactorsOptions,
  type FactorOptions,
  type Factors,
  fitFactors,
  type SweepReport,
} from "./als.ts";
export type { Solver } from "./als_sweep.ts";
export { type ConfidenceOptions, surplus } from "./confidence.ts";
export { contrastiveLoss, type ContrastiveLossOptions } from "./contrastive_loss.ts";
export {
  cosineDistance,
  groupDistance,
  intraListDiversity,
  type ItemDistance,
  topItems,
} from "./diversity.ts";
export {
  evaluateByGroup,
  evaluateRanking,
  type EvaluationOptions,
  popularityDeciles,
  type RankingScores,
  type ScoreItems,
} from "./evaluation.ts";
export { IdTable } from "./id_table.ts";
export {
  CountSumError,
  filterInteractions,
  type Interactions,
  makeInteractions,
  rowLengths,
  rowOf,
  type SparseRow,
  type SparseRows,
  transposeRows,
  type TripletColumns,
} from "./interactions.ts";
export {
  latentConvnet,
  latentConvnet2013,
  latentConvnet2014,
  latentMlp,
  type LatentNetworkOptions,
} from "./latent_networks.ts";
export { type ListenerOptions, withListeners } from "./listener_draws.ts";
export {
  applyMetric,
  fitMetric,
  type Metric,
  type MetricOptions,
  metricScores,
} from "./metric_learning.ts";
export {
  averagePrecisionAt,
  ndcgAt,
  precisionAt,
  type RankedLevel,
  type RankingOptions,
  rankItems,
  recallAt,
  userAuc,
  type UserRanking,
} from "./metrics.ts";
export { type Nearest, nearest, type NearestOptions } from "./nearest.ts";
export { type NeighbourAgreement, neighbourAgreement } from "./neighbour_agreement.ts";
export { applyTsne, type PlaceOptions } from "./place_points.ts";
export { playsOf, type SongNumbers } from "./plays_of.ts";
export { recommend, type RecommendOptions } from "./recommend.ts";
export {
  type HalfHistory,
  type HoldOutOptions,
  type ItemSplit,
  type Parts,
  splitByItem,
  type SplitByItemOptions,
  splitByUser,
  type SplitByUserOptions,
  type UserSplit,
} from "./splits.ts";
export {
  readTripletFile,
  readTriplets,
  type ReadTripletsOptions,
  type TripletProgress,
  type Triplets,
} from "./triplets.ts";
export type { ParseTripletsOptions, TripletRows } from "./triplet_parser.ts";
export { trustworthiness } from "./trustworthiness.ts";
export { usagePatterns } from "./usage_patterns.ts";
export {
  weightedPredictionError,
  type WeightedPredictionErrorOptions,
  type WpeTargets,
  wpeTargets,
} from "./weighted_prediction_error.ts";
export { fitTsne, type Tsne, type TsneMap, type TsneOptions, type TsneReport } from "./tsne.ts";
