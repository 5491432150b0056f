/**
 * Arrays and tensors as a notebook shows them.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DISPLAY, type MediaBundle } from "../../gpu/display.ts";
import { openGpu } from "../../gpu/gpu.ts";
import { ndarray, reshape } from "../../gpu/tensor.ts";
import { test } from "../check.ts";

async function display(object: object): Promise<MediaBundle> {
  return await (object as { [DISPLAY](): MediaBundle | Promise<MediaBundle> })[DISPLAY]();
}

Deno.test("a small array shows type, shape, bytes, range and all its values", async () => {
  const array = ndarray([2, 2], Float64Array.of(1, 0.5, -2, 1e-7));
  const bundle = await display(array);
  assertEquals(
    bundle["text/plain"],
    [
      "f64 [2, 2], 32 bytes, -2 to 1, mean -0.125",
      "       1       0.5",
      "      -2  1.000e-7",
    ].join("\n"),
  );
  assertStringIncludes(bundle["text/html"], '<td style="text-align:right">0.5</td>');
});

Deno.test("a large array shows a corner of its first slice, and says how many there are", async () => {
  const data = Int32Array.from({ length: 2 * 6 * 8 }, (_, i) => i);
  const lines = (await display(ndarray([2, 6, 8], data)))["text/plain"].split("\n");
  assertEquals(lines[0], "i32 [2, 6, 8], 384 bytes, 0 to 95, mean 47.5");
  assertEquals(lines[2].split(/ +/).filter(Boolean), ["8", "9", "10", "11", "12", "13", "…"]);
  assertEquals(lines.length, 1 + 5 + 1 + 1);
  assertEquals(lines.at(-1), "the first of 2 slices");
});

Deno.test("numbers that are not finite are counted and left out of the range", async () => {
  const text = async (...values: number[]) =>
    (await display(ndarray([values.length], Float32Array.from(values))))["text/plain"];
  assertStringIncludes(await text(1, NaN, 3, Infinity), "1 to 3, mean 2, 2 not finite");
  assertStringIncludes(await text(NaN), "4 bytes, 1 not finite");
});

/** The pixels [blue, green, red] of the bitmap in a bundle's HTML, row by row, and its size. */
function bitmapOf(bundle: MediaBundle) {
  const [, base64] = bundle["text/html"].match(/src="data:image\/bmp;base64,([^"]+)"/)!;
  const file = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const view = new DataView(file.buffer);
  const [width, height] = [view.getInt32(18, true), -view.getInt32(22, true)];
  assertEquals(file.length, view.getUint32(2, true));
  const stride = Math.ceil(width * 3 / 4) * 4;
  const at = (y: number, x: number) => [...file.subarray(54 + y * stride + x * 3).slice(0, 3)];
  return { width, height, at };
}

Deno.test("an array of a picture's shape shows a picture, bytes as they are", async () => {
  const data = new Uint8Array(17 * 18 * 3);
  data.set([10, 20, 30], (16 * 18 + 17) * 3);
  const { width, height, at } = bitmapOf(await display(ndarray([17, 18, 3], data)));
  assertEquals([height, width], [17, 18]);
  assertEquals([at(0, 0), at(16, 17)], [[0, 0, 0], [30, 20, 10]]);
});

Deno.test("numbers are scaled from black to white, and large pictures thinned", async () => {
  const data = Float32Array.from({ length: 20 * 300 }, (_, i) => i % 300 - 100);
  const bundle = await display(ndarray([20, 300], data));
  const { width, height, at } = bitmapOf(bundle);
  assertEquals([height, width], [7, 100]);
  assertEquals([at(0, 0), at(6, 99)], [[0, 0, 0], [253, 253, 253]]);
  assertStringIncludes(bundle["text/html"], "black -100, white 199; 1 of 3 x 3 pixels");
});

Deno.test("what is no picture shows none: small, of four axes, or all the same", async () => {
  for (const shape of [[15, 40], [20, 20, 4], [1, 20, 20, 3], [20, 20]]) {
    const size = shape.reduce((a, b) => a * b);
    const data = Float32Array.from(
      { length: size },
      (_, i) => shape.length === 2 && size === 400 ? 1 : i,
    );
    assert(!(await display(ndarray(shape, data)))["text/html"].includes("<img"), `${shape}`);
  }
});

test("a tensor reads itself when it is shown, under another shape too", async ({ gpu }) => {
  const tensor = gpu.upload(ndarray([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)), "six");
  gpu.write(tensor, Float32Array.of(9));
  assertEquals((await display(tensor))["text/plain"].split("\n"), [
    'tensor "six" f32 [2, 3], 24 bytes on the device, 2 to 9, mean 4.8333',
    "9  2  3",
    "4  5  6",
  ]);
  const column = (await display(reshape(tensor, [6, 1])))["text/plain"];
  assertStringIncludes(column, '"six" f32 [6, 1]');
  gpu.release(tensor);
});

test("what the device gives back shows itself and equals a plain array", async ({ gpu }) => {
  const tensor = gpu.upload(ndarray([2], Uint32Array.of(7, 8)));
  const array = await gpu.read(tensor);
  assertEquals(array, { shape: [2], data: Uint32Array.of(7, 8) });
  assertStringIncludes((await display(array))["text/plain"], "u32 [2]");
  gpu.release(tensor);
});

Deno.test("a tensor whose memory was released, or whose device was closed, says so", async () => {
  const gpu = await openGpu();
  const [released, kept] = [gpu.persistent([4], { label: "old" }), gpu.persistent([4])];
  gpu.release(released);
  const gone = await display(released);
  assertEquals(gone["text/plain"], 'tensor "old" f32 [4]: its memory was released');
  assertStringIncludes(gone["text/html"], "its memory was released");
  gpu[Symbol.dispose]();
  assertStringIncludes(
    (await display(kept))["text/plain"],
    "its values cannot be read: Cannot use the GPU: it was closed",
  );
});
