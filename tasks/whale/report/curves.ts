/**
 * How scores tell calls from other clips: ROC, precision and recall, spread of the scores.
 *
 * @module
 */
import { RankingWithinFolds } from "../../../nn/metrics/within_folds.ts";
import { histogram } from "../../report/plot/histogram.ts";
import { precisionRecallChart, rocChart } from "../../report/plot/roc_chart.ts";
import { chart, fourDigits, paragraph, section } from "../../report/html.ts";
import type { ReportScores, WhaleReportContent } from "./content.ts";

/** The section; empty without scores, or where they are all of one class. */
export function scoreCurves(content: WhaleReportContent): string {
  const scores = (content.scores ?? []).filter(hasBoth);
  if (!scores.length) return "";
  const repeats = content.figures.repeats ?? [];
  const first = repeats.length > 1 ? " Shown is the first of the cross-validations." : "";
  return section(
    "Hits and false alarms",
    paragraph(
      `A detector calls a clip a find when its score passes a threshold. Each point of these curves ` +
        `is one threshold: low ones find every call and much else, high ones only what is sure.${first}` +
        foldWords(scores[0]),
    ),
    `<div class="beside">${roc(scores)}${precision(scores)}</div>`,
    paragraph(operatingPoints(scores[0]), "note"),
    spread(content),
  );
}

function rankingOf({ labels, scores, parts }: ReportScores): RankingWithinFolds {
  return new RankingWithinFolds(labels, scores, parts ?? new Uint32Array(labels.length));
}

/** What of clips in folds is pooled and what is not. */
function foldWords({ parts }: ReportScores): string {
  const count = new Set(parts).size;
  if (count < 2) return "";
  return ` Each of the ${count} folds has a model of its own, so that clips are compared within their ` +
    `fold: curves and areas are means of the folds'. The spread of the scores below is that of all.`;
}

function hasBoth({ labels }: ReportScores): boolean {
  return labels.includes(0) && labels.includes(1);
}

function roc(scores: readonly ReportScores[]): string {
  const curves = scores.map((each) => {
    const ranking = rankingOf(each);
    const { falsePositiveRate: x, truePositiveRate: y } = ranking.rocCurve();
    return { name: `${each.name}: AUC ${fourDigits(ranking.auc())}`, x, y };
  });
  return chart((width) => rocChart({ title: "ROC", curves, ...size(width) }));
}

function precision(scores: readonly ReportScores[]): string {
  const curves = scores.map((each) => {
    const ranking = rankingOf(each);
    const { recall: x, precision: y } = ranking.precisionRecallCurve();
    return { name: `${each.name}: AP ${fourDigits(ranking.averagePrecision())}`, x, y };
  });
  const { labels } = scores[0];
  const positiveShare = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  return chart((width) =>
    precisionRecallChart({ title: "Precision and recall", curves, positiveShare, ...size(width) })
  );
}

/** Two stand beside each other on a page. */
function size(width: number): { width: number; height: number } {
  return width > 600 ? { width: 446, height: 480 } : { width, height: 420 };
}

/** The share of calls found at three shares of false alarms. */
function operatingPoints(scores: ReportScores): string {
  const { falsePositiveRate, truePositiveRate } = rankingOf(scores).rocCurve();
  const found = [0.01, 0.05, 0.1].map((limit) => {
    let place = 0;
    falsePositiveRate.forEach((rate, i) => place = rate <= limit ? i : place);
    return `${(100 * truePositiveRate[place]).toFixed(0)} % of the calls at ${
      100 * limit
    } % false alarms`;
  });
  return `In figures, “${scores.name}” finds ${
    found.join(", ")
  }. Average precision (AP) is the mean share of finds ` +
    `that are right, over all shares of calls found.`;
}

function spread({ scores = [], scoreLabel = "score" }: WhaleReportContent): string {
  const { labels, scores: values } = scores[0];
  const ofClass = (label: number) => values.filter((_, row) => labels[row] === label);
  const groups = [
    { name: `calls (${ofClass(1).length})`, values: ofClass(1) },
    { name: `other clips (${ofClass(0).length})`, values: ofClass(0) },
  ];
  return chart((width) =>
    histogram({
      title: "Scores of calls and of other clips",
      label: scoreLabel,
      yLabel: "share of its clips (%)",
      groups,
      width,
      bins: width > 600 ? 40 : 24,
    })
  ) + paragraph("Shares are of each kind alone, as calls are the rarer ones.", "note");
}
