import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { dotChart } from "../../../../tasks/report/plot/dot_chart.ts";
import { refuses } from "../../../refusals.ts";

const X = { label: "AUC", from: 0.5, to: 1 };

/** Middles of the disks, from the top. */
function disks(svg: string): number[] {
  return [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map(([, x]) => Number(x));
}

Deno.test("dotChart() places values evenly between the limits of the axis", () => {
  const dots = [0.5, 0.75, 1].map((value) => ({ label: `${value}`, value }));
  const [low, middle, high] = disks(dotChart({ x: X, dots }).svg);
  assertAlmostEquals(middle, (low + high) / 2, 0.02);
  assert(high - low > 300);
});

Deno.test("dotChart() draws how far a value may be off, cut at the axis, and no line without it", () => {
  const spans = (low?: number, high?: number) =>
    [
      ...dotChart({ x: X, dots: [{ label: "a", value: 0.9, low, high }] }).svg.matchAll(
        /<line x1="([\d.]+)" x2="([\d.]+)"[^>]*stroke-width="2.5"/g,
      ),
    ].map(([, a, b]) => [Number(a), Number(b)]);
  assertEquals(spans(), []);
  const [[left, right]] = spans(0.8, 1);
  const [[cut, same]] = spans(0.2, 1);
  assert(cut < left);
  assertEquals(same, right);
  assertAlmostEquals((left - cut) / (right - cut), 0.6, 0.002); // 0.2 is drawn at 0.5
});

Deno.test("dotChart() draws a warning as a square and what the chart is about in bold", () => {
  const { svg } = dotChart({
    x: X,
    dots: [
      { label: "main", value: 0.9, tone: "main" },
      { label: "leak", value: 0.95, tone: "warning" },
    ],
    width: 346,
  });
  assertEquals(disks(svg).length, 1);
  assert(/<text [^>]*font-weight="600"[^>]*>main</.test(svg));
  assert(!/<text [^>]*font-weight="600"[^>]*>leak</.test(svg));
  assert(/<rect [^>]*fill="#d55e00"/.test(svg));
});

Deno.test("dotChart() refuses what is no number, ends out of order, and no values", () => {
  const refused = (dot: { value: number; low?: number; high?: number }) =>
    refuses(() => dotChart({ x: X, dots: [{ label: "a", ...dot }] }), '"a" is');
  refused({ value: NaN });
  refused({ value: 0.9, low: 0.95, high: 1 });
  refused({ value: 0.9, low: 0.8, high: Infinity });
  refuses(
    () => dotChart({ x: X, dots: [] }),
    "number of values is 0, expected a whole number from 1 on",
  );
});
