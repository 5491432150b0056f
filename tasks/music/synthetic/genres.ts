/**
 * Eight genres of synthetic music as points in a space of ten audible parameters.
 *
 * @module
 */

/**
 * The audible parameters, each from 0 to 1:
 *
 * - `tempo`: 70 to 180 beats a minute
 * - `bright`: 2 to 16 harmonics that fall as 1/h^1.6 to 1/h^0.8
 * - `dist`: gain of 1 to 20 before a hyperbolic tangent
 * - `perc`: level of the drums
 * - `minor`: how likely the progression is a minor one
 * - `register`: root from MIDI note 36 to 60, before the random key
 * - `attack`: 5 to 255 ms
 * - `noise`: deviation of the noise floor, 0 to 0.075 of full scale
 * - `vibrato`: 0 to 1.2 % of the pitch
 * - `swing`: off-beats late by 0 to 0.16 beat
 */
export const PARAMETERS = [
  "tempo",
  "bright",
  "dist",
  "perc",
  "minor",
  "register",
  "attack",
  "noise",
  "vibrato",
  "swing",
] as const;

/** A parameter's name. */
export type Parameter = typeof PARAMETERS[number];

/** One number a parameter, in the order of {@linkcode PARAMETERS}. */
export type ParameterVector = readonly number[];

/** A style of music. */
export interface Genre {
  /** Its name. */
  readonly name: string;
  /** What its songs scatter around. */
  readonly centre: ParameterVector;
}

/** The genres, each with its centre. */
export const GENRES: readonly Genre[] = [
  { name: "folk", centre: [.30, .15, .02, .05, .2, .50, .80, .05, .10, .05] },
  { name: "rock", centre: [.45, .50, .75, .70, .6, .25, .05, .40, .1, 0] },
  { name: "house", centre: [.50, .65, .05, .90, .5, .35, .05, .10, .05, .05] },
  { name: "hiphop", centre: [.20, .30, .05, .60, .8, .20, .10, .25, .1, .7] },
  { name: "jazz", centre: [.35, .35, .02, .20, .2, .60, .10, .05, .6, .6] },
  { name: "gabber", centre: [.85, .75, .95, .95, .9, .30, .02, .60, 0, 0] },
  { name: "ambient", centre: [.10, .25, .05, 0, .6, .40, .95, .30, .3, 0] },
  { name: "chiptune", centre: [.55, .90, .15, .50, .1, .85, .02, .02, .2, .1] },
];
