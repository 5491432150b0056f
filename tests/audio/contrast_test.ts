import { assertEquals } from "@std/assert";
import { normaliseContrast, prepareContrast } from "../../audio/contrast.ts";
import { normaliseContrastRef } from "../../audio/contrast_ref.ts";
import { gaussianWeights } from "../../audio/gaussian.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { checkContrast } from "../../tasks/doctor/spectrum_checks.ts";
import { assertClose, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

/** ((7 i + 3 j) 31 mod 97) / 10 at frame i and bin j. */
function pattern(t: number, q: number): NdArray<Float64Array> {
  const value = (at: number) => ((7 * Math.floor(at / q) + 3 * (at % q)) * 31 % 97) / 10;
  return ndarray([1, t, q], Float64Array.from({ length: t * q }, (_, at) => value(at)));
}

/** Every third frame and fifth bin. */
function sampled({ shape: [, t, q], data }: NdArray): NdArray<Float64Array> {
  const values = [];
  for (let i = 0; i < t; i += 3) for (let j = 0; j < q; j += 5) values.push(data[i * q + j]);
  return ndarray([values.length], Float64Array.from(values));
}

/**
 * SciPy 1.10.1 and NumPy 1.24.2 over `pattern(7, 11)` as L:
 * M = gaussian_filter(L, meanSigma); c = L - M; c / sqrt(gaussian_filter(c * c, deviationSigma) + e)
 */
const GOLDEN = [
  {
    options: { meanSigma: 2.3, deviationSigma: 1.7, epsilon: 0 },
    // deno-fmt-ignore
    values: [
      -1.3249723435951664, 0.7770536000669653, 0.09388255950084395, 0.7800536706280423,
      0.0085512736932045, -0.6546383222206753, -0.08076371322625688, -0.7571780284795637,
      -1.2504053321965118,
    ],
  },
  { // radius 20 over 7 frames: the border is reflected several times
    options: { meanSigma: 5.016, deviationSigma: 3.635, epsilon: 1e-6 },
    // deno-fmt-ignore
    values: [
      -1.547310846729757, 0.9540715024630987, 0.26846635910999167, 0.7416417330784572,
      0.04070391512563962, -0.6539383329019165, -0.1899900624543017, -0.8768084252156633,
      -1.5383355561200884,
    ],
  },
];

Deno.test("normaliseContrastRef() gives SciPy's values, also where borders reflect repeatedly", () => {
  for (const { options, values } of GOLDEN) {
    const actual = sampled(normaliseContrastRef(pattern(7, 11), options));
    assertClose(actual, ndarray([9], Float64Array.from(values)), { relative: 1e-12 });
  }
});

testCheck("normaliseContrast() agrees with float64 over awkward shapes", checkContrast);

test("normaliseContrast() takes away what multiplies an image and what is added to it", async ({ gpu, scope }) => {
  const contrast = prepareContrast(scope, { epsilon: 0 });
  const x = randomArray([1, 12, 9], 1);
  const loud = ndarray(x.shape, x.data.map((value) => 8 * value + 32));
  const [quiet, same] = await gpu.readAll(
    [x, loud].map((image) => normaliseContrast(scope, scope.upload(image), contrast)),
  );
  assertClose(same, quiet, { relative: 1e-4, absolute: 1e-5 });
});

test("normaliseContrast() of silence is 0, with an epsilon of 0 too", async ({ gpu, scope }) => {
  const silence = scope.upload(ndarray([2, 9, 7], new Float32Array(126)));
  const made = normaliseContrast(scope, silence, prepareContrast(scope, { epsilon: 0 }));
  assertEquals((await gpu.read(made)).data, new Float32Array(126));
});

test("contrast normalisation refuses bad windows and shapes by name", ({ scope }) => {
  refuses(() => gaussianWeights(0), "sigma is 0, expected a number between");
  refuses(() => prepareContrast(scope, { epsilon: -1 }), "epsilon is -1");
  const flat = scope.empty([4, 4]);
  const contrast = prepareContrast(scope);
  refuses(
    () => normaliseContrast(scope, flat, contrast),
    "is f32 [4, 4], expected spectrograms [b, t, q]",
  );
});
