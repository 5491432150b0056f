import { assert, assertEquals } from "@std/assert";
import { mapColour } from "../../../../tasks/report/plot/colour_map.ts";
import { heatMap, heatPixels } from "../../../../tasks/report/plot/heat_map.ts";
import { refuses } from "../../../refusals.ts";
import { pngsIn } from "../png_pixels.ts";

/** Two columns of three rows; the first column counts up from the bottom. */
const TABLE = { values: [0, 1, 2, 3, 4, 6], columns: 2, rows: 3, from: 0, to: 6 };

const AXES = {
  x: { label: "time (s)", from: 0, to: 2 },
  y: { label: "frequency (Hz)", from: 0, to: 500 },
};

Deno.test("heatPixels() puts the first value of each column at the bottom", () => {
  const pixels = heatPixels(TABLE);
  const colour = (row: number, column: number) => [
    ...pixels.subarray((row * 2 + column) * 3, (row * 2 + column) * 3 + 3),
  ];
  assertEquals(colour(2, 0), mapColour("viridis", 0));
  assertEquals(colour(0, 0), mapColour("viridis", 2 / 6));
  assertEquals(colour(0, 1), mapColour("viridis", 1));
});

Deno.test("heatPixels() takes the middle of the map where all values are one", () => {
  const pixels = heatPixels({ ...TABLE, values: new Float32Array(6), to: 0, map: "diverging" });
  assertEquals([...pixels.subarray(0, 3)], mapColour("diverging", 0.5));
});

Deno.test("heatPixels() refuses what is no number, and tables that are not full", () => {
  refuses(
    () => heatPixels({ ...TABLE, values: [0, 1, 2, 3, NaN, 5] }),
    "column 1, row 1 is NaN, expected a finite number",
  );
  refuses(
    () => heatPixels({ ...TABLE, rows: 4 }),
    "number of values is 6, expected 2 x 4, and one at least",
  );
});

Deno.test("heatMap() holds the table as a picture that decodes, over labelled axes", () => {
  const { svg, alt } = heatMap({ ...TABLE, ...AXES, title: "A <clip>" });
  const [picture] = pngsIn(svg);
  assertEquals([picture.width, picture.height], [2, 3]);
  assertEquals(picture.at(2, 0), mapColour("viridis", 0));
  for (const text of ["time (s)", "frequency (Hz)", "A &lt;clip&gt;", ">200<"]) {
    assert(svg.includes(text), text);
  }
  assertEquals(alt, "A <clip>: frequency (Hz) against time (s)");
});

Deno.test("heatMap() draws a table where it lies on the axis", () => {
  const place = (span?: [number, number]) => {
    const [, x, width] = /<image [^>]*? x="([\d.]+)"[^>]*? width="([\d.]+)"/.exec(
      heatMap({ ...TABLE, ...AXES, span }).svg,
    )!;
    return { x: Number(x), width: Number(width) };
  };
  const [whole, half] = [place(), place([1, 2])];
  assert(Math.abs(half.width - whole.width / 2) < 0.02);
  assert(Math.abs(half.x - whole.x - whole.width / 2) < 0.02);
});
