/**
 * Checks of the kernels in `recsys/`, over shapes that reach each entry point.
 *
 * @module
 */
import { ndarray } from "../../gpu/tensor.ts";
import { affinities, affinitiesTo } from "../../recsys/affinities.ts";
import { bestRef } from "../../recsys/nearest_ref.ts";
import { addToBest, exclude, LOWEST, makeBestLists } from "../../recsys/nearest_step.ts";
import { placedRef, placeStepRef } from "../../recsys/place_points_ref.ts";
import { placeSteps } from "../../recsys/place_points_step.ts";
import { denseRef, normaliserRef, stateRef, tsneStepRef } from "../../recsys/tsne_ref.ts";
import { FAR, makeTsneState, tsneCost, type TsneState, tsneStep } from "../../recsys/tsne_step.ts";
import { type Bench, type Check, EXACT } from "./bench.ts";

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
    const positions = new Float64Array(2 * Math.ceil(n / 8) * 8).fill(Math.fround(FAR));
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
  for (const neighbours of [15, 66]) checkCost(bench, neighbours);
}

/** Of few affinities and of all. */
function checkCost(bench: Bench, neighbours: number): void {
  const n = 67;
  const p = affinities(bench.normal([n, 3], 1).host, { perplexity: 5, neighbours });
  const y = bench.normal([n, 2], 2, 3).host;
  const state: TsneState = makeTsneState(bench, p, y);
  tsneCost(bench, state);
  const costs = new Float64Array(state.costs.shape[0]);
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
    [state.costs, ndarray([costs.length], costs), { relative: 1e-5, absolute: 1e-7 }],
    [state.totals, ndarray([4], sums), { relative: 1e-5, absolute: 1e-4 }],
  ]);
}

/** Lists and their shapes: few and many places, so that each way of sorting runs. */
const LISTS = [
  { k: 7, widths: [700, 403] },
  { k: 90, widths: [2602, 8] },
  { k: 500, widths: [5001, 64] },
] as const;

/** Lists over two tiles: of equal scores, more than the pool takes; of rising ones; of normal ones. */
function checkNearest(bench: Bench): void {
  const rows = 3;
  for (const { k, widths: [first, second] } of LISTS) {
    const drawn = bench.normal([first + second], 1).host.data;
    const score = (row: number, item: number) => row === 0 ? 1 : row === 1 ? item : drawn[item];
    const lists = makeBestLists(bench, { rows, parts: 1, k });
    for (const [firstItem, items] of [[0, first], [first, second]]) {
      const columns = Math.ceil(items / 4) * 4;
      const tile = Float32Array.from(
        { length: rows * columns },
        (_, i) => score(Math.floor(i / columns), firstItem + i % columns),
      );
      const scores = bench.upload(ndarray([rows, columns], tile));
      addToBest(bench, scores, lists, { items, firstItem, fresh: firstItem === 0 });
    }
    const all = (row: number) =>
      Float64Array.from({ length: first + second }, (_, i) => score(row, i));
    const best = [0, 1, 2].flatMap((row) => bestRef(all(row), k));
    const scores = best.map((item, at) => score(Math.floor(at / k), item));
    bench.compareAll([
      [lists.item, ndarray([rows, 1, k], Uint32Array.from(best)), EXACT],
      [lists.score, ndarray([rows, 1, k], Float64Array.from(scores)), EXACT],
    ]);
  }
}

function checkExclude(bench: Bench): void {
  const { host, device } = bench.normal([3, 5], 1);
  exclude(bench, device, bench.upload(ndarray([2, 2], Uint32Array.of(0, 4, 2, 1))));
  const expected = host.data.with(4, LOWEST).with(11, LOWEST);
  bench.compare(device, ndarray([3, 5], expected), EXACT);
}

/** Points that see few and many of a map, more than a workgroup has lanes. */
function checkPlacePoints(bench: Bench): void {
  const settings = { exaggeration: 1.5, momentum: 0.8, learningRate: 0.1, longest: 0.25 };
  const iterations = 5;
  for (const [m, n, k] of [[1, 5, 3], [3, 131, 65]]) {
    const [map, start] = [bench.normal([n, 2], 1, 3), bench.normal([m, 2], 2)];
    const table = bench.normal([n, 4], 3).host;
    const rows = affinitiesTo(table, bench.normal([m, 4], 4).host, {
      perplexity: 2,
      neighbours: k,
    });
    const state = {
      map: map.device,
      neighbours: bench.upload(ndarray([m, k], rows.indices)),
      affinities: bench.upload(ndarray([m, k], rows.values)),
      positions: bench.upload(start.host),
      velocities: bench.upload(ndarray([m, 2], new Float32Array(2 * m))),
      gains: bench.upload(ndarray([m, 2], new Float32Array(2 * m).fill(1))),
    };
    placeSteps(bench, state, iterations, settings);
    const points = Array.from({ length: m }, (_, i) => {
      const point = placedRef(start.host.data[2 * i], start.host.data[2 * i + 1]);
      const [first, end] = [i * k, (i + 1) * k];
      const p = {
        neighbours: rows.indices.subarray(first, end),
        values: rows.values.subarray(first, end),
      };
      for (let t = 0; t < iterations; t++) placeStepRef(map.host, p, point, settings);
      return point;
    });
    const all = (name: "position" | "velocity" | "gain") =>
      ndarray([m, 2], Float64Array.from(points.flatMap((point) => [...point[name]])));
    const tolerance = { relative: 1e-5, absolute: 1e-5 };
    bench.compareAll([
      [state.positions, all("position"), tolerance],
      [state.velocities, all("velocity"), tolerance],
      [state.gains, all("gain"), tolerance],
    ]);
  }
}

/** Checks of `recsys/`. */
export const recsysChecks: readonly Check[] = [
  checkTsneStep,
  checkTsneCost,
  checkNearest,
  checkExclude,
  checkPlacePoints,
];
