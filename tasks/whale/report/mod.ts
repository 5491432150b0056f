/**
 * The page of whale detectors, and pictures of what they learnt.
 *
 * @module
 */
export { chooseClips, type ChosenClips } from "./clips_section.ts";
export {
  type ReportClip,
  type ReportClipGroup,
  type ReportFeatures,
  type ReportObjective,
  type ReportRow,
  type ReportScores,
  type ReportSearch,
  type ReportTrial,
  type WhaleReportContent,
  type WhaleReportFigures,
} from "./content.ts";
export { byCount, risingFeature } from "./features_section.ts";
export { whaleReport } from "./page.ts";
export {
  inputPatches,
  patchPicture,
  patchSheet,
  type PatchSheetOptions,
  type PatchTable,
  type PictureOptions,
  SHOWN_FRONT,
  type SpectrogramImage,
  spectrogramImages,
  spectrogramPicture,
  type SpectrogramScale,
  spectrogramScale,
} from "./pictures.ts";
export { reportRows } from "./rows.ts";
export { AudioPlayer, audioPlayer, type AudioPlayerOptions } from "../../report/audio_player.ts";
export {
  type ChoiceRange,
  type NumberRange,
  type Range,
  type SearchSpace,
  type Settings,
  type SettingValue,
} from "../../study/space.ts";
