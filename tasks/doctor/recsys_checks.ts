/**
 * Checks of the kernels in `recsys/`, over shapes that reach each entry point.
 *
 * @module
 */
import { ndarray } from "../../gpu/tensor.ts";
import { affinities } from "../../recsys/affinities.ts";
import { denseRef, normaliserRef, stateRef, tsneStepRef } from "../../recsys/tsne_ref.ts";
import { FAR, makeTsneState, tsneCost, type TsneState, tsneStep } from "../../recsys/tsne_step.ts";
import type { Bench } from "./bench.ts";
import type { Check } from "./examine.ts";

/**
 * Two iterations, of points that do and do not fill their vec4, in one part and in several, of few
 * affinities and of all.
 */
function checkTsneStep(bench: Bench): void {
  for (const [n, neighbours] of [[5, 4], [67, 3], [67, 66], [128, 4]]) {
    const perplexity = Math.min(5, neighbours / 1.5);
    const p = affinities(bench.normal([n, 3], 1).host, { perplexity, neighbours });
    const start = bench.normal([n, 2], 2).host;
    const state = makeTsneState(bench, p, start);
    const expected = stateRef(start);
    const settings = { exaggeration: 4, momentum: 0.5, learningRate: 3 };
    for (let t = 0; t < 2; t++) {
      tsneStep(bench, state, settings);
      tsneStepRef(denseRef(p), expected, settings);
    }
    const positions = new Float64Array(2 * Math.ceil(n / 4) * 4).fill(Math.fround(FAR));
    positions.set(expected.positions.data);
    const tolerance = { relative: 1e-5, absolute: 1e-5 };
    bench.compareAll([
      [state.positions, ndarray([positions.length / 2, 2], positions), tolerance],
      [state.velocities, expected.velocities, tolerance],
      [state.gains, expected.gains, tolerance],
    ]);
  }
}

function checkTsneCost(bench: Bench): void {
  const n = 67;
  const p = affinities(bench.normal([n, 3], 1).host, { perplexity: 5 });
  const y = bench.normal([n, 2], 2, 3).host;
  const state: TsneState = makeTsneState(bench, p, y);
  tsneCost(bench, state);
  const costs = new Float64Array(n);
  const sums = new Float64Array(4);
  for (let i = 0; i < n; i++) {
    for (let e = p.offsets[i]; e < p.offsets[i + 1]; e++) {
      const j = p.indices[e];
      const dx = y.data[2 * i] - y.data[2 * j];
      const dy = y.data[2 * i + 1] - y.data[2 * j + 1];
      costs[i] += p.values[e] * Math.log(1 + dx * dx + dy * dy);
    }
    sums[0] += y.data[2 * i];
    sums[1] += y.data[2 * i + 1];
  }
  sums[2] = normaliserRef(y);
  bench.compareAll([
    [state.costs, ndarray([n], costs), { relative: 1e-5, absolute: 1e-7 }],
    [state.totals, ndarray([4], sums), { relative: 1e-5, absolute: 1e-4 }],
  ]);
}

/** Checks of `recsys/`. */
export const recsysChecks: readonly Check[] = [
  checkTsneStep,
  checkTsneCost,
];
