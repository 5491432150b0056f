/**
 * Many synthetic clips: a set with a training and a test part, handed out in the order of time.
 *
 * @module
 */
import { whole } from "../../../gpu/check.ts";
import { fold, key } from "../../../gpu/random.ts";
import { type Chronology, dealPositions, drawChronology } from "./chronology.ts";
import { type SyntheticClip, syntheticClip } from "./clip.ts";
import { CLIP_SETTINGS, type ClipSettings } from "./settings.ts";

/** Clips that a set may have: its chronology, 32 bytes each, is kept in memory. */
const MOST_CLIPS = 2 ** 24;

/** Which set. */
export interface WhaleSetOptions {
  /** Names it. */
  readonly seed: number;
  /** Number of training clips, at least 1; Kaggle's set has 30,000. */
  readonly training: number;
  /** Number of test clips, 0 or more; Kaggle's set has 54,503. Default 0. */
  readonly test?: number;
  /** Changes of the generator's settings. */
  readonly settings?: Partial<ClipSettings>;
}

/** The two parts of a set. */
export type WhalePart = "training" | "test";

/** A clip of a set. */
export interface StreamedClip extends SyntheticClip {
  /** Its name as Kaggle gives names: `train1.aiff` is the first in time. */
  readonly name: string;
  /** Place in the whole set's order of time, from 0; training and test clips interleave. */
  readonly position: number;
}

/**
 * A set of clips that are made when they are asked for. Clip `i` of a part is a function of the
 * options and `i` alone, whatever was asked for before.
 *
 * @example
 * ```ts
 * import { WhaleSet } from "./stream.ts";
 *
 * const set = new WhaleSet({ seed: 1, training: 20, test: 10 });
 * for (const { name, samples } of set.clips("test", 8)) {
 *   if (name !== "test9.aiff" || samples.length !== 4000) throw new Error("unexpected");
 *   break;
 * }
 * ```
 */
export class WhaleSet {
  readonly #seed: number;
  readonly #settings: ClipSettings;
  readonly #chronology: Chronology;
  readonly #positions: Readonly<Record<WhalePart, Uint32Array>>;

  /**
   * Draws the chronology; no clip is made yet.
   *
   * @throws {RangeError} for numbers of clips out of range
   */
  constructor({ seed, training, test = 0, settings }: WhaleSetOptions) {
    whole("Cannot make clips", { training }, 1);
    whole("Cannot make clips", { test }, 0, MOST_CLIPS - training);
    this.#seed = seed;
    this.#settings = { ...CLIP_SETTINGS, ...settings };
    this.#chronology = drawChronology(seed, training + test);
    this.#positions = dealPositions(seed, training, test);
  }

  /** Number of clips of a part. */
  count(part: WhalePart): number {
    return this.#positions[part].length;
  }

  /** Places of a part's clips in the order of time of both parts, ascending. */
  positions(part: WhalePart): Uint32Array {
    return this.#positions[part].slice();
  }

  /**
   * Makes one clip.
   *
   * @param part Which part
   * @param index Its place in the part, from 0
   * @throws {RangeError} when the part has no such clip
   */
  clip(part: WhalePart, index: number): StreamedClip {
    whole(`Cannot make a ${part} clip`, { index }, 0, this.count(part) - 1);
    const position = this.#positions[part][index];
    const stream = fold(fold(key(this.#seed), "whale/clips"), position);
    return {
      ...syntheticClip(stream, this.#chronology.at(position), this.#settings),
      name: `${part === "training" ? "train" : "test"}${index + 1}.aiff`,
      position,
    };
  }

  /**
   * Makes the clips of a part one after the other, in the order of time.
   *
   * @param part Which part
   * @param from Index of the first. Default 0
   * @param to Index after the last. Default: the end
   */
  *clips(part: WhalePart, from = 0, to: number = this.count(part)): Generator<StreamedClip> {
    for (let index = from; index < to; index++) yield this.clip(part, index);
  }
}
