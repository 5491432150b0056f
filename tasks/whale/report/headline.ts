/**
 * The head of the page: what was detected in what, and how well.
 *
 * @module
 */
import { escapeText } from "../../report/plot/svg.ts";
import { duration } from "../../run/progress.ts";
import {
  fourDigits,
  paragraph,
  percent,
  type Tile,
  tiles,
  unbroken,
  whole,
} from "../../report/html.ts";
import type { ReportRow, WhaleReportContent } from "./content.ts";
import { classifierWords, counted } from "../words.ts";

/** Files left out that are named. */
const NAMED_FILES = 5;

/** Title, what the run is, its figures. */
export function headline(content: WhaleReportContent): string {
  const { title = "Whale run", figures } = content;
  return [
    `<h1>${escapeText(title)}</h1>`,
    figures.synthetic
      ? `<p class="banner"><strong>Synthetic clips.</strong> None of these sounds was recorded at ` +
        `sea: noise, ships, other animals and calls were computed, and one label in a hundred is ` +
        `wrong on purpose. Figures on this page do not compare with those of real recordings.</p>`
      : "",
    paragraph(lead(content), "lead"),
    tiles(tileList(content)),
    figures.auc === undefined ? "" : paragraph(
      "The area under the ROC curve (AUC) is the chance that a clip with a call scores higher than " +
        "one without: 0.5 is guessing, 1 is perfect." + measuredWords(content) +
        intervalWords(content),
      "note",
    ),
    leftOut(content),
  ].join("\n");
}

function lead({ figures }: WhaleReportContent): string {
  const { trainCount, scoredCount, models, classifier, auc } = figures;
  const blend = models > 1 ? `; scores are the mean of ${models} models` : "";
  return `Right whales call with a short rising tone, the up-call. From ${
    whole(trainCount)
  } clips ` +
    `of two seconds a dictionary of sounds was learnt without any labels; by how strongly each of ` +
    `its entries responds, a ${classifierWords(classifier)} tells clips with a call from others` +
    `${blend}. ` +
    (auc === undefined
      ? `Here it scores ${whole(scoredCount)} clips whose labels nobody knows.`
      : `Here it scores ${whole(scoredCount)} clips, ${heldOutWords(figures)}.`);
}

/** In a cross-validation only the classifiers are fitted anew: the dictionary asks for no labels. */
function heldOutWords({ repeats = [] }: WhaleReportContent["figures"]): string {
  return repeats[0] === "put aside"
    ? "which it never heard before"
    : "each by a classifier that was fitted without it; the dictionary heard all clips, without labels";
}

function tileList({ figures, rows = [] }: WhaleReportContent): Tile[] {
  const { auc, interval, scoredCount, trainCount, callShare, timings, adapter } = figures;
  const list: Tile[] = [];
  if (auc !== undefined) {
    const span = interval && `${fourDigits(interval.low)} to ${fourDigits(interval.high)} (95 %)`;
    list.push(["area under the ROC curve (AUC)", fourDigits(auc), span]);
    const best = bestBaseline(rows);
    if (best) list.push(["best of the simpler means", fourDigits(best.auc.auc), best.name]);
  }
  const calls = callShare === undefined ? undefined : `${percent(callShare)} labelled as calls`;
  list.push(["clips scored", whole(scoredCount), calls]);
  list.push(["clips learnt from", whole(trainCount), repeatWords(figures.repeats)]);
  const total = Object.values(timings).reduce((sum, seconds) => sum + seconds, 0);
  list.push(["time, all in all", unbroken(duration(total))]);
  list.push(["ran on", adapter]);
  return list;
}

function bestBaseline(rows: readonly ReportRow[]): ReportRow | undefined {
  return rows.filter(({ kind }) => kind === "baseline")
    .toSorted((a, b) => b.auc.auc - a.auc.auc).at(0);
}

function repeatWords(repeats: readonly string[] | undefined): string | undefined {
  if (!repeats?.length) return;
  const [first] = repeats;
  if (first === "put aside") return "the clips scored are not among them";
  return repeats.length > 1 ? `in ${repeats.length} cross-validations` : "in a cross-validation";
}

function measuredWords({ figures: { measuredOn } }: WhaleReportContent): string {
  return measuredOn ? ` Measured on ${escapeText(measuredOn)}.` : "";
}

function intervalWords({ figures: { interval, repeats = [] } }: WhaleReportContent): string {
  if (!interval) return "";
  const which = repeats.length > 1 ? " of the first cross-validation" : "";
  return ` The 95 % interval${which} is from a bootstrap that takes clips as independent; ` +
    `neighbouring clips of one recording are not, and the true interval is wider.`;
}

function leftOut({ figures: { badFiles = [], silentCount = 0 } }: WhaleReportContent): string {
  const silent = silentCount
    ? paragraph(`${counted(silentCount, "clip")} held no sound.`, "note")
    : "";
  if (!badFiles.length) return silent;
  const named = badFiles.slice(0, NAMED_FILES).map(({ name, reason }) =>
    `<li>${escapeText(name)}: ${escapeText(reason)}</li>`
  );
  const more = badFiles.length > NAMED_FILES ? `<li>… ${badFiles.length} in all</li>` : "";
  return silent +
    paragraph(`${counted(badFiles.length, "file")} could not be read and took no part:`, "note") +
    `<ul class="note">${named.join("")}${more}</ul>`;
}
