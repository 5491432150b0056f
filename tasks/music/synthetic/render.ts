/**
 * A synthetic song as sound.
 *
 * @module
 */
import { quantise } from "../../../audio/recording.ts";
import { fold } from "../../../gpu/random.ts";
import { Draws } from "../../study/draws.ts";
import { SAMPLE_RATE } from "../catalogue.ts";
import type { SongRecipe } from "./discography.ts";
import { drumKit, strike } from "./drums.ts";
import { type Parameter, PARAMETERS } from "./genres.ts";
import { whiteNoise } from "./noise.ts";
import { record } from "./room.ts";
import { type DrumPart, writeScore } from "./score.ts";
import { timbreOf, Voice, wavering } from "./voice.ts";

/** Deviations of full scale: of the notes after distortion, and of the loudest noise floor. */
const MUSIC_LEVEL = 0.2;
const NOISE_LEVEL = 0.075;

/** Largest level of the drums beside the notes. */
const DRUM_LEVEL = 0.8;

/** Share of the mix that the notes drive the distortion with; their deviation is this at gain 1. */
const DRIVE_LEVEL = 0.35;

/** Largest sample before the random gain, and how far that may go down, dB. */
const PEAK = 0.95;
const GAIN_RANGE = 6;

/** How songs are rendered. */
export interface RenderOptions {
  /** Length in seconds. */
  readonly seconds: number;
  /** Whether the recording is disturbed. */
  readonly hard: boolean;
}

/** Samples of a clip. */
export function clipLength(seconds: number): number {
  return Math.round(seconds * SAMPLE_RATE);
}

/**
 * Renders a song: notes, distortion, drums, noise floor, in hard mode the recording, gain. A function
 * of its arguments alone, in float64, rounded to 16 bits as a WAV file would.
 *
 * @returns One channel at 22,050 Hz
 */
export function renderSong(
  { parameters, nuisance }: SongRecipe,
  { seconds, hard }: RenderOptions,
): Int16Array<ArrayBuffer> {
  const of = (name: Parameter) => parameters[PARAMETERS.indexOf(name)];
  const clip = new Float64Array(clipLength(seconds));
  const { notes, drums } = writeScore(parameters, nuisance, seconds);
  const time = wavering(clip.length, SAMPLE_RATE, 0.012 * of("vibrato"));
  const voice = new Voice(timbreOf(of("bright"), of("attack")), time, SAMPLE_RATE);
  for (const note of notes) voice.play(note, clip);
  distort(clip, 1 + 19 * of("dist"));
  const kit = drumKit(fold(nuisance, "drums"), SAMPLE_RATE);
  beat(clip, kit, drums, DRUM_LEVEL * of("perc"));
  const floor = NOISE_LEVEL * of("noise");
  const noise = whiteNoise(fold(nuisance, "noise"), clip.length);
  for (let i = 0; i < clip.length; i++) clip[i] += floor * noise[i];
  if (hard) record(clip, fold(nuisance, "recording"), SAMPLE_RATE);
  const decibels = new Draws(fold(nuisance, "gain")).uniform(-GAIN_RANGE, 0);
  return toSteps(clip, PEAK * 10 ** (decibels / 20));
}

/** Drives the notes into a hyperbolic tangent; the level after it is the same for every gain. */
function distort(clip: Float64Array, gain: number): void {
  const drive = gain * DRIVE_LEVEL / Math.max(deviation(clip), Number.MIN_VALUE);
  for (let i = 0; i < clip.length; i++) clip[i] = Math.tanh(drive * clip[i]);
  const level = MUSIC_LEVEL / Math.max(deviation(clip), Number.MIN_VALUE);
  for (let i = 0; i < clip.length; i++) clip[i] *= level;
}

function deviation(clip: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < clip.length; i++) squares += clip[i] * clip[i];
  return Math.sqrt(squares / clip.length);
}

function beat(
  clip: Float64Array,
  kit: ReturnType<typeof drumKit>,
  { kicks, snares, hats }: DrumPart,
  level: number,
): void {
  const rate = SAMPLE_RATE;
  for (const second of kicks) strike(clip, kit.kick, { second, level, rate });
  for (const second of snares) strike(clip, kit.snare, { second, level, rate });
  for (const second of hats) strike(clip, kit.hat, { second, level, rate });
}

/** Scales the largest sample to `peak` of full scale and rounds to 16 bits. */
function toSteps(clip: Float64Array, peak: number): Int16Array<ArrayBuffer> {
  let largest = 0;
  for (let i = 0; i < clip.length; i++) largest = Math.max(largest, Math.abs(clip[i]));
  const scale = largest > 0 ? peak / largest : 0;
  const steps = new Int16Array(clip.length);
  for (let i = 0; i < clip.length; i++) {
    steps[i] = quantise(scale * clip[i], 16, "render a song", i);
  }
  return steps;
}
