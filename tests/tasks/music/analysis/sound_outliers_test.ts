import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key } from "../../../../gpu/random.ts";
import { ndarray } from "../../../../gpu/tensor.ts";
import { rowLengths } from "../../../../recsys/interactions.ts";
import { knownPlays } from "../../../../tasks/music/run_files.ts";
import { soundOutliers } from "../../../../tasks/music/analysis/sound_outliers.ts";
import { SAMPLE, sampleRun } from "../sample_run.ts";

/** A run whose network hears the very factors of plays, but for one song, of which it hears the opposite. */
function runWithOutlier(outlier: number) {
  const run = sampleRun();
  const { factors: f } = SAMPLE;
  const predicted = run.strict.songs.data.map((value, i) =>
    Math.floor(i / f) === outlier ? -3 * value : 2 * value
  );
  return { ...run, predicted: ndarray(run.predicted.shape, predicted) };
}

Deno.test("soundOutliers() finds the song that sounds unlike its listeners, whatever the lengths", () => {
  const run = runWithOutlier(13);
  const known = rowLengths(knownPlays(run).byItem);
  const { farthest, distances, others } = soundOutliers(run, { count: 5, key: key(1) });
  const songs = known.filter((listeners) => listeners > 0).length;
  assertEquals([farthest.length, distances.length, others.length], [5, songs, songs]);
  const [first, second] = farthest;
  assertEquals([first.song, first.rank, first.listeners], [13, songs, known[13]]);
  assertAlmostEquals(first.distance, 2, 1e-6);
  assertAlmostEquals(second.distance, 0, 1e-6);
  assertEquals(second.rank, 1);
  assert(others.reduce((sum, distance) => sum + distance, 0) / songs > 0.5, "others are far");
});

Deno.test("cold songs are no outliers: nobody is known to play them", () => {
  const run = sampleRun();
  const { farthest } = soundOutliers(run, { count: SAMPLE.songs, key: key(1) });
  assertEquals(farthest.filter(({ song }) => run.cold[song] === 1), []);
});

Deno.test("the rank correlation tells when far songs are those that few play", () => {
  const run = runWithOutlier(-1);
  const listeners = rowLengths(knownPlays(run).byItem);
  const { factors: f, songs: n } = SAMPLE;
  // Along a circle of plays the sound lies the farther, the fewer play the song.
  const place = (angle: number) => [Math.cos(angle), Math.sin(angle), 0, 0];
  const matrix = (angleOf: (song: number) => number) =>
    ndarray(
      [n, f],
      Float32Array.from({ length: n * f }, (_, i) => place(angleOf(Math.floor(i / f)))[i % f]),
    );
  const turned = {
    ...run,
    strict: { ...run.strict, songs: matrix(() => 0) },
    predicted: matrix((song) => 1 / (1 + listeners[song])),
  };
  const { listenersRho } = soundOutliers(turned, { count: 1, key: key(1) });
  assert(listenersRho < -0.99, `${listenersRho}`);
});
