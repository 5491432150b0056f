import { assert, assertEquals } from "@std/assert";
import { applyPca, fitPca } from "../../audio/pca.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { assertClose, randomArray, test } from "../check.ts";
import { rejects } from "../refusals.ts";

/** ((7 i + 3 j + i j²) 31 mod 97) / 10 (j + 1) in row i and column j, [11, 4]. */
function pattern() {
  const value = (i: number, j: number) => ((7 * i + 3 * j + i * j * j) * 31 % 97) / 10 * (j + 1);
  const data = Float64Array.from({ length: 44 }, (_, at) => value(at >> 2, at & 3));
  return ndarray([11, 4], data);
}

/**
 * scikit-learn 1.2.1, X = pattern(): m = PCA(0.95, svd_solver="full").fit(X); Y = m.transform(X), each
 * component turned so that the largest element of m.components_ in size is positive; Y[:2], and
 * PCA().fit(X).explained_variance_ * 10 / 11
 */
// deno-fmt-ignore
const GOLDEN = {
  rows: [
    14.45189825743698, 13.31911795500667, 4.323264368340051,
    17.030239786639807, -0.9639935817995386, -4.943458508803871,
  ],
  variances: [
    168.30176133370946, 95.99127293313964,
    23.634739952337892, 5.320490243623038,
  ],
};

test("fitPca() keeps the components of scikit-learn, and applyPca() its coordinates", async ({ gpu }) => {
  const pca = await fitPca(gpu, pattern());
  const components = GOLDEN.rows.length / 2;
  assertEquals(pca.directions.shape, [4, components]);
  const ours = ndarray([4], pca.variances);
  assertClose(ours, ndarray([4], Float64Array.from(GOLDEN.variances)), { relative: 1e-5 });
  const { shape, data } = await applyPca(gpu, pca, pattern());
  assertEquals(shape, [11, components]);
  const firstTwo = ndarray([2, components], data.slice(0, 2 * components));
  const expected = ndarray([2, components], Float64Array.from(GOLDEN.rows));
  assertClose(firstTwo, expected, { absolute: 1e-4 });
});

test("rows in a plane need two components, for all of their variance too", async ({ gpu }) => {
  const plane = randomArray([50, 2], 1).data;
  const data = Float64Array.from({ length: 150 }, (_, at) => {
    const [a, b] = [plane[2 * Math.floor(at / 3)], plane[2 * Math.floor(at / 3) + 1]];
    return [a + b, a - b, 2 * a][at % 3];
  });
  const pca = await fitPca(gpu, ndarray([50, 3], data), { retain: 0.9999 });
  assertEquals(pca.directions.shape, [3, 2]);
  assert(pca.variances[2] < 1e-6 * pca.variances[0], `${pca.variances}`);
});

test("fitPca() and applyPca() name what does not fit", async ({ gpu }) => {
  const same = ndarray([3, 2], new Float64Array(6).fill(4));
  await rejects(() => fitPca(gpu, same), "the variance of the rows, in float32, is 0");
  await rejects(() => fitPca(gpu, pattern(), { retain: 0 }), "retain is 0");
  const pca = await fitPca(gpu, pattern());
  const narrow = ndarray([2, 3], new Float64Array(6));
  await rejects(() => applyPca(gpu, pca, narrow), "rows is [2, 3], expected [n, 4]");
});
