/**
 * Sound files read one by one, made alike: one channel, one rate, one loudness.
 *
 * @module
 */
import { decodeRecording } from "../../audio/decode.ts";
import { mixToMono } from "../../audio/recording.ts";
import { resample } from "../../audio/resample.ts";
import { describeFileError } from "../../files/disk/presence.ts";
import { InputError } from "../../files/input_error.ts";
import { SAMPLE_RATE } from "./catalogue.ts";
import { levelled } from "./loudness.ts";

/** Decoded sound kept in memory at most, bytes: 100 minutes. */
const KEPT_BYTES = 512 * 2 ** 20;

/** Largest file that is opened, bytes: an hour in stereo at 48 kHz and 24 bits takes 1 GB. */
const LARGEST_FILE = 2 ** 30;

/** Sound files of a folder. The first ones stay in memory, as many as fit. */
export class SoundFiles {
  readonly #folder: string;
  readonly #kept = new Map<string, Float32Array<ArrayBuffer>>();
  #keptBytes = 0;

  /** Reads nothing yet. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Decodes a file to see that it can be.
   *
   * @throws {InputError} naming the file, and what is wrong with it
   */
  async check(file: string): Promise<void> {
    const samples = await this.#decode(file);
    if (this.#keptBytes + samples.byteLength > KEPT_BYTES) return;
    this.#kept.set(file, samples);
    this.#keptBytes += samples.byteLength;
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
    try {
      const path = `${this.#folder}/${file}`;
      const { size } = await Deno.stat(path);
      if (size > LARGEST_FILE) {
        throw new InputError(
          `Cannot read ${file}`,
          `it has ${size} bytes, at most ${LARGEST_FILE} are read`,
        );
      }
      const recording = await decodeRecording(await Deno.readFile(path), file);
      return levelled(resample(mixToMono(recording), recording.rate, SAMPLE_RATE));
    } catch (error) {
      if (error instanceof InputError) throw error;
      const attempt = `Cannot read ${file}`;
      // A rate that cannot be changed to ours, or a file that went away.
      const isRange = error instanceof RangeError;
      throw new InputError(attempt, isRange ? error.message : describeFileError(error));
    }
  }
}
