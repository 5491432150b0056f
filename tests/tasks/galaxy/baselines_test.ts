import { assertAlmostEquals, assertEquals } from "@std/assert";
import { take } from "../../../gpu/rows.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import {
  colourFeatures,
  fitRidgeBaseline,
  meanBaseline,
  pixelFeatures,
  predictRidgeBaseline,
  zerosBaseline,
} from "../../../tasks/galaxy/baselines.ts";
import { refuses } from "../../refusals.ts";

Deno.test("zerosBaseline() and meanBaseline() are constant", () => {
  assertEquals(zerosBaseline(2), new Float64Array(74));
  const labels = new Float32Array(2 * 37);
  labels.set([0.5, 1], 0);
  labels.set([1, 0], 37);
  const predictions = meanBaseline(labels, 3);
  assertEquals([...predictions.subarray(74, 77)], [0.75, 0.5, 0]);
  refuses(() => meanBaseline(new Float32Array(0), 1));
});

Deno.test("features see the central 208 x 208 pixels only, in blocks of 13 x 13", () => {
  const size = { height: 210, width: 212 };
  const pixels = new Uint8Array(2 * 210 * 212 * 3).fill(255); // image 0: white
  const second = pixels.subarray(210 * 212 * 3);
  second.fill(99); // a margin of 1 and 2 pixels that must not count
  for (let y = 0; y < 208; y++) {
    for (let x = 0; x < 208; x++) {
      const block = Math.floor(y / 13) * 16 + Math.floor(x / 13);
      second.set([block % 256, x % 13 < 1 ? 13 : 0, 51], ((y + 1) * 212 + x + 2) * 3);
    }
  }
  const { shape, data } = pixelFeatures(pixels, size);
  assertEquals(shape, [2, 768]);
  for (let i = 0; i < 768; i++) assertAlmostEquals(data[i], 1, 1e-12);
  for (let block = 0; block < 256; block++) {
    const expected = [block / 255, 1 / 255, 0.2];
    expected.forEach((value, c) => {
      assertAlmostEquals(data[768 + block * 3 + c], value, 1e-12);
    });
  }
  const colour = colourFeatures(pixels, size);
  assertEquals(colour.shape, [2, 3]);
  [1, 1, 1, 127.5 / 255, 1 / 255, 0.2].forEach((value, i) => {
    assertAlmostEquals(colour.data[i], value, 1e-12);
  });
  refuses(() => pixelFeatures(pixels, { height: 100, width: 100 }));
});

// Golden: scikit-learn 1.2.1, numpy 1.24.2. x[i][j] = ((7 i i + 3 i j + 11 j) mod 23) / 23 (15 x 3),
// y[i][c] = 0.2 + 0.5 x[i][c mod 3] + 0.3 ((5 i + i i c + 2 c) mod 17) / 17 (15 x 37, rounded to
// float32): a linear teacher and a disturbance. The penalty p from
// 1e-4 ... 1e4 with the least error of
//   np.clip(Ridge(alpha=p * unit, solver="cholesky").fit(x[:12], y[:12]).predict(x[12:]), 0, 1)
// where unit = ((x - x.mean(0)) ** 2).sum() / 3 over the fitted rows, then refitted on all 15 rows.
Deno.test("fitRidgeBaseline() chooses and fits as scikit-learn does", () => {
  const feature = (i: number, j: number) => ((7 * i * i + 3 * i * j + 11 * j) % 23) / 23;
  const x = ndarray(
    [15, 3],
    Float64Array.from({ length: 45 }, (_, at) => feature(Math.floor(at / 3), at % 3)),
  );
  const y = Float32Array.from({ length: 15 * 37 }, (_, at) => {
    const [i, c] = [Math.floor(at / 37), at % 37];
    const disturbance = ((5 * i + i * i * c + 2 * c) % 17) / 17;
    return 0.2 + 0.5 * feature(i, c % 3) + 0.3 * disturbance;
  });
  const baseline = fitRidgeBaseline(x, y);
  assertEquals(baseline.relativePenalty, 0.1);
  assertAlmostEquals(baseline.validationRmse, 0.11245163283231951, 1e-12);
  const predictions = predictRidgeBaseline(baseline, x);
  const golden = [
    0.33872930661559586,
    0.583314549526051,
    0.791899294086889,
    0.3198527535933898,
  ];
  golden.forEach((value, i) => assertAlmostEquals(predictions[i], value, 1e-12));
  assertAlmostEquals(predictions.reduce((a, b) => a + b), 358.16112537682056, 1e-9);
});

Deno.test("fitRidgeBaseline() survives features without any spread, and clips what it predicts", () => {
  const flat = ndarray([10, 1], new Float64Array(10));
  const labels = new Float32Array(370).fill(0.25);
  const constant = predictRidgeBaseline(fitRidgeBaseline(flat, labels), flat);
  constant.forEach((value) => assertAlmostEquals(value, 0.25, 1e-12));
  const steep = ndarray([10, 1], Float64Array.from({ length: 10 }, (_, i) => i));
  const rising = Float32Array.from({ length: 370 }, (_, at) => Math.floor(at / 37) / 9);
  const fitted = fitRidgeBaseline(steep, rising);
  const far = ndarray([2, 1], Float64Array.of(-100, 100));
  assertEquals(
    predictRidgeBaseline(fitted, far),
    Float64Array.from({ length: 74 }, (_, i) => i < 37 ? 0 : 1),
  );
  refuses(
    () => fitRidgeBaseline(take(flat, [0, 1, 2]), labels),
    "number of rows is 3, expected a whole number from 5 on",
  );
});
