import { assert, assertEquals } from "@std/assert";
import { ndarray } from "../../gpu/tensor.ts";
import { neighbourAgreement } from "../../recsys/neighbour_agreement.ts";
import { randomArray } from "../check.ts";
import { refuses } from "../refusals.ts";

Deno.test("neighbourAgreement() agrees with scikit-learn's neighbours", () => {
  // (labels[indices] == labels[:, None]).mean() of NearestNeighbors(n_neighbors=k).fit(x).kneighbors()
  // of scikit-learn 1.2.1.
  const n = 23;
  const x = ndarray(
    [n, 4],
    Float64Array.from({ length: 4 * n }, (_, i) => Math.sin(1.3 * i * i + 0.7 * i)),
  );
  const labels = Array.from({ length: n }, (_, i) => i % 3);
  for (const [k, golden] of [[1, 14 / 23], [4, 44 / 92]]) {
    assert(Math.abs(neighbourAgreement(x, labels, k).agreement - golden) < 1e-12, `k ${k}`);
  }
});

Deno.test("neighbourAgreement() of labels without order is near chance", () => {
  const [n, k] = [600, 10];
  const labels = Array.from({ length: n }, (_, i) => i % 10 < 7 ? "a" : "b");
  const { agreement, chance } = neighbourAgreement(randomArray([n, 2], 1), labels, k);
  assertEquals(chance, (420 * 419 + 180 * 179) / (600 * 599));
  assert(Math.abs(agreement - chance) < 0.03, `${agreement} against ${chance}`);
});

Deno.test("neighbourAgreement() counts votes, a tie to the label that is nearest", () => {
  const x = ndarray([5, 1], Float32Array.of(0, 1, 3, 7, 8));
  const labels = ["a", "a", "b", "b", "b"];
  // Nearest two of each: a b, a b, a a, b b, b b. The first two votes are ties.
  assertEquals(neighbourAgreement(x, labels, 2), {
    agreement: (1 + 1 + 0 + 2 + 2) / 10,
    chance: (2 + 6) / 20,
    accuracy: 4 / 5,
  });
});

Deno.test("neighbourAgreement() of some rows counts their neighbours among all", () => {
  const x = ndarray([5, 1], Float32Array.of(0, 1, 3, 7, 8));
  const labels = ["a", "a", "b", "b", "b"];
  assertEquals(neighbourAgreement(x, labels, 2, { of: [0, 4] }), {
    agreement: (1 + 2) / 4,
    chance: (1 + 2) / 8,
    accuracy: 1,
  });
});

Deno.test("neighbourAgreement() refuses what does not fit", () => {
  const x = randomArray([4, 2], 1);
  refuses(() => neighbourAgreement(x, [1, 2], 1), "the number of labels is 2, expected 4");
  refuses(() => neighbourAgreement(x, [1, 2, 3, 4], 4), "k is 4");
  refuses(() => neighbourAgreement(x, [1, 2, 3, 4], 1, { of: [] }), "the number of rows is 0");
  refuses(() => neighbourAgreement(x, [1, 2, 3, 4], 1, { of: [4] }), "row is 4");
});
