import { assert, assertEquals } from "@std/assert";
import { ndarray } from "../../gpu/tensor.ts";
import { type Affinities, affinities, affinitiesTo } from "../../recsys/affinities.ts";
import { affinitiesRef, denseRef } from "../../recsys/tsne_ref.ts";
import { assertClose, randomArray } from "../check.ts";
import { refuses } from "../refusals.ts";

const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);

/** Edges of each point. */
function degrees({ n, offsets }: Affinities): number[] {
  return Array.from({ length: n }, (_, i) => offsets[i + 1] - offsets[i]);
}

Deno.test("affinitiesRef() gives each point the perplexity asked for", () => {
  // For two clusters of equal points infinitely far apart, p_j|i is 1 / (size - 1) within a cluster.
  const x = ndarray([6, 1], Float64Array.of(0, 1, 0.5, 1e9, 1e9 + 1, 1e9 + 0.5));
  const p = affinitiesRef(x, 1.999999);
  assertClose(
    ndarray([6], p.data.slice(0, 6)),
    ndarray([6], Float64Array.of(0, 1 / 12, 1 / 12, 0, 0, 0)),
    { relative: 1e-2 },
  );
});

Deno.test("affinities() over all neighbours are those of the reference", () => {
  for (const [n, d, perplexity] of [[5, 1, 1.5], [7, 3, 2.5], [67, 11, 5], [64, 4, 30]]) {
    const x = randomArray([n, d], n, 3);
    const p = affinities(x, { perplexity, neighbours: n - 1 });
    assertClose(denseRef(p), affinitiesRef(x, perplexity), { relative: 1e-6, absolute: 1e-15 });
  }
});

Deno.test("affinities() agree with scikit-learn", () => {
  // sklearn.manifold._t_sne._joint_probabilities(squared distances, 2.5, 0), rows 0 and 3, of
  // scikit-learn 1.2.1, whose search works in float32 and ends within 1e-5 nats.
  const x = ndarray([7, 3], Float64Array.from({ length: 21 }, (_, i) => 2 * Math.sin(1.7 * i)));
  const p = denseRef(affinities(x, { perplexity: 2.5, neighbours: 6 }));
  const rows = Float64Array.of(...p.data.slice(0, 7), ...p.data.slice(21, 28));
  // deno-fmt-ignore
  const golden = Float64Array.of(
    0, 0.010249378823, 0.000765191062, 0.00203274455, 0.008271427349, 0.099472837263, 0.029257334126,
    0.00203274455, 0.000920645265, 0.028994204742, 0, 0.073302226946, 0.004424152227, 0.000674987634,
  );
  assertClose(ndarray([14], rows), ndarray([14], golden), { relative: 1e-3, absolute: 0 });
});

Deno.test("affinities() of some neighbours are symmetric, sum to 1 and leave the far ones out", () => {
  const [n, neighbours] = [67, 9];
  const x = randomArray([n, 3], 2);
  const p = affinities(x, { perplexity: 4, neighbours });
  const dense = denseRef(p);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) assertEquals(dense.data[i * n + j], dense.data[j * n + i]);
    const row = p.indices.subarray(p.offsets[i], p.offsets[i + 1]);
    assert(row.every((j, at) => j !== i && (at === 0 || j > row[at - 1])), "ascending");
  }
  assert(Math.abs(sum(p.values) - 1) < 1e-12);
  assert(degrees(p).every((degree) => degree >= neighbours));
  assert(p.values.length <= 2 * n * neighbours);
  const exact = affinitiesRef(x, 4);
  const missed = exact.data.reduce((total, value, i) => dense.data[i] ? total : total + value, 0);
  assert(missed < 0.05, `${missed} of the exact affinities lie beyond`);
});

Deno.test("affinities() leave out no more than is negligible, and still sum to 1", () => {
  const n = 67;
  const x = randomArray([n, 3], 2);
  const exact = affinities(x, { perplexity: 4, neighbours: n - 1 });
  const negligible = 1e-3;
  const kept = affinities(x, { perplexity: 4, neighbours: n - 1, negligible });
  assertEquals(kept.values.length, exact.values.filter((p) => p >= negligible / n ** 2).length);
  assert(kept.values.length < exact.values.length);
  assert(Math.abs(sum(kept.values) - 1) < 1e-12);
  assertClose(denseRef(kept), denseRef(exact), { relative: negligible, absolute: 1.1e-3 / n ** 2 });
  refuses(
    () => affinities(x, { perplexity: 4, negligible: 0.2 }),
    "negligible is 0.2, expected a number from 0 to 0.1",
  );
});

Deno.test("affinities() take the first of neighbours that are equally far", () => {
  // The first point's two neighbours are 4, and of 1, 2, 3 and 5 the first. None but 4 has it as one.
  const x = ndarray([10, 1], Float64Array.of(0, 4, -4, 4, 1, -4, -4.1, -4.2, 4.1, 4.2));
  const p = affinities(x, { perplexity: 1.5, neighbours: 2 });
  assertEquals([...p.indices.subarray(0, p.offsets[1])], [1, 4]);
});

Deno.test("affinities() of equal points and of any scale are finite", () => {
  const equal = affinities(ndarray([9, 2], new Float64Array(18).fill(3)), { perplexity: 2 });
  assert(Math.abs(sum(equal.values) - 1) < 1e-12);
  const x = randomArray([23, 4], 3);
  const plain = affinities(x, { perplexity: 3 });
  for (const scale of [1e-154, 1e-42, 1e-20, 1e20, 1e38, 1e149]) {
    const scaled = affinities(ndarray([23, 4], x.data.map((value) => scale * value)), {
      perplexity: 3,
    });
    assertClose(denseRef(scaled), denseRef(plain), { relative: 1e-6, absolute: 1e-15 });
  }
});

Deno.test("more equal points than the perplexity share each other's probability, whoever looks at them", () => {
  // Five equals about each of the first six points; 6 has all six as its nearest, 7 has 6.
  const x = ndarray([8, 1], Float64Array.of(1, 1, 1, 1, 1, 1, 4, 9));
  const p = denseRef(affinities(x, { perplexity: 3, neighbours: 7 })).data;
  assert(Math.abs(p.reduce((a, b) => a + b) - 1) < 1e-12);
  assertEquals(p.slice(1, 6), new Float64Array(5).fill(1 / 5 / 8));
  // 6 shares among the six, to none of which it is anything.
  assert(Math.abs(p[6 * 8] - 1 / 6 / 16) < 1e-15);
  const { values } = affinitiesTo(x, ndarray([2, 1], Float64Array.of(1, 50)), {
    perplexity: 3,
    neighbours: 8,
  });
  assertEquals(values.subarray(0, 8), Float64Array.of(...Array(6).fill(1 / 6), 0, 0));
  assert(values.every((value) => value >= 0 && value <= 1));
});

Deno.test("points that a search cannot serve leave the next point's search as it was", () => {
  // 20 equal points, then ordinary ones, to half of which the 20 are the nearest.
  const [n, d, same] = [60, 5, 20];
  const drawn = randomArray([n, d], 11).data;
  const x = ndarray([n, d], drawn.map((value, i) => i < same * d ? 1 : value));
  const p = affinities(x, { perplexity: 59 / 3, neighbours: n - 1 });
  assert(Math.abs(sum(p.values) - 1) < 1e-12);
  assertClose(denseRef(p), affinitiesRef(x, 59 / 3), { relative: 1e-5, absolute: 1e-9 });
});

Deno.test("affinities() refuse what does not fit", () => {
  const x = randomArray([8, 2], 1);
  refuses(
    () => affinities(x, { perplexity: 7 }),
    "perplexity is 7, expected more than 1 and less than the 7 neighbours",
  );
  refuses(() => affinities(x, { perplexity: 1 }), "perplexity is 1");
  refuses(
    () => affinities(x, { perplexity: 2, neighbours: 8 }),
    "neighbours is 8, expected a whole number from 2 to 7",
  );
  refuses(() => affinities(randomArray([8], 1), { perplexity: 2 }), "rows is [8]");
  const bad = ndarray([8, 2], x.data.with(5, NaN));
  refuses(() => affinities(bad, { perplexity: 2 }), "row 2, column");
  const vast = ndarray([8, 2], x.data.with(5, 2e150));
  refuses(
    () => affinities(vast, { perplexity: 2 }),
    "row 2, column 1 is 2e+150, expected a finite number, 1e150 at most",
  );
});
