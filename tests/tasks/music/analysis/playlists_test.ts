import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { ndarray } from "../../../../gpu/tensor.ts";
import {
  purityByChance,
  purityOf,
  SELECTIVE,
  unitPlaylists,
} from "../../../../tasks/music/analysis/playlists.ts";

Deno.test("unitPlaylists() lists the strongest answers first, and nothing that is silent", () => {
  const activations = ndarray(
    [5, 3],
    // One row a song: the first unit likes folk, the second hears one song, the third none.
    Float32Array.of(1, 0, 0, 5, 0, 0, 3, 2, 0, 3, 0, 0, 4, 0, 0),
  );
  const genres = ["rock", "folk", "folk", "rock", "folk"];
  const [first, second, third] = unitPlaylists(activations, genres, 3);
  assertEquals(first, { unit: 0, songs: [1, 4, 2], genre: "folk", purity: 1 });
  assertEquals(second, { unit: 1, songs: [2], genre: "folk", purity: 1 / 3 });
  assertEquals(third, { unit: 2, songs: [], genre: "", purity: 0 });
});

Deno.test("purityOf() counts songs of no genre for none, and takes the first of equal genres", () => {
  assertEquals(purityOf(["", "", "", "jazz"], 4), { genre: "jazz", purity: 0.25 });
  assertEquals(purityOf(["rock", "jazz", "jazz", "rock"], 4), { genre: "rock", purity: 0.5 });
  assertEquals(purityOf(["", ""], 2), { genre: "", purity: 0 });
  assert(purityOf(Array(6).fill("a").concat(Array(4).fill("b")), 10).purity >= SELECTIVE);
});

Deno.test("purityByChance() agrees with the hypergeometric tail", () => {
  // Eight genres of ten songs, lists of ten: 8 * hypergeom.sf(5, 80, 10, 10) of scipy 1.17.1.
  const eight = Array.from({ length: 80 }, (_, song) => `genre ${song % 8}`);
  assertAlmostEquals(purityByChance(eight, 10).selective, 0.000968002821394534, 1e-12);
  // Genres of 12, 5 and 3 songs, lists of 5: sum(hypergeom.sf(2, 20, k, 5) for k in (12, 5, 3)).
  const three = "aaaaaaaaaaaabbbbbccc".split("");
  assertAlmostEquals(purityByChance(three, 5).selective, 0.7852167182662539, 1e-12);
});

Deno.test("purityByChance() is the mean over all lists, those with songs of no genre too", () => {
  const genres = [..."aaaaaabbbb".split(""), "", "", ""];
  const lists = combinations(genres, 5).map((list) => purityOf(list, 5).purity);
  const { purity, selective } = purityByChance(genres, 5);
  assertAlmostEquals(purity, lists.reduce((a, b) => a + b) / lists.length, 1e-12);
  const found = lists.filter((purity) => purity >= SELECTIVE).length;
  assertAlmostEquals(selective, found / lists.length, 1e-12);
});

Deno.test("purityByChance() draws all songs where a list is longer, and does not overflow", () => {
  assertAlmostEquals(purityByChance(["a", "a", "b"], 10).purity, 0.2, 1e-12);
  const many = Array.from({ length: 20_000 }, (_, song) => `genre ${song % 2}`);
  const { purity } = purityByChance(many, 200);
  assert(purity > 0.5 && purity < 0.6, `${purity}`);
  assertEquals(purityByChance(["", ""], 1), { purity: 0, selective: 0 });
});

/** All lists of k items. */
function combinations(items: readonly string[], k: number): string[][] {
  if (k === 0) return [[]];
  return items.flatMap((item, at) =>
    combinations(items.slice(at + 1), k - 1).map((rest) => [item, ...rest])
  );
}
