/**
 * The page of a music run: figures beside baselines and bound, the map, what the first layer listens
 * for, and songs that sound alike.
 *
 * @module
 */
import type { NdArray } from "../../gpu/tensor.ts";
import { barChart } from "../report/plot/bar_chart.ts";
import { mapColour } from "../report/plot/colour_map.ts";
import { mapChart } from "../report/plot/map_chart.ts";
import { PngPicture } from "../report/plot/picture.ts";
import { escapeText } from "../report/plot/svg.ts";
import { encodePng } from "../../files/png.ts";
import {
  chart,
  fourDigits,
  image,
  paragraph,
  percent,
  section,
  table,
  tiles,
} from "../report/html.ts";
import { htmlPage } from "../report/page.ts";
import { repeatSection } from "../report/repeat.ts";
import { Recommender } from "./recommend.ts";
import { genreSentence, leakNote, type MusicResult, ROW_LABELS, ROW_NAMES } from "./result.ts";
import type { MusicRun } from "./run_files.ts";
import { unplayedWords } from "./ask.ts";
import { MUSIC } from "./task.ts";

/** What the page shows. */
export interface MusicReportContent {
  /** Its heading. */
  readonly title: string;
  /** The run. */
  readonly run: MusicRun;
  /** Its figures. */
  readonly result: MusicResult;
  /** What was added to the filters of the first layer, `[length, bands, filters]`. */
  readonly filters: NdArray<Float32Array>;
}

/** The page as the text of an HTML file, which needs no other file, no script and no network. */
export function musicReport(content: MusicReportContent): string {
  return htmlPage({
    title: content.title,
    sections: [
      headline(content),
      rowSection(content.result),
      popularitySection(content.result),
      mapSection(content),
      filterSection(content.filters),
      similarSection(content.run),
      repeatSection(MUSIC, { config: content.run.config, ...content.result }),
    ],
  });
}

function headline({ title, result }: MusicReportContent): string {
  const { map, auc, rows, coldSongs, trainSongs, scoredListeners, synthetic } = result;
  const kind = synthetic ? "synthetic songs and listeners" : "songs";
  return `<h1>${escapeText(title)}</h1>` +
    paragraph(
      `${coldSongs} songs whose plays were hidden, ranked for ${scoredListeners} listeners by their ` +
        `sound alone. Learnt from ${trainSongs} other songs; ${kind}.`,
    ) +
    tiles([
      ["mAP@500 of the network", fourDigits(map), `random ${fourDigits(rows.random!.map)}`],
      ["AUC", fourDigits(auc), "0.5 is chance"],
      ["upper bound", fourDigits(rows.bound!.map), "mAP@500 when the hidden plays are known"],
    ]);
}

function rowSection({ rows, importedFactors }: MusicResult): string {
  const shown = ROW_NAMES.filter((name) => rows[name]);
  const bars = shown.map((name) => ({
    label: ROW_LABELS[name],
    value: rows[name]!.map,
    text: fourDigits(rows[name]!.map),
    emphasis: name === "content",
  }));
  return section(
    "How many hidden plays are found",
    chart((width) => barChart({ title: "Mean average precision", label: "mAP@500", bars, width })),
    table({
      caption: "The same in numbers, with the area under the ROC curve and the discounted gain",
      header: ["", "mAP@500", "AUC", "nDCG"],
      rows: shown.map((name) => [
        escapeText(ROW_LABELS[name]),
        ...[rows[name]!.map, rows[name]!.auc, rows[name]!.ndcg].map(fourDigits),
      ]),
      text: [0],
    }),
    paragraph(
      "The network that hears the wrong song is the control: what it finds, it finds without hearing. " +
        "Popularity, if it were known, uses the hidden plays, which a new song does not have.",
      "note",
    ),
    importNote(importedFactors),
  );
}

function importNote(imported: MusicResult["importedFactors"]): string {
  if (!imported) return "";
  const { from, all, coldKnown } = imported;
  const others = all
    ? "Those of all plays, of the paper's protocol and the bound, come from there too."
    : "Those of all plays, of the paper's protocol and the bound, were computed here.";
  const leak = coldKnown > 0 ? leakNote(coldKnown) : "None of them are of cold songs";
  return paragraph(`Factors of known plays: imported from ${from}. ${others} ${leak}.`, "note");
}

function popularitySection({ byPopularity, artistDiversity }: MusicResult): string {
  const bars = byPopularity.flatMap((value, tenth) =>
    value === null ? [] : [{ label: tenthName(tenth), value }]
  );
  return section(
    "Popular songs and others",
    chart((width) =>
      barChart({
        title: "Found by the network, by popularity of the song",
        label: "mAP@500 among all cold songs",
        bars,
        width,
      })
    ),
    paragraph(
      `In the network's lists of ten, ${
        percent(artistDiversity)
      } of the pairs have different artists.`,
    ),
  );
}

function tenthName(tenth: number): string {
  if (tenth === 0) return "least popular tenth";
  return tenth === 9 ? "most popular tenth" : `tenth ${tenth + 1}`;
}

function mapSection({ run, result }: MusicReportContent): string {
  const genres = [...new Set(run.songs.map(({ genre }) => genre))];
  const groups = genres.map((genre) => ({
    name: genre || "no genre",
    points: run.songs.flatMap((song, at) =>
      song.genre === genre ? [run.map.data[2 * at], run.map.data[2 * at + 1]] : []
    ),
  }));
  return section(
    "The map",
    chart((width) =>
      mapChart({ title: "Songs by predicted usage patterns (t-SNE)", groups, width })
    ),
    paragraph(
      "Songs are near each other when the network thinks that the same people play them. " +
        `${genreSentence(result.map2d)} ` +
        "Axes and distances between far groups mean nothing.",
    ),
  );
}

/** Pixels of a frame and of a band. */
const [FRAME_PIXELS, BAND_PIXELS] = [4, 1];
const COLUMNS = 32;
const GAP = 4;

/** What was added to the filters of the first layer as a picture, with what it shows. */
export function filterSection(filters: NdArray<Float32Array>): string {
  const [length, bands, count] = filters.shape;
  const picture = filterPicture(filters);
  return section(
    "What the first layer has learnt to listen for",
    image({
      url: picture.dataUrl,
      alt: picture.alt,
      width: picture.width,
      height: picture.height,
      className: "pixels",
    }),
    paragraph(
      `Each of the ${count} tiles is what learning added to a filter, whose random start is left out: ` +
        `${length} frames from left to right, ${bands} mel bands with low frequencies at the top. Red ` +
        "is above zero, blue below, white zero; one scale for all.",
    ),
  );
}

/** All filters, side by side in rows of 32. */
export function filterPicture({ shape, data }: NdArray<Float32Array>): PngPicture {
  const [length, bands, count] = shape;
  const [tileWidth, tileHeight] = [length * FRAME_PIXELS + GAP, bands * BAND_PIXELS + GAP];
  const columns = Math.min(COLUMNS, count);
  const [width, height] = [columns * tileWidth, Math.ceil(count / columns) * tileHeight];
  const pixels = new Uint8Array(width * height * 3).fill(255);
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  for (let filter = 0; filter < count; filter++) {
    const left = (filter % columns) * tileWidth;
    const top = Math.floor(filter / columns) * tileHeight;
    for (let y = 0; y < bands * BAND_PIXELS; y++) {
      for (let x = 0; x < length * FRAME_PIXELS; x++) {
        const [frame, band] = [Math.floor(x / FRAME_PIXELS), Math.floor(y / BAND_PIXELS)];
        const value = data[(frame * bands + band) * count + filter] / largest;
        pixels.set(mapColour("diverging", (value + 1) / 2), ((top + y) * width + left + x) * 3);
      }
    }
  }
  const alt = `${count} filters of ${length} frames by ${bands} mel bands`;
  return new PngPicture(encodePng(pixels, { width, height }), { alt, width, height });
}

/** Songs that the table of similar songs asks about. */
const QUERIES = 8;

function similarSection(run: MusicRun): string {
  const recommender = new Recommender(run);
  const cold = run.songs.map((_, song) => song)
    .filter((song) => run.cold[song] === 1 && run.silent[song] === 0);
  const step = Math.max(1, Math.floor(cold.length / QUERIES));
  const queries = cold.filter((_, at) => at % step === 0).slice(0, QUERIES);
  const words = (song: number) => {
    const { title, artist, genre } = run.songs[song];
    return escapeText(`${title}, ${artist}${genre ? ` (${genre})` : ""}`);
  };
  const list = (found: readonly { readonly song: number }[], none: string) =>
    found.map(({ song }) => words(song)).join("<br>") || none;
  return section(
    "Songs that sound alike",
    table({
      caption:
        "Cold songs, their nearest by sound, and their nearest by all plays, hidden ones too",
      header: ["song", "by sound", "by listeners"],
      rows: queries.map((song) => [
        words(song),
        list(recommender.contentNeighbours(song, 4), "none"),
        list(recommender.usageNeighbours(song, 4), unplayedWords(run, song)),
      ]),
      text: [0, 1, 2],
    }),
  );
}
