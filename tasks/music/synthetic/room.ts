/**
 * What a recording does to a song in hard mode: the balance of its spectrum, a room, lost treble.
 *
 * @module
 */
import type { Key } from "../../../gpu/random.ts";
import { Draws } from "../../study/draws.ts";

/** Tilt of the spectrum: at most so many decibels either way, about this frequency in Hz. */
const TILT = { decibels: 3, pivot: 1000 };

/** Comb filters of the room, delays in seconds, and how much of it is heard at its longest. */
const COMBS = [0.0297, 0.0371, 0.0411, 0.0437];
const LONGEST = 0.4;
const WET = 0.35;

/** Cut-off of the low-pass, Hz: what coding at 64 to 96 kbit/s leaves. */
const CUTOFF = { lowest: 8000, highest: 11_000 };

/** Quality factors of the two second-order sections of a Butterworth low-pass of order 4. */
const SECTIONS = [0.541196100146197, 1.306562964876377];

/** Makes a recording of a clip, in place. */
export function record(clip: Float64Array, stream: Key, rate: number): void {
  const draws = new Draws(stream);
  tilt(clip, draws.uniform(-TILT.decibels, TILT.decibels), rate);
  reverberate(clip, draws.uniform(0, LONGEST), rate);
  const cutoff = draws.uniform(CUTOFF.lowest, CUTOFF.highest);
  for (const quality of SECTIONS) lowPass(clip, cutoff, quality, rate);
}

/** Above the pivot so many decibels more, below it so many less, by a filter of one pole. */
function tilt(clip: Float64Array, decibels: number, rate: number): void {
  const gain = 10 ** (decibels / 20);
  const share = 1 - Math.exp(-2 * Math.PI * TILT.pivot / rate);
  let low = 0;
  for (let i = 0; i < clip.length; i++) {
    low += share * (clip[i] - low);
    clip[i] = low / gain + (clip[i] - low) * gain;
  }
}

/** Schroeder's parallel combs; `seconds` is the time in which the echo falls by 60 dB. */
function reverberate(clip: Float64Array, seconds: number, rate: number): void {
  const dry = clip.slice();
  const wet = WET * seconds / LONGEST / COMBS.length;
  for (const delay of COMBS) {
    const samples = Math.round(delay * rate);
    const feedback = 10 ** (-3 * delay / Math.max(seconds, 1e-3));
    const echo = new Float64Array(clip.length);
    for (let i = samples; i < clip.length; i++) {
      echo[i] = dry[i - samples] + feedback * echo[i - samples];
      clip[i] += wet * echo[i];
    }
  }
}

/** A second-order low-pass by the bilinear transform; Bristow-Johnson, "Audio EQ Cookbook". */
function lowPass(clip: Float64Array, cutoff: number, quality: number, rate: number): void {
  const angle = 2 * Math.PI * cutoff / rate;
  const alpha = Math.sin(angle) / (2 * quality);
  const cosine = Math.cos(angle);
  const scale = 1 / (1 + alpha);
  const outer = (1 - cosine) / 2 * scale;
  const [back1, back2] = [-2 * cosine * scale, (1 - alpha) * scale];
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  for (let i = 0; i < clip.length; i++) {
    const x = clip[i];
    const y = outer * (x + 2 * x1 + x2) - back1 * y1 - back2 * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    clip[i] = y;
  }
}
