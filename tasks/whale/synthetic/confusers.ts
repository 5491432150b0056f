/**
 * Sounds that could be taken for an up-call: humpback song, fish, and upsweeps that are too short,
 * too high or too shallow.
 *
 * @module
 */
import { Draws } from "../../study/draws.ts";
import type { Key } from "../../../gpu/random.ts";
import { CLIP_RATE } from "../clip.ts";
import { addAt, renderSweep, riseAndFall, setLevel, withEchoes } from "./events.ts";
import { fromDecibels } from "./noise.ts";

/** Mean number in a clip without and with a call. */
const MEAN_COUNTS = [0.55, 0.2] as const;

/** Strength against the noise of 50 to 350 Hz, in dB. */
const STRENGTHS = [-6, 12] as const;

/** Frequency over `u` from 0 to 1, and how long that takes. */
interface Contour {
  readonly seconds: number;
  frequency(u: number): number;
}

/** Flat, to within 8 percent from end to end. */
function moan(draws: Draws): Contour {
  const start = draws.uniform(60, 400);
  const drift = start * draws.uniform(-0.08, 0.08);
  return { seconds: draws.uniform(0.3, 1.6), frequency: (u) => start + drift * u };
}

function downsweep(draws: Draws): Contour {
  const start = draws.uniform(90, 350);
  const fall = start * draws.uniform(0.15, 0.6);
  const power = draws.uniform(0.6, 1.8);
  return { seconds: draws.uniform(0.3, 1.4), frequency: (u) => start - fall * u ** power };
}

/** Up and down again, or down and up. */
function arch(draws: Draws): Contour {
  const ends = draws.uniform(60, 250);
  const height = ends * draws.uniform(0.15, 0.5) * (draws.chance(0.5) ? 1 : -1);
  const seconds = draws.uniform(0.4, 1.4);
  return { seconds, frequency: (u) => ends + height * Math.sin(Math.PI * u) };
}

/** Rises as a call does, but not as long, as low or as far. */
function falseUpsweep(draws: Draws): Contour {
  const power = draws.uniform(0.8, 2);
  const [start, rise, seconds] = [
    () => [draws.uniform(50, 130), draws.uniform(120, 320), draws.uniform(0.12, 0.38)], // steep
    () => [draws.uniform(200, 380), draws.uniform(40, 150), draws.uniform(0.4, 1.2)], // high
    () => [draws.uniform(60, 200), draws.uniform(8, 28), draws.uniform(0.5, 1.4)], // shallow
  ][draws.choose([1, 1, 1])]();
  return { seconds, frequency: (u) => start + rise * u ** power };
}

function waveOf(draws: Draws, contour: Contour): Float64Array {
  const count = 1 + Math.floor(draws.uniform(0, 4));
  const partials = Array.from(
    { length: count },
    (_, p) => p === 0 ? 1 : fromDecibels(-draws.uniform(2, 18)),
  );
  const envelope = riseAndFall(draws.uniform(0.05, 0.4), draws.uniform(0.05, 0.4));
  return renderSweep({ ...contour, envelope, partials }, draws.uniform(0, 2 * Math.PI));
}

/** Three to nine equal pulses, as fish and minke whales make them. */
function pulseTrain(draws: Draws): Float64Array {
  const count = 3 + Math.floor(draws.uniform(0, 7));
  const tone = draws.uniform(40, 220);
  const pulse = waveOf(draws, { seconds: draws.uniform(0.03, 0.12), frequency: () => tone });
  const spacing = Math.round(draws.uniform(0.08, 0.25) * CLIP_RATE);
  const train = new Float64Array((count - 1) * spacing + pulse.length);
  for (let p = 0; p < count; p++) addAt(train, pulse, p * spacing);
  return train;
}

/** Each kind of confuser with its weight. */
const KINDS: readonly (readonly [number, (draws: Draws) => Float64Array])[] = [
  [0.3, (draws) => waveOf(draws, moan(draws))],
  [0.2, (draws) => waveOf(draws, downsweep(draws))],
  [0.15, (draws) => waveOf(draws, arch(draws))],
  [0.2, (draws) => waveOf(draws, falseUpsweep(draws))],
  [0.15, pulseTrain],
];

const WEIGHTS = KINDS.map(([weight]) => weight);

/**
 * Adds some confusers to a clip, more of them where there is no call.
 *
 * @param clip `[4000]`, changed in place
 * @param stream Which ones
 * @param bandLevel Root mean square of the noise between 50 and 350 Hz
 * @param hasCall Whether there is a call
 */
export function addConfusers(
  clip: Float64Array,
  stream: Key,
  bandLevel: number,
  hasCall: boolean,
): void {
  const draws = new Draws(stream);
  const count = draws.poisson(MEAN_COUNTS[hasCall ? 1 : 0]);
  for (let n = 0; n < count; n++) {
    const wave = KINDS[draws.choose(WEIGHTS)][1](draws);
    setLevel(wave, bandLevel * fromDecibels(draws.uniform(...STRENGTHS)));
    const middle = Math.floor(draws.uniform(0, clip.length));
    addAt(clip, withEchoes(draws, wave), middle - (wave.length >> 1));
  }
}
