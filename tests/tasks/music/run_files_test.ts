import { assertEquals } from "@std/assert";
import { writeNpy } from "../../../files/disk/npy.ts";
import { readMusicRun, writeMusicRun } from "../../../tasks/music/run_files.ts";
import { RunFolder } from "../../../tasks/run/run_folder.ts";
import { unreadable } from "../../refusals.ts";
import { sampleRun } from "./sample_run.ts";

async function written(): Promise<string> {
  const path = await Deno.makeTempDir();
  const folder = await RunFolder.open(path, { task: "music", seed: 1 }, {
    resume: false,
    force: false,
  });
  await writeMusicRun(folder, sampleRun());
  await folder.writeJson("result.json", {});
  return path;
}

Deno.test("a run reads back as it was written", async () => {
  const path = await written();
  const { config: _, ...read } = await readMusicRun(path);
  const { config: __, ...expected } = sampleRun();
  assertEquals(read, expected);
  await Deno.remove(path, { recursive: true });
});

Deno.test("an unfinished run, another task's, and files that do not fit are refused", async () => {
  const path = await written();
  await writeNpy(`${path}/factors/map.npy`, { shape: [3, 2], data: new Float32Array(6) });
  await unreadable(() => readMusicRun(path), "it holds [3, 2], expected floats [60, f]");
  await Deno.remove(`${path}/result.json`);
  await unreadable(() => readMusicRun(path), "has not finished");
  await Deno.writeTextFile(`${path}/config.json`, `{"task":"whale"}`);
  await unreadable(() => readMusicRun(path), "it is no music run");
  await Deno.remove(path, { recursive: true });
});
