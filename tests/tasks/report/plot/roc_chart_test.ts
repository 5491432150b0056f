import { assert, assertEquals } from "@std/assert";
import { Ranking } from "../../../../nn/metrics/classification.ts";
import {
  precisionRecallChart,
  rocChart,
  simplified,
} from "../../../../tasks/report/plot/roc_chart.ts";
import { refuses } from "../../../refusals.ts";

/** Points of the lines, chance included. */
function lines(svg: string): number[][][] {
  return [...svg.matchAll(/<polyline points="([^"]+)"/g)].map(([, points]) =>
    points.split(" ").map((point) => point.split(",").map(Number))
  );
}

const LABELS = [0, 0, 1, 1];
const ranking = new Ranking(LABELS, [0.1, 0.4, 0.35, 0.8]);

Deno.test("rocChart() draws the steps of the curve from the lower left to the upper right", () => {
  const { falsePositiveRate: x, truePositiveRate: y } = ranking.rocCurve();
  const [curve, chance] = lines(rocChart({ curves: [{ name: "model", x, y }] }).svg);
  assertEquals(curve.length, 5); // up, right, up, right
  const [first, last] = [curve[0], curve[4]];
  assertEquals([first, last], [chance[0], chance[1]]);
  assert(curve[1][0] === first[0] && curve[1][1] < first[1]);
  assertEquals(curve[1][1], (first[1] + last[1]) / 2); // half of the calls at once
});

Deno.test("precisionRecallChart() starts at the first find, and chance is the share of positives", () => {
  const { recall: x, precision: y } = ranking.precisionRecallCurve();
  const curves = [{ name: "model", x, y }];
  const [curve, chance] = lines(precisionRecallChart({ curves, positiveShare: 0.5 }).svg);
  const [top, bottom] = [Math.min(...curve.map(([, b]) => b)), chance[0][1]];
  assertEquals(curve[0][1], top); // the highest score is a call: precision 1
  assertEquals(curve.at(-1)![1], bottom); // all are called so
});

Deno.test("curves outside 0 to 1, and no curves, are refused", () => {
  const wrong = [{ name: "model", x: [0, NaN], y: [0, 1] }];
  refuses(() => rocChart({ curves: wrong }), "point is [NaN, 1], expected numbers from 0 to 1");
  refuses(
    () => rocChart({ curves: [] }),
    "number of curves is 0, expected a whole number from 1 on",
  );
});

Deno.test("simplified() keeps ends and corners, and drops what lies on a line", () => {
  const corner = [[0, 0], [0, 0.5], [0, 1], [0.5, 1], [1, 1]] as const;
  assertEquals(simplified(corner, 1e-3), [[0, 0], [0, 1], [1, 1]]);
  const dent = [[0, 0], [0.5, 0.499], [1, 1]] as const;
  assertEquals(simplified(dent, 1e-2).length, 2);
  assertEquals(simplified(dent, 1e-4).length, 3);
});

/** Distance of a point from the line through two others, within the stretch between them. */
function distance([x, y]: number[], [a, b]: number[], [c, d]: number[]): number {
  const square = (c - a) ** 2 + (d - b) ** 2;
  const part = square ? ((x - a) * (c - a) + (y - b) * (d - b)) / square : 0;
  const along = Math.min(1, Math.max(0, part));
  return Math.hypot(x - a - along * (c - a), y - b - along * (d - b));
}

Deno.test("simplified() leaves no point of a curve further than the tolerance", () => {
  const points = Array.from({ length: 400 }, (_, i) => [i / 400, Math.sqrt(i / 400)]);
  const kept = simplified(points as [number, number][], 2e-3).map((point) => [...point]);
  assert(kept.length < 20, `${kept.length} points`);
  for (const point of points) {
    const away = kept.slice(1).map((end, i) => distance(point, kept[i], end));
    assert(Math.min(...away) <= 2e-3 + 1e-12, `${point}`);
  }
});
