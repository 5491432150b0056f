import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key, normal } from "../../../../gpu/random.ts";
import { ndarray } from "../../../../gpu/tensor.ts";
import { unitCorrelations } from "../../../../tasks/music/analysis/unit_correlations.ts";
import {
  type MeasuredUnits,
  selectiveUnits,
} from "../../../../tasks/music/analysis/unit_analysis.ts";
import { bestPlaylists } from "../../../../tasks/music/analysis/unit_report.ts";

const N = 50;
const column = (seed: number) => Array.from({ length: N }, (_, i) => normal(key(seed), i));

Deno.test("unitCorrelations() finds which unit follows which parameter, and how far chance goes", () => {
  const [tempo, noise, silent] = [column(1), column(2), Array(N).fill(0)];
  const units = [silent, noise.map((value) => -Math.exp(value)), column(3), tempo];
  const activations = ndarray(
    [N, 4],
    Float64Array.from({ length: 4 * N }, (_, i) => units[i % 4][Math.floor(i / 4)]),
  );
  const parameters = ndarray(
    [N, 2],
    Float64Array.from({ length: 2 * N }, (_, i) => [tempo, noise][i % 2][Math.floor(i / 2)]),
  );
  const options = { names: ["tempo", "noise"], parameters, key: key(7) };
  const { strongest, rho, chance } = unitCorrelations(activations, options);
  assertEquals(strongest.map(({ parameter, unit }) => [parameter, unit]), [["tempo", 3], [
    "noise",
    1,
  ]]);
  assertAlmostEquals(strongest[0].rho, 1, 1e-12);
  assertAlmostEquals(strongest[1].rho, -1, 1e-12);
  assertEquals([...rho.data.subarray(0, 2)], [0, 0]);
  // Six correlations of 50 songs, of deviation 1 / 7: the largest stays below about 2.7 of them.
  assert(chance > 0.25 && chance < 0.5, `${chance}`);
  assert(Math.abs(rho.data[4]) < chance, "noise follows nothing");
});

const list = (unit: number, genre: string, purity: number, songs = [1]) => ({
  unit,
  songs,
  genre,
  purity,
});
const measured = (playlists: MeasuredUnits["playlists"]): MeasuredUnits => ({
  playlists,
  selective: 0,
  silent: 0,
  purity: 0,
});
const lists = {
  max: measured([list(0, "rock", 0.9), list(1, "rock", 0.8), list(2, "jazz", 0.3)]),
  mean: measured([list(0, "rock", 0.7), list(1, "jazz", 0.5), list(2, "", 0, [])]),
};

Deno.test("a unit is selective when either of its lists is", () => {
  assertEquals(selectiveUnits(lists), [0, 1]);
});

Deno.test("bestPlaylists() shows each unit once, the best of each genre first", () => {
  const shown = bestPlaylists(lists, 3).map(({ measure, list: { unit } }) => [measure, unit]);
  assertEquals(shown, [["max", 0], ["max", 2], ["max", 1]]);
});
