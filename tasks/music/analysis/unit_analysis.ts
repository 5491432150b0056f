/**
 * What the units of a layer listen for: their playlists of cold songs, the parameters that they
 * follow, and what the same network shows before it has learnt.
 *
 * @module
 */
import type { Gpu } from "../../../gpu/gpu.ts";
import { fold, type Key } from "../../../gpu/random.ts";
import { take } from "../../../gpu/rows.ts";
import type { NdArray } from "../../../gpu/tensor.ts";
import {
  type ActivationOptions,
  type UnitActivations,
  unitActivations,
  type UnitLayer,
} from "./activations.ts";
import type { Song, SyntheticTruth } from "../catalogue.ts";
import { SELECTIVE, type UnitPlaylist, unitPlaylists } from "./playlists.ts";
import { type UnitCorrelations, unitCorrelations } from "./unit_correlations.ts";

/** What of its activations over time a unit's playlist is sorted by. */
export const MEASURES = ["max", "mean"] as const;

/** The largest activation over time, or the mean. */
export type Measure = (typeof MEASURES)[number];

/** What units show by one measure. */
export interface MeasuredUnits {
  /** A playlist a unit, of places in the catalogue. */
  readonly playlists: readonly UnitPlaylist[];
  /** Units whose playlist has mostly one genre. */
  readonly selective: number;
  /** Units whose playlist lacks songs, since they answer to too few. */
  readonly silent: number;
  /** Mean purity of the playlists of the other units; NaN where there are none. */
  readonly purity: number;
  /** Which parameter is followed by which unit, where the parameters are known. */
  readonly correlations?: UnitCorrelations;
}

/** What the units of a layer show. */
export interface LayerAnalysis {
  /** The layer. */
  readonly layer: UnitLayer;
  /** Number of units. */
  readonly units: number;
  /** By measure, of the network of the run. */
  readonly learnt: Readonly<Record<Measure, MeasuredUnits>>;
  /** By measure, of the same network with its initial weights. */
  readonly untrained: Readonly<Record<Measure, MeasuredUnits>>;
}

/** What is analysed. */
export interface LayerAnalysisOptions extends Omit<ActivationOptions, "untrained"> {
  /** Places of the cold songs. */
  readonly cold: readonly number[];
  /** All songs. */
  readonly songs: readonly Song[];
  /** The parameters behind all songs, where they are known. */
  readonly truth?: SyntheticTruth;
  /** Length of a playlist. */
  readonly count: number;
  /** Draws the weights of the untrained network, and the shuffles. */
  readonly key: Key;
}

/**
 * Asks the units of a layer about the cold songs, which the network has not learnt from.
 *
 * @param spectrograms of all songs
 */
export async function analyseLayer(
  gpu: Gpu,
  layer: UnitLayer,
  spectrograms: readonly NdArray<Float32Array>[],
  options: LayerAnalysisOptions,
): Promise<LayerAnalysis> {
  const heard = options.cold.map((song) => spectrograms[song]);
  const learnt = await unitActivations(gpu, layer, heard, options);
  const untrained = await unitActivations(gpu, layer, heard, {
    ...options,
    untrained: fold(options.key, "untrained"),
  });
  return {
    layer,
    units: learnt.max.shape[1],
    learnt: byMeasure(learnt, options),
    untrained: byMeasure(untrained, options),
  };
}

function byMeasure(activations: UnitActivations, options: LayerAnalysisOptions) {
  return {
    max: measured(activations.max, options),
    mean: measured(activations.mean, options),
  };
}

function measured(
  activations: NdArray,
  { cold, songs, truth, count, key }: LayerAnalysisOptions,
): MeasuredUnits {
  const genres = cold.map((song) => songs[song].genre);
  const playlists = unitPlaylists(activations, genres, count).map((list) => ({
    ...list,
    songs: list.songs.map((row) => cold[row]),
  }));
  const whole = playlists.filter(({ songs }) => songs.length >= Math.min(count, cold.length));
  return {
    playlists,
    selective: playlists.filter(({ purity }) => purity >= SELECTIVE).length,
    silent: playlists.length - whole.length,
    purity: whole.reduce((sum, { purity }) => sum + purity, 0) / whole.length,
    correlations: truth && unitCorrelations(activations, {
      names: truth.names,
      parameters: take(truth.audible, cold),
      key: fold(key, "shuffles"),
    }),
  };
}

/** Units of a layer that are selective by at least one measure. */
export function selectiveUnits(lists: Readonly<Record<Measure, MeasuredUnits>>): number[] {
  const { max, mean } = lists;
  return max.playlists.flatMap(({ unit, purity }) =>
    Math.max(purity, mean.playlists[unit].purity) >= SELECTIVE ? [unit] : []
  );
}
