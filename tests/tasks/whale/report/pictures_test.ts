import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { ndarray } from "../../../../gpu/tensor.ts";
import { mapColour } from "../../../../tasks/report/plot/colour_map.ts";
import {
  inputPatches,
  patchPicture,
  patchSheet,
  SHOWN_FRONT,
  spectrogramImages,
  spectrogramPicture,
  spectrogramScale,
} from "../../../../tasks/whale/report/pictures.ts";
import { sharedGpu } from "../../../check.ts";
import { refuses } from "../../../refusals.ts";
import { pngsIn, readPng } from "../../report/png_pixels.ts";

Deno.test("inputPatches() takes a whitened patch back to the patch it was", () => {
  // Two orthogonal columns of different lengths: coordinates of a patch x are xᵀW.
  const matrix = ndarray([3, 2], Float32Array.of(2, 0, 0, 3, 0, 4));
  const patch = [1, 0.3, 0.4]; // in the plane of the columns
  const code = [2 * patch[0], 3 * patch[1] + 4 * patch[2]];
  const { shape, data } = inputPatches({
    matrix,
    centroids: ndarray([2, 2], Float32Array.of(...code, 0, 1)),
  });
  assertEquals(shape, [2, 3]);
  patch.forEach((value, i) => assertAlmostEquals(data[i], value, 1e-6));
  assertAlmostEquals(data[4], 3 / 25, 1e-6);
  assertAlmostEquals(data[5], 4 / 25, 1e-6);
});

/** Two patches of 2 frames and 3 bins: each has one number that is not 0. */
const TABLE = {
  patches: ndarray([2, 6], Float32Array.of(5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -0.1)),
  frames: 2,
  bins: 3,
};

Deno.test("patchSheet() draws time to the right and frequency upwards, each patch on its own scale", () => {
  const { bytes, width, height } = patchSheet(TABLE);
  const picture = readPng(bytes);
  assertEquals([picture.width, picture.height], [width, height]);
  assertEquals([width, height], [2 * 40 + 4, 39]); // 20 pixels a frame, 13 a bin
  const [red, blue, white] = [1, 0, 0.5].map((part) => mapColour("diverging", part));
  assertEquals(picture.at(38, 0), red); // first frame, lowest bin
  assertEquals(picture.at(25, 0), white);
  assertEquals(picture.at(38, 20), white);
  assertEquals(picture.at(0, 44 + 39), blue); // last frame, highest bin
  assertEquals(picture.at(0, 41), [255, 255, 255]); // between them
});

Deno.test("patchSheet() keeps the order that is asked for", () => {
  const swapped = readPng(patchSheet(TABLE, { order: [1, 0], columns: 1 }).bytes);
  assertEquals(swapped.height, 2 * 39 + 4);
  assertEquals(swapped.at(0, 39), mapColour("diverging", 0));
  assertEquals(swapped.at(43 + 38, 0), mapColour("diverging", 1));
});

Deno.test("patchSheet() and patchPicture() refuse what is no number, and other sizes", () => {
  const broken = { ...TABLE, patches: ndarray([1, 6], new Float32Array(6).fill(NaN)) };
  refuses(() => patchSheet(broken), "value 0 is NaN");
  const scale = { frameSeconds: 0.064, binHz: 7.8125 };
  refuses(() => patchPicture(broken, 0, scale), "value 0 is NaN");
  refuses(() => patchSheet({ ...TABLE, bins: 4 }), "expected [k, 2 x 4]");
});

Deno.test("patchPicture() has milliseconds and Hz on its axes, and white for 0", () => {
  const { svg } = patchPicture(TABLE, 0, { frameSeconds: 0.1, binHz: 100 });
  for (const text of ["time (ms)", "frequency (Hz)", ">200<"]) assert(svg.includes(text), text);
  const [picture] = pngsIn(svg);
  assertEquals(picture.at(2, 0), mapColour("diverging", 1));
  assertEquals(picture.at(0, 1), mapColour("diverging", 0.5));
});

Deno.test("spectrogramScale() knows where frames and bins lie", () => {
  assertEquals(spectrogramScale({ windowLength: 128, redundancy: 2 }), {
    frames: 30,
    bins: 65,
    frameSeconds: 0.064,
    firstSeconds: 0.064,
    binHz: 7.8125,
  });
});

Deno.test("a tone that starts late is bright at its height, and only late", async () => {
  const tone = (t: number) => t < 1 ? 0 : Math.sin(2 * Math.PI * 250 * t);
  const noise = (i: number) => 0.01 * Math.sin(i * i); // something for the colours to start at
  const samples = Float32Array.from({ length: 2000 }, (_, i) => tone(i / 1000) + noise(i));
  const [image] = await spectrogramImages(await sharedGpu(), samples);
  const { frames, bins, frameSeconds, firstSeconds } = image.scale;
  assertEquals([frames, bins], [118, 65]);
  assertEquals(SHOWN_FRONT.contrast, false);
  const [picture] = pngsIn(spectrogramPicture(image).svg);
  assertEquals([picture.width, picture.height], [frames, bins]);
  const column = (seconds: number) => Math.round((seconds - firstSeconds) / frameSeconds);
  const brightness = (row: number, seconds: number) =>
    picture.at(row, column(seconds)).reduce((a, b) => a + b);
  const row = 64 - 250 / 7.8125; // from the top
  assert(brightness(row, 1.5) > brightness(row, 0.5) + 200);
  assert(brightness(row, 1.5) > brightness(row - 20, 1.5) + 200);
});
