/**
 * Recommendation from plays: interactions, files of triplets, splits, ranking metrics.
 *
 * @module
 */
export type { CandidateOptions } from "./candidates.ts";
export * from "./diversity.ts";
export * from "./evaluation.ts";
export * from "./id_table.ts";
export * from "./interactions.ts";
export * from "./metrics.ts";
export * from "./splits.ts";
export * from "./triplets.ts";
export { type Affinities, affinities, type AffinityOptions } from "./affinities.ts";
export { type Tsne, tsne, type TsneOptions, type TsneReport, tsneStart } from "./tsne.ts";
