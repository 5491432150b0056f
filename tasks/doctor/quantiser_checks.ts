/**
 * Checks of the vector quantiser in `audio/`.
 *
 * @module
 */
import { augmentedCentroids, augmentedRows } from "../../audio/code_rows.ts";
import { quantiserStep } from "../../audio/vector_quantiser.ts";
import { quantiserStepRef } from "../../audio/vector_quantiser_ref.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { type Bench, type Check, EXACT } from "./bench.ts";

/** One pass, of rows that do and do not fill their vec4; the last centroid has no rows. */
function checkQuantiserStep(bench: Bench): void {
  for (const [n, d, k] of [[67, 5, 7], [250, 39, 18]]) {
    const rows = bench.normal([n, d], 1).host;
    const centroids = bench.normal([k, d], 2).host;
    centroids.data.fill(100, (k - 1) * d);
    const reseeds = Uint32Array.from({ length: k }, (_, cluster) => 3 * cluster + 1);
    const unscaled = { mean: new Float64Array(d), deviation: new Float64Array(d).fill(1) };
    const onDevice = bench.upload(augmentedCentroids(centroids));
    const { explained, members } = quantiserStep(
      bench,
      bench.upload(augmentedRows(rows, unscaled)),
      onDevice,
      bench.upload(ndarray([k], reseeds)),
    );
    const expected = quantiserStepRef(rows, centroids, reseeds);
    const squares = rows.data.reduce((sum, value) => sum + value * value, 0);
    const best = ndarray([1], Float64Array.of((squares - n * expected.objective) / 2));
    bench.compareAll([
      [onDevice, augmentedCentroids(centroids), { relative: 1e-5, absolute: 1e-5 }],
      [members, ndarray([k], expected.members), EXACT],
      [explained, best, { absolute: 1e-6 * squares }],
    ]);
  }
}

/** Checks of the vector quantiser. */
export const quantiserChecks: readonly Check[] = [checkQuantiserStep];
