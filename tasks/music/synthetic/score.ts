/**
 * The score of a song: which chords, when, and where the drums fall.
 *
 * @module
 */
import { fold, type Key, uniform } from "../../../gpu/random.ts";
import { Draws } from "../../study/draws.ts";
import { PARAMETERS, type ParameterVector } from "./genres.ts";
import type { Note } from "./voice.ts";

/** A chord: semitones of its root over the key's, and whether its third is minor. */
interface Chord {
  readonly root: number;
  readonly minor: boolean;
}

/** I-V-vi-IV and i-VI-III-VII; roots beyond the tritone lie an octave lower, so the pitch stays. */
const MAJOR: readonly Chord[] = [
  { root: 0, minor: false },
  { root: -5, minor: false },
  { root: -3, minor: true },
  { root: 5, minor: false },
];
const MINOR: readonly Chord[] = [
  { root: 0, minor: true },
  { root: -4, minor: false },
  { root: 3, minor: false },
  { root: -2, minor: false },
];

/** Beats of a chord, and of the progression. */
const CHORD = 2;
const PROGRESSION = CHORD * MAJOR.length;

/** Semitones over the root of the key: bass below, chords, a broken chord above. */
const BASS = 0;
const PAD = 12;
const LEAD = 24;

/** Amplitudes of the three voices. */
const LEVELS = { bass: 0.5, pad: 0.3, lead: 0.25 };

/** Part of its time that a note is held. */
const HELD = 0.92;

/** The strokes of the drums, as seconds from the clip's start. */
export interface DrumPart {
  /** Every beat. */
  readonly kicks: readonly number[];
  /** Every second beat. */
  readonly snares: readonly number[];
  /** Every eighth. */
  readonly hats: readonly number[];
}

/** A song on paper. Times are seconds from the clip's start; some events begin before it. */
export interface Score {
  /** All notes. */
  readonly notes: readonly Note[];
  /** All strokes. */
  readonly drums: DrumPart;
}

/** Beats a minute of the parameter `tempo`. */
export function beatsPerMinute(tempo: number): number {
  return 70 + 110 * tempo;
}

/**
 * Writes a song down.
 *
 * @param parameters Audible ones
 * @param nuisance Decides key, start and, with `minor`, the progression
 * @param seconds Length of the clip
 */
export function writeScore(parameters: ParameterVector, nuisance: Key, seconds: number): Score {
  const of = (name: typeof PARAMETERS[number]) => parameters[PARAMETERS.indexOf(name)];
  const beat = 60 / beatsPerMinute(of("tempo"));
  const late = 0.16 * of("swing") * beat;
  const draws = new Draws(fold(nuisance, "score"));
  const root = 36 + 24 * of("register") + Math.floor(draws.uniform(0, 12));
  const start = draws.uniform(0, PROGRESSION); // beats of the song before the clip
  const isMinor = uniform(fold(nuisance, "progression"), 0) < of("minor");
  const chords = isMinor ? MINOR : MAJOR;
  const notes: Note[] = [];
  const [kicks, snares, hats]: number[][] = [[], [], []];
  const first = Math.floor(start / CHORD) * CHORD;
  for (let b = first; (b - start) * beat < seconds; b++) {
    const chord = chords[Math.floor(b / CHORD) % chords.length];
    const on = (b - start) * beat;
    const off = on + beat / 2 + late;
    if (b % CHORD === 0) notes.push(...pad(root, chord, on, CHORD * beat * HELD));
    notes.push(note(root + BASS + chord.root, on, beat * HELD, LEVELS.bass));
    const [low, high] = brokenChord(chord, b);
    notes.push(note(root + LEAD + low, on, (beat / 2 + late) * HELD, LEVELS.lead));
    notes.push(note(root + LEAD + high, off, (beat / 2 - late) * HELD, LEVELS.lead));
    kicks.push(on);
    if (b % 2 === 1) snares.push(on);
    hats.push(on, off);
  }
  return { notes, drums: { kicks, snares, hats } };
}

function pad(root: number, chord: Chord, start: number, length: number): Note[] {
  return triad(chord).map((step) => note(root + PAD + step, start, length, LEVELS.pad));
}

/** Semitones over the root of the key. */
function triad({ root, minor }: Chord): [number, number, number] {
  return [root, root + (minor ? 3 : 4), root + 7];
}

/** Two notes a beat: root and third, then fifth and third. */
function brokenChord(chord: Chord, beat: number): [number, number] {
  const [root, third, fifth] = triad(chord);
  return beat % 2 === 0 ? [root, third] : [fifth, third];
}

function note(pitch: number, start: number, length: number, level: number): Note {
  return { frequency: 440 * 2 ** ((pitch - 69) / 12), start, length, level };
}
