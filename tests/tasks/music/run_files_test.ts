import { assertEquals } from "@std/assert";
import { writeNpy } from "../../../files/disk/npy.ts";
import { filterInteractions } from "../../../recsys/interactions.ts";
import { readMusicRun, writeMusicRun } from "../../../tasks/music/run_files.ts";
import { RunFolder } from "../../../tasks/run/run_folder.ts";
import { inFolder } from "../../files/samples.ts";
import { unreadable } from "../../refusals.ts";
import { sampleRun } from "./sample_run.ts";

async function writeSample(path: string): Promise<void> {
  const intent = { resume: false, force: false };
  const folder = await RunFolder.open(path, { task: "music", seed: 1 }, intent);
  await writeMusicRun(folder, sampleRun());
  await folder.writeJson("result.json", {});
}

inFolder.test("a run reads back as it was written", async (path) => {
  await writeSample(path);
  const { config: _, ...read } = await readMusicRun(path);
  const { config: __, ...expected } = sampleRun();
  assertEquals(read, expected);
});

inFolder.test("what limits took out of the plays, and who was left out, reads back too", async (path) => {
  const run = sampleRun();
  const lone = run.use.findIndex(({ listeners }) => listeners === 1);
  const silent = run.silent.with(7, 1);
  const use = run.use.with(3, { listeners: 99, plays: 1234 });
  const plays = filterInteractions(run.plays, (_, song) => song !== lone);
  const folder = await RunFolder.open(path, { task: "music" }, { resume: false, force: false });
  await writeMusicRun(folder, { ...run, plays, silent, use });
  await folder.writeJson("result.json", {});
  const read = await readMusicRun(path);
  assertEquals([read.plays, read.played], [plays, run.plays]);
  assertEquals([read.silent, read.use], [silent, use]);
});

inFolder.test("an unfinished run, another task's, and files that do not fit are refused", async (path) => {
  await writeSample(path);
  await Deno.remove(`${path}/factors/SHA256SUMS`); // as of a run made elsewhere
  await writeNpy(`${path}/factors/map.npy`, { shape: [3, 2], data: new Float32Array(6) });
  await unreadable(() => readMusicRun(path), "it holds [3, 2], expected floats [60, f]");
  await Deno.writeFile(`${path}/factors/map.npy`, Uint8Array.of(0), { append: true });
  await unreadable(() => readMusicRun(path), "map.npy: bytes follow its array, expected the end");
  await Deno.remove(`${path}/result.json`);
  await unreadable(() => readMusicRun(path), "has not finished");
  await Deno.writeTextFile(`${path}/config.json`, `{"task":"whale"}`);
  await unreadable(() => readMusicRun(path), "it is no music run");
});

inFolder.test("a file of a run in which one bit was flipped is refused by name", async (path) => {
  await writeSample(path);
  const names = ["catalogue.jsonl", "listeners.txt", "plays.npz"];
  names.push("factors/map.npy", "factors/all_songs.npy", "factors/songs.txt");
  for (const name of names) {
    const bytes = await Deno.readFile(`${path}/${name}`);
    const flipped = bytes.slice();
    flipped[bytes.length - 3] ^= 1;
    await Deno.writeFile(`${path}/${name}`, flipped);
    const attempt = () => readMusicRun(path);
    await unreadable(attempt, `Cannot read ${path}/${name}: it is not as it was written`);
    await Deno.writeFile(`${path}/${name}`, bytes);
  }
  await readMusicRun(path);
  await Deno.writeTextFile(`${path}/SHA256SUMS`, "nonsense");
  await unreadable(() => readMusicRun(path), "SHA256SUMS: it is no list of checksums");
});
