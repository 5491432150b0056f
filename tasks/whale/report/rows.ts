/**
 * The table of all figures and the chart of them.
 *
 * @module
 */
import { type Dot, dotChart } from "../../report/plot/dot_chart.ts";
import { escapeText } from "../../report/plot/svg.ts";
import { chart, fourDigits, paragraph, section, table } from "../../report/html.ts";
import { BASELINE_NAMES } from "../baselines.ts";
import type { Auc } from "../protocol.ts";
import type { Scored, WhaleResult } from "../result.ts";
import { BASELINE_LABELS, classifierWords, probeRows } from "../words.ts";
import type { ReportRow, WhaleReportContent } from "./content.ts";

/** Ends of names that the text below the table explains. */
const EXPLAINED = { neighbours: "folds of neighbours", truth: "wrong labels put right" } as const;

/** What the kinds of lines count as. */
const KINDS: Readonly<Record<ReportRow["kind"], string>> = {
  baseline: "to compare with",
  model: "one model",
  main: "the run’s figure",
  blend: "blend",
  check: "check",
  leak: "leak, no result",
};

/** The lines of a run's table; those of the terminal, and each model besides. */
export function reportRows(result: WhaleResult): ReportRow[] {
  const { baselines, members, blend, interval, classifier } = result;
  const several = members.length > 1;
  const main = (name: string) => name === classifier ? { kind: "main" as const, interval } : {};
  const models = members.flatMap(({ auc }, i) =>
    byClassifier(auc).map(([name, area]): ReportRow => ({
      name: `${several ? `model ${i + 1}` : "learnt features"}, ${classifierWords(name)}`,
      auc: area,
      kind: "model",
      ...(several ? {} : main(name)),
    }))
  );
  const what = several ? `blend of ${members.length}` : "learnt features";
  const blends = byClassifier(blend).map(([name, area]): ReportRow => ({
    name: `${what}, ${classifierWords(name)}`,
    auc: area,
    kind: "blend",
    ...main(name),
  }));
  return [
    ...BASELINE_NAMES.map((name): ReportRow => ({
      name: BASELINE_LABELS[name],
      auc: baselines[name],
      kind: "baseline",
    })),
    ...models,
    ...(several ? blends : []),
    ...checks(result, what),
    ...leaks(result, what),
  ];
}

function checks({ blocked, againstTruth }: WhaleResult, what: string): ReportRow[] {
  const inBlocks = byClassifier(blocked ?? {}).map(([name, auc]): ReportRow => ({
    name: `${what}, ${classifierWords(name)}, ${EXPLAINED.neighbours}`,
    auc,
    kind: "check",
  }));
  if (!againstTruth) return inBlocks;
  return [...inBlocks, { name: `${what}, ${EXPLAINED.truth}`, auc: againstTruth, kind: "check" }];
}

function leaks(result: WhaleResult, what: string): ReportRow[] {
  const { withOrder } = result;
  const helped = withOrder ? [[`${what}, helped by order: a leak`, withOrder] as const] : [];
  return [...helped, ...probeRows(result)].map(([name, auc]) => ({ name, auc, kind: "leak" }));
}

function byClassifier(scored: Scored): [string, Auc][] {
  return Object.entries(scored).filter((entry): entry is [string, Auc] => entry[1] !== undefined);
}

/** The section; empty without lines. */
export function figureTable({ rows = [], figures }: WhaleReportContent): string {
  if (!rows.length) return "";
  const repeated = rows.some(({ auc }) => auc.deviation !== undefined);
  return section(
    "All figures",
    chart((width) =>
      dotChart({
        title: "Area under the ROC curve",
        x: {
          label: width > 600 ? "AUC; 0.5 is guessing, 1 is perfect" : "AUC",
          to: 1,
          from: lowest(rows),
        },
        dots: rows.map(dotOf),
        width,
      })
    ),
    paragraph(
      "Clips held out. Lines through dots: " +
        (repeated ? "one standard deviation of the repeats, or " : "") +
        "the 95 % interval of a bootstrap over clips, where there is one. Orange squares are no " +
        "results: they say what a detector could pick up without listening, and neighbours in time " +
        "help nobody who listens at sea.",
      "note",
    ),
    table({
      caption: "Areas under the ROC curve",
      header: ["scored", "AUC", repeated ? "deviation" : "95 % interval", "counts as"],
      text: [0, 3],
      rows: rows.map(({ name, kind, auc, interval }) => [
        strong(escapeText(name), kind),
        strong(fourDigits(auc.auc), kind),
        repeated ? deviationText(auc) : spanText(interval),
        KINDS[kind],
      ]),
    }),
    explanations(rows, figures.synthetic),
  );
}

/** The axis starts at guessing, or below the least value. */
function lowest(rows: readonly ReportRow[]): number {
  const least = Math.min(0.5, ...rows.map(({ auc }) => auc.auc - (auc.deviation ?? 0)));
  return Math.floor(20 * least) / 20;
}

function dotOf({ name, auc, interval, kind }: ReportRow): Dot {
  const { auc: value, deviation } = auc;
  const range = interval ??
    (deviation === undefined ? undefined : { low: value - deviation, high: value + deviation });
  return {
    label: name,
    value,
    ...(range && { low: Math.min(value, range.low), high: Math.max(value, range.high) }),
    text: fourDigits(value),
    tone: kind === "main" ? "main" : kind === "leak" ? "warning" : "plain",
  };
}

function strong(text: string, kind: ReportRow["kind"]): string {
  return kind === "main" ? `<strong>${text}</strong>` : text;
}

function deviationText({ deviation }: Auc): string {
  return deviation === undefined ? "–" : fourDigits(deviation);
}

function spanText(interval: ReportRow["interval"]): string {
  return interval ? `${fourDigits(interval.low)}–${fourDigits(interval.high)}` : "–";
}

function explanations(rows: readonly ReportRow[], synthetic: boolean): string {
  const has = (part: string) => rows.some(({ name }) => name.includes(part));
  const texts = [
    has(EXPLAINED.neighbours)
      ? `Lines with “${EXPLAINED.neighbours}” hold out stretches of consecutive clips: where ` +
        "neighbours resemble each other they are the more honest figures."
      : "",
    has(EXPLAINED.truth)
      ? `The line with “${EXPLAINED.truth}” scores by the calls that were put into the clips, not by the labels, ` +
        "of which one in a hundred is wrong on purpose."
      : "",
    synthetic ? "" : "Other people’s figures compare only where clips and folds are the same.",
  ];
  return paragraph(texts.filter(Boolean).join(" "), "note");
}
