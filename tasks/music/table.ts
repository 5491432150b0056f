/**
 * Results as tables for the terminal.
 *
 * @module
 */
import { figureRow, indented, spreadRow } from "../run/table.ts";
import { duration } from "../run/progress.ts";
import type { Song } from "./catalogue.ts";
import { unplayedWords } from "./ask.ts";
import type { Among, Recommended } from "./recommend.ts";
import { genreSentence, leakNote, type MusicResult, ROW_LABELS, ROW_NAMES } from "./result.ts";
import type { MusicRun } from "./run_files.ts";
import type { MusicSeedsResult } from "./train.ts";

/** The result of a run. */
export function resultTable(result: MusicResult, out: string): string {
  const { rows, coldSongs, trainSongs, scoredListeners, synthetic, seconds, adapter } = result;
  const shown = ROW_NAMES.flatMap((name) => {
    const row = rows[name];
    return row ? [figureRow(ROW_LABELS[name], row.map, row.auc)] : [];
  });
  const genres = genreSentence(result.map2d);
  return [
    `finding ${coldSongs} cold ${synthetic ? "synthetic " : ""}songs for ${scoredListeners} ` +
    `listeners, learnt from ${trainSongs} songs`,
    ...indented([["", "mAP@500", "AUC"], ...shown]),
    "",
    ...importLines(result),
    ...(genres ? [genres] : []),
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
  run: MusicRun,
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
  const { songs, silent } = run;
  const { title, artist, genre } = songs[song];
  const none = silent[song] === 1 ? "the song is silent, nothing sounds like it" : "nothing";
  return [
    `${[title, artist].filter(Boolean).join(", ")}${genre && ` (${genre})`}`,
    "",
    ...list("sounds alike", lists.content, none),
    "",
    ...list("played by the same people", lists.usage, unplayedWords(run, song)),
  ].join("\n");
}

/** Songs for a listener. */
export function recommendationTable(
  { songs }: MusicRun,
  listener: string,
  { among, found }: { readonly among: Among; readonly found: readonly Recommended[] },
): string {
  if (found.length === 0) {
    return among === "new"
      ? `each of the ${songs.length} songs that can be heard has been played by somebody: none is new; ` +
        `--among unheard ranks those that ${listener} has not played`
      : `${listener} has played each of the ${songs.length} songs that can be heard`;
  }
  const lines = indented(found.map((entry) => lineOf(songs, entry)), [0]);
  const kind = among === "new"
    ? "songs that nobody has played"
    : `songs that ${listener} has not played`;
  return [`${kind}, for ${listener} by their sound`, ...lines].join("\n");
}

function lineOf(songs: readonly Song[], { song, score }: Recommended): string[] {
  const { id, title, artist, genre } = songs[song];
  return [score.toFixed(3), id, title, artist, genre];
}
