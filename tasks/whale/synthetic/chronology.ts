/**
 * When whales call: clips follow one another in time, and what is in one says something of the next.
 *
 * Calling, shipping and the level of the noise each follow an Ornstein-Uhlenbeck process, so that the
 * order of the clips gives labels away, as it did in the 2013 challenge.
 *
 * @module
 */
import { whole } from "../../../gpu/check.ts";
import { fold, type Key, key, normal, permuted } from "../../../gpu/random.ts";
import { sigmoid } from "../../study/draws.ts";

/** Part of all clips that hold a call. */
export const CALL_SHARE = 0.234;

/** Clips after which calling, shipping and noise have forgotten 1 - 1/e of what they were. */
const CALL_CORRELATION = 300;
const SHIP_CORRELATION = 500;
const LEVEL_CORRELATION = 800;

/** Standard deviation of the log odds of a call over time. */
const CALL_DEVIATION = 2;

/** What the time of a clip says of it. */
export interface Moment {
  /** Chance of a call. */
  readonly callChance: number;
  /** How much shipping there is, standard normal over time. */
  readonly shipping: number;
  /** How loud the recording is, standard normal over time. */
  readonly loudness: number;
}

/** The moments of a sequence of clips. */
export interface Chronology {
  /** Number of clips. */
  readonly length: number;
  /** The moment of the clip at a position, from 0. */
  at(position: number): Moment;
}

/**
 * A standard normal process whose correlation falls to 1/e after `correlationLength` steps.
 *
 * @returns `[length]`; a longer path begins with the same numbers
 */
export function ornsteinUhlenbeck(
  stream: Key,
  length: number,
  correlationLength: number,
): Float64Array {
  const keep = Math.exp(-1 / correlationLength);
  const renew = Math.sqrt(1 - keep * keep);
  const path = new Float64Array(length);
  for (let t = 0; t < length; t++) {
    const fresh = normal(stream, t);
    path[t] = t === 0 ? fresh : keep * path[t - 1] + renew * fresh;
  }
  return path;
}

/** The log odds to add to a path so that the mean chance becomes `share`, by bisection. */
function solveOffset(path: Float64Array, share: number): number {
  let [low, high] = [-40, 40];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    const sum = path.reduce((total, z) => total + sigmoid(middle + z), 0);
    if (sum < share * path.length) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The moments of `length` clips. The mean chance of a call is {@linkcode CALL_SHARE} whatever the
 * length; hence a position's chance depends on the length, its shipping and loudness do not.
 *
 * @param seed Names the sequence
 * @param length Number of clips, at least 1
 * @throws {RangeError} for another length
 */
export function drawChronology(seed: number, length: number): Chronology {
  whole("Cannot draw a chronology", { length }, 1);
  const time = fold(key(seed), "whale/time");
  const calling = ornsteinUhlenbeck(fold(time, "calls"), length, CALL_CORRELATION)
    .map((z) => CALL_DEVIATION * z);
  const offset = solveOffset(calling, CALL_SHARE);
  const shipping = ornsteinUhlenbeck(fold(time, "ships"), length, SHIP_CORRELATION);
  const loudness = ornsteinUhlenbeck(fold(time, "level"), length, LEVEL_CORRELATION);
  return {
    length,
    at: (position) => ({
      callChance: sigmoid(offset + calling[position]),
      shipping: shipping[position],
      loudness: loudness[position],
    }),
  };
}

/**
 * Deals the positions of a sequence to training and test at random, both kept in order of time, as
 * the 2013 challenge did.
 *
 * @param seed Names the sequence
 * @param training Number of training clips
 * @param test Number of test clips
 * @returns Positions of the training clips, ascending, and of the test clips, ascending
 */
export function dealPositions(
  seed: number,
  training: number,
  test: number,
): { training: Uint32Array; test: Uint32Array } {
  const length = training + test;
  const order = fold(key(seed), "whale/parts");
  const dealt = Uint32Array.from({ length }, (_, i) => test === 0 ? i : permuted(order, length, i));
  return { training: dealt.slice(0, training).sort(), test: dealt.slice(training).sort() };
}
