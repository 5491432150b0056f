/**
 * What a clip of the whale challenge is: two seconds from one hydrophone.
 *
 * @module
 */

/** Samples a second of every clip, in Hz. */
export const CLIP_RATE = 2000;

/** Samples of a clip: 2 seconds. */
export const CLIP_SAMPLES = 4000;
