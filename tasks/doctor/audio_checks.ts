/**
 * Checks of the kernels in `audio/`, over shapes that reach each entry point.
 *
 * @module
 */
import { assign } from "../../audio/assign.ts";
import { assignRef } from "../../audio/assign_ref.ts";
import { clusterSums } from "../../audio/cluster_sums.ts";
import { clusterSumsRef } from "../../audio/cluster_sums_ref.ts";
import { normaliseContrast, prepareContrast } from "../../audio/contrast.ts";
import { normaliseContrastRef } from "../../audio/contrast_ref.ts";
import { encode, type EncoderOptions, prepareEncoder } from "../../audio/encode.ts";
import { encodeRef } from "../../audio/encode_ref.ts";
import { logMel, prepareLogMel } from "../../audio/log_mel.ts";
import { logMelRef } from "../../audio/log_mel_ref.ts";
import { mfcc, prepareMfcc } from "../../audio/mfcc.ts";
import { mfccRef } from "../../audio/mfcc_ref.ts";
import { padFilters, padRows, turn } from "../../audio/pad.ts";
import { padFiltersRef, padRowsRef, turnRef } from "../../audio/pad_ref.ts";
import { extractPatches, patchPositions } from "../../audio/patches.ts";
import { extractPatchesRef } from "../../audio/patches_ref.ts";
import { kMeansState, kMeansStep, startCentroids } from "../../audio/spherical_kmeans.ts";
import { prepareSpectrogram, spectrogram } from "../../audio/spectrogram.ts";
import { logCompressRef, spectrogramRef } from "../../audio/spectrogram_ref.ts";
import { sphericalKMeansRef } from "../../audio/spherical_kmeans_ref.ts";
import { centreRows } from "../../audio/whitening.ts";
import { centreRowsRef } from "../../audio/whitening_ref.ts";
import { bits, key } from "../../gpu/random.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { type Bench, type Check, EXACT, magnitudes, sumTolerance } from "./bench.ts";

function checkContrast(bench: Bench): void {
  for (const shape of [[2, 7, 11], [1, 12, 8]]) {
    const x = bench.normal(shape, 1);
    const options = { meanSigma: 2.3, deviationSigma: 1.7 };
    const result = normaliseContrast(bench, x.device, prepareContrast(bench, options));
    bench.compare(result, normaliseContrastRef(x.host, options), {
      relative: 2e-5,
      absolute: 2e-6,
    });
  }
}

/** A window that fills its vec4 but one, and one of a prime length, over two clips each. */
function checkSpectrogram(bench: Bench): void {
  for (
    const [windowLength, quantity, compression] of [[14, "magnitude", 0], [
      67,
      "density",
      3,
    ]] as const
  ) {
    const x = bench.normal([2, 151], 1);
    const options = { windowLength, hopLength: 13, quantity };
    const result = spectrogram(
      bench,
      x.device,
      prepareSpectrogram(bench, { ...options, compression }),
    );
    const clips = [0, 1].map((clip) =>
      spectrogramRef(x.host.data.subarray(151 * clip, 151 * (clip + 1)), options)
    );
    const both = Float64Array.from(clips.flatMap(({ data }) => [...data]));
    const plain = ndarray([2, ...clips[0].shape], both);
    const expected = compression ? logCompressRef(plain, compression) : plain;
    const largest = expected.data.reduce((a, b) => Math.max(a, b));
    bench.compare(result, expected, { absolute: 1e-5 * largest });
  }
}

/** What a reference gives for each row of `x`, one behind the other. */
function perClip(
  { shape, data }: NdArray<Float64Array>,
  reference: (clip: NdArray<Float64Array>) => NdArray,
): NdArray<Float64Array> {
  const [n, ...rest] = shape;
  const size = data.length / n;
  const clips = Array.from(
    { length: n },
    (_, clip) => reference(ndarray(rest, data.subarray(clip * size, (clip + 1) * size))),
  );
  const all = Float64Array.from(clips.flatMap((clip) => [...clip.data]));
  return ndarray([n, ...clips[0].shape], all);
}

/** Both scales, rows that do not fill their four. */
function checkLogMel(bench: Bench): void {
  const sizes = { sampleRate: 8000, windowLength: 128, hopLength: 61, bands: 7 };
  for (const compression of [100, "decibels"] as const) {
    const options = { ...sizes, compression };
    const x = bench.normal([3, 500], 1, 0.1);
    const result = logMel(bench, x.device, prepareLogMel(bench, options));
    const expected = perClip(x.host, ({ data }) => logMelRef(data, options));
    bench.compare(result, expected, { relative: 1e-6, absolute: 1e-4 });
  }
}

/** Clips that are one fit long and longer, with and without differences. */
function checkCepstra(bench: Bench): void {
  for (const [t, differences] of [[5, 2], [11, 1], [4, 0]] as const) {
    const options = { bands: 12, coefficients: 7, width: 5, differences };
    const x = bench.normal([2, t, 12], 1);
    const result = mfcc(bench, x.device, prepareMfcc(bench, options));
    const expected = perClip(x.host, (clip) => mfccRef(clip, options));
    bench.compare(result, expected, { relative: 1e-5, absolute: 1e-5 });
  }
}

function checkPatches(bench: Bench): void {
  const images = bench.normal([5, 7, 11], 1);
  const size = { frames: 3, bins: 5 };
  const positions = patchPositions(key(3), 67, { images: 5, frames: 7, bins: 11 }, size);
  const result = extractPatches(bench, images.device, bench.upload(positions), size);
  bench.compare(result, extractPatchesRef(images.host, positions, size), EXACT);
}

function checkPadding(bench: Bench): void {
  for (const [n, d] of [[6, 5], [9, 67]]) {
    const x = bench.normal([n, d], 1);
    bench.compare(padRows(bench, x.device), padRowsRef(x.host), EXACT);
    bench.compare(turn(bench, x.device), turnRef(x.host), EXACT);
    bench.compare(padFilters(bench, x.device, 3), padFiltersRef(x.host, 3), EXACT);
  }
}

function checkCentring(bench: Bench): void {
  for (const d of [7, 8]) {
    const [x, mean] = [bench.normal([67, d], 1), bench.normal([d], 2)];
    const centred = centreRows(bench, x.device, mean.device, { first: 5 });
    const rest = ndarray([62, d], x.host.data.slice(5 * d));
    bench.compare(centred, centreRowsRef(rest, mean.host), { relative: 1e-6, absolute: 1e-7 });
  }
}

function checkAssignment(bench: Bench): void {
  for (const [n, d, k] of [[33, 7, 17], [19, 8, 301]]) {
    const [x, directions] = [bench.normal([n, d], 1), bench.normal([k, d], 2)];
    const expected = assignRef(x.host, directions.host);
    const tolerance = sumTolerance(
      d,
      assignRef(magnitudes(x.host), magnitudes(directions.host)).similarity,
    );
    const { place, similarity } = assign(bench, x.device, directions.device);
    bench.compareAll([[place, expected.place, EXACT], [
      similarity,
      expected.similarity,
      tolerance,
    ]]);
  }
}

function checkClusterSums(bench: Bench): void {
  const [n, d, k] = [600, 12, 7];
  const x = bench.normal([n, d], 1);
  const similarity = bench.normal([n], 2);
  const place = ndarray([n], Uint32Array.from({ length: n }, (_, i) => bits(key(1), i) % k));
  const assignment = { place: bench.upload(place), similarity: similarity.device };
  const onHost = { place, similarity: similarity.host };
  const expected = clusterSumsRef(x.host, onHost, k, true);
  const sizes = clusterSumsRef(
    magnitudes(x.host),
    { place, similarity: magnitudes(similarity.host) },
    k,
    true,
  );
  const { sums, members } = clusterSums(bench, x.device, assignment, k, { weighted: true });
  bench.compareAll([
    [sums, expected.sums, sumTolerance(n, sizes.sums)],
    [members, expected.members, EXACT],
  ]);
}

/** Two passes from centroids of which one has no rows. */
function checkKMeans(bench: Bench): void {
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

/** Places in frequency that fill eights and that do not, and every form. */
const ENCODINGS: readonly (readonly [bins: number, options: Partial<EncoderOptions>])[] = [
  [4, {}],
  [8, { form: "soft", threshold: 0.4 }],
  [11, { form: "triangle" }],
  [11, { form: "hard" }],
];

/** Unit rows. */
function unitRows({ shape, data }: NdArray<Float64Array>): NdArray<Float64Array> {
  const d = shape[1];
  const lengths = Float64Array.from(
    { length: shape[0] },
    (_, row) => Math.hypot(...data.subarray(row * d, row * d + d)),
  );
  return { shape, data: data.map((value, i) => value / lengths[Math.floor(i / d)]) };
}

function checkEncoding(bench: Bench): void {
  const size = { frames: 3, bins: 5 };
  const [components, k] = [9, 37];
  const dictionary = {
    mean: bench.normal([15], 6),
    matrix: bench.normal([15, components], 7, 0.25),
    centroids: bench.both(unitRows(bench.normal([k, components], 5).host)),
  };
  const { mean, matrix, centroids } = dictionary;
  const onDevice = { mean: mean.device, matrix: matrix.device, centroids: centroids.device };
  const onHost = { mean: mean.host, matrix: matrix.host, centroids: centroids.host };
  for (const [places, chosen] of ENCODINGS) {
    const options = { ...size, ...chosen };
    const x = bench.normal([2, 7, places + 4], 1);
    const features = encode(bench, x.device, prepareEncoder(bench, onDevice, options));
    const expected = encodeRef(x.host, onHost, options);
    bench.compare(features, expected, { relative: 1e-5, absolute: 1e-5 });
  }
}

/** Checks of `audio/`. */
export const audioChecks: readonly Check[] = [
  checkSpectrogram,
  checkLogMel,
  checkCepstra,
  checkContrast,
  checkPatches,
  checkPadding,
  checkCentring,
  checkAssignment,
  checkClusterSums,
  checkKMeans,
  checkEncoding,
];
