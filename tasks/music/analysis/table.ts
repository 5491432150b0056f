/**
 * An analysis as tables for the terminal.
 *
 * @module
 */
import { indented } from "../../run/table.ts";
import type { UnitLayer } from "./activations.ts";
import type { MusicAnalysis, PurityFacts } from "./facts.ts";
import { TAG_SOURCES, type TagSource } from "./tag_sources.ts";
import { type Measure, MEASURES } from "./unit_analysis.ts";

/** What the layers are called. */
export const LAYER_LABELS: Readonly<Record<UnitLayer, string>> = {
  filters: "filters of the last convolution",
  hidden: "units of the topmost hidden layer",
};

/** What playlists are sorted by. */
export const MEASURE_LABELS: Readonly<Record<Measure, string>> = {
  max: "maximum over time",
  mean: "mean over time",
};

/** What tags are predicted from. */
export const SOURCE_LABELS: Readonly<Record<TagSource, string>> = {
  plays: "factors of all plays",
  words: "bag of words of the sound",
  heard: "factors heard by the network",
};

/** Outliers that the terminal shows. */
const SHOWN_OUTLIERS = 5;

/** The figures of an analysis. */
export function analysisTable(analysis: MusicAnalysis, out: string): string {
  const { coldSongs, count, outliers, neighbours: { sound, plays } } = analysis;
  const farthest = outliers.slice(0, SHOWN_OUTLIERS).map(({ distance, title, artist, genre }) => [
    distance.toFixed(3),
    title,
    artist,
    genre,
  ]);
  return [
    `units whose playlist of ${count} of the ${coldSongs} cold songs is mostly of one genre`,
    ...indented(unitRows(analysis)),
    "  filters of the last convolution, units of the topmost hidden layer; silent: answer to fewer songs",
    "  *before learning; chance: of as many lists drawn at random",
    "",
    ...correlationLines(analysis),
    ...tagLines(analysis),
    `nearest to cold songs, of all songs: of the same artist ${share(sound.artist)} by sound, ${
      share(plays.artist)
    } by plays; ` +
    `of the same genre ${share(sound.genre)}, ${share(plays.genre)}`,
    "",
    "farthest from their listeners",
    ...indented(farthest, [0]),
    "",
    out,
  ].join("\n");
}

function unitRows({ layers, chance }: MusicAnalysis): string[][] {
  const rows = layers.flatMap((facts) =>
    MEASURES.map((measure) => [
      `${facts.layer}, ${measure}`,
      `${facts.units}`,
      ...purityCells(facts[measure]),
      ...purityCells(facts[measure].untrained),
      (facts.units * chance.selective).toFixed(1),
    ])
  );
  const head = ["silent", "selective", "purity"];
  const before = head.map((name) => `${name}*`);
  return [["", "units", ...head, ...before, "chance"], ...rows];
}

/** How many units are silent, how many selective, and how pure their lists are. */
export function purityCells({ silent, selective, purity }: PurityFacts): string[] {
  return [`${silent}`, `${selective}`, Number.isFinite(purity) ? purity.toFixed(2) : "–"];
}

function correlationLines({ layers }: MusicAnalysis): string[] {
  const names = layers[0].max.correlations.map(({ parameter }) => parameter);
  if (names.length === 0) return [];
  const columns = layers.flatMap((facts) => MEASURES.map((measure) => facts[measure]));
  const rows = names.map((name, at) => [
    name,
    ...columns.map(({ correlations }) => correlations[at].rho.toFixed(2)),
  ]);
  const head = ["", ...layers.flatMap(({ layer }) => MEASURES.map((by) => `${layer}, ${by}`))];
  const last = ["chance", ...columns.map(({ chanceRho }) => `±${chanceRho!.toFixed(2)}`)];
  return [
    "rank correlation of each parameter with the unit that follows it most",
    ...indented([head, ...rows, last]),
    "",
  ];
}

function tagLines({ tags }: MusicAnalysis): string[] {
  if (!tags) return [];
  const rows = TAG_SOURCES.map((source) => [
    SOURCE_LABELS[source],
    ...[tags.all, tags.cold].map(({ [source]: { meanAuc } }) => auc(meanAuc)),
  ]);
  return [
    `mean AUC of ${tags.all.plays.tags.length} tags by logistic regression`,
    ...indented([["", "all songs", "cold songs"], ...rows]),
    "",
  ];
}

/** An area, or a dash where too few songs have any tag. */
export function auc(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : "–";
}

function share(part: number): string {
  return Number.isFinite(part) ? `${Math.round(100 * part)} %` : "–";
}
