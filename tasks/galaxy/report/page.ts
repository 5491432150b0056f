/**
 * The page of a run: one HTML file that needs no other.
 *
 * @module
 */
import { htmlPage } from "../../report/page.ts";
import { repeatSection } from "../../report/repeat.ts";
import { GALAXY } from "../task.ts";
import { checkContent, type GalaxyReportContent } from "./content.ts";
import { learningCurves } from "./curves.ts";
import { filterPictures } from "./filters.ts";
import { extremes, gallery } from "./gallery.ts";
import { headline } from "./headline.ts";
import { questionFigures } from "./questions_section.ts";
import { STYLE } from "./style.ts";
import { viewpoints } from "./viewpoints.ts";

/**
 * Writes the page of a run: figures beside the baselines, learning curves, what the network sees,
 * its first filters, galaxies with predicted and voted answers in words, the best and the worst
 * predictions, figures of each question, timings and settings.
 *
 * The page holds its pictures and styles, needs no script and no network, and fits a phone. The same
 * content gives the same text.
 *
 * @param content figures, predictions and pictures of the run
 * @returns the text of an HTML file, about 1 MB
 * @throws {RangeError} when there are not 37 predictions and votes for each galaxy, or the filters
 * are not `[kh, kw, 3, f]`
 */
export async function galaxyReport(content: GalaxyReportContent): Promise<string> {
  checkContent(content);
  return htmlPage({
    title: content.title ?? "Galaxy run",
    style: STYLE,
    sections: [
      headline(content),
      learningCurves(content),
      await viewpoints(content),
      filterPictures(content),
      await gallery(content),
      await extremes(content),
      questionFigures(content),
      repeatSection(GALAXY, { ...content, ...content.result }),
    ],
  });
}
