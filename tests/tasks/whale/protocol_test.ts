/** What is learnt from and what is scored. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key } from "../../../gpu/random.ts";
import { rocAuc } from "../../../nn/metrics/classification.ts";
import { leakProbe, scoresWithOrder } from "../../../tasks/whale/leaks.ts";
import { nestedScores } from "../../../tasks/whale/nested.ts";
import { blendCurve, rankings } from "../../../tasks/whale/blend.ts";
import {
  aucInterval,
  aucOf,
  blockedRepeat,
  judgedScores,
  meanScores,
  type Part,
  repeatsOf,
  scoredRowsOf,
  scoreRepeat,
} from "../../../tasks/whale/protocol.ts";

const LABELS = Uint8Array.of(0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0);
const FOLDS = { folds: 3, foldKind: "random", foldSeeds: [1, 2] } as const;

Deno.test("clips put aside are scored once; without them each fold seed scores every clip", () => {
  const [aside, ...none] = repeatsOf({ labels: LABELS, testCount: 4 }, FOLDS);
  assertEquals(none, []);
  assertEquals(aside.parts.map(({ train, test }) => [[...train], [...test]]), [
    [[0, 1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 11]],
  ]);
  const repeats = repeatsOf({ labels: LABELS, testCount: 0 }, FOLDS);
  assertEquals(repeats.map(({ name }) => name), ["folds 1", "folds 2"]);
  for (const repeat of repeats) {
    assertEquals(
      [...scoredRowsOf(repeat)],
      LABELS.reduce<number[]>((all, _, i) => [...all, i], []),
    );
    for (const { train, test } of repeat.parts) {
      assertEquals(new Set([...train, ...test]).size, LABELS.length);
    }
  }
  assert(repeats[0].parts[0].test.join() !== repeats[1].parts[0].test.join());
});

Deno.test("folds of neighbours are consecutive; there are none where one would lack a class", () => {
  const blocked = blockedRepeat(LABELS, FOLDS)!;
  assertEquals(blocked.parts.map(({ test }) => test.join()), ["0,1,2,3", "4,5,6,7", "8,9,10,11"]);
  assertEquals(blockedRepeat(Uint8Array.of(1, 1, 0, 0), { ...FOLDS, folds: 2 }), undefined);
});

Deno.test("models that know nothing but their fold's share of calls have an area of a half", () => {
  const [repeat] = repeatsOf({ labels: LABELS, testCount: 0 }, { ...FOLDS, foldKind: "blocked" });
  const scores = new Float64Array(LABELS.length);
  for (const { train, test } of repeat.parts) {
    const calls = train.reduce((sum, row) => sum + LABELS[row], 0);
    for (const row of test) scores[row] = calls / train.length;
  }
  assertEquals(aucOf([repeat], LABELS, [scores]).auc, 0.5);
  const judged = judgedScores(repeat, LABELS, scores);
  assertEquals(aucInterval(judged, key(1)).interval.estimate, 0.5);
  assertEquals(aucInterval(judged, key(1)).interval.high, 0.5);
  assert(rocAuc(LABELS, scores) < 0.5, "pooled they have no more");
});

Deno.test("aucOf() compares a repeat's rows, and gives mean and deviation of several", async () => {
  const repeats = repeatsOf({ labels: LABELS, testCount: 0 }, FOLDS);
  const perfect = await scoreRepeat(
    repeats[0],
    LABELS.length,
    ({ test }) => Promise.resolve(Float64Array.from(test, (row) => LABELS[row])),
  );
  const inverse = perfect.map((score) => -score);
  const { auc, deviation, repeats: areas } = aucOf(repeats, LABELS, [perfect, inverse]);
  assertEquals(areas, [1, 0]);
  assertEquals(auc, 0.5);
  assertAlmostEquals(deviation!, Math.SQRT1_2, 1e-12);
  assertEquals([...meanScores([perfect, inverse])], Array(LABELS.length).fill(0));
});

Deno.test("nested folds choose without the fold that is scored", async () => {
  const [repeat] = repeatsOf({ labels: LABELS, testCount: 0 }, FOLDS);
  const seen: Part[] = [];
  // The score of a row is the number of rows learnt from: it tells which fit made it.
  const { scores, selection } = await nestedScores(repeat, LABELS, (part) => {
    seen.push(part);
    return Promise.resolve(Float64Array.from(part.test, () => part.train.length));
  });
  assertEquals([...scores], Array(12).fill(8));
  assertEquals(seen.length, 3 + 3);
  for (const { train, test } of seen) assert(!train.some((row) => test.includes(row)));
  assertEquals(seen.slice(3).map(({ train, test }) => [train.length, test.length]), [
    [4, 8],
    [4, 8],
    [4, 8],
  ]);
  assertEquals([...selection], [0.5, 0.5, 0.5]); // all equal
});

Deno.test("selection is the area of the other folds alone", async () => {
  const [repeat] = repeatsOf({ labels: LABELS, testCount: 0 }, FOLDS);
  // Right on fold 0 and wrong elsewhere, whatever was learnt from.
  const home = new Set(repeat.parts[0].test);
  const { selection } = await nestedScores(
    repeat,
    LABELS,
    ({ test }) =>
      Promise.resolve(
        Float64Array.from(test, (row) => home.has(row) === (LABELS[row] === 1) ? 1 : 0),
      ),
  );
  assertEquals(selection[0], 0); // fold 0 sees only what goes wrong
  assert(selection[1] > 0 && selection[2] > 0);
});

Deno.test("blendCurve() takes the best of each fold's own ranking", () => {
  const [repeat] = repeatsOf({ labels: LABELS, testCount: 0 }, { ...FOLDS, foldSeeds: [1] });
  const right = Float64Array.from(LABELS);
  const wrong = right.map((label) => -3 * label);
  const candidates = [
    { selection: [Float64Array.of(0.4, 0.9, 0.4)] },
    { selection: [Float64Array.of(0.8, 0.1, 0.8)] },
  ];
  const ranked = rankings(candidates, 0);
  assertEquals(ranked, [[1, 0], [0, 1], [1, 0]]);
  const scores = [wrong, right];
  const { curve, scores: blended } = blendCurve(
    [repeat],
    LABELS,
    [ranked],
    (candidate) => scores[candidate],
    2,
  );
  // n = 1: folds 0 and 2 are scored by the right model, fold 1 by the wrong one.
  const mixed = right.slice();
  for (const row of repeat.parts[1].test) mixed[row] = wrong[row];
  assertEquals(curve[0].auc, aucOf([repeat], LABELS, [mixed]).auc);
  assertEquals(curve[1].auc, 0); // their sum is wrong everywhere
  assertEquals([...blended[0]], [...right.map((label) => -label)]);
});

Deno.test("the leak probe sees order and level, and nothing where there is nothing", () => {
  const n = 400;
  const labels = Uint8Array.from({ length: n }, (_, i) => i < 200 ? Number(i % 2 === 0) : 0);
  labels[300] = 1;
  const positions = Uint32Array.from(labels, (_, i) => i);
  const repeats = repeatsOf({ labels, testCount: 0 }, { ...FOLDS, foldSeeds: [1] });
  const even = new Float64Array(n).fill(1);
  const { order, level } = leakProbe({ labels, positions, levels: even }, repeats);
  assert(order.auc > 0.7, `${order.auc}`);
  assertEquals(level.auc, 0.5);
  const faint = Float64Array.from(labels, (label) => 2 - label); // calls are fainter
  assertEquals(leakProbe({ labels, positions, levels: faint }, repeats).level.auc, 1);
  const blind = new Float64Array(n).fill(0.5);
  const [helped] = scoresWithOrder({ labels, positions, levels: even }, repeats, [blind]);
  assertEquals(aucOf(repeats, labels, [helped]).auc, order.auc);
});
