/**
 * The music task as a library: train runs, ask them, and their parts.
 *
 * @example
 * ```ts
 * import { MUSIC_PRESETS, trainMusic } from "jsr:@cetus/cetus/music";
 * const config = { ...MUSIC_PRESETS.small, factors: 12 };
 * const { map } = await trainMusic({ config, seed: 1, out: "run", cache: "cache" });
 * ```
 *
 * @module
 */
export { namedList, type SimilarSongs, similarSongs, songsFor } from "./ask.ts";
export * from "./catalogue.ts";
export {
  CHALLENGE_CONFIG,
  type ChallengeConfig,
  type ChallengeOptions,
  type ChallengeResult,
  evaluateChallenge,
} from "./challenge.ts";
export { MUSIC_PRESETS, type MusicConfig, NETWORKS, OBJECTIVES } from "./config.ts";
export { Hearing, hearingNetwork, type LearnHearingOptions } from "./hearing.ts";
export { type CatalogueOptions, openCatalogue } from "./open_catalogue.ts";
export { type MusicPrediction, type MusicPredictOptions, predictMusic } from "./predict.ts";
export * from "./recommend.ts";
export * from "./result.ts";
export { ridgeFactors } from "./ridge_regressor.ts";
export { type Factors, knownPlays, type MusicRun, readMusicRun } from "./run_files.ts";
export * from "./scores.ts";
export { type MusicSeedsOptions, type MusicSeedsResult, trainMusicSeeds } from "./seeds.ts";
export { describeSongs, Front, type FrontConfig, type SongSound } from "./spectrograms.ts";
export { type SongSplitOptions, stratifiedSongs } from "./split.ts";
export * from "./tags.ts";
export { type MusicTrainOptions, trainMusic } from "./train.ts";
export { Interrupted } from "../run.ts";
export { Progress, type ProgressSink } from "../progress.ts";
export { type Spread } from "../spread.ts";
export type { Key } from "../../gpu/random.ts";
export type { Gpu } from "../../gpu/gpu.ts";
export type { NdArray } from "../../gpu/tensor.ts";
