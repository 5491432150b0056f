/**
 * What is found in a run, as a whole and in the figures that are printed.
 *
 * @module
 */
import type { NdArray } from "../../../gpu/tensor.ts";
import type { UnitLayer } from "./activations.ts";
import type { Song } from "../catalogue.ts";
import type { ColdNeighbours, Likeness } from "./neighbour_lists.ts";
import type { PurityByChance } from "./playlists.ts";
import type { MusicRun } from "../run_files.ts";
import type { SoundOutlier, SoundOutliers } from "./sound_outliers.ts";
import type { TagsBySource } from "./tag_sources.ts";
import type { FollowedParameter } from "./unit_correlations.ts";
import {
  type LayerAnalysis,
  type Measure,
  type MeasuredUnits,
  MEASURES,
  selectiveUnits,
} from "./unit_analysis.ts";

/** All that is found in a run. */
export interface RunAnalysis {
  /** The run. */
  readonly run: MusicRun;
  /** Length of playlists. */
  readonly count: number;
  /** Places of the cold songs. */
  readonly cold: readonly number[];
  /** What units show, by layer. */
  readonly layers: readonly LayerAnalysis[];
  /** What playlists drawn at random show. */
  readonly chance: PurityByChance;
  /** Songs that sound unlike their listeners. */
  readonly outliers: SoundOutliers;
  /** Neighbours of cold songs. */
  readonly neighbours: ColdNeighbours;
  /** Tags of all songs and of cold songs, where songs have tags. */
  readonly tags?: { readonly all: TagsBySource; readonly cold: TagsBySource };
  /** What was added to the filters of the first layer, `[length, bands, filters]`. */
  readonly filters: NdArray<Float32Array>;
  /** Whether the songs are synthetic. */
  readonly synthetic: boolean;
  /** The device. */
  readonly adapter: string;
  /** What it took. */
  readonly seconds: number;
}

/** How pure playlists are. */
export interface PurityFacts {
  /** Units whose playlist has mostly one genre. */
  readonly selective: number;
  /** Units that answer to too few cold songs for a whole playlist. */
  readonly silent: number;
  /** Mean purity of the playlists of the others; NaN where there are none. */
  readonly purity: number;
}

/** Units by one measure, in figures. */
export interface MeasureFacts extends PurityFacts {
  /** The same of the untrained network. */
  readonly untrained: PurityFacts;
  /** For each parameter the unit that follows it most; none where the parameters are not known. */
  readonly correlations: readonly FollowedParameter[];
  /** What the farthest of all correlations stays below in 95 of 100 shuffles of the songs. */
  readonly chanceRho?: number;
}

/** A layer in figures. */
export interface LayerFacts extends Readonly<Record<Measure, MeasureFacts>> {
  /** The layer. */
  readonly layer: UnitLayer;
  /** Number of units. */
  readonly units: number;
  /** Units that are selective by at least one measure. */
  readonly selective: number;
  /** The same of the untrained network. */
  readonly untrained: number;
}

/** The figures of an analysis: what `--json` prints. */
export interface MusicAnalysis {
  /** Cold songs that playlists are made of. */
  readonly coldSongs: number;
  /** Length of playlists. */
  readonly count: number;
  /** Units of both layers that are selective by at least one measure. */
  readonly selectiveUnits: number;
  /** What playlists drawn at random show. */
  readonly chance: PurityByChance;
  /** By layer. */
  readonly layers: readonly LayerFacts[];
  /** The songs farthest from their listeners, and the rank correlation of distance and listeners. */
  readonly outliers: readonly (SoundOutlier & Pick<Song, "id" | "artist" | "title" | "genre">)[];
  /** Rank correlation of distance and number of listeners. */
  readonly outlierListenersRho: number;
  /** What neighbours of cold songs have in common with them. */
  readonly neighbours: { readonly sound: Likeness; readonly plays: Likeness };
  /** Tags of all songs and of cold songs, where songs have tags. */
  readonly tags?: { readonly all: TagsBySource; readonly cold: TagsBySource };
  /** What it took. */
  readonly seconds: number;
}

/** The figures of an analysis. */
export function analysisFacts(analysis: RunAnalysis): MusicAnalysis {
  const { run, cold, count, chance, outliers, neighbours, tags, seconds } = analysis;
  const layers = analysis.layers.map(layerFacts);
  return {
    coldSongs: cold.length,
    count,
    selectiveUnits: layers.reduce((sum, { selective }) => sum + selective, 0),
    chance,
    layers,
    outliers: outliers.farthest.map((found) => ({ ...run.songs[found.song], ...found })),
    outlierListenersRho: outliers.listenersRho,
    neighbours: { sound: neighbours.sound, plays: neighbours.plays },
    tags,
    seconds,
  };
}

function purityFacts({ selective, silent, purity }: MeasuredUnits): PurityFacts {
  return { selective, silent, purity };
}

function layerFacts({ layer, units, learnt, untrained }: LayerAnalysis): LayerFacts {
  const measures = MEASURES.map((measure): [Measure, MeasureFacts] => {
    const { correlations } = learnt[measure];
    return [measure, {
      ...purityFacts(learnt[measure]),
      untrained: purityFacts(untrained[measure]),
      correlations: correlations?.strongest ?? [],
      chanceRho: correlations?.chance,
    }];
  });
  return {
    layer,
    units,
    selective: selectiveUnits(learnt).length,
    untrained: selectiveUnits(untrained).length,
    ...Object.fromEntries(measures) as Record<Measure, MeasureFacts>,
  };
}
