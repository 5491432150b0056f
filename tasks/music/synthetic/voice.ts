/**
 * A voice of harmonics: one period in a table for each pitch, read at the pace of the note.
 *
 * @module
 */

/** Samples in a table's period; linear reading between them errs by 0.1 % at the 16th harmonic. */
const TABLE = 2048;

/** A sine's period, so that a table costs no sine of its own. */
const SINE = Float64Array.from({ length: TABLE }, (_, i) => Math.sin(2 * Math.PI * i / TABLE));

/** Release of a note after its end, seconds. */
const RELEASE = 0.03;

/** Decay of a held note, per second: it halves in 1.4 s. */
const DECAY = 0.5;

/** How a voice sounds. */
export interface Timbre {
  /** Harmonics, 2 to 16; the last one is as strong as the fraction says. */
  readonly harmonics: number;
  /** Harmonic h has amplitude 1/h^slope. */
  readonly slope: number;
  /** Seconds until a note has its full level. */
  readonly attack: number;
}

/** A note. */
export interface Note {
  /** Frequency, Hz. */
  readonly frequency: number;
  /** Second it starts at; may be before the clip. */
  readonly start: number;
  /** Seconds until its release. */
  readonly length: number;
  /** Amplitude of its fundamental. */
  readonly level: number;
}

/** The timbre of two audible parameters. */
export function timbreOf(bright: number, attack: number): Timbre {
  return {
    harmonics: 2 + 14 * bright,
    slope: 1.6 - 0.8 * bright,
    attack: 0.005 + 0.25 * attack,
  };
}

/**
 * Where each sample lies in a time that vibrato bends, in samples: all notes of a song waver together,
 * and a note's phase is its frequency times this.
 *
 * @param length Samples
 * @param rate Samples a second
 * @param depth Largest change of the pitch, 0.012 for 1.2 %
 */
export function wavering(length: number, rate: number, depth: number): Float64Array<ArrayBuffer> {
  const angle = 2 * Math.PI * VIBRATO_RATE / rate; // a sample
  return new Float64Array(length).map((_, i) => i + depth * (1 - Math.cos(angle * i)) / angle);
}

/** Hz. */
const VIBRATO_RATE = 5.5;

/** Plays notes of one timbre; keeps the tables of the pitches it has played. */
export class Voice {
  readonly #timbre: Timbre;
  readonly #time: Float64Array;
  readonly #rate: number;
  readonly #tables = new Map<number, Float64Array>();

  /**
   * Plays nothing yet.
   *
   * @param timbre How it sounds
   * @param time From {@linkcode wavering}, as long as the clip
   * @param rate Samples a second
   */
  constructor(timbre: Timbre, time: Float64Array, rate: number) {
    this.#timbre = timbre;
    this.#time = time;
    this.#rate = rate;
  }

  /** Adds a note to a clip; what lies outside is left out. */
  play({ frequency, start, length, level }: Note, clip: Float64Array): void {
    const table = this.#tableOf(frequency);
    const rate = this.#rate;
    const onset = Math.round(start * rate);
    const first = Math.max(0, onset);
    const last = Math.min(clip.length, onset + Math.round((length + RELEASE) * rate));
    const rise = 1 / (this.#timbre.attack * rate);
    const fall = 1 / (RELEASE * rate);
    const end = onset + Math.round((length + RELEASE) * rate);
    const decay = Math.exp(-DECAY / rate);
    const pace = frequency * TABLE / rate;
    let held = level * decay ** (first - onset);
    for (let i = first; i < last; i++) {
      const envelope = Math.min(1, (i - onset) * rise, (end - i) * fall);
      const at = pace * this.#time[i];
      const whole = Math.floor(at);
      const from = table[whole & (TABLE - 1)];
      const to = table[(whole + 1) & (TABLE - 1)];
      clip[i] += held * envelope * (from + (at - whole) * (to - from));
      held *= decay;
    }
  }

  /** One period with the harmonics that lie below half the rate, so that nothing folds back. */
  #tableOf(frequency: number): Float64Array {
    const known = this.#tables.get(frequency);
    if (known) return known;
    const { harmonics, slope } = this.#timbre;
    const table = new Float64Array(TABLE);
    for (let h = 1; h < harmonics + 1 && h * frequency < this.#rate / 2; h++) {
      const amplitude = Math.min(1, harmonics + 1 - h) * h ** -slope;
      for (let i = 0; i < TABLE; i++) table[i] += amplitude * SINE[h * i & (TABLE - 1)];
    }
    this.#tables.set(frequency, table);
    return table;
  }
}
