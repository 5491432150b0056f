/**
 * A network that hears a song's latent factors, with what it needs to hear: front end and statistics of
 * the bands. It is learnt, written to `model.safetensors`, read, and asked.
 *
 * @module
 */
import { InputError } from "../../files/input_error.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { fold, type Key, key } from "../../gpu/random.ts";
import { readSafetensors, writeSafetensors } from "../../files/disk/safetensors.ts";
import { hostTensor } from "../../files/safetensors.ts";
import { deviceTensor, loadTensors } from "../../nn/checkpoint.ts";
import { type NdArray, ndarray, sizeOf } from "../../gpu/tensor.ts";
import { fit } from "../../nn/fit.ts";
import type { FitReport, Resumption } from "../../nn/fit_report.ts";
import type { LayerSpec } from "../../nn/layer.ts";
import type { Loss } from "../../nn/loss.ts";
import { Model } from "../../nn/model.ts";
import type { Dataset } from "../../nn/data.ts";
import { adam } from "../../nn/optimizer.ts";
import { cosineRate } from "../../nn/schedule.ts";
import {
  latentConvnet,
  latentConvnet2013,
  latentConvnet2014,
} from "../../recsys/latent_networks.ts";
import {
  type BandStatistics,
  bandStatistics,
  meanOverWindows,
  predictionWindows,
  trainingWindows,
} from "../../recsys/sound_windows.ts";
import type { MusicConfig } from "./config.ts";
import { Front } from "./spectrograms.ts";

/** The network of a configuration, for windows [b, frames, bands]. */
export function hearingNetwork({ network, factors, dropout }: MusicConfig): LayerSpec {
  const options = { factors, dropout };
  if (network === "convnet2013") return latentConvnet2013(options);
  if (network === "convnet2014") return latentConvnet2014(options);
  return latentConvnet(options);
}

/** What a network is learnt from. */
export interface LearnHearingOptions {
  /** Spectrograms of all songs, `[t, bands]` each. */
  readonly spectrograms: readonly NdArray<Float32Array>[];
  /** Places of the songs to learn from. */
  readonly songs: Uint32Array;
  /** What is learnt, by song: `target` `[songs, f]`, and `weights` where the loss takes them. */
  readonly fields: Readonly<Record<string, NdArray<Float32Array>>>;
  /** Compares. */
  readonly loss: Loss;
  /** Changes the examples, such as by drawing a listener for each. */
  readonly examples?: (windows: Dataset) => Dataset;
  /** Settings. */
  readonly config: MusicConfig;
  /** Stream of everything random. */
  readonly key: Key;
  /** Told of the loss now and then, with the steps in all. */
  readonly progress?: (report: FitReport, steps: number) => Promise<void> | void;
  /** File of the state of training, from which `resume` goes on. */
  readonly checkpoint?: {
    readonly path: string;
    readonly resume: boolean;
    /** Told where training goes on from. */
    readonly resumed?: (from: Resumption) => Promise<void>;
  };
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** A network that hears. */
export class Hearing implements Disposable {
  readonly #model: Model;
  readonly #statistics: BandStatistics;
  readonly #config: MusicConfig;
  readonly #front: Front;

  private constructor(gpu: Gpu, config: MusicConfig, statistics: BandStatistics, stream: Key) {
    this.#config = config;
    this.#statistics = statistics;
    this.#front = new Front(gpu, config);
    this.#model = new Model(gpu, hearingNetwork(config), {
      inputShape: [config.frames, config.bands],
      key: fold(stream, "weights"),
    });
  }

  /** Learns a network. */
  static async learn(gpu: Gpu, options: LearnHearingOptions): Promise<Hearing> {
    const { spectrograms, songs, fields, config, signal, checkpoint } = options;
    const statistics = bandStatistics(spectrograms, songs);
    const hearing = new Hearing(gpu, config, statistics, options.key);
    const { frames, windowsPerSong, batchSize, epochs, learningRate } = config;
    const windows = trainingWindows(spectrograms, songs, {
      frames,
      statistics,
      perSong: windowsPerSong,
      fields,
    });
    const data = options.examples?.(windows) ?? windows;
    const steps = epochs * Math.ceil(data.length / batchSize);
    const reports = fit(hearing.#model, {
      data,
      loss: options.loss,
      optimizer: adam(),
      schedule: cosineRate({ rate: learningRate, total: steps }),
      steps,
      batchSize: Math.min(batchSize, data.length),
      key: fold(options.key, "training"),
      signal,
      ...(checkpoint && {
        checkpoint: { path: checkpoint.path, every: Math.max(1, Math.ceil(steps / 4)) },
        resume: checkpoint.resume,
        resumed: checkpoint.resumed,
      }),
    });
    for await (const report of reports) {
      await options.progress?.(report, steps);
      if (report.ended === "signal") signal!.throwIfAborted();
    }
    return hearing;
  }

  /** Factors of songs by their spectrograms, `[songs, f]`: the mean over consecutive windows. */
  async predict(
    spectrograms: readonly NdArray<Float32Array>[],
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<NdArray<Float32Array>> {
    const { frames } = this.#config;
    const windows = predictionWindows(spectrograms, { frames, statistics: this.#statistics });
    const rows = await this.#model.predict(windows.data, {
      batchSize: Math.min(64, windows.data.length),
      signal: options.signal,
    });
    return meanOverWindows(rows, windows.songOf, spectrograms.length);
  }

  /** Factors of a song by its samples: one channel at 22,050 Hz, levelled; `[f]`. */
  async hear(samples: Float32Array<ArrayBuffer>): Promise<Float32Array> {
    return (await this.predict([await this.#front.hear(samples)])).data;
  }

  /**
   * What learning added to the first layer's filters: short training leaves most of a filter as random
   * as it began, and hides what it listens for.
   *
   * @param stream the `key` that it was learnt with
   * @returns `[length, bands, filters]`
   */
  async learntFilters(stream: Key): Promise<NdArray<Float32Array>> {
    const [{ name, value, init }] = this.#model.params;
    const [, length, bands, filters] = value.shape;
    const start = new Float32Array(sizeOf(value.shape));
    init(start, 0, value.shape, fold(fold(stream, "weights"), name));
    const { data } = await this.#model.gpu.read(value);
    return ndarray([length, bands, filters], start.map((weight, at) => data[at] - weight));
  }

  /** Writes weights and statistics. */
  async write(path: string): Promise<void> {
    const { means, deviations } = this.#statistics;
    const weights = Object.entries(this.#model.weights);
    await writeSafetensors(path, {
      metadata: { format: "cetus music 1", network: this.#config.network },
      tensors: [
        hostTensor(MEANS, ndarray([means.length], means)),
        hostTensor(DEVIATIONS, ndarray([deviations.length], deviations)),
        ...weights.map(([name, tensor]) => deviceTensor(this.#model.gpu, name, tensor)),
      ],
    });
  }

  /**
   * Reads a network that `write` wrote.
   *
   * @throws {InputError} when the file does not fit the settings
   */
  static async read(gpu: Gpu, path: string, config: MusicConfig): Promise<Hearing> {
    const statistics = await readStatistics(path, config.bands);
    const hearing = new Hearing(gpu, config, statistics, key(0));
    await loadTensors(gpu, path, hearing.#model.weights);
    return hearing;
  }

  /** Gives the network's memory back. */
  [Symbol.dispose](): void {
    this.#model[Symbol.dispose]();
  }
}

const MEANS = "bands/means";
const DEVIATIONS = "bands/deviations";

/**
 * Statistics of the bands as a network's file holds them.
 *
 * @throws {InputError} when the file has none for so many bands
 */
export async function readStatistics(path: string, bands: number): Promise<BandStatistics> {
  using file = await readSafetensors(path);
  const read = async (name: string) => {
    const shape = file.tensors.get(name)?.shape.join();
    if (shape !== `${bands}`) {
      throw new InputError(`Cannot read ${path}`, `"${name}" is [${shape}], expected [${bands}]`);
    }
    return (await file.read(name)).data as Float32Array;
  };
  return { means: await read(MEANS), deviations: await read(DEVIATIONS) };
}
