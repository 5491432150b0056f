/**
 * Points on a map whose axes mean nothing, such as an embedding by t-SNE: only who is near whom counts.
 *
 * @module
 */
import { finite, whole } from "../../../gpu/check.ts";
import {
  drawLegend,
  legendRowCount,
  type Mark,
  marker,
  ROW_HEIGHT,
  seriesColour,
} from "./legend.ts";
import { type ChartOptions, drawing, type SvgPicture } from "./picture.ts";
import { element } from "./svg.ts";

/** Points that belong together. */
export interface MapGroup {
  /** What they are called. */
  readonly name: string;
  /** Their places: x, y, x, y, … */
  readonly points: readonly number[];
}

/** What {@linkcode mapChart} draws, 720 pixels wide by default; in words, the sizes of the groups. */
export interface MapChartOptions extends ChartOptions {
  /** The groups; each gets a colour and a shape. */
  readonly groups: readonly MapGroup[];
}

const MARGIN = 16;
const TITLE_HEIGHT = 34;

/**
 * Draws a map, both axes in one scale.
 *
 * @throws {RangeError} when there is no point, or a place that is no number
 *
 * @example
 * ```ts
 * import { mapChart } from "./map_chart.ts";
 *
 * const { alt } = mapChart({ title: "songs", groups: [{ name: "folk", points: [0, 0, 1, 2] }] });
 * if (alt !== "songs: 2 of folk") throw new Error(alt);
 * ```
 */
export function mapChart(options: MapChartOptions): SvgPicture {
  const { title, groups, width = 720 } = options;
  const all = groups.flatMap(({ points }) => points);
  whole("Cannot draw a map", { "number of points": all.length / 2 }, 1);
  for (const place of all) finite("Cannot draw a map", { "a place": place });
  const entries = groups.map(({ name }, at) => ({ name, mark: markOf(at) }));
  const top = (title ? TITLE_HEIGHT : MARGIN) + legendRowCount(entries, width) * ROW_HEIGHT + 8;
  const place = placement(all, width - 2 * MARGIN);
  const height = top + place.height + MARGIN;
  const drawn = groups.map(({ points }, at) => {
    const marks: string[] = [];
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = place.of(points[i], points[i + 1]);
      marks.push(marker(MARGIN + x, top + y, markOf(at)));
    }
    return element("g", {}, ...marks);
  });
  const alt = options.alt ??
    `${title ?? "map"}: ${
      groups.map(({ name, points }) => `${points.length / 2} of ${name}`).join(", ")
    }`;
  return drawing(
    { title, width, height, alt },
    drawLegend(entries, { left: MARGIN, top: title ? TITLE_HEIGHT : MARGIN, width }),
    ...drawn,
  );
}

function markOf(group: number): Mark {
  const look = { dashed: false, joined: false, markers: true };
  return { colour: seriesColour(group), shape: group, ...look };
}

/** From places to pixels of a box of the given width; upwards is up. */
function placement(all: readonly number[], width: number) {
  const xs = all.filter((_, i) => i % 2 === 0);
  const ys = all.filter((_, i) => i % 2 === 1);
  const [left, bottom] = [Math.min(...xs), Math.min(...ys)];
  const [dx, dy] = [Math.max(...xs) - left, Math.max(...ys) - bottom];
  const largest = Math.max(dx, dy) || 1;
  const side = Math.min(width, 560);
  const scale = side / largest;
  const height = Math.max(60, dy * scale);
  const inset = (width - dx * scale) / 2;
  return {
    height,
    of: (x: number, y: number): [number, number] => [
      inset + (x - left) * scale,
      height - (y - bottom) * scale,
    ],
  };
}
