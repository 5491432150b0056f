/**
 * The page of an analysis: what units of a network listen for, songs that sound unlike their listeners,
 * neighbours, and tags.
 *
 * @module
 */
import { histogram } from "../../report/plot/histogram.ts";
import { escapeText } from "../../report/plot/svg.ts";
import { duration } from "../../run/progress.ts";
import { chart, paragraph, section, table, tiles } from "../../report/html.ts";
import { htmlPage } from "../../report/page.ts";
import { settingList } from "../../report/repeat.ts";
import { unplayedWords } from "../ask.ts";
import { analysisFacts, type RunAnalysis } from "./facts.ts";
import { auc, SOURCE_LABELS } from "./table.ts";
import type { NeighbourLists } from "./neighbour_lists.ts";
import { filterSection } from "../report.ts";
import { TAG_SOURCES, type TagsBySource } from "./tag_sources.ts";
import { songWords, unitSections } from "./unit_report.ts";

/** What the page shows. */
export interface AnalysisReportContent extends RunAnalysis {
  /** Its heading. */
  readonly title: string;
  /** The command that makes it again. */
  readonly command: string;
}

/** The page as the text of an HTML file, which needs no other file, no script and no network. */
export function analysisReport(content: AnalysisReportContent): string {
  return htmlPage({
    title: content.title,
    sections: [
      headline(content),
      ...unitSections(content),
      filterSection(content.filters),
      outlierSection(content),
      neighbourSection(content),
      tagSection(content),
      repeatSection(content),
    ],
    style: ".card ol { margin: 6px 0 0; padding-left: 1.6em; } small { color: var(--muted); } " +
      ".scroll td.text + td.text, .scroll th.text + th.text { min-width: 9em; }",
  });
}

function headline(content: AnalysisReportContent): string {
  const { title, run, cold, synthetic, tags, chance, layers } = content;
  const facts = analysisFacts(content);
  const units = layers.reduce((sum, layer) => sum + layer.units, 0);
  const untrained = facts.layers.reduce((sum, layer) => sum + layer.untrained, 0);
  const songs = synthetic ? "synthetic songs" : "songs";
  const { farthest: [first] } = content.outliers;
  return `<h1>${escapeText(title)}</h1>` +
    paragraph(
      `What single units of the network listen for, told by the ${cold.length} cold ones of ` +
        `${run.songs.length} ${songs}, from which it has not learnt; and how its vectors compare with ` +
        "those of plays.",
    ) +
    tiles([
      [
        "units selective by genre",
        `${facts.selectiveUnits} of ${units}`,
        `before learning ${untrained}; of lists drawn at random ${small(100 * chance.selective)} %`,
      ],
      [
        "tags from factors heard, AUC on cold songs",
        tags ? auc(tags.cold.heard.meanAuc) : "no tags",
        tags && `bag of words ${auc(tags.cold.words.meanAuc)}; 0.5 is chance`,
      ],
      [
        "farthest from its listeners",
        run.songs[first.song].title,
        `distance ${first.distance.toFixed(2)} of at most 2`,
      ],
    ]);
}

/** A share in percent that is mostly small. */
function small(value: number): string {
  return value < 0.01 ? "<0.01" : `${Number(value.toPrecision(1))}`;
}

function outlierSection({ run, outliers }: AnalysisReportContent): string {
  const { farthest, distances, others, listenersRho } = outliers;
  const groups = [
    { name: "plays of the song", values: distances },
    { name: "plays of another song", values: others },
  ];
  return section(
    "Songs that sound unlike their listeners",
    paragraph(
      "An intro, a remix or an odd excerpt sounds unlike what its listeners love. Distance is 1 less the " +
        "cosine of the vector heard and the vector of known plays; rank is the place of the song's own " +
        `plays among those of all ${distances.length} known songs, by distance from its sound.`,
    ),
    chart((width) =>
      histogram({
        title: "How far sound is from plays",
        label: "1 - cosine",
        yLabel: "share of songs (%)",
        groups,
        from: 0,
        width,
      })
    ),
    table({
      caption: `The ${farthest.length} songs farthest from their plays`,
      header: ["song", "distance", "rank", "listeners"],
      rows: farthest.map(({ song, distance, rank, listeners }) => [
        songWords(run, song),
        distance.toFixed(3),
        `${rank}`,
        `${listeners}`,
      ]),
      text: [0],
    }),
    paragraph(
      "The network has learnt from these songs: it is nearer to them than to songs it does not know. " +
        `Distance and number of listeners have a rank correlation of ${listenersRho.toFixed(2)}: ` +
        listenersWords(listenersRho) +
        "Far is a reason to listen to a song, no proof of anything.",
      "note",
    ),
  );
}

/** What a rank correlation of distance and listeners means; within 0.1 it means nothing. */
function listenersWords(rho: number): string {
  if (rho < -0.1) {
    return "the fewer play a song, the less its plays tell, and the farther they lie. ";
  }
  return `songs that ${
    rho > 0.1 ? "many play are farther than others" : "few play are no farther"
  }. `;
}

function neighbourSection({ run, neighbours }: AnalysisReportContent): string {
  const { shown, sound, plays } = neighbours;
  const words = (songs: readonly number[], none: string) =>
    songs.map((song) => songWords(run, song)).join("<br>") || none;
  const percentOf = (part: number) =>
    Number.isFinite(part) ? `${Math.round(100 * part)} %` : "none";
  return section(
    "Neighbours by sound and by plays",
    paragraph(
      `By sound ${
        percentOf(sound.artist)
      } of the songs nearest to cold ones, of all songs, have the same artist and ${
        percentOf(sound.genre)
      } the same genre; by plays, hidden ones too, ${percentOf(plays.artist)} and ${
        percentOf(plays.genre)
      }.`,
    ),
    table({
      caption: "Cold songs and their nearest by cosine of usage patterns",
      header: ["song", "by sound", "by plays"],
      rows: shown.map(({ song, sound, plays }: NeighbourLists) => [
        songWords(run, song),
        words(sound, "none"),
        words(plays, unplayedWords(run, song)),
      ]),
      text: [0, 1, 2],
    }),
  );
}

function tagSection({ tags, cold, run }: AnalysisReportContent): string {
  if (!tags) {
    return section("Tags", paragraph("The songs have no genres, so that there are no tags."));
  }
  const { all, cold: judged } = tags;
  const leftOut = judged.plays.leftOut;
  return section(
    "Tags",
    paragraph(
      "How much each description of a song knows of its tags: a logistic regression a tag, judged by the " +
        "area under the ROC curve on songs it did not see, in 10 folds. 0.5 is chance.",
    ),
    table({
      caption: `Mean area over the tags that can be judged: ${all.plays.tags.length} of all ` +
        `${run.songs.length} songs, ${judged.plays.tags.length} of the ${cold.length} cold ones`,
      header: ["from", "all songs", "cold songs"],
      rows: TAG_SOURCES.map((source) => [
        SOURCE_LABELS[source],
        auc(all[source].meanAuc),
        auc(judged[source].meanAuc),
      ]),
      text: [0],
    }),
    paragraph(
      "The network has learnt the plays of songs that are not cold, so that on all songs its factors " +
        "may know more than sound tells: compare it with the bag of words on cold songs. The 2013 paper " +
        "reports 0.694 for the bag of words and 0.867 for factors of plays, of 50 tags of other songs: " +
        "the order can be compared, the numbers cannot.",
      "note",
    ),
    `<details><summary>Each tag</summary>${tagTable("All songs", all)}${
      tagTable(`The ${cold.length} cold songs`, judged)
    }</details>`,
    leftOut.length > 0
      ? paragraph(`Too few cold songs have, or lack, these tags: ${leftOut.join(", ")}.`, "note")
      : "",
  );
}

function tagTable(caption: string, tags: TagsBySource): string {
  return table({
    caption,
    header: ["tag", "songs", ...TAG_SOURCES.map((source) => SOURCE_LABELS[source])],
    rows: tags.plays.tags.map(({ name, songs }, at) => [
      escapeText(name),
      `${songs}`,
      ...TAG_SOURCES.map((source) => auc(tags[source].tags[at].auc)),
    ]),
    text: [0],
  });
}

function repeatSection({ run, command, adapter, seconds }: AnalysisReportContent): string {
  return section(
    "The analysis",
    paragraph(`It took ${duration(seconds)} on ${adapter}.`),
    "<h3>Do it again</h3>",
    `<pre>${escapeText(command)}</pre>`,
    settingList(run.config),
  );
}
