/**
 * The sound of songs as WAV files, for players that ask for one piece after another.
 *
 * @module
 */
import { encodeWav } from "../../../audio/wav.ts";
import { SAMPLE_RATE } from "../catalogue.ts";

/** Files that are kept: a player asks for the same one several times. */
const KEPT = 16;

/** The part of a catalogue that sounds. */
export interface SoundSource {
  /** The sound of a song: one channel at 22,050 Hz. */
  samples(song: number): Promise<Float32Array<ArrayBuffer>>;
}

/** WAV files of songs, 16 bits; the last few are kept. */
export class SongSounds {
  readonly #source: SoundSource;
  readonly #kept = new Map<number, Promise<Uint8Array<ArrayBuffer>>>();

  /** Reads nothing yet. */
  constructor(source: SoundSource) {
    this.#source = source;
  }

  /** The file of a song. */
  wav(song: number): Promise<Uint8Array<ArrayBuffer>> {
    const file = this.#kept.get(song) ?? this.#encode(song);
    this.#kept.delete(song);
    this.#kept.set(song, file);
    file.catch(() => this.#kept.delete(song));
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return file;
  }

  async #encode(song: number): Promise<Uint8Array<ArrayBuffer>> {
    const samples = await this.#source.samples(song);
    return encodeWav({ rate: SAMPLE_RATE, channels: [Float64Array.from(samples)] });
  }
}
