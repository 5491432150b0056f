/**
 * A drum machine: three sounds, made once a song and struck over and over.
 *
 * @module
 */
import { fold, type Key } from "../../../gpu/random.ts";
import { whiteNoise } from "./noise.ts";

/** The sounds, each from its stroke on. */
export interface DrumKit {
  /** A sine that falls to 50 Hz. */
  readonly kick: Float64Array;
  /** Noise over a short tone. */
  readonly snare: Float64Array;
  /** The edges of a short noise. */
  readonly hat: Float64Array;
}

/** Kick: final frequency and how far above it begins, Hz; seconds of the fall and of its decay. */
const KICK = { frequency: 50, sweep: 160, fall: 0.03, decay: 0.11, length: 0.4, level: 1 };
/** Snare: seconds of the decay; its tone, Hz. */
const SNARE = { decay: 0.07, tone: 185, length: 0.3, noise: 0.28, level: 0.4 };
const HAT = { decay: 0.022, length: 0.1, level: 0.16 };

/** Makes a kit; its noise comes from the key. */
export function drumKit(stream: Key, rate: number): DrumKit {
  const sound = (length: number, at: (seconds: number, i: number) => number) =>
    new Float64Array(Math.round(length * rate)).map((_, i) => at(i / rate, i));
  const snareNoise = whiteNoise(fold(stream, "snare"), Math.round(SNARE.length * rate));
  const hatNoise = whiteNoise(fold(stream, "hat"), Math.round(HAT.length * rate) + 1);
  return {
    kick: sound(KICK.length, (t) => {
      const turns = KICK.frequency * t + KICK.sweep * KICK.fall * (1 - Math.exp(-t / KICK.fall));
      return KICK.level * Math.exp(-t / KICK.decay) * Math.sin(2 * Math.PI * turns);
    }),
    snare: sound(SNARE.length, (t, i) => {
      const tone = SNARE.level * Math.sin(2 * Math.PI * SNARE.tone * t);
      return Math.exp(-t / SNARE.decay) * (SNARE.noise * snareNoise[i] + tone);
    }),
    hat: sound(
      HAT.length,
      (t, i) => HAT.level * Math.exp(-t / HAT.decay) * (hatNoise[i + 1] - hatNoise[i]),
    ),
  };
}

/** Adds a stroke at a second, which may be before the clip; what lies outside is left out. */
export function strike(
  clip: Float64Array,
  sound: Float64Array,
  { second, level, rate }: {
    readonly second: number;
    readonly level: number;
    readonly rate: number;
  },
): void {
  const onset = Math.round(second * rate);
  const last = Math.min(clip.length, onset + sound.length);
  for (let i = Math.max(0, onset); i < last; i++) clip[i] += level * sound[i - onset];
}
