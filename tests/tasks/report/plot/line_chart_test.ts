import { assert, assertEquals } from "@std/assert";
import { lineChart, type LineChartOptions } from "../../../../tasks/report/plot/line_chart.ts";
import { textWidth } from "../../../../tasks/report/plot/svg.ts";
import { refuses } from "../../../refusals.ts";

const BASE: LineChartOptions = {
  x: { label: "step" },
  y: { label: "RMSE", from: 0, to: 1 },
  series: [{ name: "training", points: [[0, 0], [1, 1]] }],
};

/** The coordinates of all polylines that are data: the leaders of references have three points. */
function polylines(svg: string): number[][][] {
  return [...svg.matchAll(/<polyline points="([^"]+)"[^>]*stroke-width="2"/g)].map(([, points]) =>
    points.split(" ").map((point) => point.split(",").map(Number))
  );
}

Deno.test("lineChart() draws higher values higher and later ones to the right", () => {
  const [[[x0, y0], [x1, y1]]] = polylines(lineChart(BASE).svg);
  assert(x1 > x0, `${x1} lies to the right of ${x0}`);
  assert(y1 < y0, `${y1} lies above ${y0}`);
});

Deno.test("lineChart() gives the same text for the same input", () => {
  assertEquals(lineChart(BASE).svg, lineChart(structuredClone(BASE)).svg);
});

Deno.test("lineChart() leaves out points that are not finite and joins the others", () => {
  const points = [[0, 0.1], [1, NaN], [2, Infinity], [3, 0.3]] as const;
  const { svg } = lineChart({ ...BASE, series: [{ name: "a", points }] });
  assertEquals(polylines(svg)[0].length, 2);
  assert(!/NaN|Infinity/.test(svg));
});

Deno.test("lineChart() draws a series without points as an empty chart that says so", () => {
  const { svg, alt } = lineChart({ ...BASE, series: [{ name: "a", points: [[NaN, 1]] }] });
  assert(svg.includes("no points to show"));
  assert(alt.includes("a: no points"));
});

Deno.test("lineChart() refuses no series, and sizes in which nothing can be seen", () => {
  refuses(
    () => lineChart({ ...BASE, series: [] }),
    "number of series is 0, expected a whole number from 1 on",
  );
  refuses(() => lineChart({ ...BASE, width: 20 }), "width is 20, expected a number from 160 on");
});

Deno.test("lineChart() shows names as text, never as markup", () => {
  const { svg } = lineChart({
    ...BASE,
    title: `<b>"x" & 'y'</b>`,
    series: [{ name: "<script>", points: [[0, 0]] }, { name: "other", points: [] }],
  });
  assert(svg.includes("&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;"));
  assert(!svg.includes("<script>") && !svg.includes("<b>"));
});

Deno.test("lineChart() makes room for references, and names each at its line", () => {
  const references = [{ label: "zeros", y: 0.3 }, { label: "mean", y: 0.295 }];
  const options = { ...BASE, y: { label: "RMSE" }, references };
  const wide = lineChart({ ...options, series: [{ name: "a", points: [[0, 0.1], [1, 0.2]] }] }).svg;
  const heights = ["zeros", "mean"].map((label) =>
    Number(new RegExp(`y="([\\d.]+)"[^>]*>${label}<`).exec(wide)?.[1])
  );
  assert(heights[1] - heights[0] >= 16, `labels at ${heights} do not touch`);
  assert(heights.every((height) => height > 0 && height < 360));
});

Deno.test("lineChart() names references by letters in its legend where it is narrow", () => {
  const { svg } = lineChart({ ...BASE, width: 346, references: [{ label: "zeros", y: 0.3 }] });
  assert(svg.includes(">a: zeros<"));
  assert(svg.includes(">a<"));
});

Deno.test("lineChart() draws unjoined series as points only", () => {
  const points = Array.from({ length: 40 }, (_, i) => [i, i / 40] as const);
  const { svg } = lineChart({ ...BASE, series: [{ name: "a", points, joined: false }] });
  assertEquals(polylines(svg).length, 0);
  assertEquals(svg.match(/<circle/g)?.length, 40);
});

Deno.test("labels of a logarithmic axis do not touch, however unevenly its marks lie", () => {
  for (const width of [260, 290, 346, 720]) {
    const { svg } = lineChart({
      x: { label: "discard", scale: "log" },
      y: { label: "AUC", from: 0, to: 1 },
      series: [{ name: "a", points: [[1.3e-5, 0.5], [0.09, 0.5]] }],
      width,
    });
    const labels = [...svg.matchAll(/<text x="([\d.]+)" y="331"[^>]*>([^<]+)</g)]
      .map(([, x, text]) => ({ x: Number(x), half: textWidth(text) / 2 }));
    assert(labels.length >= 2, svg);
    labels.slice(1).forEach(({ x, half }, i) =>
      assert(x - half >= labels[i].x + labels[i].half, `${width} pixels`)
    );
  }
});
