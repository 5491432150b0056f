/**
 * Tags of songs predicted from what is known of them: factors of plays, words of the sound, factors
 * heard in the sound.
 *
 * @module
 */
import type { Hooks } from "../../../gpu/fitting.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import type { Key } from "../../../gpu/random.ts";
import { take } from "../../../gpu/rows.ts";
import type { NdArray } from "../../../gpu/tensor.ts";
import type { Song, SyntheticTruth } from "../catalogue.ts";
import { aboveMedian, oneVersusRest, predictTags, type TagPrediction, type Tags } from "./tags.ts";

/** What tags are predicted from. */
export const TAG_SOURCES = ["plays", "words", "heard"] as const;

/** Factors of all `plays`, bags of `words` of the sound, or factors `heard` in the sound. */
export type TagSource = (typeof TAG_SOURCES)[number];

/** A prediction by source. */
export type TagsBySource = Readonly<Record<TagSource, TagPrediction>>;

/** What is predicted from what. */
export interface TagSourceOptions extends Hooks {
  /** Features of all songs, `[songs, d]`. */
  readonly features: Readonly<Record<TagSource, NdArray>>;
  /** Tags of all songs. */
  readonly tags: Tags;
  /** Places of the songs that are learnt from and judged. Default: all. */
  readonly songs?: readonly number[];
  /** Key of the folds, the same for all sources. */
  readonly key: Key;
}

/** Predicts the same tags of the same songs, in the same ten folds, from each source. */
export async function predictTagsBySource(
  gpu: Gpu,
  { features, tags, songs, key, progress, signal }: TagSourceOptions,
): Promise<TagsBySource> {
  const chosen = songs ?? Array.from({ length: tags.values.shape[0] }, (_, song) => song);
  const judged = { names: tags.names, values: take(tags.values, chosen) };
  const found: Partial<Record<TagSource, TagPrediction>> = {};
  for (const [at, source] of TAG_SOURCES.entries()) {
    found[source] = await predictTags(gpu, {
      features: take(features[source], chosen),
      tags: judged,
      key,
      progress: (done, all) => progress?.(at * all + done, TAG_SOURCES.length * all),
      signal,
    });
  }
  return found as TagsBySource;
}

/** Genres that become tags, the most frequent ones: the paper has 50 tags. */
const MOST_GENRES = 50;

/**
 * Tags of a catalogue: its genres, each against the rest, and for synthetic songs the parameters that
 * are above the median; none where there are neither.
 */
export function tagsOf(songs: readonly Song[], truth?: SyntheticTruth): Tags | undefined {
  const counts = new Map<string, number>();
  for (const { genre } of songs) if (genre) counts.set(genre, (counts.get(genre) ?? 0) + 1);
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_GENRES);
  const kept = new Set(frequent.map(([genre]) => genre));
  const genres = songs.map(({ genre }) => kept.has(genre) ? genre : "");
  const tables = [
    ...(kept.size > 0 ? [oneVersusRest(genres)] : []),
    ...(truth ? [aboveMedian(truth.names, truth.audible)] : []),
  ];
  return tables.length > 0 ? sideBySide(tables) : undefined;
}

function sideBySide(tables: readonly Tags[]): Tags {
  const names = tables.flatMap(({ names }) => names);
  const n = tables[0].values.shape[0];
  const data = new Uint8Array(n * names.length);
  let left = 0;
  for (const { names: { length }, values } of tables) {
    for (let song = 0; song < n; song++) {
      const row = values.data.subarray(song * length, (song + 1) * length);
      data.set(row, song * names.length + left);
    }
    left += length;
  }
  return { names, values: { shape: [n, names.length], data } };
}
