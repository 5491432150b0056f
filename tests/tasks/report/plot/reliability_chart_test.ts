import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { reliabilityChart } from "../../../../tasks/report/plot/reliability_chart.ts";

function disks(svg: string): { x: number; y: number; r: number }[] {
  return [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"/g)].map((
    [, x, y, r],
  ) => ({ x: +x, y: +y, r: +r }));
}

Deno.test("reliabilityChart() draws areas in proportion to the counts, and no empty bins", () => {
  const { svg } = reliabilityChart({
    bins: [
      { predicted: 0.1, observed: 0.1, count: 100 },
      { predicted: NaN, observed: NaN, count: 0 },
      { predicted: 0.9, observed: 0.5, count: 25 },
    ],
  });
  const [large, small, none] = disks(svg);
  assertAlmostEquals(large.r / small.r, 2, 0.01);
  assertEquals(none, undefined);
  assert(small.x > large.x && small.y < large.y);
});

Deno.test("reliabilityChart() says when there is nothing to compare", () => {
  const { svg, alt } = reliabilityChart({ bins: [] });
  assert(svg.includes("nothing to compare") && alt.includes("nothing to compare"));
});
