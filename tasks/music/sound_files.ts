/**
 * Sound files read one by one, made alike: one channel, one rate, one loudness.
 *
 * @module
 */
import { prepareMp3 } from "../../audio/mp3.ts";
import { SOUND_ENDINGS } from "../../audio/sound_kind.ts";
import { type FileSet, openFileSet } from "../../files/disk/file_set.ts";
import type { Warn } from "../../files/warn.ts";
import { readSound, type ReadSoundOptions } from "./read_sound.ts";

/** Decoded sound kept in memory at most, bytes: 100 minutes. */
const KEPT_BYTES = 512 * 2 ** 20;

/** Largest file that is opened, bytes: an hour in stereo at 48 kHz and 24 bits takes 1 GB. */
const LARGEST_FILE = 2 ** 30;

/** Files that are taken for sound; what they are is told by their content. */
export const SOUNDS = {
  words: "sounds",
  example: "*.wav",
  endings: Object.values(SOUND_ENDINGS).flat(),
};

/**
 * The sound files of a folder or zip, or one file; close them after use.
 *
 * @throws {InputError} where there are none
 */
export async function openSounds(path: string, warn?: Warn): Promise<FileSet> {
  return await openFileSet(path, SOUNDS, { warn, expected: "*.wav, *.aiff or *.mp3" });
}

/** Loads what decoders some files need, by their names: not after hours of the other ones. */
export async function prepareDecoders(files: readonly string[]): Promise<void> {
  const endings = SOUND_ENDINGS.mp3.map((ending) => `.${ending}`);
  const isMp3 = (file: string) => endings.some((each) => file.toLowerCase().endsWith(each));
  if (files.some(isMp3)) await prepareMp3();
}

/** Sounds of a set. The first ones stay in memory, as many as fit. */
export class SoundFiles {
  readonly #set: FileSet;
  readonly #options: ReadSoundOptions;
  readonly #kept = new Map<string, Float32Array<ArrayBuffer>>();
  #keptBytes = 0;

  /**
   * Reads nothing yet; the set must stay open.
   *
   * @param options what is expected of each file, and who is told of its faults
   */
  constructor(set: FileSet, options: ReadSoundOptions = {}) {
    this.#set = set;
    this.#options = options;
  }

  /**
   * Decodes a file to see that it can be.
   *
   * @returns whether anything is heard in it
   * @throws {InputError} naming the file, and what is wrong with it
   */
  async check(file: string): Promise<boolean> {
    const samples = await this.#decode(file);
    if (this.#keptBytes + samples.byteLength <= KEPT_BYTES) {
      this.#kept.set(file, samples);
      this.#keptBytes += samples.byteLength;
    }
    return samples.some((sample) => sample !== 0);
  }

  /**
   * The sound of a file: one channel at 22,050 Hz, of root mean square 0.1. The array is the caller's.
   *
   * @throws {InputError} naming the file, when it cannot be read any longer
   */
  async read(file: string): Promise<Float32Array<ArrayBuffer>> {
    return this.#kept.get(file)?.slice() ?? await this.#decode(file);
  }

  async #decode(file: string): Promise<Float32Array<ArrayBuffer>> {
    const name = this.#set.fileName(file);
    return await readSound(await this.#set.read(file, LARGEST_FILE), name, this.#options);
  }
}
