/**
 * The legend of a chart, broken into rows, and the marks that series are told apart by: colour,
 * dashes and the shape of the markers, so that no two look alike in grey.
 *
 * @module
 */
import { element, LOOK, placesText, SERIES_COLOURS, textElement, textWidth } from "./svg.ts";

/** How a series looks. */
export interface Mark {
  /** Its colour. */
  readonly colour: string;
  /** Place among the shapes of markers, from 0; wraps round. */
  readonly shape: number;
  /** Whether its line is dashed. */
  readonly dashed: boolean;
  /** Whether its points are joined. */
  readonly joined: boolean;
  /** Whether its points are marked. */
  readonly markers: boolean;
}

/** A line of the legend. */
export interface LegendEntry {
  /** What it says. */
  readonly name: string;
  /** How the series looks; undefined for text alone. */
  readonly mark?: Mark;
}

/** Height of a row of the legend, in pixels. */
export const ROW_HEIGHT = 20;

/** Length of a line in the legend, in pixels. */
const SAMPLE_WIDTH = 26;

/** Dashes of a dashed line, in pixels. */
export const DASHES = "6 4";

/** The colour of a place; wraps round. */
export function seriesColour(place: number): string {
  return SERIES_COLOURS[place % SERIES_COLOURS.length];
}

/** A marker about a point: disk, square, triangle, diamond. */
export function marker(
  x: number,
  y: number,
  { colour, shape }: Pick<Mark, "colour" | "shape">,
  radius = 3.2,
): string {
  const r = radius;
  const fill = colour;
  switch (shape % 4) {
    case 0:
      return element("circle", { cx: x, cy: y, r, fill });
    case 1:
      return element("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r, fill });
    case 2:
      return polygon([[x, y - 1.3 * r], [x + 1.2 * r, y + r], [x - 1.2 * r, y + r]], fill);
    default:
      return polygon(
        [[x, y - 1.4 * r], [x + 1.4 * r, y], [x, y + 1.4 * r], [x - 1.4 * r, y]],
        fill,
      );
  }
}

function polygon(points: readonly (readonly [number, number])[], fill: string): string {
  return element("polygon", { points: placesText(points), fill });
}

/** How many rows the legend takes in a width. */
export function legendRowCount(entries: readonly LegendEntry[], width: number): number {
  return placed(entries, width).reduce((most, { row }) => Math.max(most, row + 1), 0);
}

/** The legend, from a left upper corner. */
export function drawLegend(
  entries: readonly LegendEntry[],
  { left, top, width }: { readonly left: number; readonly top: number; readonly width: number },
): string {
  return placed(entries, width).map(({ entry: { name, mark }, x, row }) => {
    const [start, y] = [left + x, top + (row + 0.5) * ROW_HEIGHT];
    const text = start + (mark ? SAMPLE_WIDTH + 6 : 0);
    return (mark ? drawSample(start, y, mark) : "") +
      textElement(name, text, y + 4.5, { fill: LOOK.text });
  }).join("");
}

function drawSample(x: number, y: number, mark: Mark): string {
  const joined = element("line", {
    x1: x,
    y1: y,
    x2: x + SAMPLE_WIDTH,
    y2: y,
    stroke: mark.colour,
    "stroke-width": 2.2,
    "stroke-dasharray": mark.dashed ? DASHES : undefined,
  });
  return (mark.joined ? joined : "") +
    (mark.markers ? marker(x + SAMPLE_WIDTH / 2, y, mark) : "");
}

function placed(entries: readonly LegendEntry[], width: number) {
  let [x, row] = [0, 0];
  return entries.map((entry) => {
    const needed = (entry.mark ? SAMPLE_WIDTH + 6 : 0) + textWidth(entry.name) + 14;
    if (x > 0 && x + needed > width) [x, row] = [0, row + 1];
    const place = { entry, x, row };
    x += needed;
    return place;
  });
}
