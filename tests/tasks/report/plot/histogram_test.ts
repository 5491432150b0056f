import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { binShares, histogram } from "../../../../tasks/report/plot/histogram.ts";
import { refuses } from "../../../refusals.ts";

Deno.test("binShares() counts each value once, also at and beyond the ends", () => {
  const limits = { from: 0, to: 4, bins: 4 };
  assertEquals(
    [...binShares([0, 0.5, 1, 3.9, 4, 9, -2, 2], limits)],
    [3, 1, 1, 3].map((n) => n / 8),
  );
  const odd = Float64Array.from({ length: 37 }, (_, i) => (i * 0.77) % 4);
  assertAlmostEquals(binShares(odd, limits).reduce((a, b) => a + b), 1, 1e-12);
});

Deno.test("histogram() draws a rare group as high as a frequent one of the same form", () => {
  const values = [1, 1, 2, 3];
  const { svg } = histogram({
    label: "score",
    groups: [
      { name: "calls", values },
      { name: "others", values: Array.from({ length: 40 }, (_, i) => values[i % 4]) },
    ],
    bins: 3,
  });
  const [calls, others] = [...svg.matchAll(/<polygon points="([^"]+)"/g)].map(([, at]) => at);
  assertEquals(calls, others);
});

Deno.test("histogram() draws values that are all one, and says medians in words", () => {
  const { svg, alt } = histogram({ label: "score", groups: [{ name: "calls", values: [2, 2] }] });
  assert(svg.includes("<polygon") && !svg.includes("NaN"));
  assertEquals(alt, "score: calls: 2 values, median 2");
});

Deno.test("histogram() refuses what is no number, and groups of nothing", () => {
  const draw = (values: number[]) => histogram({ label: "score", groups: [{ name: "a", values }] });
  refuses(() => draw([1, NaN]), '"a": value 1 is NaN');
  refuses(() => draw([]), "number of values is 0, expected a whole number from 1 on");
  refuses(
    () => histogram({ label: "score", groups: [] }),
    "number of groups is 0, expected a whole number from 1 on",
  );
});
