/**
 * What may be changed about synthetic clips, to make them harder, easier, or to show something.
 *
 * @module
 */

/** Settings of the generator; the rest is in its files as constants. */
export interface ClipSettings {
  /** Part of the labels that are wrong, either way; it caps the area under the curve. */
  readonly flipShare: number;
  /** Part of the calls that begin anywhere instead of near the middle of the clip. */
  readonly strayShare: number;
  /** Standard deviation of the middle of the other calls, in seconds. */
  readonly middleDeviation: number;
  /** Standard deviation of the frequency that calls start from, in Hz. */
  readonly startDeviation: number;
  /** Mean strength of calls against the noise of 50 to 350 Hz, in dB. */
  readonly callStrength: number;
  /** Part of the clips whose noise gets louder or fainter at once, by 6 to 15 dB. */
  readonly stepShare: number;
}

/**
 * The settings that the calibration table was measured with. A changed value here makes other clips
 * of the same seed.
 */
export const CLIP_SETTINGS: ClipSettings = {
  flipShare: 0.01,
  strayShare: 0.15,
  middleDeviation: 0.15,
  startDeviation: 12,
  callStrength: 3,
  stepShare: 0,
};
