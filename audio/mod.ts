/**
 * Sound: recordings from files, sampling rates, spectra, mel bands.
 *
 * @module
 */
export {
  type DecodedRecording,
  type DecodeOptions,
  mixToMono,
  type Recording,
} from "./recording.ts";
export { encodeAiff, parseAiff } from "./aiff.ts";
export { encodeWav, parseWav, type WavDepth } from "./wav.ts";
export { parseMp3 } from "./mp3.ts";
export { decodeAudio, decodeRecording } from "./decode.ts";
export { SOUND_ENDINGS, type SoundKind } from "./sound_kind.ts";
export { type SoundLength, soundLength } from "./sound_length.ts";
export {
  chebyshevLowPass,
  type ChebyshevOptions,
  decimate,
  type DecimateOptions,
  filterBothWays,
  filterForward,
  type Section,
} from "./filters.ts";
export { resample } from "./resample.ts";
export { type NormalisedVolume, normaliseVolume } from "./volume.ts";
export {
  type Complex,
  type FourierTransform,
  fourierTransform,
  inverseRealFourierTransform,
  realFourierTransform,
} from "./fft.ts";
export { hannWindow, type SpectrogramOptions } from "./frames.ts";
export {
  prepareSpectrogram,
  spectrogram,
  type Spectrograph,
  type SpectrographOptions,
} from "./spectrogram.ts";
export {
  hertzToMel,
  melFilterBank,
  type MelFilterBankOptions,
  melFrequencies,
  type MelRange,
  type MelScale,
  melToHertz,
} from "./mel.ts";
export {
  DECIBEL_RANGE,
  LOG_MEL_2014,
  LOG_MEL_DEFAULTS,
  logMel,
  logMelFrames,
  type LogMelFront,
  logMelOfPower,
  type LogMelOptions,
  prepareLogMel,
} from "./log_mel.ts";
export {
  LIBROSA_FRONT,
  mfcc,
  MFCC_DEFAULTS,
  MFCC_FRONT,
  type MfccOptions,
  type MfccTransform,
  prepareMfcc,
} from "./mfcc.ts";
export {
  logMelOfRecording,
  mfccOfRecording,
  type PieceOptions,
  spectrogramOfRecording,
} from "./long_recording.ts";
export {
  type Contrast,
  CONTRAST_DEFAULTS,
  type ContrastOptions,
  normaliseContrast,
  prepareContrast,
} from "./contrast.ts";
export {
  type ExtractOptions,
  extractPatches,
  patchPositions,
  type PatchSize,
  type SampleOptions,
  samplePatches,
  type SpectrogramExtents,
} from "./patches.ts";
export { type Eigen, symmetricEigen } from "./eigen.ts";
export {
  applyWhitening,
  fitWhitening,
  type Whitening,
  type WhiteningOptions,
} from "./whitening.ts";
export { assign, type Assignment } from "./assign.ts";
export {
  applySphericalKMeans,
  fitSphericalKMeans,
  type SphericalKMeans,
  type SphericalKMeansOptions,
} from "./spherical_kmeans.ts";
export type { FilterBank } from "./filter_bank.ts";
export {
  type Dictionary,
  encode,
  type Encoder,
  type EncoderForm,
  type EncoderOptions,
  prepareEncoder,
} from "./encode.ts";
export type { ColumnScale } from "./code_rows.ts";
export {
  applyCodebook,
  type Codebook,
  type CodebookOptions,
  fitCodebook,
  type FittedCodebook,
} from "./vector_quantiser.ts";
export { applyPca, fitPca, type Pca, type PcaOptions } from "./pca.ts";
export {
  applyBagOfWords,
  type BagOfWords,
  type BagOfWordsOptions,
  fitBagOfWords,
  wordCounts,
} from "./bag_of_words.ts";
