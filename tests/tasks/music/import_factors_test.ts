/** Factors from elsewhere: rows are found by id, and what does not fit is refused. */
import { assertEquals } from "@std/assert";
import { writeNpy } from "../../../files/disk/npy.ts";
import { type NdArray, ndarray } from "../../../gpu/tensor.ts";
import { type Interactions, rowLengths } from "../../../recsys/interactions.ts";
import { importFactors } from "../../../tasks/music/import_factors.ts";
import { knownPlays } from "../../../tasks/music/run_files.ts";
import { unreadable } from "../../refusals.ts";
import { ends, runCommandLine } from "../run_command.ts";
import { SAMPLE, sampleRun } from "./sample_run.ts";
import { inFolder } from "../../files/samples.ts";

/** A folder with the sample's factors, rows in the order of `order`. */
async function folderOf(order: (n: number) => number[]): Promise<string> {
  const { songs, listeners, strict, all } = sampleRun();
  const folder = await Deno.makeTempDir();
  const [s, l] = [order(songs.length), order(listeners.length)];
  const lines = (ids: readonly string[]) => ids.map((id) => `${id}\n`).join("");
  await Deno.writeTextFile(`${folder}/songs.txt`, lines(s.map((row) => songs[row].id)));
  await Deno.writeTextFile(`${folder}/listeners.txt`, lines(l.map((row) => listeners[row])));
  for (const [kind, factors] of Object.entries({ strict, all })) {
    await writeNpy(`${folder}/${kind}_songs.npy`, inOrder(factors.songs, s));
    await writeNpy(`${folder}/${kind}_listeners.npy`, inOrder(factors.listeners, l));
  }
  return folder;
}

function inOrder({ shape: [, f], data }: NdArray, rows: readonly number[]): NdArray {
  return ndarray(
    [rows.length, f],
    Float64Array.from(rows.flatMap((row) => [...data.subarray(row * f, (row + 1) * f)])),
  );
}

/** Zeros for songs that have no plays. */
function onlyPlayed({ shape, data }: NdArray<Float32Array>, { byItem }: Interactions) {
  const [listeners, f] = [rowLengths(byItem), shape[1]];
  return ndarray(shape, data.map((value, i) => listeners[Math.floor(i / f)] > 0 ? value : 0));
}

const forwards = (n: number) => Array.from({ length: n }, (_, i) => i);
const wanted = { ...sampleRun(), factors: SAMPLE.factors };

Deno.test("rows are found by their ids in any order, and none of all plays where there are none", async () => {
  const folder = await folderOf((n) => forwards(n).reverse());
  const { strict, all, coldKnown } = await importFactors(folder, wanted);
  const { plays, ...run } = sampleRun();
  assertEquals(strict, { ...run.strict, songs: onlyPlayed(run.strict.songs, knownPlays(wanted)) });
  assertEquals(all, { ...run.all, songs: onlyPlayed(run.all.songs, plays) });
  assertEquals(coldKnown, 0);
  await Deno.remove(`${folder}/all_songs.npy`);
  assertEquals((await importFactors(folder, wanted)).all, undefined);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("factors of cold songs are not used but counted", async () => {
  const folder = await folderOf(forwards);
  await writeNpy(`${folder}/strict_songs.npy`, sampleRun().all.songs);
  const { strict, coldKnown } = await importFactors(folder, wanted);
  assertEquals(coldKnown, wanted.cold.filter((cold) => cold === 1).length);
  assertEquals(strict.songs, onlyPlayed(sampleRun().all.songs, knownPlays(wanted)));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what is missing, twice, too large, of other factors or not finite is refused", async () => {
  const { songs, listeners } = sampleRun();
  const f = SAMPLE.factors;
  const numbers = (rows: number, columns: number) => new Float32Array(rows * columns).fill(1);
  const withNan = numbers(60, f);
  withNan[f * 7 + 2] = NaN;
  const tooWide = Float64Array.from(withNan, () => 1e300);
  const text = (ids: readonly string[]) => (path: string) =>
    Deno.writeTextFile(path, ids.join("\n"));
  const array =
    (shape: number[], data: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>) =>
    (path: string) => writeNpy(path, ndarray(shape, data));
  const ids = songs.map(({ id }) => id);
  const cases: [string, (path: string) => Promise<void>, string][] = [
    ["songs.txt", (path) => Deno.remove(path), "songs.txt: no such file or folder"],
    ["songs.txt", text(ids.with(3, "SONG1")), 'line 4 has "SONG1" once more'],
    ["songs.txt", text(ids.with(3, "")), "line 4 is empty"],
    [
      "songs.txt",
      text(ids.with(7, "other").with(8, "another")),
      '2 of the 44 ids that are needed are missing, the first is "SONG7"',
    ],
    ["songs.txt", text(ids.slice(0, 50)), "it holds [60, 4], expected floats [50, f]"],
    ["listeners.txt", text(listeners.with(2, "x")), "1 of the 12 ids that are needed"],
    ["strict_songs.npy", (path) => Deno.writeTextFile(path, "no numbers"), "it has 10 bytes"],
    [
      "strict_songs.npy",
      array([60, 5], numbers(60, 5)),
      "it has 5 factors, the run 4; --set factors=5",
    ],
    [
      "strict_songs.npy",
      array([60, 1000], numbers(60, 1000)),
      "bytes, expected at most 67456 for [60, 4]",
    ],
    ["strict_songs.npy", array([60, f], withNan), 'row 7, of "SONG7", has NaN'],
    ["all_songs.npy", array([60, f], tooWide), 'row 0, of "SONG0", has Infinity'],
    ["all_listeners.npy", (path) => Deno.remove(path), "all_listeners.npy: no such file"],
  ];
  for (const [name, damage, message] of cases) {
    const folder = await folderOf(forwards);
    await damage(`${folder}/${name}`);
    await unreadable(() => importFactors(folder, wanted), message);
    await Deno.remove(folder, { recursive: true });
  }
});

inFolder.test("--factors is a folder, and not for several seeds", async (folder) => {
  const music = (...args: string[]) => runCommandLine("tasks/music/main.ts", folder, ...args);
  await ends(
    music("train", "--preset", "smoke", "--factors", "nowhere"),
    1,
    "nowhere/songs.txt: no such file or folder",
  );
  await ends(music("train", "--factors", "x", "--seeds", "2"), 2, "choose one");
});
