/**
 * The page of a run: one HTML file that needs no other.
 *
 * @module
 */
import { escapeText } from "../../plot/svg.ts";
import { checkContent, type GalaxyReportContent } from "./content.ts";
import { learningCurves } from "./curves.ts";
import { filterPictures } from "./filters.ts";
import { extremes, gallery } from "./gallery.ts";
import { headline } from "./headline.ts";
import { questionFigures } from "./questions_section.ts";
import { repeatSection } from "./repeat.ts";
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
 *
 * @example
 * ```ts ignore
 * await Deno.writeTextFile("report.html", await galaxyReport(content));
 * ```
 */
export async function galaxyReport(content: GalaxyReportContent): Promise<string> {
  checkContent(content);
  const sections = [
    headline(content),
    learningCurves(content),
    await viewpoints(content),
    filterPictures(content),
    await gallery(content),
    await extremes(content),
    questionFigures(content),
    repeatSection(content),
  ].filter(Boolean);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(content.title ?? "Galaxy run")}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
${sections.join("\n")}
</main>
</body>
</html>
`;
}
