/**
 * Checks of patches, clustering and encoding in `audio/`, over shapes that reach each entry point.
 *
 * @module
 */
import { assign } from "../../audio/assign.ts";
import { assignRef } from "../../audio/assign_ref.ts";
import { clusterSums } from "../../audio/cluster_sums.ts";
import { clusterSumsRef } from "../../audio/cluster_sums_ref.ts";
import { augmentedCentroids, augmentedRows } from "../../audio/code_rows.ts";
import {
  type Dictionary,
  encode,
  type EncoderOptions,
  prepareEncoder,
} from "../../audio/encode.ts";
import { type DictionaryRef, encodeRef } from "../../audio/encode_ref.ts";
import { padFilters, padMatrix, padRows, resizeMatrix, turn, wholeQuads } from "../../audio/pad.ts";
import {
  padFiltersRef,
  padMatrixRef,
  padRowsRef,
  resizeMatrixRef,
  turnRef,
} from "../../audio/pad_ref.ts";
import { extractPatches, patchPositions } from "../../audio/patches.ts";
import { extractPatchesRef } from "../../audio/patches_ref.ts";
import { kMeansState, kMeansStep, startCentroids } from "../../audio/spherical_kmeans.ts";
import { sphericalKMeansRef } from "../../audio/spherical_kmeans_ref.ts";
import { quantiserStep } from "../../audio/vector_quantiser.ts";
import { quantiserStepRef } from "../../audio/vector_quantiser_ref.ts";
import { centreRows } from "../../audio/moments.ts";
import { centreRowsRef } from "../../audio/moments_ref.ts";
import type { EagerContext } from "../../gpu/kernel.ts";
import { bits, key } from "../../gpu/random.ts";
import { ndarray, type Shape } from "../../gpu/tensor.ts";
import { type Bench, type Check, EXACT, randomArray } from "./bench.ts";

/** Images [b, t, q] and the size of the patches. */
type PatchCase = readonly [images: Shape, size: { frames: number; bins: number }];

const PATCHES: readonly PatchCase[] = [[[5, 7, 11], { frames: 3, bins: 5 }]];
const MORE_PATCHES: readonly PatchCase[] = [
  [[1, 1, 1], { frames: 1, bins: 1 }],
  [[2, 6, 8], { frames: 6, bins: 8 }],
];

/** Rectangles copied. */
export function checkPatches(bench: Bench): void {
  for (const [shape, size] of bench.cases(PATCHES, MORE_PATCHES)) {
    const images = bench.normal(shape, 1);
    const [b, frames, bins] = shape;
    const positions = patchPositions(key(3), 67, { images: b, frames, bins }, size);
    const result = extractPatches(bench, images.device, bench.upload(positions), size);
    bench.compare(result, extractPatchesRef(images.host, positions, size), EXACT);
  }
}

/** Zeros added, and no element moved. */
export function checkPadding(bench: Bench): void {
  for (const [n, d] of bench.cases([[6, 5], [9, 67]], [[1, 1], [4, 8], [9, 3], [6, 67]])) {
    const { host, device } = bench.normal([n, d], 1);
    bench.compare(padRows(bench, device), padRowsRef(host), EXACT);
    bench.compare(padMatrix(bench, device), padMatrixRef(host), EXACT);
    for (const shape of [[1, 1], [n, d], [n + 1, 1], [2, d + 3]]) {
      bench.compare(resizeMatrix(bench, device, shape), resizeMatrixRef(host, shape), EXACT);
    }
    bench.compare(turn(bench, device), turnRef(host), EXACT);
    const into = bench.empty([wholeQuads(d), wholeQuads(n)]);
    turn(bench, device, { into });
    bench.compare(into, turnRef(host), EXACT);
    const bins = n % 3 === 0 ? 3 : n;
    bench.compare(padFilters(bench, device, bins), padFiltersRef(host, bins), EXACT);
  }
}

/** Rows centred from some row on. */
export function checkCentring(bench: Bench): void {
  for (const [n, d, first] of bench.cases([[67, 7, 5], [67, 8, 5]], [[3, 7, 1], [1, 1, 0]])) {
    const [x, mean] = [bench.normal([n, d], 1), bench.normal([d], 2)];
    const centred = centreRows(bench, x.device, mean.device, { first });
    const rest = ndarray([n - first, d], x.host.data.slice(first * d));
    bench.compare(centred, centreRowsRef(rest, mean.host), { relative: 1e-6, absolute: 1e-7 });
  }
}

/** [n, d, k]: one, primes, ends inside tiles of 16 rows, vec4 and groups, more than 16 groups. */
const ASSIGNMENTS = [[33, 7, 17], [19, 8, 301]];
const MORE_ASSIGNMENTS = [[1, 1, 1], [7, 5, 3], [17, 4, 16], [67, 12, 65], [130, 31, 50]];

/** Rows and the directions that they are most similar to. */
export function checkAssignment(bench: Bench): void {
  for (const [n, d, k] of bench.cases(ASSIGNMENTS, MORE_ASSIGNMENTS)) {
    const [x, directions] = [bench.normal([n, d], 1), bench.normal([k, d], 2)];
    const expected = assignRef(x.host, directions.host);
    const { place, similarity } = assign(bench, x.device, directions.device);
    bench.compareAll([
      [place, expected.place, EXACT],
      [similarity, expected.similarity, { relative: 1e-6, absolute: 1e-5 }],
    ]);
  }
}

/** Rows [n, d] in k clusters, about a third of them in cluster 0, and one in ten in none. */
function clusters(bench: Bench, n: number, d: number, k: number, seed: number) {
  const drawn = Uint32Array.from({ length: n }, (_, i) => {
    const word = bits(key(seed), i);
    return word % 10 === 0 ? 0xFFFFFFFF : word % 3 === 0 ? 0 : (word >>> 8) % k;
  });
  const [x, similarity] = [bench.normal([n, d], seed), bench.normal([n], seed + 1)];
  const place = ndarray([n], drawn);
  return {
    x,
    onHost: { place, similarity: similarity.host },
    onDevice: { place: bench.upload(place), similarity: similarity.device },
  };
}

const CLUSTERS = [[600, 12, 7]];
const MORE_CLUSTERS = [[1, 4, 1], [5, 8, 3], [255, 4, 7], [257, 12, 65], [1031, 4, 2]];

/** Sums of the rows of each cluster: anew, onto those of another part, and over them. */
export function checkClusterSums(bench: Bench): void {
  const tolerance = { relative: 1e-5, absolute: 1e-4 };
  for (const [n, d, k] of bench.cases(CLUSTERS, MORE_CLUSTERS)) {
    for (const weighted of bench.cases([true], [false])) {
      const [one, two] = [1, 2].map((seed) => clusters(bench, n, d, k, seed));
      const sumsOf = (part: typeof one, options: { onto?: typeof first; into?: typeof first }) =>
        clusterSums(bench, part.x.device, part.onDevice, k, { weighted, ...options });
      const [a, b] = [one, two].map(({ x, onHost }) => clusterSumsRef(x.host, onHost, k, weighted));
      const compare = (actual: typeof first, sums: Float64Array, members: Uint32Array) =>
        bench.compareAll([
          [actual.sums, ndarray([k, d], sums), tolerance],
          [actual.members, ndarray([k], members), EXACT],
        ]);
      const first = clusterSums(bench, one.x.device, one.onDevice, k, { weighted });
      compare(first, a.sums.data, a.members.data);
      const both = sumsOf(two, { onto: sumsOf(one, {}) });
      compare(
        both,
        a.sums.data.map((sum, i) => sum + b.sums.data[i]),
        a.members.data.map((count, i) => count + b.members.data[i]),
      );
      compare(sumsOf(one, { into: sumsOf(two, {}) }), a.sums.data, a.members.data);
    }
  }
}

/** Two passes from centroids of which one has no rows. */
export function checkKMeans(bench: Bench): void {
  const [n, d, k] = [250, 8, 6];
  const noise = bench.normal([n, d], 1, 0.3).host;
  // Each row lies near one of four axes; the last centroids point away from all of them.
  const rows = noise.data.map((value, i) => value + (i % d === Math.floor(i / d) % 4 ? 4 : 0));
  const x = bench.both({ shape: [n, d], data: rows });
  const start = ndarray(
    [k, d],
    Float64Array.from({ length: k * d }, (_, i) => i >= 4 * d ? -1 - i : i % (d + 1) ? 0.1 : 1),
  );
  const options = { k, key: key(2), iterations: 2, start };
  const centroids = bench.both(startCentroids(options, d)).device;
  const state = kMeansState(bench, [x.device], centroids, 2);
  for (const iteration of [0, 1]) kMeansStep(bench, state, options, iteration);
  const expected = sphericalKMeansRef(x.host, options);
  const squares = rows.reduce((sum, value) => sum + value * value, 0);
  // The device keeps what the codes take off the squares, one term for up to 256 rows.
  const explained = expected.objective.map((objective) => squares - n * objective);
  bench.compareAll([
    [centroids, expected.centroids, { absolute: 2e-5 }],
    [state.clusters.members, ndarray([k], expected.members), EXACT],
    [state.objective, ndarray([2], explained), { relative: 1e-5 }],
  ]);
}

/** One pass, of rows that do and do not fill their vec4; the last centroid has no rows. */
export function checkQuantiserStep(bench: Bench): void {
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

/** A dictionary of random unit entries, a random whitening and a mean patch. */
export function randomDictionary(d: number, components: number, k: number): DictionaryRef {
  const entries = randomArray([k, components], 5);
  for (let row = 0; row < k; row++) {
    const entry = entries.data.subarray(row * components, (row + 1) * components);
    const length = Math.hypot(...entry);
    entry.forEach((value, i) => entry[i] = Math.fround(value / length));
  }
  return {
    mean: randomArray([d], 6),
    matrix: randomArray([d, components], 7, 1 / Math.sqrt(d)),
    centroids: entries,
  };
}

/** A dictionary on a device. */
export function uploadDictionary(
  context: EagerContext,
  { mean, matrix, centroids }: DictionaryRef,
): Dictionary {
  return {
    mean: context.upload(mean),
    matrix: context.upload(matrix),
    centroids: context.upload(centroids),
  };
}

/** Spectrograms [b, t, q], the dictionary that encodes them, and how. */
interface Encoding extends EncoderOptions {
  readonly shape: Shape;
  readonly components: number;
  readonly k: number;
}

const WIDE = { frames: 3, bins: 5, components: 9, k: 37 };

/** Places in frequency that fill eights and that do not, and every form. */
const ENCODINGS: readonly Encoding[] = [
  { ...WIDE, shape: [2, 7, 8] },
  { ...WIDE, shape: [2, 7, 12], form: "soft", threshold: 0.4 },
  { ...WIDE, shape: [2, 7, 15], form: "triangle" },
  { ...WIDE, shape: [2, 7, 15], form: "hard" },
];
const FORMS: readonly Partial<EncoderOptions>[] = [
  { form: "linear" },
  { form: "soft", threshold: 0.4 },
  { form: "triangle" },
  { form: "hard" },
  { form: "hard", oneHot: true },
];
/**
 * Between them: one place, whole and broken tiles of eight places, whole and broken vec4 of bins and
 * filters, time left over; then all that an eight of places leaves over.
 */
const MORE_ENCODINGS: readonly Encoding[] = [
  ...[
    { shape: [1, 1, 1], frames: 1, bins: 1, slices: 1, components: 1, k: 1 },
    { shape: [2, 9, 7], frames: 3, bins: 4, slices: 4, components: 5, k: 6 },
    { shape: [3, 8, 13], frames: 4, bins: 6, slices: 2, components: 8, k: 16 },
    { shape: [1, 7, 13], frames: 2, bins: 3, slices: 4, components: 6, k: 37 },
    { shape: [2, 6, 22], frames: 3, bins: 8, slices: 3, components: 9, k: 20 },
  ].flatMap((encoding) => FORMS.map((form) => ({ ...encoding, ...form }))),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((places) =>
    (["linear", "triangle", "hard"] as const).map((form) => {
      const size = { frames: 1, bins: 2, slices: 1, components: 2, k: 7 };
      return { ...size, shape: [3, 2, places + 1], form };
    })
  ),
];

/** Spectrograms encoded by a dictionary. */
export function checkEncoding(bench: Bench): void {
  for (const { shape, components, k, ...options } of bench.cases(ENCODINGS, MORE_ENCODINGS)) {
    const x = bench.normal(shape, 1);
    const dictionary = randomDictionary(options.frames * options.bins, components, k);
    const onDevice = uploadDictionary(bench, dictionary);
    const features = encode(bench, x.device, prepareEncoder(bench, onDevice, options));
    const expected = encodeRef(x.host, dictionary, options);
    bench.compare(features, expected, { relative: 1e-5, absolute: 1e-5 });
  }
}

/** Checks of patches, clustering and encoding. */
export const audioChecks: readonly Check[] = [
  checkPatches,
  checkPadding,
  checkCentring,
  checkAssignment,
  checkClusterSums,
  checkKMeans,
  checkQuantiserStep,
  checkEncoding,
];
