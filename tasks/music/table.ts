/**
 * Results as tables for the terminal.
 *
 * @module
 */
import { figureRow, indented, spreadRow } from "../run/table.ts";
import { duration } from "../run/progress.ts";
import type { Song } from "./catalogue.ts";
import type { Recommended } from "./recommend.ts";
import { leakNote, type MusicResult, ROW_LABELS, ROW_NAMES } from "./result.ts";
import type { MusicSeedsResult } from "./train.ts";

/** The result of a run. */
export function resultTable(result: MusicResult, out: string): string {
  const { rows, coldSongs, trainSongs, scoredListeners, synthetic, seconds, adapter } = result;
  const shown = ROW_NAMES.flatMap((name) => {
    const row = rows[name];
    return row ? [figureRow(ROW_LABELS[name], row.map, row.auc)] : [];
  });
  const { agreement, chance } = result.map2d;
  return [
    `finding ${coldSongs} cold ${synthetic ? "synthetic " : ""}songs for ${scoredListeners} ` +
    `listeners, learnt from ${trainSongs} songs`,
    ...indented([["", "mAP@500", "AUC"], ...shown]),
    "",
    ...importLines(result),
    `on the map ${(100 * agreement).toFixed(0)} % of the ten nearest songs share the genre ` +
    `(chance ${(100 * chance).toFixed(0)} %)`,
    `${duration(seconds)} on ${adapter}`,
    out,
  ].join("\n");
}

/** Where imported factors come from; no lines where none were imported. */
function importLines({ importedFactors }: MusicResult): string[] {
  if (!importedFactors) return [];
  const { from, all, coldKnown } = importedFactors;
  return [
    `factors of ${all ? "known and of all plays" : "known plays"}: imported from ${from}`,
    ...(coldKnown > 0 ? [leakNote(coldKnown)] : []),
  ];
}

/** The result of several runs. */
export function seedsTable({ seeds, rows, runs }: MusicSeedsResult, out: string): string {
  const shown = ROW_NAMES.flatMap((name) => {
    const row = rows[name];
    return row ? [spreadRow(ROW_LABELS[name], row.map, row.auc)] : [];
  });
  const head = ["", "mAP@500", "SD", "AUC", "SD"];
  return [
    `finding ${runs[0].coldSongs} cold ${runs[0].synthetic ? "synthetic " : ""}songs, seeds ` +
    seeds.join(", "),
    ...indented([head, ...shown]),
    "",
    out,
  ].join("\n");
}

/** Songs alike, by sound and by listeners. */
export function similarTable(
  songs: readonly Song[],
  song: number,
  lists: {
    readonly content: readonly Recommended[];
    readonly usage: readonly Recommended[];
  },
): string {
  const list = (heading: string, found: readonly Recommended[], empty: string) => [
    heading,
    ...indented(found.length ? found.map((entry) => lineOf(songs, entry)) : [[empty]], [0]),
  ];
  const { title, artist, genre } = songs[song];
  return [
    `${title}, ${artist} (${genre})`,
    "",
    ...list("sounds alike", lists.content, "nothing"),
    "",
    ...list("played by the same people", lists.usage, "nobody has played it"),
  ].join("\n");
}

/** Songs for a listener. */
export function recommendationTable(
  songs: readonly Song[],
  listener: string,
  found: readonly Recommended[],
): string {
  const lines = indented(found.map((entry) => lineOf(songs, entry)), [0]);
  return [`unheard songs for ${listener}`, ...lines].join("\n");
}

function lineOf(songs: readonly Song[], { song, score }: Recommended): string[] {
  const { id, title, artist, genre } = songs[song];
  return [score.toFixed(3), id, title, artist, genre];
}
