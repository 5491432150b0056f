import { assertEquals, assertStringIncludes } from "@std/assert";
import { ndarray } from "../../../gpu/tensor.ts";
import { MUSIC_PRESETS } from "../../../tasks/music/config.ts";
import { filterPicture, musicReport } from "../../../tasks/music/report.ts";
import type { MusicResult } from "../../../tasks/music/result.ts";
import { resultTable } from "../../../tasks/music/table.ts";
import { sampleRun } from "./sample_run.ts";

const row = (map: number) => ({ map, auc: 0.5 + map / 2, ndcg: map });
const result: MusicResult = {
  map: 0.31,
  auc: 0.655,
  rows: { random: row(0.11), content: row(0.31), bound: row(0.72) },
  baselines: { random: 0.11 },
  byPopularity: [0.05, null, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4],
  artistDiversity: 0.9,
  map2d: { agreement: 0.4, chance: 0.25, cold: { agreement: 0.3, chance: 0.2 }, divergence: 1 },
  trainSongs: 48,
  coldSongs: 12,
  listeners: 12,
  scoredListeners: 11,
  density: 0.17,
  parameters: 121_304,
  objective: "mse",
  synthetic: true,
  badFiles: [],
  seconds: 100,
  timings: { songs: 1, spectrograms: 2, factors: 3, baselines: 4, network: 5, map: 6 },
  adapter: "an adapter",
};

Deno.test("the page shows every row, says what is synthetic, and escapes names", () => {
  const run = { ...sampleRun(), config: { task: "music", seed: 1, ...MUSIC_PRESETS.small } };
  const songs = run.songs.map((song) => ({ ...song, artist: `<b>${song.artist}` }));
  const filters = ndarray([4, 8, 3], Float32Array.from({ length: 96 }, (_, i) => Math.sin(i)));
  const page = musicReport({ title: "a run", run: { ...run, songs }, result, filters });
  for (
    const text of [
      "0.3100",
      "0.7200",
      "random factors",
      "synthetic songs",
      "tenth 3",
      "deno task music",
    ]
  ) {
    assertStringIncludes(page, text);
  }
  assertEquals(page.includes("<b>Artist"), false);
  assertEquals(page.includes("http://") && /src="http/.test(page), false);
});

Deno.test("what lies near on the map is told of cold songs first, and not at all without genres", () => {
  const text = resultTable(result, "out");
  assertStringIncludes(text, "nearest to a cold one on the map 30 % (chance 20 %) share its genre");
  assertStringIncludes(text, "the network was fitted to, 40 % (chance 25 %)");
  const without = resultTable({ ...result, map2d: { divergence: 1 } }, "out");
  assertEquals(without.includes("genre"), false);
});

Deno.test("page and table say where imported factors come from, and that they leak", () => {
  const run = { ...sampleRun(), config: { task: "music", seed: 1, ...MUSIC_PRESETS.small } };
  const filters = ndarray([4, 8, 3], new Float32Array(96));
  const importedFactors = { from: "elsewhere", all: false, coldKnown: 7 };
  const leaking = { ...result, importedFactors };
  const page = musicReport({ title: "a run", run, result: leaking, filters });
  for (const text of [page, resultTable(leaking, "out")]) {
    assertStringIncludes(text, "imported from elsewhere");
    assertStringIncludes(text, "7 cold songs have imported factors");
  }
  assertEquals(resultTable(result, "out").includes("imported"), false);
});

Deno.test("filterPicture() has low bands at the top and one scale for all filters", () => {
  const { width, height } = filterPicture(ndarray([4, 8, 40], new Float32Array(4 * 8 * 40)));
  assertEquals([width, height], [32 * 20, 2 * 12]);
});
