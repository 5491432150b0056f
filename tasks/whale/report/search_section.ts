/**
 * What a search found: the area against each setting, and against the size of the blend.
 *
 * @module
 */
import { lineChart } from "../../report/plot/line_chart.ts";
import { stripChart } from "../../report/plot/strip_chart.ts";
import { chart, fourDigits, paragraph, section } from "../../report/html.ts";
import type { NumberRange } from "../../study/space.ts";
import type { ReportSearch, WhaleReportContent } from "./content.ts";

/** Pixels of one small chart. */
const SIZE = { width: 290, height: 250 } as const;

/** The sections; empty without a search or a blend of several sizes. */
export function searchFigures(content: WhaleReportContent): string {
  return [blendSizes(content), content.search ? settingCharts(content.search) : ""]
    .filter(Boolean).join("\n");
}

function blendSizes({ blendCurve = [] }: WhaleReportContent): string {
  if (blendCurve.length < 2) return "";
  const areas = blendCurve.map(({ auc }) => auc);
  const best = areas.indexOf(Math.max(...areas)) + 1;
  const bands = blendCurve.every(({ deviation }) => deviation !== undefined)
    ? [-1, 1].map((side) => ({
      name: side < 0 ? "one deviation below" : "one deviation above",
      points: blendCurve.map(({ auc, deviation }, i) => [i + 1, auc + side * deviation!] as const),
      dashed: true,
      markers: false,
      colour: 6,
    }))
    : [];
  return section(
    "How many models to blend",
    chart((width) =>
      lineChart({
        title: "AUC of the mean score of the best n models",
        x: { label: "n, number of models", from: 1 },
        y: { label: "AUC" },
        series: [
          {
            name: "blend",
            points: areas.map((auc, i) => [i + 1, auc] as const),
            colour: 0,
          },
          ...bands,
        ],
        width,
        height: 320,
      })
    ),
    paragraph(
      `Models are ranked on other clips than those they are scored on. One model reaches ` +
        `${fourDigits(areas[0])}, ${blendCurve.length} of them ${fourDigits(areas.at(-1)!)}; the ` +
        `highest point of the curve is ${
          fourDigits(areas[best - 1])
        } at n = ${best}, and reading ` +
        `it off the curve flatters it.`,
      "note",
    ),
  );
}

function settingCharts({ trials, space }: ReportSearch): string {
  if (!trials.length) return "";
  const charts = Object.entries(space).map(([name, range]) => {
    const { svg } = range.kind === "choice"
      ? choiceChart(trials, name)
      : numberChart(trials, name, range);
    return `<figure>${svg}</figure>`;
  });
  return section(
    "Area against each setting",
    paragraph(
      `Each of the ${trials.length} trials is one dot in every chart; all settings differ from trial ` +
        `to trial, so that dots scatter by the others too. Lines in columns are medians.`,
    ),
    `<div class="small">${charts.join("\n")}</div>`,
  );
}

type Trials = ReportSearch["trials"];

function choiceChart(trials: Trials, name: string) {
  const values = [...new Set(trials.map(({ settings }) => settings[name]))]
    .sort((a, b) => typeof a === "number" && typeof b === "number" ? a - b : a < b ? -1 : 1);
  const columns = values.map((value) => ({
    name: value === true ? "on" : value === false ? "off" : String(value),
    values: trials.filter(({ settings }) => settings[name] === value).map(({ auc }) => auc),
  }));
  return stripChart({ xLabel: name, y: { label: "AUC" }, columns, ...SIZE });
}

function numberChart(trials: Trials, name: string, { kind, low, high }: NumberRange) {
  const log = kind === "log-uniform";
  const points = trials.map(({ settings, auc }) => [Number(settings[name]), auc] as const);
  const values = points.map(([value]) => value);
  return lineChart({
    x: {
      label: log ? `${name} (log)` : name,
      scale: log ? "log" : "linear",
      from: Math.min(low, ...values),
      to: Math.max(high, ...values),
    },
    y: { label: "AUC" },
    series: [{ name: "trials", points, joined: false }],
    alt: `AUC against ${name}, ${trials.length} trials`,
    ...SIZE,
  });
}
