/**
 * The music task as a library: train runs, ask them, and their parts.
 *
 * @example
 * ```ts
 * import { MUSIC_PRESETS, trainMusic } from "jsr:@cetus/cetus/music";
 *
 * // Two minutes on two cores without a GPU, so that the tests only check its types.
 * async function train(): Promise<void> {
 *   const config = { ...MUSIC_PRESETS.small, factors: 12 };
 *   const { map } = await trainMusic({ config, seed: 1, out: "run", cache: "cache" });
 *   console.log(map);
 * }
 * ```
 *
 * @module
 */
export {
  type ActivationOptions,
  networkUpTo,
  UNIT_LAYERS,
  type UnitActivations,
  unitActivations,
  type UnitLayer,
} from "./analysis/activations.ts";
export { analyseMusic, type MusicAnalyseOptions } from "./analysis/analyse.ts";
export {
  analysisFacts,
  type LayerFacts,
  type MeasureFacts,
  type MusicAnalysis,
  type PurityFacts,
  type RunAnalysis,
} from "./analysis/facts.ts";
export { namedList, type SimilarSongs, similarSongs, songsFor } from "./ask.ts";
export type { BadFile, OnBad } from "../../files/bad_file.ts";
export {
  type Catalogue,
  type OpenCatalogue,
  SAMPLE_RATE,
  type Song,
  type SongUse,
  type SyntheticTruth,
} from "./catalogue.ts";
export {
  CHALLENGE_CONFIG,
  CHALLENGE_TABLE,
  type ChallengeConfig,
  type ChallengeOptions,
  type ChallengeResult,
  evaluateChallenge,
} from "./challenge/challenge.ts";
export { MUSIC_PRESETS, MUSIC_TABLE, type MusicConfig, NETWORKS, OBJECTIVES } from "./config.ts";
export { type MusicFolderOptions, openMusicFolder } from "./data.ts";
export { FeatureCache, featureKey, type Features } from "./feature_cache.ts";
export { Hearing, hearingNetwork, type LearnHearingOptions } from "./hearing.ts";
export { type ImportedFactors, importFactors, type ImportOptions } from "./import_factors.ts";
export { type Objective, objectiveOf, type ObjectiveOptions } from "./objective.ts";
export { type CatalogueOptions, openCatalogue } from "./open_catalogue.ts";
export {
  type ColdNeighbours,
  coldNeighbours,
  type Likeness,
  type NeighbourLists,
} from "./analysis/neighbour_lists.ts";
export {
  type PurityByChance,
  purityByChance,
  purityOf,
  SELECTIVE,
  type UnitPlaylist,
  unitPlaylists,
} from "./analysis/playlists.ts";
export { type MusicPrediction, type MusicPredictOptions, predictMusic } from "./predict.ts";
export {
  AMONG,
  type Among,
  type FoundSong,
  type Mix,
  type RankChange,
  type Recommended,
  Recommender,
  type RecommendOptions,
} from "./recommend.ts";
export {
  type Agreement,
  genreSentence,
  type ImportedFrom,
  leakNote,
  type MusicResult,
  type Row,
  ROW_LABELS,
  ROW_NAMES,
  type RowName,
} from "./result.ts";
export { ridgeFactors } from "./ridge_regressor.ts";
export { type Factors, knownPlays, type MusicRun, readMusicRun } from "./run_files.ts";
export {
  artistDiversity,
  byFactors,
  byPopularity,
  makeTrial,
  meanPrecisionByDecile,
  randomFactors,
  scoreRow,
  scoreTrial,
  shuffledFactors,
  type Trial,
} from "./scores.ts";
export { type SoundOutlier, type SoundOutliers, soundOutliers } from "./analysis/sound_outliers.ts";
export {
  type DescribeOptions,
  describeSongs,
  Front,
  type FrontConfig,
  type SongSound,
} from "./spectrograms.ts";
export {
  coldSongs,
  learntSongs,
  playedSongs,
  type SongSplitOptions,
  stratifiedSongs,
} from "./split.ts";
export { synthesiseMusic, type SynthesiseMusicOptions } from "./synthesise.ts";
export { type ListenerSettings, type SongSettings } from "./synthetic/settings.ts";
export {
  openSyntheticCatalogue,
  type SyntheticCatalogueOptions,
  type SyntheticMusic,
} from "./synthetic_set.ts";
export {
  predictTagsBySource,
  TAG_SOURCES,
  type TagsBySource,
  tagsOf,
  type TagSource,
  type TagSourceOptions,
} from "./analysis/tag_sources.ts";
export {
  aboveMedian,
  oneVersusRest,
  predictTags,
  type TagPrediction,
  type TagPredictionOptions,
  type Tags,
  type TagScore,
} from "./analysis/tags.ts";
export { type MusicPhase } from "./task.ts";
export {
  type MusicSeedsResult,
  type MusicTrainOptions,
  trainMusic,
  trainMusicSeeds,
} from "./train.ts";
export {
  analyseLayer,
  type LayerAnalysis,
  type LayerAnalysisOptions,
  type Measure,
  type MeasuredUnits,
  MEASURES,
  selectiveUnits,
} from "./analysis/unit_analysis.ts";
export {
  type FollowedParameter,
  type UnitCorrelationOptions,
  type UnitCorrelations,
  unitCorrelations,
} from "./analysis/unit_correlations.ts";
export { type WordBagOptions, wordBags } from "./word_bags.ts";
export { AudioPlayer, audioPlayer, type AudioPlayerOptions } from "../report/audio_player.ts";
export * from "../report/mod.ts";
export type { Key } from "../../gpu/random.ts";
export type { NdArray } from "../../gpu/tensor.ts";
export * from "../run/mod.ts";
