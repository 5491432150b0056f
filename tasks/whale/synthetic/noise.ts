/**
 * The sea without whales: coloured Gaussian noise, made in the frequency domain.
 *
 * Turbulence, shipping far away and wind give spectra that fall with frequency: Wenz 1962, "Acoustic
 * Ambient Noise in the Ocean".
 *
 * @module
 */
import { type FourierTransform, fourierTransform } from "../../../audio/fft.ts";
import { fold, type Key, normal } from "../../../gpu/random.ts";
import { Draws } from "../../study/draws.ts";
import { CLIP_RATE, CLIP_SAMPLES } from "../clip.ts";

/** Made circular at this length and cut to a clip, so that the ends of a clip do not fit. */
const PERIOD = 4096;

/** The band whose level the strength of every event is measured against, in Hz. */
const BAND = [50, 350] as const;

/** The spectrum is flat below this, in Hz. */
const FLAT_BELOW = 25;

/** The recorder loses what is below this, in Hz; 24 dB an octave. */
const HIGH_PASS = 12;

/** Noise, and what events are measured against. */
export interface Noise {
  /** The noise, `[4000]`. */
  readonly samples: Float64Array<ArrayBuffer>;
  /** Root mean square that its spectrum has between 50 and 350 Hz. */
  readonly bandLevel: number;
}

/** Amplitude ratio of a level difference in decibels. */
export function fromDecibels(decibels: number): number {
  return 10 ** (decibels / 20);
}

let transform: FourierTransform | undefined;

/**
 * Gaussian noise of a power spectrum.
 *
 * @param stream Which noise
 * @param power Power at a frequency in Hz, in any unit
 */
export function colouredNoise(stream: Key, power: (frequency: number) => number): Noise {
  const z = { real: new Float64Array(PERIOD), imaginary: new Float64Array(PERIOD) };
  let band = 0;
  for (let k = 1; k < PERIOD / 2; k++) {
    const frequency = k * CLIP_RATE / PERIOD;
    const amount = power(frequency);
    const amplitude = Math.sqrt(amount);
    z.real[k] = amplitude * normal(stream, 2 * k);
    z.imaginary[k] = amplitude * normal(stream, 2 * k + 1);
    if (frequency >= BAND[0] && frequency <= BAND[1]) band += amount;
  }
  transform ??= fourierTransform(PERIOD);
  transform(z); // positive frequencies only: the real part is what is wanted, variance `amount` each
  return { samples: z.real.slice(0, CLIP_SAMPLES), bandLevel: Math.sqrt(band) };
}

/** Power that falls as `frequency ** -slope`, without the lowest frequencies. */
export function fallingPower(slope: number): (frequency: number) => number {
  return (frequency) =>
    Math.max(frequency, FLAT_BELOW) ** -slope / (1 + (HIGH_PASS / frequency) ** 8);
}

/** One broad rise or dip of the spectrum. */
function drawBump(draws: Draws) {
  return {
    centre: draws.uniform(40, 600),
    width: draws.uniform(15, 120),
    decibels: draws.uniform(-6, 8),
  };
}

/**
 * Noise of the sea: a slope of 0.6 to 2.2, up to three bumps, a slow swell.
 *
 * @param stream Which noise
 */
export function ambientNoise(stream: Key): Noise {
  const draws = new Draws(fold(stream, "shape"));
  const falling = fallingPower(draws.uniform(0.6, 2.2));
  const count = Math.floor(draws.uniform(0, 4));
  const bumps = Array.from({ length: count }, () => drawBump(draws));
  const noise = colouredNoise(fold(stream, "samples"), (frequency) => {
    let decibels = 0;
    for (const bump of bumps) {
      decibels += bump.decibels * Math.exp(-0.5 * ((frequency - bump.centre) / bump.width) ** 2);
    }
    return falling(frequency) * 10 ** (decibels / 10);
  });
  const swell = { depth: draws.uniform(0, 0.5), rate: draws.uniform(0.1, 0.8) };
  modulate(noise.samples, swell.depth, swell.rate, draws.uniform(0, 2 * Math.PI));
  return noise;
}

/**
 * Swells a wave in place: a gain of 1 plus `depth` times a sine.
 *
 * @param samples The wave
 * @param depth 0 to 1
 * @param rate In Hz
 * @param phase Of the sine at the first sample, in radians
 */
export function modulate(samples: Float64Array, depth: number, rate: number, phase: number): void {
  for (let i = 0; i < samples.length; i++) {
    samples[i] *= 1 + depth * Math.sin(2 * Math.PI * rate * i / CLIP_RATE + phase);
  }
}
