import { assertAlmostEquals, assertEquals } from "@std/assert";
import { linearTicks, makeScale, tickLabel } from "../../../../tasks/report/plot/scale.ts";

Deno.test("linear ticks are 1, 2 or 5 times a power of ten, within the limits, without crumbs", () => {
  assertEquals(linearTicks(0, 0.3, 3), [0, 0.1, 0.2, 0.3]);
  assertEquals(linearTicks(-7, 12, 4), [-5, 0, 5, 10]);
  assertEquals(linearTicks(3, 1003, 5), [200, 400, 600, 800, 1000]);
});

Deno.test("a scale puts its limits at the ends, and widens to the next tick when asked", () => {
  const exact = makeScale([1, 9], { label: "" }, [100, 0], 5);
  assertEquals([exact.at(1), exact.at(5), exact.at(9)], [100, 50, 0]);
  const nice = makeScale([0.012, 0.279], { label: "", from: 0 }, [0, 100], 6, true);
  assertEquals([nice.from, nice.to], [0, 0.3]);
});

Deno.test("a log scale gives each power of ten the same room and skips what is not positive", () => {
  const scale = makeScale([1e-4, 1, 0, -3], { label: "", scale: "log" }, [0, 400], 5);
  assertAlmostEquals(scale.at(1e-3), 100);
  assertAlmostEquals(scale.at(1e-1), 300);
  assertEquals(scale.ticks, [1e-4, 1e-3, 1e-2, 1e-1, 1]);
});

Deno.test("a scale is made from the values that it can show", () => {
  const { from, to } = makeScale([4, NaN, 1, Infinity, 9], { label: "" }, [0, 1], 5);
  assertEquals([from, to], [1, 9]);
});

Deno.test("a scale of nothing, of one value and of equal values can be drawn", () => {
  for (const values of [[], [NaN, Infinity], [0], [5, 5]]) {
    for (const scale of ["linear", "log"] as const) {
      const made = makeScale(values, { label: "", scale }, [0, 100], 4);
      assertEquals(Number.isFinite(made.at(made.from)) && made.from < made.to, true);
    }
  }
});

Deno.test("tick labels have the digits of the step, groups of three, and a real minus", () => {
  assertEquals(tickLabel(0.1 + 0.2, 0.1), "0.3");
  assertEquals(tickLabel(1500, 500), "1\u202f500");
  assertEquals(tickLabel(-2.5, 0.5), "−2.5");
  assertEquals(tickLabel(0, 0.1), "0");
  assertEquals(tickLabel(0.00002, 0.00002), "2e−5");
});
