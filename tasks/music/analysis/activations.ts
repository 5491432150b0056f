/**
 * What the inner units of a network answer to songs: the filters of its last convolution, and the
 * units of its topmost hidden layer. Source: Dieleman 2014, "Recommending music on Spotify with deep
 * learning", who plays the songs that a unit answers to most.
 *
 * @module
 */
import type { Gpu } from "../../../gpu/gpu.ts";
import { fold, type Key, key } from "../../../gpu/random.ts";
import { type NdArray, ndarray } from "../../../gpu/tensor.ts";
import { loadTensors } from "../../../nn/checkpoint.ts";
import type { LayerSpec } from "../../../nn/layer.ts";
import { Model } from "../../../nn/model.ts";
import { sequential } from "../../../nn/sequential.ts";
import { temporalPool } from "../../../nn/temporal.ts";
import { meanOverWindows, predictionWindows } from "../../../recsys/sound_windows.ts";
import type { MusicConfig } from "../config.ts";
import { hearingNetwork, readStatistics } from "../hearing.ts";

/** Layers whose units are asked. */
export const UNIT_LAYERS = ["filters", "hidden"] as const;

/** `filters` of the last convolution, or units of the topmost `hidden` dense layer. */
export type UnitLayer = (typeof UNIT_LAYERS)[number];

/** What units answer to songs, after the rectifier: 0 or more. */
export interface UnitActivations {
  /** The largest over time, `[songs, units]`. */
  readonly max: NdArray<Float32Array>;
  /** The mean over time, `[songs, units]`. */
  readonly mean: NdArray<Float32Array>;
}

/** Whose activations. */
export interface ActivationOptions {
  /** `model.safetensors` of a run. */
  readonly model: string;
  /** Settings of the run. */
  readonly config: MusicConfig;
  /** Draws other weights instead of the learnt ones: the same network before it has learnt. */
  readonly untrained?: Key;
  /** Told how many windows are done. */
  readonly progress?: (done: number) => void;
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Activations of one layer for songs. The filters are asked at every frame of consecutive windows; the
 * hidden units lie above the pooling over time and answer once a window.
 *
 * @param spectrograms one `[t, bands]` a song
 * @throws {InputError} when the file does not fit the settings
 */
export async function unitActivations(
  gpu: Gpu,
  layer: UnitLayer,
  spectrograms: readonly NdArray<Float32Array>[],
  options: ActivationOptions,
): Promise<UnitActivations> {
  const { model: path, config, untrained, progress, signal } = options;
  const { frames, bands } = config;
  const statistics = await readStatistics(path, bands);
  const network = networkUpTo(layer, hearingNetwork(config));
  using model = new Model(gpu, network, {
    inputShape: [frames, bands],
    key: fold(untrained ?? key(0), "weights"),
  });
  if (!untrained) await loadTensors(gpu, path, model.weights);
  const { data, songOf } = predictionWindows(spectrograms, { frames, statistics });
  const rows = await model.predict(data, {
    batchSize: Math.min(64, data.length),
    progress,
    signal,
  });
  const songs = spectrograms.length;
  if (layer === "hidden") {
    return { max: maxOverWindows(rows, songOf, songs), mean: meanOverWindows(rows, songOf, songs) };
  }
  const [max, mean] = halves(rows);
  return { max: maxOverWindows(max, songOf, songs), mean: meanOverWindows(mean, songOf, songs) };
}

/**
 * The layers of a network from its input to the units that are asked: `[b, 2 filters]`, maxima before
 * means, or `[b, hidden units]`. Its parameters have the names that they have in the whole network.
 *
 * @throws {RangeError} when the network has no such layer
 */
export function networkUpTo(layer: UnitLayer, { children = [] }: LayerSpec): LayerSpec {
  const wanted = layer === "filters" ? "conv1d" : "relu";
  const last = children.findLastIndex(({ kind }) => kind === wanted);
  if (last < 0) {
    throw new RangeError(
      `Cannot ask units: the network is ${
        children.map(({ kind }) => kind).join(", ") || "one layer"
      }, expected a ${wanted}`,
    );
  }
  const below = children.slice(0, last + 1);
  return sequential(layer === "filters" ? [...below, temporalPool(["max", "mean"])] : below);
}

/** The largest over the windows of each song, `[songs, units]`. */
export function maxOverWindows(
  { shape: [, units], data }: NdArray<Float32Array>,
  songOf: ArrayLike<number>,
  songs: number,
): NdArray<Float32Array> {
  const largest = new Float32Array(songs * units).fill(-Infinity);
  for (let window = 0; window < songOf.length; window++) {
    for (let unit = 0; unit < units; unit++) {
      const at = songOf[window] * units + unit;
      largest[at] = Math.max(largest[at], data[window * units + unit]);
    }
  }
  return ndarray([songs, units], largest);
}

function halves({ shape: [n, width], data }: NdArray<Float32Array>): NdArray<Float32Array>[] {
  const half = width / 2;
  return [0, half].map((from) =>
    ndarray(
      [n, half],
      Float32Array.from(
        { length: n * half },
        (_, i) => data[Math.floor(i / half) * width + from + i % half],
      ),
    )
  );
}
