/**
 * The page of whale detectors: one HTML file that needs no other.
 *
 * @module
 */
import { htmlPage } from "../../report/page.ts";
import { repeatSection } from "../../report/repeat.ts";
import { WHALE } from "../task.ts";
import { clipPictures } from "./clips_section.ts";
import { checkContent, type WhaleReportContent } from "./content.ts";
import { scoreCurves } from "./curves.ts";
import { featurePictures } from "./features_section.ts";
import { headline } from "./headline.ts";
import { figureTable } from "./rows.ts";
import { searchFigures } from "./search_section.ts";
import { STYLE } from "./style.ts";

/**
 * Writes the page of a training run, an ensemble of a search or an analysis of recordings: figures
 * beside baselines, checks and leaks, ROC and precision-recall curves, learnt features as patches of
 * spectrograms, clips that were found, missed or taken for calls, scores, the search, timings and
 * settings. Sections whose data are absent are left out.
 *
 * The page holds its pictures and styles, needs no script and no network, and fits a phone. The same
 * content gives the same text.
 *
 * @param content figures, scores and pictures
 * @returns the text of an HTML file, about 1 MB
 * @throws {RangeError} when a figure is no number, or parts do not fit together
 */
export function whaleReport(content: WhaleReportContent): string {
  checkContent(content);
  return htmlPage({
    title: content.title ?? "Whale run",
    style: STYLE,
    sections: [
      headline(content),
      figureTable(content),
      scoreCurves(content),
      featurePictures(content),
      clipPictures(content),
      searchFigures(content),
      repeatSection(WHALE, { ...content, ...content.figures }),
    ],
  });
}
