import { assert, assertEquals, assertThrows } from "@std/assert";
import { bits, fold, key } from "../../gpu/random.ts";
import { type NdArray, ndarray, type Shape, sizeOf } from "../../gpu/tensor.ts";
import { centreOf, type Perturbation, perturbation, viewMatrices } from "../../nn/affine.ts";
import { augment, type AugmentOptions } from "../../nn/augment.ts";
import { augmentRef, reflectIndex } from "../../nn/augment_ref.ts";
import { drawPerturbation } from "../../nn/perturbation.ts";
import { checkAugment } from "../../tasks/doctor/training_checks.ts";
import { assertClose, sharedGpu, test, testCheck } from "../check.ts";

/** Of galaxies. */
const COLOUR_VECTOR = [0.0148366, 0.01253134, 0.01040762] as const;
const GALAXY = { inputSize: 424, outputSize: 69, factor: 3 };

function noise(shape: Shape, seed = 1): NdArray<Uint8Array> {
  const data = Uint8Array.from({ length: sizeOf(shape) }, (_, i) => bits(key(seed), i) & 255);
  return ndarray(shape, data);
}

/** Maps [b, v, 6] from rows of six. */
function maps(rows: readonly (readonly number[])[][]): NdArray<Float32Array> {
  return ndarray([rows.length, rows[0].length, 6], Float32Array.from(rows.flat(2)));
}

async function onDevice(
  images: NdArray,
  matrices: NdArray,
  alphas: NdArray,
  options: AugmentOptions,
): Promise<NdArray> {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const [x, m, a] = [images, matrices, alphas].map((array) => scope.upload(array));
  return await gpu.read(augment(scope, { images: x, matrices: m, alphas: a }, options));
}

/** The views of one image under one map, without colour, in whole bytes. */
async function bytesUnder(image: NdArray, map: readonly number[], size: number) {
  const alphas = ndarray([1], new Float32Array(1));
  const { data } = await onDevice(image, maps([[map]]), alphas, { size });
  return Array.from(data, (x) => 255 * x);
}

testCheck("augment() agrees with float64 over odd sizes, views and far positions", checkAugment);

Deno.test("augment() agrees with float64 on both views of galaxies", async () => {
  const images = noise([3, 424, 424, 3], 7);
  const drawn = [0, 1, 2].map((i) => drawPerturbation(fold(key(9), i)));
  const matrices = ndarray([3, 2, 6], viewMatrices(drawn, { ...GALAXY, turns: [0, 45] }));
  const alphas = ndarray([3], Float32Array.from(drawn, ({ alpha }) => alpha));
  const options = { size: 69, colour: COLOUR_VECTOR };
  const actual = await onDevice(images, matrices, alphas, options);
  assertEquals(actual.shape, [3, 2, 69, 69, 3]);
  assertClose(actual, augmentRef(images, matrices, alphas, options), {
    relative: 0,
    absolute: 4 * 2 ** -24 * 424 * 2 + 1e-6,
  });
});

Deno.test("augment() without a perturbation gives the mean of 2 x 2 blocks", async () => {
  const image = noise([1, 424, 424, 3], 2);
  const matrices = ndarray([1, 1, 6], viewMatrices([{}], GALAXY));
  const alphas = ndarray([1], new Float32Array(1));
  const views = await onDevice(image, matrices, alphas, { size: 69 });
  const at = (y: number, x: number, c: number) => image.data[(424 * y + x) * 3 + c];
  for (const [row, column] of [[0, 0], [34, 34], [68, 0], [12, 50], [68, 68]]) {
    const [y, x] = [3 * row + 109, 3 * column + 109];
    for (let c = 0; c < 3; c++) {
      const sum = at(y, x, c) + at(y, x + 1, c) + at(y + 1, x, c) + at(y + 1, x + 1, c);
      const value = views.data[(69 * row + column) * 3 + c];
      assert(Math.abs(value - sum / 4 / 255) < 1e-7, `${row}, ${column}, ${c}`);
    }
  }
});

Deno.test("augment() turns by 90, 180 and 270 degrees and mirrors as whole pixels do", async () => {
  const n = 7;
  const image = noise([1, n, n, 3], 3);
  const sources: [Perturbation, (u: number, v: number) => [x: number, y: number]][] = [
    [{}, (u, v) => [u, v]],
    [{ rotation: 90 }, (u, v) => [n - 1 - v, u]],
    [{ rotation: 180 }, (u, v) => [n - 1 - u, n - 1 - v]],
    [{ rotation: 270 }, (u, v) => [v, n - 1 - u]],
    [{ flip: true }, (u, v) => [n - 1 - u, v]],
    [{ flip: true, rotation: 90 }, (u, v) => [n - 1 - v, n - 1 - u]],
    [{ translateX: 2, translateY: -1 }, (u, v) => [reflectIndex(u + 2, n), reflectIndex(v - 1, n)]],
  ];
  for (const [options, source] of sources) {
    const bytes = await bytesUnder(image, perturbation(options, centreOf(n)), n);
    for (let i = 0; i < n * n * 3; i++) {
      const [x, y] = source(Math.floor(i / 3) % n, Math.floor(i / 3 / n));
      const expected = image.data[(n * y + x) * 3 + i % 3];
      assert(Math.abs(bytes[i] - expected) < 1e-3, `${JSON.stringify(options)}: ${i}`);
    }
  }
});

Deno.test("augment() goes on beyond the border without repeating the outermost pixel", async () => {
  // numpy 2.4.6: np.pad([10, 20, 30, 40], 6, mode="reflect")
  const line = [10, 20, 30, 40];
  const padded = [10, 20, 30, 40, 30, 20, 10, 20, 30, 40, 30, 20, 10, 20, 30, 40];
  const wide = ndarray([1, 1, 4, 3], Uint8Array.from(line.flatMap((x) => [x, x, x])));
  const tall = ndarray([1, 4, 1, 3], wide.data);
  const across = await bytesUnder(wide, [1, 0, -6, 0, 0, 0], 16);
  const down = await bytesUnder(tall, [0, 0, 0, 1, 0, -6], 16);
  padded.forEach((expected, i) => {
    assert(Math.abs(across[3 * i] - expected) < 1e-4, `across ${i}: ${across[3 * i]}`);
    assert(Math.abs(down[3 * i] - expected) < 1e-4, `down ${i}: ${down[3 * i]}`);
  });
  // Between pixels too: 0.25 beyond the first pixel is 0.25 of the way to the second.
  const [between] = await bytesUnder(wide, [1, 0, -0.25, 0, 0, 0], 1);
  assert(Math.abs(between - 12.5) < 1e-4, `${between}`);
});

Deno.test("augment() agrees with scipy's affine_transform in mode mirror", async () => {
  // scipy 1.17.1, each channel k: ndimage.affine_transform(image[:, :, k], [[2.1, 0.8], [-0.9, 1.75]],
  // offset=[-2.6, -1.3], output_shape=(5, 5), order=1, mode="mirror") / 255, for rows and columns
  // (y, x); image [7, 9, 3] of the bytes below.
  const bytes = Uint8Array.from({ length: 7 * 9 * 3 }, (_, k) => 37 * k + 11 * Math.floor(k / 5));
  const map = [1.75, -0.9, -1.3, 0.8, 2.1, -2.6];
  // deno-fmt-ignore
  const golden = [
    0.626666667, 0.368235294, 0.232235294, 0.427058824, 0.591137255, 0.374823529,
    0.123137255, 0.268235294, 0.447843137, 0.823568627, 0.787843137, 0.169960784,
    0.69145098, 0.414901961, 0.290980392, 0.461568627, 0.209411765, 0.371764706,
    0.237, 0.382098039, 0.540784314, 0.43854902, 0.583647059, 0.670117647,
    0.590294118, 0.730588235, 0.912568627, 0.552784314, 0.708235294, 0.859372549,
    0.562352941, 0.669019608, 0.837411765, 0.576862745, 0.472156863, 0.22572549,
    0.597176471, 0.354509804, 0.504784314, 0.495294118, 0.526470588, 0.671568627,
    0.442823529, 0.571294118, 0.716392157, 0.328235294, 0.473333333, 0.631372549,
    0.492647059, 0.533823529, 0.678921569, 0.431960784, 0.577058824, 0.586666667,
    0.360490196, 0.505588235, 0.437745098, 0.031764706, 0.215686275, 0.360784314,
    0.296, 0.263843137, 0.408941176, 0.149176471, 0.318862745, 0.463960784,
    0.484235294, 0.395294118, 0.555921569, 0.654627451, 0.451372549, 0.618901961,
    0.35372549, 0.498823529, 0.543529412,
  ];
  const actual = await bytesUnder(ndarray([1, 7, 9, 3], bytes), map, 5);
  const values = ndarray([75], Float64Array.from(actual, (x) => x / 255));
  const bounds = { relative: 0, absolute: 5e-6 };
  assertClose(values, ndarray([75], Float64Array.from(golden)), bounds);
});

Deno.test("augment() adds the same colour to all of an example and clips to [0, 1]", async () => {
  const images = ndarray([3, 2, 2, 3], new Uint8Array(36).fill(51)); // 0.2
  const identity = [1, 0, 0, 0, 1, 0];
  const matrices = maps([[identity, identity], [identity, identity], [identity, identity]]);
  const alphas = ndarray([3], Float32Array.of(0, 1, -2));
  const options = { size: 2, colour: [0.1, 0.9, -0.05] } as const;
  const { data } = await onDevice(images, matrices, alphas, options);
  const expected = [[0.2, 0.2, 0.2], [0.3, 1, 0.15], [0, 0, 0.3]];
  data.forEach((x, i) => {
    const want = expected[Math.floor(i / 24)][i % 3];
    assert(Math.abs(x - want) < 1e-6, `${i}: ${x} is not ${want}`);
  });
});

test("augment() says what is wrong with its inputs", ({ scope }) => {
  const images = scope.empty([2, 4, 4, 3], { dtype: "u8" });
  const [matrices, alphas] = [scope.empty([2, 1, 6]), scope.empty([2])];
  const good = { images, matrices, alphas };
  const fail = (changed: Partial<typeof good>, message: string, size = 4) => {
    const run = () => augment(scope, { ...good, ...changed }, { size });
    const error = assertThrows(run, Error, message);
    assert(error instanceof RangeError || error instanceof TypeError);
  };
  fail({ images: scope.empty([2, 4, 4, 3]) }, '"images" is f32 [2, 4, 4, 3], expected u8');
  fail({ images: scope.empty([2, 4, 4, 1], { dtype: "u8" }) }, "expected [u8: b h w 3]");
  fail({ matrices: scope.empty([3, 1, 6]) }, "with the b of");
  fail({ alphas: scope.empty([1]) }, "with the b of");
  fail({}, "size is 0, expected a whole number from 1 on", 0);
});
