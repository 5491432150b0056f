/**
 * Sounds of limited duration: made from a contour of frequencies, given a strength, echoed, and
 * added to a clip.
 *
 * @module
 */
import type { Draws } from "../../study/draws.ts";
import { CLIP_RATE } from "../clip.ts";
import { fromDecibels } from "./noise.ts";

/** Partials above this are left out: they would fold back at half the rate. In Hz. */
const HIGHEST_PARTIAL = 950;

/** How often sounds reach the recorder by more than one way. */
const MULTIPATH = 0.6;

/** A sound whose frequency moves. `u` runs from 0 to 1 over its duration. */
export interface Sweep {
  /** Duration in seconds. */
  readonly seconds: number;
  /** Frequency of the fundamental, in Hz. */
  frequency(u: number): number;
  /** Gain. */
  envelope(u: number): number;
  /** Amplitude of each partial, the fundamental first. */
  readonly partials: readonly number[];
}

/** Makes the wave of a sweep, of strength 1 or so. */
export function renderSweep(sweep: Sweep, startPhase: number): Float64Array {
  const samples = new Float64Array(Math.max(1, Math.round(sweep.seconds * CLIP_RATE)));
  let phase = startPhase;
  for (let i = 0; i < samples.length; i++) {
    const u = (i + 0.5) / samples.length;
    const frequency = sweep.frequency(u);
    let sum = 0;
    sweep.partials.forEach((amplitude, p) => {
      if ((p + 1) * frequency < HIGHEST_PARTIAL) sum += amplitude * Math.sin((p + 1) * phase);
    });
    samples[i] = sweep.envelope(u) * sum;
    phase += 2 * Math.PI * frequency / CLIP_RATE;
  }
  return samples;
}

/** Root mean square. */
export function levelOf(samples: Float64Array): number {
  let sum = 0;
  for (const value of samples) sum += value * value;
  return Math.sqrt(sum / samples.length);
}

/** Scales a wave in place to a root mean square over its own duration; silence stays silent. */
export function setLevel(samples: Float64Array, level: number): Float64Array {
  const now = levelOf(samples);
  if (now === 0) return samples;
  for (let i = 0; i < samples.length; i++) samples[i] *= level / now;
  return samples;
}

/** Adds a wave to a clip from a sample on; what lies outside is lost. */
export function addAt(clip: Float64Array, wave: Float64Array, start: number): void {
  const from = Math.max(0, -start);
  const to = Math.min(wave.length, clip.length - start);
  for (let i = from; i < to; i++) clip[start + i] += wave[i];
}

/**
 * The wave as it arrives: in three of five cases with one to three echoes, 10 to 150 ms late and 3
 * to 14 dB weaker, of either sign.
 */
export function withEchoes(draws: Draws, wave: Float64Array): Float64Array {
  if (!draws.chance(MULTIPATH)) return wave;
  const echoes = Array.from({ length: 1 + Math.floor(draws.uniform(0, 3)) }, () => ({
    delay: Math.round(draws.uniform(0.01, 0.15) * CLIP_RATE),
    gain: fromDecibels(-draws.uniform(3, 14)) * (draws.chance(0.5) ? 1 : -1),
  }));
  const longest = Math.max(...echoes.map(({ delay }) => delay));
  const arrived = new Float64Array(wave.length + longest);
  arrived.set(wave);
  for (const { delay, gain } of echoes) addAt(arrived, wave.map((value) => gain * value), delay);
  return arrived;
}

/**
 * A gain that rises as sin² over the first part of a sound and falls so over the last.
 *
 * @param attack Part of the duration, 0 to 1
 * @param release Part of the duration, 0 to 1
 */
export function riseAndFall(attack: number, release: number): (u: number) => number {
  return (u) => {
    const rise = u < attack ? Math.sin(Math.PI / 2 * u / attack) ** 2 : 1;
    const fall = 1 - u < release ? Math.sin(Math.PI / 2 * (1 - u) / release) ** 2 : 1;
    return rise * fall;
  };
}
