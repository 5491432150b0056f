import { assert, assertEquals } from "@std/assert";
import { mapColour } from "../../../../tasks/report/plot/colour_map.ts";

/** Relative luminance, as WCAG 2 defines it. */
function luminance(colour: readonly number[]): number {
  const [red, green, blue] = colour.map((value) =>
    value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

Deno.test("viridis goes from its published first colour to its last, and only gets lighter", () => {
  assertEquals(mapColour("viridis", 0), [68, 1, 84]);
  assertEquals(mapColour("viridis", 1), [253, 231, 37]);
  const steps = Array.from({ length: 101 }, (_, i) => luminance(mapColour("viridis", i / 100)));
  assert(steps.every((value, i) => i === 0 || value > steps[i - 1]));
});

Deno.test("the diverging map is palest in its middle, blue below and red above", () => {
  const [below, middle, above] = [0.2, 0.5, 0.8].map((part) => mapColour("diverging", part));
  assert(below[2] > below[0] && above[0] > above[2]);
  assert(luminance(middle) > Math.max(luminance(below), luminance(above)));
});

Deno.test("colours lie between their neighbours, and values beyond the ends get the ends'", () => {
  assertEquals(mapColour("viridis", 0.05), [70, 19, 101]); // half way from the first to the second
  assertEquals(mapColour("viridis", -3), mapColour("viridis", 0));
  assertEquals(mapColour("diverging", 7), mapColour("diverging", 1));
});
