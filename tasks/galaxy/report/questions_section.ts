/**
 * Question by question: errors, hits, and whether predicted fractions can be taken at their word.
 *
 * @module
 */
import { barChart } from "../../report/plot/bar_chart.ts";
import { type FractionBin, reliabilityChart } from "../../report/plot/reliability_chart.ts";
import { escapeText } from "../../report/plot/svg.ts";
import { type Question, QUESTIONS, questionWeight } from "../questions.ts";
import {
  distribution,
  type QuestionOutcome,
  questionOutcomes,
  REACHED,
  reliabilityBins,
} from "../score.ts";
import { type GalaxyReportContent, rowOf } from "./content.ts";
import { chart, fourDigits, paragraph, percent, section, table } from "../../report/html.ts";
import { mostFrequent } from "./words.ts";

/** Bins of predicted fractions. */
const FRACTION_BINS = 10;

/** Bins of the agreement of volunteers. */
const AGREEMENT_BINS = 5;

/** The section; empty where nothing was scored. */
export function questionFigures(content: GalaxyReportContent): string {
  const { result: { questions }, ids } = content;
  if (!questions?.length || !ids.length) return "";
  return section(
    "Question by question",
    paragraph(
      `A question is asked only of volunteers whose earlier answers lead to it. The RMSE is over all ` +
        `galaxies held out. The hits look at those galaxies of which at least half of the ` +
        `volunteers were asked: how often the answer predicted as most frequent is the one that ` +
        `volunteers gave most often, and how often one would be right by always naming the ` +
        `commonest answer. Few galaxies say little: with 95 % confidence the true part of hits lies ` +
        `within the range.`,
    ),
    questionTable(content),
    agreementChart(content),
    reliability(content),
  );
}

function questionTable(content: GalaxyReportContent): string {
  return table({
    caption: "Error and hits of each question",
    header: ["", "question", "RMSE", "hits", "95 % range", "always the commonest", "galaxies"],
    text: [0, 1],
    rows: content.result.questions!.map(({ number, rmse, accuracy, count }) => [
      `${number}`,
      escapeText(QUESTIONS[number - 1].text),
      fourDigits(rmse),
      count ? percent(accuracy) : "–",
      count ? range(accuracy, count) : "–",
      count ? percent(commonest(content, number)) : "–",
      `${count}`,
    ]),
  });
}

/** Wilson's interval of 95 %: holds for few galaxies, and for none or all of them hit. */
function range(part: number, count: number): string {
  const z = 1.96;
  const middle = (part + z * z / (2 * count)) / (1 + z * z / count);
  const half = z / (1 + z * z / count) *
    Math.sqrt(part * (1 - part) / count + z * z / (4 * count * count));
  const [low, high] = [middle - half, middle + half].map((end) => Math.round(100 * end));
  return `${low}–${high}\u00a0%`;
}

/** How often the answer that is most often the most frequent one is right. */
function commonest({ targets, ids, q6Weight }: GalaxyReportContent, number: number): number {
  const tally = new Map<number, number>();
  for (let row = 0; row < ids.length; row++) {
    const voted = mostFrequent(rowOf(targets, row), number, q6Weight);
    if (!voted || voted.asked < REACHED) continue;
    tally.set(voted.answer, (tally.get(voted.answer) ?? 0) + 1);
  }
  const counts = [...tally.values()];
  return Math.max(0, ...counts) / counts.reduce((a, b) => a + b, 0);
}

function agreementChart({ predictions, targets, q6Weight }: GalaxyReportContent): string {
  const outcomes: QuestionOutcome[] = QUESTIONS.flatMap(({ number }) =>
    questionOutcomes(predictions, targets, number, q6Weight)
  );
  const bins = reliabilityBins(
    outcomes.map(({ agreement }) => agreement),
    outcomes.map(({ correct }) => correct),
    AGREEMENT_BINS,
  );
  const words = [
    "hardly any agreement",
    "little agreement",
    "some agreement",
    "much agreement",
    "nearly all agree",
  ];
  const bars = bins.flatMap(({ count, accuracy }, i) =>
    count ? [{ label: words[i], value: accuracy, text: `${percent(accuracy)} of ${count}` }] : []
  );
  if (!bars.length) return "";
  return "<h3>Where volunteers agree, and where they do not</h3>" +
    chart((width) => barChart({ title: "Hits by how much volunteers agree", bars, to: 1, width })) +
    paragraph(
      `All questions together. Agreement is measured by the entropy of the votes, from 0 (all ` +
        `answers as frequent) to 1 (all volunteers give one answer), in five equal steps.`,
      "note",
    );
}

function reliability(content: GalaxyReportContent): string {
  const charts = QUESTIONS.map((question) => {
    const { bins, galaxies } = fractionBins(content, question);
    const most = Math.max(...bins.map(({ count }) => count));
    const drawn = reliabilityChart({
      title: `${question.number}  ${TITLES[question.number - 1]}`,
      subtitle: `${galaxies} ${galaxies === 1 ? "galaxy" : "galaxies"}` +
        (most > 0 ? `; largest disk: ${most} answers` : ""),
      xLabel: "predicted fraction",
      yLabel: "voted fraction",
      bins,
      width: 280,
    });
    return `<figure>${drawn.svg}</figure>`;
  });
  return "<h3>Can predicted fractions be taken at their word?</h3>" +
    paragraph(
      `Each disk gathers answers whose predicted fractions are about the same (within a tenth); its ` +
        `height is the mean fraction of the votes, its area the number of answers. On the ` +
        `dotted line predictions are right on average. Where a question has two answers, only the ` +
        `first is counted: the other mirrors it. Fractions are of those asked, for galaxies of ` +
        `which at least half of the volunteers were.`,
    ) +
    `<div class="small">${charts.join("\n")}</div>`;
}

/** Titles short enough for a small chart. */
const TITLES: readonly string[] = [
  "smooth, features or star",
  "edge-on",
  "bar",
  "spiral arms",
  "bulge",
  "anything odd",
  "roundness",
  "odd feature",
  "bulge, edge-on",
  "winding of the arms",
  "number of arms",
];

/**
 * Predicted and voted fractions of a question's answers in bins of the predicted one; of two answers
 * the first only.
 */
export function fractionBins(
  { predictions, targets, ids, q6Weight }: GalaxyReportContent,
  question: Question,
): { readonly bins: readonly FractionBin[]; readonly galaxies: number } {
  const members: [predicted: number, voted: number][][] = Array.from(
    { length: FRACTION_BINS },
    () => [],
  );
  let galaxies = 0;
  for (let row = 0; row < ids.length; row++) {
    const target = rowOf(targets, row);
    if (questionWeight(target, question, q6Weight) < REACHED) continue;
    galaxies++;
    const voted = distribution(target, question.start, question.end);
    const counted = distribution(rowOf(predictions, row), question.start, question.end)
      .slice(0, voted.length === 2 ? 1 : undefined);
    counted.forEach((predicted, a) => {
      const bin = Math.min(FRACTION_BINS - 1, Math.floor(predicted * FRACTION_BINS));
      members[bin].push([predicted, voted[a]]);
    });
  }
  const bins = members.map((pairs) => ({
    predicted: pairs.reduce((sum, [predicted]) => sum + predicted, 0) / pairs.length,
    observed: pairs.reduce((sum, [, voted]) => sum + voted, 0) / pairs.length,
    count: pairs.length,
  }));
  return { bins, galaxies };
}
