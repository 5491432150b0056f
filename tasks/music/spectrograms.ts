/**
 * What the songs of a catalogue sound like, in numbers: log-mel spectrograms for networks, cepstra for
 * bags of words.
 *
 * @module
 */
import {
  LOG_MEL_DEFAULTS,
  logMel,
  type LogMelFront,
  logMelOfPower,
  prepareLogMel,
} from "../../audio/log_mel.ts";
import { isLong, logMelOfRecording, mfccOfRecording } from "../../audio/long_recording.ts";
import {
  mfcc,
  MFCC_DEFAULTS,
  MFCC_FRONT,
  type MfccTransform,
  prepareMfcc,
} from "../../audio/mfcc.ts";
import { spectrogram } from "../../audio/spectrogram.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { row } from "../../gpu/rows.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { type Catalogue, SAMPLE_RATE } from "./catalogue.ts";
import type { MusicConfig } from "./config.ts";
import { type FeatureCache, featureKey } from "./feature_cache.ts";

/** Settings of the front end. */
export type FrontConfig = Pick<
  MusicConfig,
  "windowLength" | "hopLength" | "bands" | "compression"
>;

/**
 * Samples at our rate that a song must have: a frame for the network, which repeats what is shorter than
 * its window, and as many frames of cepstra as their differences are fitted to.
 */
export function leastSamples({ windowLength }: Pick<FrontConfig, "windowLength">): number {
  const cepstra = LOG_MEL_DEFAULTS.windowLength +
    (MFCC_DEFAULTS.width - 1) * LOG_MEL_DEFAULTS.hopLength;
  return Math.max(windowLength, cepstra);
}

/** A song in numbers. */
export interface SongSound {
  /** `[t, bands]` */
  readonly logMel: NdArray<Float32Array>;
  /** 13 cepstra with first and second differences, `[t', 39]`. */
  readonly cepstra: NdArray<Float32Array>;
}

/** The front end on a device. */
export class Front {
  readonly #gpu: Gpu;
  readonly #logMel: LogMelFront;
  readonly #decibels: LogMelFront;
  readonly #mfcc: MfccTransform;

  /** Puts its tables on the device. */
  constructor(gpu: Gpu, { windowLength, hopLength, bands, compression }: FrontConfig) {
    this.#gpu = gpu;
    const options = { sampleRate: SAMPLE_RATE, windowLength, hopLength, bands, compression };
    this.#logMel = prepareLogMel(gpu, options);
    this.#decibels = prepareLogMel(gpu, { ...MFCC_FRONT, sampleRate: SAMPLE_RATE });
    this.#mfcc = prepareMfcc(gpu);
  }

  /** The log-mel spectrogram of a song's samples, `[t, bands]`. */
  async hear(samples: Float32Array<ArrayBuffer>): Promise<NdArray<Float32Array>> {
    return await logMelOfRecording(this.#gpu, samples, this.#logMel);
  }

  /** Both descriptions of songs of the same length. */
  async describe(songs: readonly Float32Array<ArrayBuffer>[]): Promise<SongSound[]> {
    const [song] = songs;
    if (songs.length === 1 && isLong(this.#gpu, song.length, this.#logMel.spectrograph)) {
      return [await this.#describeLong(song)];
    }
    using scope = this.#gpu.scope();
    const length = songs[0].length;
    const samples = new Float32Array(songs.length * length);
    songs.forEach((song, at) => samples.set(song, at * length));
    const x = scope.upload(ndarray([songs.length, length], samples));
    const power = spectrogram(scope, x, this.#logMel.spectrograph);
    const decibels = sameFrames(this.#logMel, this.#decibels)
      ? logMelOfPower(scope, power, this.#decibels)
      : logMel(scope, x, this.#decibels);
    const [heard, words] = await Promise.all([
      this.#read(logMelOfPower(scope, power, this.#logMel)),
      this.#read(mfcc(scope, decibels, this.#mfcc)),
    ]);
    return songs.map((_, at) => ({ logMel: rowAt(heard, at), cepstra: rowAt(words, at) }));
  }

  async #describeLong(song: Float32Array<ArrayBuffer>): Promise<SongSound> {
    const decibels = await logMelOfRecording(this.#gpu, song, this.#decibels);
    return {
      logMel: await logMelOfRecording(this.#gpu, song, this.#logMel),
      cepstra: await mfccOfRecording(this.#gpu, decibels, this.#mfcc),
    };
  }

  async #read(tensor: Parameters<Gpu["read"]>[0]): Promise<NdArray<Float32Array>> {
    return await this.#gpu.read(tensor) as NdArray<Float32Array>;
  }
}

function sameFrames({ options: a }: LogMelFront, { options: b }: LogMelFront): boolean {
  return a.windowLength === b.windowLength && a.hopLength === b.hopLength;
}

/** Samples that are described together: 16 songs of 6 s. A wait for the device takes 11 ms. */
const BATCH = 2 ** 21;

/** How songs are described. */
export interface DescribeOptions {
  /**
   * Where descriptions are kept, so that the same sound is heard once for the same settings and
   * adapter. Default none: all are made.
   */
  readonly cache?: FeatureCache;
  /** Told how many songs are done. */
  readonly progress?: (done: number) => void;
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * All songs in numbers, in memory: 29 kB a second of sound at the default settings, and as much on disk
 * with a cache.
 */
export async function describeSongs(
  gpu: Gpu,
  catalogue: Catalogue,
  config: FrontConfig,
  { cache, progress, signal }: DescribeOptions = {},
): Promise<SongSound[]> {
  const { windowLength, hopLength, bands, compression } = config;
  const settings = { windowLength, hopLength, bands, compression, adapter: gpu.name };
  const front = new Front(gpu, config);
  const sounds: SongSound[] = Array(catalogue.songs.length);
  let [batch, done]: [Unheard[], number] = [[], 0];
  const hear = async () => {
    if (batch.length === 0) return;
    const heard = await front.describe(batch.map(({ samples }) => samples));
    for (const [at, { song, key }] of batch.entries()) {
      sounds[song] = heard[at];
      if (key) await cache!.write(key, { ...heard[at] });
    }
    progress?.(done += batch.length);
    batch = [];
  };
  for (let song = 0; song < catalogue.songs.length; song++) {
    signal?.throwIfAborted();
    const samples = await catalogue.samples(song);
    const key = cache && await featureKey(settings, samples);
    const kept = key && await cache.read(key, ["logMel", "cepstra"]);
    if (kept) {
      sounds[song] = kept;
      progress?.(++done);
      continue;
    }
    const length = batch[0]?.samples.length ?? samples.length;
    const fits = length === samples.length && (batch.length + 1) * length <= BATCH;
    if (!fits) await hear();
    batch.push({ song, samples, key });
  }
  await hear();
  return sounds;
}

/** A song that waits to be described. */
interface Unheard {
  readonly song: number;
  readonly samples: Float32Array<ArrayBuffer>;
  /** Where its description is kept. */
  readonly key?: string;
}

function rowAt(array: NdArray<Float32Array>, index: number): NdArray<Float32Array> {
  return ndarray(array.shape.slice(1), row(array, index).slice());
}
