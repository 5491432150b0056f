/**
 * What the songs of a catalogue sound like, in numbers: log-mel spectrograms for networks, cepstra for
 * bags of words.
 *
 * @module
 */
import { logMel, type LogMelFront, prepareLogMel } from "../../audio/log_mel.ts";
import { mfcc, MFCC_FRONT, type MfccTransform, prepareMfcc } from "../../audio/mfcc.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { type Catalogue, SAMPLE_RATE } from "./catalogue.ts";
import type { MusicConfig } from "./config.ts";

/** Settings of the front end. */
export type FrontConfig = Pick<
  MusicConfig,
  "windowLength" | "hopLength" | "bands" | "compression"
>;

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
    using _scope = this.#gpu.scope();
    const x = this.#gpu.upload(ndarray([samples.length], samples));
    return await this.#read(logMel(this.#gpu, x, this.#logMel));
  }

  /** Both descriptions of songs of the same length. */
  async describe(songs: readonly Float32Array<ArrayBuffer>[]): Promise<SongSound[]> {
    using _scope = this.#gpu.scope();
    const length = songs[0].length;
    const samples = new Float32Array(songs.length * length);
    songs.forEach((song, at) => samples.set(song, at * length));
    const x = this.#gpu.upload(ndarray([songs.length, length], samples));
    const cepstra = mfcc(this.#gpu, logMel(this.#gpu, x, this.#decibels), this.#mfcc);
    const [heard, words] = await Promise.all([
      this.#read(logMel(this.#gpu, x, this.#logMel)),
      this.#read(cepstra),
    ]);
    return songs.map((_, at) => ({ logMel: rowAt(heard, at), cepstra: rowAt(words, at) }));
  }

  async #read(tensor: Parameters<Gpu["read"]>[0]): Promise<NdArray<Float32Array>> {
    return await this.#gpu.read(tensor) as NdArray<Float32Array>;
  }
}

/** Samples that are described together: 16 songs of 6 s. A wait for the device takes 11 ms. */
const BATCH = 2 ** 21;

/** All songs in numbers, in memory: 29 kB a second of sound at the default settings. */
export async function describeSongs(
  gpu: Gpu,
  catalogue: Catalogue,
  config: FrontConfig,
  options: { readonly progress?: (done: number) => void; readonly signal?: AbortSignal } = {},
): Promise<SongSound[]> {
  const front = new Front(gpu, config);
  const sounds: SongSound[] = [];
  let batch: Float32Array<ArrayBuffer>[] = [];
  const describe = async () => {
    if (batch.length) sounds.push(...await front.describe(batch));
    batch = [];
    options.progress?.(sounds.length);
  };
  for (let song = 0; song < catalogue.songs.length; song++) {
    options.signal?.throwIfAborted();
    const samples = await catalogue.samples(song);
    const fits = batch.length === 0 ||
      batch[0].length === samples.length && (batch.length + 1) * samples.length <= BATCH;
    if (!fits) await describe();
    batch.push(samples);
  }
  await describe();
  return sounds;
}

function rowAt({ shape: [, ...rest], data }: NdArray<Float32Array>, row: number) {
  const size = rest.reduce((a, n) => a * n, 1);
  return ndarray(rest, data.slice(row * size, (row + 1) * size));
}
