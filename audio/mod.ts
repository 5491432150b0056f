/**
 * Sound: recordings from files, sampling rates, spectra, mel bands.
 *
 * @module
 */
export { mixToMono, type Recording } from "./recording.ts";
export * from "./aiff.ts";
export * from "./wav.ts";
export * from "./mp3.ts";
export * from "./decode.ts";
export * from "./filters.ts";
export * from "./resample.ts";
export * from "./volume.ts";
export * from "./fft.ts";
export { hannWindow, type SpectrogramOptions } from "./frames.ts";
export * from "./spectrogram.ts";
export * from "./mel.ts";
export * from "./log_mel.ts";
export {
  LIBROSA_FRONT,
  mfcc,
  MFCC_DEFAULTS,
  MFCC_FRONT,
  type MfccOptions,
  type MfccTransform,
  prepareMfcc,
} from "./mfcc.ts";
export * from "./contrast.ts";
export { gaussianWeights } from "./gaussian.ts";
export * from "./patches.ts";
export * from "./eigen.ts";
export {
  applyWhitening,
  fitWhitening,
  type Whitening,
  type WhiteningOptions,
} from "./whitening.ts";
export * from "./pad.ts";
export * from "./assign.ts";
export * from "./cluster_sums.ts";
export {
  applySphericalKMeans,
  fitSphericalKMeans,
  type SphericalKMeans,
  type SphericalKMeansOptions,
} from "./spherical_kmeans.ts";
export * from "./filter_bank.ts";
export * from "./encode.ts";
export type { ColumnScale } from "./code_rows.ts";
export {
  applyCodebook,
  type Codebook,
  type CodebookOptions,
  fitCodebook,
  type FittedCodebook,
} from "./vector_quantiser.ts";
export * from "./pca.ts";
export * from "./bag_of_words.ts";
