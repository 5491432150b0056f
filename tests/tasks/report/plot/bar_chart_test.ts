import { assert, assertAlmostEquals } from "@std/assert";
import { barChart } from "../../../../tasks/report/plot/bar_chart.ts";
import { refuses } from "../../../refusals.ts";

/** Widths of the bars; the first rectangle is the background. */
function widths(svg: string): number[] {
  return [...svg.matchAll(/<rect [^>]*?width="([\d.]+)"/g)].slice(1).map(([, width]) => +width);
}

Deno.test("barChart() draws lengths in proportion to the values, from zero", () => {
  const bars = [{ label: "a", value: 0.2 }, { label: "b", value: 0.1 }, { label: "c", value: 0 }];
  const [a, b, c] = widths(barChart({ bars }).svg);
  assertAlmostEquals(a / b, 2, 0.001);
  assert(c === 0 && a > 100);
});

Deno.test("barChart() keeps bars and their values within the picture", () => {
  for (const width of [346, 892]) {
    const bars = [{ label: "a rather long label of a bar", value: 1, text: "0.1234 of 100" }];
    const { svg } = barChart({ bars, width });
    const [, x] = /x="([\d.]+)"[^>]*>0.1234 of 100</.exec(svg)!;
    assert(Number(x) + 13 * 7 < width, `the value at ${x} ends before ${width}`);
  }
});

Deno.test("barChart() refuses no bars, and values that are no lengths", () => {
  refuses(() => barChart({ bars: [] }), "number of bars is 0, expected a whole number from 1 on");
  for (const value of [-1, NaN, Infinity]) {
    refuses(() => barChart({ bars: [{ label: "x", value }] }), `"x" is ${value}`);
  }
});
