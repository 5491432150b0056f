import { assert, assertEquals } from "@std/assert";
import { stripChart } from "../../../../tasks/report/plot/strip_chart.ts";
import { refuses } from "../../../refusals.ts";

const BASE = { xLabel: "redundancy", y: { label: "AUC" } };

Deno.test("stripChart() draws every value in its own column, the greater the higher", () => {
  const { svg } = stripChart({
    ...BASE,
    columns: [{ name: "2", values: [0.8, 0.9, 0.9] }, { name: "4", values: [0.85] }],
  });
  const dots = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)]
    .map(([, x, y]) => [Number(x), Number(y)]);
  assertEquals(dots.length, 4);
  const [low, high, same, other] = dots;
  assert(high[1] < other[1] && other[1] < low[1]);
  assertEquals(high[1], same[1]);
  assert(high[0] !== same[0]); // equal values do not hide each other
  assert(dots.slice(0, 3).every(([x]) => x < other[0]));
});

Deno.test("stripChart() marks medians, and none where a column is empty", () => {
  const { svg, alt } = stripChart({
    ...BASE,
    columns: [{ name: "on", values: [0.7, 0.9, 0.8] }, { name: "off", values: [] }],
  });
  assertEquals(alt, "AUC by redundancy: on: median 0.8 of 3; off: none");
  assertEquals([...svg.matchAll(/stroke-width="2"/g)].length, 1);
});

Deno.test("stripChart() refuses what is no number, and no columns", () => {
  const columns = [{ name: "2", values: [0.8, NaN] }];
  refuses(() => stripChart({ ...BASE, columns }), '"2" is NaN, expected a finite number');
  refuses(
    () => stripChart({ ...BASE, columns: [] }),
    "number of columns is 0, expected a whole number from 1 on",
  );
});
