/**
 * The up-call of right whales: about a second, rising from about 95 Hz to about 180 Hz.
 *
 * @module
 */
import { fold, type Key } from "../../../gpu/random.ts";
import { clamp, Draws } from "../../study/draws.ts";
import { CLIP_RATE, CLIP_SAMPLES } from "../clip.ts";
import { addAt, renderSweep, riseAndFall, setLevel, type Sweep, withEchoes } from "./events.ts";
import { fromDecibels } from "./noise.ts";
import type { ClipSettings } from "./settings.ts";

/** The middle of most calls, in seconds: clips were cut by a detector. */
const MIDDLE = 0.95;

/** Last part of a call in which its end may bend down. */
const HOOK = 0.15;

/** What a call is like. */
export interface UpCall {
  /** Frequency it starts from, in Hz. */
  readonly startFrequency: number;
  /** How far it rises, in Hz. */
  readonly rise: number;
  /** Duration in seconds. */
  readonly seconds: number;
  /** When it begins, in seconds; it may begin before the clip, or end after it. */
  readonly start: number;
  /** Strength against the noise of 50 to 350 Hz, in dB. */
  readonly strength: number;
}

function drawCall(draws: Draws, settings: ClipSettings): UpCall {
  const startFrequency = clamp(draws.normal(95, settings.startDeviation), 50, 160);
  const rise = clamp(Math.exp(draws.normal(Math.log(80), 0.4)), 35, 200);
  const seconds = clamp(Math.exp(draws.normal(Math.log(0.85), 0.25)), 0.45, 1.5);
  const stray = draws.uniform(0, CLIP_SAMPLES / CLIP_RATE);
  const near = draws.normal(MIDDLE, settings.middleDeviation);
  const middle = draws.chance(settings.strayShare) ? stray : near;
  const strength = clamp(draws.normal(settings.callStrength, 5), -9, 14);
  return { startFrequency, rise, seconds, start: middle - seconds / 2, strength };
}

function drawContour(draws: Draws, call: UpCall): (u: number) => number {
  const power = draws.uniform(0.8, 2.6);
  const late = draws.uniform(0.1, 0.4);
  const flatUntil = draws.chance(0.15) ? late : 0;
  const bend = draws.uniform(0, 0.3) * call.rise;
  const hook = draws.chance(0.3) ? bend : 0;
  const vibrato = { depth: draws.uniform(0, 2.5), rate: draws.uniform(3, 8) };
  const phase = draws.uniform(0, 2 * Math.PI);
  return (u) => {
    const rising = Math.max(0, (u - flatUntil) / (1 - flatUntil)) ** power;
    const bent = Math.max(0, (u - (1 - HOOK)) / HOOK);
    const trembling = Math.sin(2 * Math.PI * vibrato.rate * u * call.seconds + phase);
    return call.startFrequency + call.rise * rising - hook * bent + vibrato.depth * trembling;
  };
}

function drawEnvelope(draws: Draws): (u: number) => number {
  const slow = riseAndFall(draws.uniform(0.1, 0.5), draws.uniform(0.05, 0.3));
  const [depth, cycles] = [draws.uniform(0, 0.5), draws.uniform(1, 5)];
  const phase = draws.uniform(0, 2 * Math.PI);
  return (u) => slow(u) * (1 + depth * Math.sin(2 * Math.PI * cycles * u + phase));
}

/**
 * Adds a call to a clip.
 *
 * @param clip `[4000]`, changed in place
 * @param stream Which call
 * @param bandLevel Root mean square of the noise between 50 and 350 Hz
 * @param settings Where in the clip, how strong
 */
export function addUpCall(
  clip: Float64Array,
  stream: Key,
  bandLevel: number,
  settings: ClipSettings,
): UpCall {
  const call = drawCall(new Draws(fold(stream, "call")), settings);
  const draws = new Draws(fold(stream, "voice"));
  const octave = fromDecibels(-draws.uniform(10, 26));
  const sweep: Sweep = {
    seconds: call.seconds,
    frequency: drawContour(draws, call),
    envelope: drawEnvelope(draws),
    partials: draws.chance(0.35) ? [1, octave] : [1],
  };
  const wave = renderSweep(sweep, draws.uniform(0, 2 * Math.PI));
  setLevel(wave, bandLevel * fromDecibels(call.strength));
  addAt(clip, withEchoes(draws, wave), Math.round(call.start * CLIP_RATE));
  return call;
}
