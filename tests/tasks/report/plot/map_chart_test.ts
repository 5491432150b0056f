import { assertEquals } from "@std/assert";
import { mapChart } from "../../../../tasks/report/plot/map_chart.ts";
import { refuses } from "../../../refusals.ts";

Deno.test("mapChart() marks every point inside the drawing, both axes in one scale", () => {
  const { svg, alt } = mapChart({
    title: "songs",
    groups: [{ name: "folk", points: [0, 0, 10, 0] }, { name: "rock", points: [0, 5] }],
    width: 400,
  });
  assertEquals(alt, "songs: 2 of folk, 1 of rock");
  const circles = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)];
  const at = circles.map(([, x, y]) => [Number(x), Number(y)]);
  const onMap = at.slice(-2); // the legend's come first
  const [[x0, y0], [x1, y1]] = onMap;
  assertEquals([x0, x1, y0 === y1], [16, 384, true]);
  assertEquals(svg.includes("rock"), true);
});

Deno.test("mapChart() takes points in one place, and refuses none and what is no number", () => {
  assertEquals(mapChart({ groups: [{ name: "a", points: [3, 3] }] }).alt, "map: 1 of a");
  refuses(
    () => mapChart({ groups: [] }),
    "number of points is 0, expected a whole number from 1 on",
  );
  refuses(() => mapChart({ groups: [{ name: "a", points: [NaN, 1] }] }));
});
