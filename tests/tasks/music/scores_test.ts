import { assertAlmostEquals, assertEquals } from "@std/assert";
import { key } from "../../../gpu/random.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import { makeInteractions } from "../../../recsys/interactions.ts";
import { ridgeFactors } from "../../../tasks/music/ridge_regressor.ts";
import {
  artistDiversity,
  byFactors,
  byPopularity,
  makeTrial,
  meanPrecisionByDecile,
  scoreTrial,
  shuffledFactors,
} from "../../../tasks/music/scores.ts";

// Even listeners play even songs, odd ones odd; songs 6 to 9 are cold.
const pairs = Array.from({ length: 80 }, (_, i) => [Math.floor(i / 10), i % 10] as const)
  .filter(([user, song]) => user % 2 === song % 2);
const plays = makeInteractions({
  users: pairs.map(([user]) => user),
  items: pairs.map(([, song]) => song),
  counts: pairs.map(() => 1),
}, { users: 8, items: 10 });
const cold = Uint8Array.from({ length: 10 }, (_, song) => song >= 6 ? 1 : 0);
const trial = makeTrial(plays, cold);
const parity = (n: number) =>
  ndarray([n, 2], Float32Array.from({ length: 2 * n }, (_, i) => i % 2 === (i >> 1) % 2 ? 1 : 0));

Deno.test("factors that know the taste find every cold song, and only cold ones count", () => {
  assertEquals([...trial.candidates], [6, 7, 8, 9]);
  const { meanAveragePrecision, auc, users } = scoreTrial(
    trial,
    byFactors(parity(8), parity(10), trial.candidates),
  );
  assertEquals([meanAveragePrecision, auc, users], [1, 1, 8]);
});

Deno.test("known plays say nothing of cold songs", () => {
  const known = makeInteractions({ users: [0], items: [0], counts: [1] }, { users: 8, items: 10 });
  assertEquals(scoreTrial(trial, byPopularity(known)).auc, 0.5);
});

Deno.test("shuffledFactors() deals the candidates' rows out among them, and moves no others", () => {
  const songs = ndarray([10, 1], Float32Array.from({ length: 10 }, (_, i) => i));
  const dealt = [...shuffledFactors(songs, trial.candidates, key(3)).data];
  assertEquals(dealt.slice(0, 6), [0, 1, 2, 3, 4, 5]);
  assertEquals(dealt.slice(6).sort(), [6, 7, 8, 9]);
});

Deno.test("diversity is the share of pairs of different artists", () => {
  const artists = ["", "", "", "", "", "", "a", "a", "a", "b"];
  assertAlmostEquals(artistDiversity(trial, () => new Float64Array(10), artists), 0.5, 1e-12);
});

Deno.test("meanPrecisionByDecile() has no figure for tenths without songs", () => {
  const scores = byFactors(parity(8), parity(10), trial.candidates);
  const deciles = meanPrecisionByDecile(trial, scores);
  assertEquals(deciles.filter((value) => !Number.isNaN(value)), [1]); // all are equally popular
});

Deno.test("ridgeFactors() finds a linear map from some songs for all", () => {
  const x = ndarray([40, 2], Float64Array.from({ length: 80 }, (_, i) => Math.sin(7 * i)));
  const y = ndarray([40, 1], Float64Array.from({ length: 40 }, (_, i) => 3 * x.data[2 * i] - 1));
  const songs = Uint32Array.from({ length: 30 }, (_, i) => i);
  const found = ridgeFactors(x, y, { songs, key: key(1) });
  for (let i = 0; i < 40; i++) assertAlmostEquals(found.data[i], y.data[i], 0.02);
});
