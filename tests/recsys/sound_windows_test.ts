import { assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { key } from "../../gpu/random.ts";
import { ndarray } from "../../gpu/tensor.ts";
import {
  bandStatistics,
  meanOverWindows,
  predictionWindows,
  trainingWindows,
  unitRows,
  windowStarts,
} from "../../recsys/sound_windows.ts";
import { refuses } from "../refusals.ts";

/** Frame i of a song has 100 song + i in both bands. */
function song(place: number, t: number) {
  return ndarray([t, 2], Float32Array.from({ length: 2 * t }, (_, i) => 100 * place + (i >> 1)));
}
const SONGS = [song(0, 10), song(1, 7), song(2, 3)];
const PLAIN = { means: new Float32Array(2), deviations: new Float32Array(2).fill(1) };

Deno.test("bandStatistics() is the mean and deviation over the frames of the songs given", () => {
  const { means, deviations } = bandStatistics(SONGS, [1]);
  assertAlmostEquals(means[0], 103, 1e-4);
  assertAlmostEquals(deviations[1], 2, 1e-4);
  assertEquals([...bandStatistics([ndarray([2, 1], Float32Array.of(5, 5))], [0]).deviations], [1]);
  refuses(() => bandStatistics(SONGS, []), "no frames");
  for (const value of [-11.512925, 7.77, -3.3]) { // such as the floor of a logarithm
    for (const frames of [3000, 100_000]) {
      const constant = ndarray([frames, 1], new Float32Array(frames).fill(value));
      assertEquals([...bandStatistics([constant], [0]).deviations], [1]);
    }
  }
});

Deno.test("prediction windows lie side by side, and a short song is repeated", async () => {
  assertEquals(windowStarts(10, 4), [0, 4]);
  const { data, songOf } = predictionWindows(SONGS, { frames: 4, statistics: PLAIN });
  assertEquals([...songOf], [0, 0, 1, 2]);
  const { x } = await data.read(Uint32Array.of(1, 3), 3);
  const firsts = Array.from({ length: 12 }, (_, i) => (x as Float32Array)[2 * i]);
  assertEquals(firsts, [4, 5, 6, 7, 200, 201, 202, 200, 0, 0, 0, 0]);
});

Deno.test("training windows are whole, drawn by key, and bring the row of their song", async () => {
  const target = ndarray([3, 1], Float32Array.of(7, 8, 9));
  const data = trainingWindows(SONGS, [1, 0], {
    frames: 4,
    statistics: PLAIN,
    perSong: 50,
    fields: { target },
  });
  assertEquals(data.length, 100);
  const all = Uint32Array.from({ length: 100 }, (_, i) => i);
  const read = async (seed: number) => (await data.read(all, 100, key(seed))).x as Float32Array;
  const [x, { target: rows }] = [await read(1), await data.read(all, 100, key(1))];
  const starts = Array.from(all, (row) => x[row * 8]);
  assertEquals(new Set(starts.filter((_, row) => row % 2 === 0)), new Set([103, 100, 101, 102]));
  assertEquals(Math.max(...starts.filter((_, row) => row % 2 === 1)), 6);
  assertEquals([...rows.slice(0, 4)], [8, 7, 8, 7]);
  assertEquals(await read(1), x);
  assertNotEquals(await read(2), x);
});

Deno.test("crops of songs as long as a window, and shorter, are drawn too: they go round", async () => {
  const all = Uint32Array.from({ length: 100 }, (_, i) => i);
  for (const frames of [7, 9]) {
    const data = trainingWindows(SONGS, [1], {
      frames,
      statistics: PLAIN,
      perSong: 100,
      fields: {},
    });
    const x = (await data.read(all, 100, key(3))).x as Float32Array;
    const firsts = Array.from(all, (row) => x[row * 2 * frames]);
    assertEquals(new Set(firsts), new Set([100, 101, 102, 103, 104, 105, 106]));
    const row = firsts.indexOf(105);
    const window = Array.from({ length: frames }, (_, i) => x[(row * frames + i) * 2]);
    assertEquals(window.slice(0, 7), [105, 106, 100, 101, 102, 103, 104]);
    const other = (await data.read(all, 100, key(4))).x as Float32Array;
    assertNotEquals(other, x);
  }
});

Deno.test("meanOverWindows() averages by song, unitRows() leaves zeros", () => {
  const rows = ndarray([3, 2], Float32Array.of(1, 2, 3, 4, 5, 6));
  assertEquals([...meanOverWindows(rows, [0, 0, 1], 2).data], [2, 3, 5, 6]);
  assertEquals(
    [...unitRows(ndarray([2, 2], Float32Array.of(3, 4, 0, 0))).data].map((v) => v.toFixed(3)),
    [
      "0.600",
      "0.800",
      "0.000",
      "0.000",
    ],
  );
});
