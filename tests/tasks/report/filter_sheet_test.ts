import { assertEquals } from "@std/assert";
import { filterSheet } from "../../../tasks/report/filter_sheet.ts";

/** Two filters of 1 x 2 pixels: the second one a tenth of the first. */
const FILTERS = {
  shape: [1, 2, 3, 2],
  data: Float32Array.of(1, 0.1, 0, 0, -1, -0.1, 0.5, 0.05, 0, 0, 0, 0),
};

/** Red, green and blue of a pixel. */
function pixelAt(sheet: ReturnType<typeof filterSheet>, row: number, column: number): number[] {
  const start = (row * sheet.width + column) * 3;
  return [...sheet.pixels.subarray(start, start + 3)];
}

Deno.test("filterSheet() enlarges each weight to 8 x 8, with zero at mid-grey", () => {
  const sheet = filterSheet(FILTERS, "joint");
  assertEquals([sheet.height, sheet.width], [8, 2 * 16 + 6]);
  assertEquals(pixelAt(sheet, 0, 0), [255, 128, 0]);
  assertEquals(pixelAt(sheet, 7, 7), [255, 128, 0]);
  assertEquals(pixelAt(sheet, 0, 8), [191, 128, 128]);
  assertEquals(pixelAt(sheet, 0, 17), [255, 255, 255]); // between the tiles
});

Deno.test("filterSheet() shows small filters pale on one scale, and fully on their own", () => {
  assertEquals(pixelAt(filterSheet(FILTERS, "joint"), 0, 22), [140, 128, 115]);
  assertEquals(pixelAt(filterSheet(FILTERS, "each"), 0, 22), [255, 128, 0]);
});

Deno.test("filterSheet() draws filters of zeros in grey", () => {
  const sheet = filterSheet({ shape: [1, 1, 3, 1], data: new Float32Array(3) }, "each");
  assertEquals(pixelAt(sheet, 0, 0), [128, 128, 128]);
});
