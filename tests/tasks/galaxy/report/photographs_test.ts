import { assert, assertEquals } from "@std/assert";
import { key, uniform } from "../../../../gpu/random.ts";
import { viewMatrices } from "../../../../nn/affine.ts";
import { galaxyDataset, PHOTO_SIDE } from "../../../../tasks/galaxy/dataset.ts";
import { IDENTITY_PERTURBATION } from "../../../../nn/perturbation.ts";
import {
  seenByNetwork,
  SMALL_SIDE,
  smallPixels,
} from "../../../../tasks/galaxy/report/photographs.ts";

const NOISE = new Uint8Array(PHOTO_SIDE * PHOTO_SIDE * 3).map((_, i) => 256 * uniform(key(1), i));

/** Value of a photograph's channel. */
function at(row: number, column: number, channel: number): number {
  return NOISE[(row * PHOTO_SIDE + column) * 3 + channel];
}

Deno.test("the views of the page are cut by the maps that training uses", async () => {
  const dataset = galaxyDataset({ length: 1, pixels: () => Promise.resolve() });
  const { matrices } = await dataset.read(Uint32Array.of(0), 1);
  const crop = { inputSize: PHOTO_SIDE, outputSize: 69, factor: 3, turns: [0, 45] };
  assertEquals(viewMatrices([IDENTITY_PERTURBATION], crop), matrices);
});

Deno.test("the upright view takes the mean of two by two pixels, every third one from 109", () => {
  const { views: [view], mirrored: [mirrored] } = seenByNetwork(NOISE);
  for (const [a, b, channel] of [[0, 0, 0], [0, 68, 1], [33, 20, 2], [68, 68, 0]]) {
    const [row, column] = [109 + 3 * a, 109 + 3 * b];
    const mean = (at(row, column, channel) + at(row, column + 1, channel) +
      at(row + 1, column, channel) + at(row + 1, column + 1, channel)) / 4;
    assert(Math.abs(view[(a * 69 + b) * 3 + channel] - mean) <= 0.51, `pixel ${a}, ${b}`);
    assertEquals(mirrored[(a * 69 + 68 - b) * 3 + channel], view[(a * 69 + b) * 3 + channel]);
  }
});

Deno.test("the 16 parts are corners of the views, all with the outer corner upper left", () => {
  const { views, mirrored, parts } = seenByNetwork(NOISE);
  assertEquals(parts.length, 16);
  const corners = [[0, 0], [0, 68], [68, 68], [68, 0]];
  const sources = [views[0], mirrored[0], views[1], mirrored[1]];
  parts.forEach((part, i) => {
    const [row, column] = corners[i % 4];
    const pixel = (row * 69 + column) * 3;
    assertEquals(part.subarray(0, 3), sources[Math.floor(i / 4)].subarray(pixel, pixel + 3));
  });
});

Deno.test("small pictures are the means of the centre, two by two pixels", () => {
  const small = smallPixels(NOISE);
  assertEquals(small.length, SMALL_SIDE ** 2 * 3);
  const mean = (at(62, 62, 1) + at(62, 63, 1) + at(63, 62, 1) + at(63, 63, 1)) / 4;
  assertEquals(small[1], Math.round(mean));
});
