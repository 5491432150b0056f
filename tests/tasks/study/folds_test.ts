import { assert, assertEquals } from "@std/assert";
import { key, normal, uniform } from "../../../gpu/random.ts";
import { rocAuc } from "../../../nn/metrics/classification.ts";
import { classFolds, FOLD_KINDS, foldAucs } from "../../../tasks/study/folds.ts";
import { refuses } from "../../refusals.ts";

const LABELS = Uint8Array.from({ length: 103 }, (_, i) => Number(uniform(key(6), i) < 0.3));

function counts(assignment: Uint32Array, folds: number, wanted: (row: number) => boolean) {
  const result = new Array(folds).fill(0);
  assignment.forEach((f, row) => result[f] += Number(wanted(row)));
  return result;
}

Deno.test("classFolds() makes folds whose sizes differ by one at most", () => {
  for (const kind of FOLD_KINDS) {
    const assignment = classFolds(LABELS, 4, { kind, key: key(1) });
    assertEquals(counts(assignment, 4, () => true).sort(), [25, 26, 26, 26], kind);
  }
});

Deno.test("strided and random folds have the same share of positives, within one", () => {
  for (const kind of ["strided", "random"] as const) {
    const positives = counts(classFolds(LABELS, 4, { kind, key: key(1) }), 4, (i) => !!LABELS[i]);
    assert(Math.max(...positives) - Math.min(...positives) <= 1, kind);
  }
});

Deno.test("strided folds are rows sorted by class and dealt out in turn", () => {
  // numpy: idx = argsort(y, kind="stable"); folds = [idx[i::3] for i in range(3)]
  assertEquals([...classFolds([1, 0, 0, 1, 0, 1, 0, 0], 3)], [2, 0, 1, 0, 2, 1, 0, 1]);
});

Deno.test("blocked folds are consecutive", () => {
  const assignment = classFolds(LABELS, 4, { kind: "blocked" });
  assert(assignment.every((f, row) => row === 0 || f >= assignment[row - 1]));
});

Deno.test("random folds follow their key", () => {
  const folds = (seed: number) => classFolds(LABELS, 4, { kind: "random", key: key(seed) });
  assertEquals(folds(1), folds(1));
  assert(folds(1).some((f, row) => f !== folds(2)[row]));
  refuses(() => classFolds(LABELS, 4, { kind: "random" }), "expected a key");
});

Deno.test("classFolds() refuses folds that lack a class, and numbers out of range", () => {
  const late = [0, 0, 0, 0, 1, 1];
  const blocked = () => classFolds(late, 2, { kind: "blocked" });
  refuses(blocked, "fold 0 has 0 positive and 3 negative rows");
  refuses(() => classFolds(late, 3), "Cannot make 3 strided folds: fold 0 has 0");
  refuses(() => classFolds(late, 1), "folds is 1, expected a whole number from 2 to 6");
  refuses(
    () => classFolds(late, -1, { kind: "blocked" }),
    "folds is -1, expected a whole number from 2 to 6",
  );
});

Deno.test("foldAucs() gives each fold its own area, whatever the scale of its scores", () => {
  const assignment = classFolds(LABELS, 3);
  const scores = Float64Array.from(LABELS, (label, i) => label + normal(key(7), i));
  const folds = foldAucs(LABELS, scores, assignment);
  const rows = [...assignment.keys()].filter((row) => assignment[row] === 1);
  const second = rocAuc(rows.map((row) => LABELS[row]), rows.map((row) => scores[row]));
  assertEquals([folds.length, folds[1]], [3, second]);
  const shifted = scores.map((score, row) => score + 100 * assignment[row]);
  assertEquals(foldAucs(LABELS, shifted, assignment), folds);
  refuses(
    () => foldAucs([0, 1], [0, 1], Uint32Array.of(0)),
    "number of rows in folds is 1, expected 2, as of labels",
  );
});
