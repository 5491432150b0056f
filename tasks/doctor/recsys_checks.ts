/**
 * Checks of the kernels in `recsys/`, over shapes that reach each entry point.
 *
 * @module
 */
import { ndarray } from "../../gpu/tensor.ts";
import { affinities, affinitiesTo } from "../../recsys/affinities.ts";
import { bestRef } from "../../recsys/nearest_ref.ts";
import {
  addToBest,
  type BestLists,
  exclude,
  LOWEST,
  makeBestLists,
} from "../../recsys/nearest_step.ts";
import { placedRef, placeStepRef } from "../../recsys/place_points_ref.ts";
import { placeSteps } from "../../recsys/place_points_step.ts";
import { denseRef, normaliserRef, stateRef, tsneStepRef } from "../../recsys/tsne_ref.ts";
import { FAR, makeTsneState, tsneCost, type TsneState, tsneStep } from "../../recsys/tsne_step.ts";
import { type Bench, type Check, EXACT, randomArray } from "./bench.ts";

/** Points and the neighbours of each. */
const MAPS = [[5, 4], [67, 3], [67, 66], [128, 4]];
const MORE_MAPS = [[7, 3], [64, 3], [64, 63], [259, 15], [257, 256]];

/**
 * Four iterations, of points that do and do not fill their vec4, in one part and in several, of few
 * affinities and of all; padding stays far away.
 */
export function checkTsneStep(bench: Bench): void {
  for (const [n, neighbours] of bench.cases(MAPS, MORE_MAPS)) {
    const perplexity = Math.min(5, neighbours / 1.5);
    const p = affinities(randomArray([n, 3], n), { perplexity, neighbours });
    const start = randomArray([n, 2], 2, 2);
    const state = makeTsneState(bench, p, start);
    const expected = stateRef(start);
    for (let t = 0; t < 4; t++) {
      const settings = t < 2
        ? { exaggeration: 12, momentum: 0.5, learningRate: 2 }
        : { exaggeration: 1, momentum: 0.8, learningRate: 2 };
      tsneStep(bench, state, settings);
      tsneStepRef(denseRef(p), expected, settings);
    }
    const positions = new Float64Array(2 * Math.ceil(n / 8) * 8).fill(Math.fround(FAR));
    positions.set(expected.positions.data);
    const absolute = positions.map((value, i) => i < 2 * n ? 1e-5 + 1e-5 * Math.abs(value) : 0);
    const tolerance = { relative: 1e-5, absolute: 1e-5 };
    bench.compareAll([
      [state.positions, ndarray([positions.length / 2, 2], positions), { absolute }],
      [state.velocities, expected.velocities, tolerance],
      [state.gains, expected.gains, tolerance],
    ]);
  }
}

/** Of few affinities and of all. */
export function checkTsneCost(bench: Bench): void {
  for (const neighbours of [15, 66]) checkCost(bench, neighbours);
}

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

/** Parts of a row that have a list each, the length of a list, and the widths of the tiles. */
interface Lists {
  readonly parts: number;
  readonly k: number;
  readonly widths: readonly number[];
}

/** Few and many places, so that each way of sorting runs. */
const LISTS: readonly Lists[] = [
  { parts: 1, k: 7, widths: [700, 403] },
  { parts: 1, k: 90, widths: [2602, 8] },
  { parts: 1, k: 500, widths: [5001, 64] },
];
const MORE_LISTS: readonly Lists[] = [[1, 50], [1, 500], [3, 7], [2, 768], [1, 1]].map(
  ([parts, k]) => ({ parts, k, widths: [700, 1, 2602, 64, 5001] }),
);

/** Scores of n items in each row. */
function scoreRules(n: number): readonly ((item: number) => number)[] {
  const drawn = randomArray([n], 1).data;
  return [
    (item) => drawn[item],
    (item) => item, // rising, so that each tile replaces the list
    (item) => -item,
    () => 3, // all equal: the whole tile reaches the floor
    (item) => item * 7919 % 101,
    (item) => item % 1024 < 2 ? n + item : item % 7, // the best in two of the groups
    (item) => item < 5 ? item : LOWEST, // five candidates
  ];
}

/** Lists over tiles, whether or not what reaches the floor fits the pool. */
export function checkNearest(bench: Bench): void {
  for (const { parts, k, widths } of bench.cases(LISTS, MORE_LISTS)) {
    const rules = scoreRules(widths.reduce((a, b) => a + b));
    const lists = makeBestLists(bench, { rows: rules.length, parts, k });
    const seen: number[][] = Array.from({ length: parts }, () => []);
    let firstItem = 0;
    for (const items of widths) {
      const columns = Math.ceil(items / 4) * 4;
      const padding = 1e30; // must not be found
      const tile = Float32Array.from({ length: rules.length * columns }, (_, i) => {
        const column = i % columns;
        return column < items ? rules[Math.floor(i / columns)](firstItem + column) : padding;
      });
      const scores = bench.upload(ndarray([rules.length, columns], tile));
      addToBest(bench, scores, lists, { items, firstItem, fresh: firstItem === 0 });
      const span = 4 * Math.ceil(columns / 4 / parts);
      for (let c = 0; c < items; c++) seen[Math.floor(c / span)].push(firstItem + c);
      firstItem += items;
    }
    compareLists(
      bench,
      lists,
      rules.flatMap((rule) => seen.map((items) => bestOf(items, rule, k))),
    );
  }
}

/** The best of some items, lower ones first among equals. */
function bestOf(items: readonly number[], rule: (item: number) => number, k: number) {
  const scores = Float64Array.from(items, rule);
  const excluded = new Set(scores.keys().filter((at) => scores[at] === LOWEST));
  return bestRef(scores, k, excluded).map((at) => ({ item: items[at], score: scores[at] }));
}

/** Where a list is not full, its scores are the lowest, and its items of no account. */
function compareLists(
  bench: Bench,
  lists: BestLists,
  expected: readonly (readonly { item: number; score: number }[])[],
): void {
  const { shape } = lists.item;
  const k = shape[2];
  const found = expected.flatMap((list) => Array.from({ length: k }, (_, at) => list.at(at)));
  const absolute = Float64Array.from(found, (best) => best ? 0 : Infinity);
  const items = Uint32Array.from(found, (best) => best?.item ?? 0);
  const scores = Float64Array.from(found, (best) => best?.score ?? LOWEST);
  bench.compareAll([
    [lists.item, ndarray(shape, items), { absolute }],
    [lists.score, ndarray(shape, scores), EXACT],
  ]);
}

/** Scores taken out by name. */
export function checkExclude(bench: Bench): void {
  const { host, device } = bench.normal([3, 5], 1);
  exclude(bench, device, bench.upload(ndarray([2, 2], Uint32Array.of(0, 4, 2, 1))));
  const expected = host.data.with(4, LOWEST).with(11, LOWEST);
  bench.compare(device, ndarray([3, 5], expected), EXACT);
}

/** Points, those of the map, neighbours of each, and iterations. */
const PLACED = [[1, 5, 3, 5], [3, 131, 65, 5]];
const MORE_PLACED = [[1, 5, 2, 3], [3, 64, 64, 5], [7, 67, 3, 40], [2, 131, 65, 9]];

/** Points that see few and many of a map, more than a workgroup has lanes, in two dispatches. */
export function checkPlacePoints(bench: Bench): void {
  const settings = { exaggeration: 1.5, momentum: 0.8, learningRate: 0.1, longest: 0.25 };
  for (const [m, n, k, iterations] of bench.cases(PLACED, MORE_PLACED)) {
    const [map, start] = [bench.normal([n, 2], 1, 3), bench.normal([m, 2], 4, 2)];
    const rows = affinitiesTo(randomArray([n, 4], 2), randomArray([m, 4], 3), {
      perplexity: Math.min(5, k / 1.5),
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
    placeSteps(bench, state, 1, settings);
    placeSteps(bench, state, iterations - 1, settings);
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
