/**
 * Horizontal lines that a chart's data are compared with, such as baselines.
 *
 * @module
 */
import { comparisonLine, type PlotArea, ROOM_BESIDE } from "./axes.ts";
import type { Scale } from "./scale.ts";
import { element, LOOK, textElement, widest } from "./svg.ts";

/** A horizontal line with a name. */
export interface ReferenceLine {
  /** Written at its end; say its value there if the reader wants it. */
  readonly label: string;
  /** Where it lies, in units of the y axis. */
  readonly y: number;
}

/** Least distance between two labels, in pixels. */
const LABEL_DISTANCE = 16;

/** Size of their letters, in pixels. */
const LABEL_SIZE = 12;

/** A reference as it is written beside the data, and in the legend if that holds letters only. */
export interface WrittenReference extends ReferenceLine {
  /** What the legend says of the letter; undefined where the label stands beside the data. */
  readonly key?: string;
}

/** From the highest to the lowest; where there is no room for labels, letters stand for them. */
export function writtenReferences(
  references: readonly ReferenceLine[],
  width: number,
): WrittenReference[] {
  const sorted = references.filter(({ y }) => Number.isFinite(y)).toSorted((a, b) => b.y - a.y);
  if (width >= ROOM_BESIDE) return sorted;
  return sorted.map(({ label, y }, i) => ({ label: letter(i), key: `${letter(i)}: ${label}`, y }));
}

function letter(place: number): string {
  return String.fromCharCode("a".charCodeAt(0) + place % 26);
}

/** Pixels to the right of the data that the labels take. */
export function referenceMargin(references: readonly ReferenceLine[]): number {
  if (!references.length) return 0;
  return 22 + widest(references.map(({ label }) => label), LABEL_SIZE);
}

/** The lines, to be drawn below the data. */
export function drawReferenceLines(
  references: readonly ReferenceLine[],
  { left, right }: PlotArea,
  y: Scale,
): string {
  return shown(references, y).map(({ y: value }) =>
    comparisonLine(left, y.at(value), right, y.at(value))
  ).join("");
}

/** The labels to the right of the data. Those of close lines are moved apart and stay in order. */
export function drawReferenceLabels(
  references: readonly ReferenceLine[],
  area: PlotArea,
  y: Scale,
): string {
  const sorted = shown(references, y);
  const places = apart(sorted.map((one) => y.at(one.y) + 4), area.top + 4, area.bottom);
  return sorted.map(({ label, y: value }, i) =>
    leader(area.right, y.at(value), places[i] - 4) +
    textElement(label, area.right + 16, places[i], { "font-size": LABEL_SIZE })
  ).join("");
}

/** Those within the limits of the axis. */
function shown(references: readonly ReferenceLine[], { from, to }: Scale): ReferenceLine[] {
  return references.filter(({ y }) => y >= from && y <= to);
}

function leader(x: number, from: number, to: number): string {
  return element("polyline", {
    points: `${x},${from.toFixed(1)} ${x + 5},${from.toFixed(1)} ${x + 13},${to.toFixed(1)}`,
    fill: "none",
    stroke: LOOK.axis,
  });
}

/** Ascending places moved down until they are apart, then up until the last one fits. */
function apart(wanted: readonly number[], least: number, most: number): number[] {
  const places: number[] = [];
  for (const place of wanted) {
    places.push(Math.max(place, (places.at(-1) ?? least - LABEL_DISTANCE) + LABEL_DISTANCE));
  }
  let limit = most;
  for (let i = places.length - 1; i >= 0; i--) {
    places[i] = Math.min(places[i], limit);
    limit = places[i] - LABEL_DISTANCE;
  }
  return places;
}
