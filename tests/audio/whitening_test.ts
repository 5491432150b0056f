import { assertEquals } from "@std/assert";
import { momentsRef } from "../../audio/moments_ref.ts";
import { applyWhitening, fitWhitening, whiteningOf } from "../../audio/whitening.ts";
import { whitenRef } from "../../audio/whitening_ref.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { assertClose, test } from "../check.ts";
import { refuses } from "../refusals.ts";

/** X[i, j] = ((3 i² + 7 i j + 5 j) mod 23) / 7 + j, [12, 5]. */
function pattern(): NdArray<Float64Array> {
  const value = (i: number, j: number) => ((3 * i * i + 7 * j * i + 5 * j) % 23) / 7 + j;
  return ndarray(
    [12, 5],
    Float64Array.from({ length: 60 }, (_, at) => value(Math.floor(at / 5), at % 5)),
  );
}

/**
 * NumPy 1.24.2 over `pattern()`: l, U = numpy.linalg.eigh(Xc.T @ Xc / 12), l descending, columns of U
 * turned so that their largest component is positive; PCA is Xc @ (U / sqrt(l + 1e-4)), ZCA that
 * @ U.T. Rows 0 and 7.
 */
// deno-fmt-ignore
const GOLDEN = {
  variances: [
    1.3369519895403341, 0.9032582786682242, 0.8198378811188666, 0.6254734434354257,
    0.16070856596730848,
  ],
  pca: [
    0.7046222160356096, -0.032552798618506414, -1.4730149161137231, 0.6613992100057152,
    0.9284557599817302,
    1.1585662643309735, -1.4251677514069558, 0.7099434455603197, -0.09977550407925041,
    -0.16599274546073803,
  ],
  zca: [
    -0.9881280497304958, -0.8841730295670248, -0.4129676480018534, 0.9656882193740083,
    1.051450951851742,
    0.19650134905324368, 1.2353226405363018, -1.4248081123520178, -0.24827548619758977,
    0.5084817269853573,
  ],
};

function rows0And7({ shape: [, d], data }: NdArray): NdArray<Float64Array> {
  return ndarray([2, d], Float64Array.of(...data.slice(0, d), ...data.slice(7 * d, 8 * d)));
}

Deno.test("PCA and ZCA whitening in float64 give NumPy's values", () => {
  const x = pattern();
  for (const kind of ["pca", "zca"] as const) {
    const whitening = whiteningOf(momentsRef(x), { kind });
    assertClose(
      ndarray([5], whitening.variances),
      ndarray([5], Float64Array.from(GOLDEN.variances)),
      {
        relative: 1e-12,
      },
    );
    const expected = ndarray([2, 5], Float64Array.from(GOLDEN[kind]));
    assertClose(rows0And7(whitenRef(x, whitening)), expected, { relative: 1e-11 });
  }
});

test("whitening on the device gives NumPy's values", async ({ gpu }) => {
  for (const kind of ["pca", "zca"] as const) {
    using scope = gpu.scope();
    const x = scope.upload(pattern());
    const white = await applyWhitening(gpu, await fitWhitening(gpu, [x], { kind }), x);
    const expected = ndarray([2, 5], Float64Array.from(GOLDEN[kind]));
    const tolerance = { relative: 1e-5, absolute: 1e-5 };
    assertClose(rows0And7(await gpu.read(white)), expected, tolerance);
    gpu.release(white);
  }
});

Deno.test("retain keeps the fewest components that reach the share, parity one fewer", () => {
  const moments = momentsRef(pattern()); // shares 0.3476, 0.5824, 0.7956, 0.9582, 1
  const kept = (retain: number, parity = false) => {
    const { components, matrix } = whiteningOf(moments, { retain, parity });
    assertEquals(matrix.shape, [5, components]);
    return components;
  };
  assertEquals([0.1, 0.5, 0.9, 0.99, 1].map((retain) => kept(retain)), [1, 2, 4, 5, 5]);
  // Below the first share the author's count is 0, which his slice read as all.
  assertEquals([0.1, 0.5, 0.9, 0.99].map((retain) => kept(retain, true)), [5, 1, 3, 4]);
});

Deno.test("whitening without a bias refuses directions without variance", () => {
  const flat = momentsRef(ndarray([4, 2], Float64Array.of(1, 5, 2, 5, 3, 5, 4, 5)));
  refuses(
    () => whiteningOf(flat, { bias: 0 }),
    "variance 2 of the rows in float32, plus the bias, is 0",
  );
  assertEquals(whiteningOf(flat, { bias: 0, retain: 0.9 }).components, 1);
  // Eigenvalues of one direction are exact to rounding of the largest only.
  const alike = momentsRef(ndarray([3, 2], Float64Array.of(1, 3, 2, 6, 3, 9)));
  refuses(
    () => whiteningOf(alike, { bias: 0 }),
    "variance 2 of the rows in float32, plus the bias",
  );
  refuses(() => whiteningOf(flat, { retain: 0 }), "retain is 0");
});
