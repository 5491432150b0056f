/**
 * The part of the page of an analysis that tells what units listen for.
 *
 * @module
 */
import { escapeText } from "../../report/plot/svg.ts";
import { paragraph, percent, section, table } from "../../report/html.ts";
import type { UnitLayer } from "./activations.ts";
import type { RunAnalysis } from "./facts.ts";
import { LAYER_LABELS, MEASURE_LABELS, purityCells } from "./table.ts";
import type { UnitPlaylist } from "./playlists.ts";
import { SELECTIVE } from "./playlists.ts";
import type { MusicRun } from "../run_files.ts";
import { type LayerAnalysis, type Measure, MEASURES, selectiveUnits } from "./unit_analysis.ts";

/** A song in words: title, artist and genre, as markup. */
export function songWords({ songs }: Pick<MusicRun, "songs">, song: number): string {
  const { title, artist, genre } = songs[song];
  const words = [title, artist].filter(Boolean).map(escapeText).join(", ");
  return genre ? `${words} <small>${escapeText(genre)}</small>` : words;
}

/** The sections about units: how many have a genre, their playlists, the parameters they follow. */
export function unitSections(analysis: RunAnalysis): string[] {
  return [
    selectiveSection(analysis),
    ...analysis.layers.map((layer) => playlistSection(analysis, layer)),
    followedSection(analysis),
  ];
}

function selectiveSection(analysis: RunAnalysis): string {
  const { run, cold, count, layers, chance } = analysis;
  const genres = new Set(cold.map((song) => run.songs[song].genre).filter(Boolean));
  if (genres.size === 0) {
    return section("Units with a genre", paragraph("The songs have no genres."));
  }
  const rows = layers.flatMap(({ layer, units, learnt, untrained }) =>
    MEASURES.map((measure) => [
      columnName(layer, measure),
      `${units}`,
      ...purityCells(learnt[measure]),
      ...purityCells(untrained[measure]),
      (units * chance.selective).toFixed(1),
    ])
  );
  const head = ["silent", "selective", "purity"];
  return section(
    "Units with a genre",
    paragraph(
      `A unit's playlist is the ${count} cold songs that it answers to most. It is selective when ` +
        `${
          percent(SELECTIVE)
        } or more of the list have one genre; there are ${genres.size} genres.`,
    ),
    table({
      caption:
        "Filters of the last convolution and units of the topmost hidden layer, by maximum and " +
        "mean over time; beside them the same network before it has learnt, and how many lists of as " +
        "many drawn at random are selective",
      header: ["", "units", ...head, ...head.map((name) => `${name}, untrained`), "chance"],
      rows,
      text: [0],
    }),
    cold.length < 2 * count
      ? paragraph(
        `Lists of ${count} of ${cold.length} cold songs leave little to choose: these tell nothing.`,
        "banner",
      )
      : "",
    paragraph(
      `Silent units answer to fewer than ${count} cold songs; purity is the mean of the others. Lists ` +
        `drawn at random have a purity of ${chance.purity.toFixed(2)}. ` +
        layers.map(againstUntrained).join(" ") +
        " Songs of a genre sound alike, and random weights tell that too: only what is beyond the " +
        "untrained network, of which this is one draw, can have been learnt.",
      "note",
    ),
    coveredGenres(layers, [...genres].sort()),
  );
}

function againstUntrained({ layer, learnt, untrained }: LayerAnalysis): string {
  const [after, before] = [learnt, untrained].map((lists) => selectiveUnits(lists).length);
  const verdict = after > before ? "more than" : after < before ? "fewer than" : "as many as";
  return `Of the ${
    LAYER_LABELS[layer]
  } ${after} are selective by maximum or mean, ${verdict} before ` +
    `learning (${before}).`;
}

function columnName(layer: UnitLayer, measure: Measure): string {
  return `${layer}, ${MEASURE_LABELS[measure].split(" ")[0]}`;
}

/** How many units each genre has. */
function coveredGenres(layers: readonly LayerAnalysis[], genres: readonly string[]): string {
  const counts = (lists: LayerAnalysis["learnt"], genre: string) =>
    MEASURES.map((measure) =>
      `${
        lists[measure].playlists
          .filter((list) => list.purity >= SELECTIVE && list.genre === genre).length
      }`
    );
  return table({
    caption: "Selective units by genre",
    header: [
      "genre",
      ...layers.flatMap(({ layer }) => MEASURES.map((measure) => columnName(layer, measure))),
    ],
    rows: genres.map((genre) => [
      escapeText(genre),
      ...layers.flatMap(({ learnt }) => counts(learnt, genre)),
    ]),
    text: [0],
  });
}

/** Playlists that a section shows. */
const SHOWN = 9;

/** What is heard in playlists of each layer. */
const LAYER_NOTES: Readonly<Record<UnitLayer, string>> = {
  filters:
    "A filter answers at each moment of a song: its maximum finds what is heard once, its mean " +
    "what goes on all the time.",
  hidden:
    "These units lie above the pooling over time and answer once a window of sound; maximum and " +
    "mean are those over the windows of a song.",
};

function playlistSection({ run, count }: RunAnalysis, { layer, learnt }: LayerAnalysis): string {
  const shown = bestPlaylists(learnt);
  const silent = Math.max(...MEASURES.map((measure) => learnt[measure].silent));
  return section(
    `Playlists: ${LAYER_LABELS[layer]}`,
    paragraph(
      `${LAYER_NOTES[layer]} The purest list of each genre comes first.` +
        (silent > 0 ? ` ${silent} units answer to fewer than ${count} cold songs.` : ""),
    ),
    `<ul class="cards">${shown.map((found) => playlistCard(run, found)).join("")}</ul>`,
  );
}

function playlistCard(run: MusicRun, { measure, list }: MeasuredPlaylist): string {
  const genre = list.genre ? `: ${percent(list.purity)} ${escapeText(list.genre)}` : "";
  const songs = list.songs.map((song) => `<li>${songWords(run, song)}</li>`);
  return `<li class="card"><strong class="id">#${list.unit}${genre}</strong>` +
    `<p>by ${MEASURE_LABELS[measure]}</p><ol>${songs.join("")}</ol></li>`;
}

/** A playlist and what it is sorted by. */
interface MeasuredPlaylist {
  readonly measure: Measure;
  readonly list: UnitPlaylist;
}

/** The purest playlist of each genre first, then the purest of the others; each unit once. */
export function bestPlaylists(
  lists: LayerAnalysis["learnt"],
  count: number = SHOWN,
): MeasuredPlaylist[] {
  const all = MEASURES.flatMap((measure) =>
    lists[measure].playlists.filter(({ songs }) => songs.length > 0)
      .map((list): MeasuredPlaylist => ({ measure, list }))
  ).sort((a, b) => b.list.purity - a.list.purity || a.list.unit - b.list.unit);
  const [units, genres] = [new Set<number>(), new Set<string>()];
  const [first, rest]: [MeasuredPlaylist[], MeasuredPlaylist[]] = [[], []];
  for (const found of all) {
    if (units.has(found.list.unit)) continue;
    units.add(found.list.unit);
    (genres.has(found.list.genre) ? rest : first).push(found);
    genres.add(found.list.genre);
  }
  return [...first, ...rest].slice(0, count);
}

function followedSection({ layers, cold }: RunAnalysis): string {
  const columns = layers.flatMap(({ layer, learnt, untrained }) =>
    MEASURES.flatMap((measure) => {
      const found = learnt[measure].correlations;
      return found ? [{ layer, measure, found, before: untrained[measure].correlations! }] : [];
    })
  );
  if (columns.length === 0) return "";
  const names = columns[0].found.strongest.map(({ parameter }) => parameter);
  const cell = (column: typeof columns[number], at: number) => {
    const { rho, unit } = column.found.strongest[at];
    const written = `${signed(rho)} <small>#${unit}</small>`;
    return Math.abs(rho) > column.found.chance ? `<strong>${written}</strong>` : written;
  };
  const strength = (at: number) =>
    Math.max(...columns.map(({ found }) => Math.abs(found.strongest[at].rho)));
  const order = names.map((_, at) => at).sort((a, b) => strength(b) - strength(a));
  const mean = (which: "found" | "before") =>
    columns.map((column) => {
      const { strongest } = column[which];
      return strongest.reduce((sum, { rho }) => sum + Math.abs(rho), 0) / strongest.length;
    });
  const sizes = mean("found").map((value, at) => [value, mean("before")[at]]);
  const asClose = sizes.filter(([learnt, untrained]) => learnt <= untrained);
  return section(
    "Parameters that units follow",
    table({
      caption:
        `Spearman's rank correlation over ${cold.length} cold songs of each parameter behind the ` +
        "sound with the unit that follows it most; bold beyond chance",
      header: [
        "parameter",
        ...columns.map(({ layer, measure }) => columnName(layer, measure)),
      ],
      rows: [
        ...order.map((at) => [escapeText(names[at]), ...columns.map((column) => cell(column, at))]),
        ["mean size", ...sizes.map(([learnt]) => learnt.toFixed(2))],
        ["mean size, untrained", ...sizes.map(([, untrained]) => untrained.toFixed(2))],
        ["chance", ...columns.map(({ found }) => `±${found.chance.toFixed(2)}`)],
      ],
      text: [0],
    }),
    paragraph(
      "Each number is the best of many, so that chance is the best of as many: when the songs are " +
        "shuffled, 95 of 100 times no unit and parameter reach it. Songs of a genre share all parameters, " +
        "so that a unit that hears a genre follows all parameters in which it differs. " +
        (asClose.length === 0
          ? "The best units follow parameters more closely than those of the untrained network."
          : `In ${asClose.length} of ${sizes.length} columns those of the untrained network follow them ` +
            "as closely or closer: among so many random units some follow each, and to learn plays is " +
            "not to learn single parameters."),
      "note",
    ),
  );
}

function signed(value: number): string {
  return `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(2)}`;
}
