/**
 * What else is in the water: ships, steady tones, bangs.
 *
 * @module
 */
import { fold, type Key, normal } from "../../../gpu/random.ts";
import { Draws } from "../../study/draws.ts";
import { CLIP_RATE, CLIP_SAMPLES } from "../clip.ts";
import { addAt, levelOf, setLevel, withEchoes } from "./events.ts";
import { colouredNoise, fallingPower, fromDecibels, modulate } from "./noise.ts";

/** A ship is near in 35 of 100 clips: where a standard normal number is above this. */
const SHIP_THRESHOLD = 0.3853204664075676;

/** How much of the state of shipping in a clip its time decides; the rest is the clip's own. */
const SHIP_MEMORY = 0.9;

/** Slope of the broad noise of a propeller. */
const CAVITATION_SLOPE = 2;

/** Depth with which the blades modulate that noise. */
const CAVITATION_DEPTH = 0.6;

/** Decay times after which a bang is over. */
const BANG_DECAYS = 4;

/**
 * Adds a ship to about a third of all clips: harmonics of the rate at which its blades pass, and
 * broad noise in the same rhythm.
 *
 * @param clip `[4000]`, changed in place
 * @param stream Which ship
 * @param bandLevel Root mean square of the noise between 50 and 350 Hz
 * @param shipping How much shipping there is at this time, standard normal
 */
export function addShip(
  clip: Float64Array,
  stream: Key,
  bandLevel: number,
  shipping: number,
): void {
  const draws = new Draws(fold(stream, "ship"));
  const own = Math.sqrt(1 - SHIP_MEMORY ** 2) * draws.normal();
  if (SHIP_MEMORY * shipping + own < SHIP_THRESHOLD) return;
  const bladeRate = draws.uniform(5, 22);
  const tones = shipTones(draws, bladeRate);
  addAt(clip, setLevel(tones, bandLevel * fromDecibels(draws.uniform(-8, 6))), 0);
  const broad = colouredNoise(fold(stream, "cavitation"), fallingPower(CAVITATION_SLOPE));
  const level = bandLevel * fromDecibels(draws.uniform(-6, 3));
  modulate(broad.samples, CAVITATION_DEPTH, bladeRate, draws.uniform(0, 2 * Math.PI));
  addAt(clip, broad.samples.map((value) => value * level / broad.bandLevel), 0);
}

/** Harmonics from the second to one of the eighth to thirtieth. */
function shipTones(draws: Draws, bladeRate: number): Float64Array {
  const tones = new Float64Array(CLIP_SAMPLES);
  const last = 8 + Math.floor(draws.uniform(0, 23));
  for (let harmonic = 2; harmonic <= last; harmonic++) {
    const amplitude = fromDecibels(-draws.uniform(0, 12));
    const frequency = harmonic * bladeRate * (1 + 0.002 * draws.normal());
    addTone(tones, { amplitude, frequency, drift: 0, phase: draws.uniform(0, 2 * Math.PI) });
  }
  return tones;
}

interface Tone {
  readonly amplitude: number;
  /** In Hz, in the middle of the clip. */
  readonly frequency: number;
  /** In Hz a second. */
  readonly drift: number;
  readonly phase: number;
}

function addTone(clip: Float64Array, { amplitude, frequency, drift, phase }: Tone): void {
  for (let i = 0; i < clip.length; i++) {
    const t = (i - clip.length / 2) / CLIP_RATE;
    clip[i] += amplitude * Math.sin(2 * Math.PI * (frequency + drift * t / 2) * t + phase);
  }
}

/**
 * Adds steady tones, 0.6 to a clip on average, that drift by up to 6 Hz a second.
 *
 * @param clip `[4000]`, changed in place
 * @param stream Which tones
 * @param bandLevel Root mean square of the noise between 50 and 350 Hz
 */
export function addTones(clip: Float64Array, stream: Key, bandLevel: number): void {
  const draws = new Draws(stream);
  const count = draws.poisson(0.6);
  for (let n = 0; n < count; n++) {
    const frequency = draws.uniform(30, 450);
    const drift = draws.uniform(-6, 6);
    // A sine of amplitude √2 has a root mean square of 1.
    const amplitude = Math.SQRT2 * bandLevel * fromDecibels(draws.uniform(-14, 4));
    addTone(clip, { amplitude, frequency, drift, phase: draws.uniform(0, 2 * Math.PI) });
  }
}

/**
 * Adds bangs, 0.4 to a clip on average: gunshot calls and knocks on the recorder. Noise that decays
 * within 5 to 120 ms.
 *
 * @param clip `[4000]`, changed in place
 * @param stream Which bangs
 * @param bandLevel Root mean square of the noise between 50 and 350 Hz
 */
export function addBangs(clip: Float64Array, stream: Key, bandLevel: number): void {
  const draws = new Draws(fold(stream, "bangs"));
  const count = draws.poisson(0.4);
  for (let n = 0; n < count; n++) {
    const decay = draws.uniform(0.005, 0.12) * CLIP_RATE;
    const taps = 1 + Math.floor(draws.uniform(0, 5));
    const noise = smoothNoise(fold(fold(stream, "noise"), n), Math.ceil(BANG_DECAYS * decay), taps);
    const wave = noise.map((value, i) => value * Math.exp(-i / decay));
    setLevel(wave, bandLevel * fromDecibels(draws.uniform(-4, 14)));
    addAt(clip, withEchoes(draws, wave), Math.floor(draws.uniform(0, clip.length)));
  }
}

/** White noise, each sample the sum of the last `taps`. */
function smoothNoise(stream: Key, length: number, taps: number): Float64Array {
  const white = Float64Array.from({ length: length + taps }, (_, i) => normal(stream, i));
  return Float64Array.from({ length }, (_, i) => {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) sum += white[i + tap];
    return sum;
  });
}

/**
 * Makes a clip louder or fainter at once, by 6 to 15 dB, somewhere in its middle half.
 *
 * @param clip `[4000]`, changed in place
 * @param stream Which step
 */
export function addStep(clip: Float64Array, stream: Key): void {
  const draws = new Draws(stream);
  const at = Math.floor(draws.uniform(0.25, 0.75) * clip.length);
  const gain = fromDecibels(draws.uniform(6, 15));
  const [from, to] = draws.chance(0.5) ? [at, clip.length] : [0, at];
  for (let i = from; i < to; i++) clip[i] *= gain;
}

/**
 * Rounds a clip to the 16 bits of a file.
 *
 * @param clip `[4000]`
 * @param level Root mean square in counts; what is beyond 16 bits is clipped
 */
export function toCounts(clip: Float64Array, level: number): Int16Array<ArrayBuffer> {
  const gain = level / levelOf(clip);
  return Int16Array.from(
    clip,
    (value) => Math.max(-32768, Math.min(32767, Math.round(gain * value))),
  );
}
