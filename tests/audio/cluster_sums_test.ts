import { assertEquals, assertThrows } from "@std/assert";
import { clusterSums } from "../../audio/cluster_sums.ts";
import { clusterSumsRef } from "../../audio/cluster_sums_ref.ts";
import { openGpu } from "../../gpu/gpu.ts";
import { bits, key } from "../../gpu/random.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { assertClose, randomArray, sharedGpu } from "../check.ts";

/** Clusters of random rows; about a third of them lie in cluster 0, and one in ten in none. */
function clusters(n: number, k: number, seed: number) {
  const place = Uint32Array.from({ length: n }, (_, i) => {
    const drawn = bits(key(seed), i);
    return drawn % 10 === 0 ? 0xFFFFFFFF : drawn % 3 === 0 ? 0 : (drawn >>> 8) % k;
  });
  return { place: ndarray([n], place), similarity: randomArray([n], seed + 1) };
}

for (const profile of ["software", "card"] as const) {
  Deno.test(`clusterSums() adds the rows of each cluster, in parts of a set too, for a ${profile} adapter`, async () => {
    await using gpu = await openGpu({ profile });
    for (const [n, d, k] of [[1, 4, 1], [5, 8, 3], [255, 4, 7], [257, 12, 65], [1031, 4, 2]]) {
      for (const weighted of [false, true]) {
        using scope = gpu.scope();
        const name = `[${n}, ${d}] in ${k}`;
        const parts = [1, 2].map((seed) => ({
          x: randomArray([n, d], seed),
          assignment: clusters(n, k, seed),
        }));
        const upload = ({ assignment: { place, similarity } }: typeof parts[0]) => ({
          place: scope.upload(place),
          similarity: scope.upload(similarity),
        });
        const [one, two] = parts.map(({ x, assignment }) =>
          clusterSumsRef(x, assignment, k, weighted)
        );
        const [x, y] = parts.map(({ x }) => scope.upload(x));
        const first = clusterSums(scope, x, upload(parts[0]), k, { weighted });
        const tolerance = { relative: 1e-5, absolute: 1e-4, name };
        assertClose(await gpu.read(first.sums), one.sums, tolerance);
        assertEquals((await gpu.read(first.members)).data, one.members.data, name);
        const both = clusterSums(scope, y, upload(parts[1]), k, { weighted, onto: first });
        const total = ndarray([k, d], one.sums.data.map((sum, i) => sum + two.sums.data[i]));
        assertClose(await gpu.read(both.sums), total, tolerance);
        const members = one.members.data.map((count, i) => count + two.members.data[i]);
        assertEquals((await gpu.read(both.members)).data, members, name);
        const again = clusterSums(scope, x, upload(parts[0]), k, { weighted, into: both });
        assertClose(await gpu.read(again.sums), one.sums, tolerance);
      }
    }
  });
}

Deno.test("clusterSums() refuses rows that are no whole vec4", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const assignment = { place: scope.empty([3], { dtype: "u32" }), similarity: scope.empty([3]) };
  assertThrows(
    () => clusterSums(scope, scope.empty([3, 5]), assignment, 2),
    RangeError,
    "is f32 [3, 5], a multiple of four",
  );
});
