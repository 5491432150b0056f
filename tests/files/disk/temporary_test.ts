import { assertEquals } from "@std/assert";
import { hasEnded, placeTag, processMark } from "../../../files/disk/process_mark.ts";
import { makeTemporaryFolder, temporaryFor } from "../../../files/disk/temporary.ts";
import { openBlocks } from "../../../files/disk/block_cache.ts";
import { FeatureCache } from "../../../tasks/music/feature_cache.ts";
import { RunFolder } from "../../../tasks/run/run_folder.ts";
import { writeText } from "../../../files/disk/atomic_file.ts";
import { inFolder } from "../samples.ts";

const nowhere = { resume: false, force: false };

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** The number of a process that has ended. */
async function endedProcess(): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" }).spawn();
  await child.status;
  return child.pid;
}

Deno.test("hasEnded() knows a process that runs, one that is gone, and none of another machine", async () => {
  const own = processMark();
  assertEquals(await hasEnded(own), false);
  assertEquals(await hasEnded({ ...own, pid: await endedProcess() }), true);
  assertEquals(await hasEnded({ ...own, host: "elsewhere" }), undefined);
  assertEquals(await hasEnded({ ...own, space: "another container" }), undefined);
  if (own.start === "") return; // this system does not tell
  assertEquals(await hasEnded({ ...own, start: "1" }), true); // our number was another one's
});

inFolder.test("what a killed process left goes; what is being written and what is not ours stays", async (folder) => {
  const here = placeTag(processMark());
  const gone = await endedProcess();
  const left = `best.safetensors.${here}-${gone}-a-0.tmp`;
  const kept = [
    "notes.tmp", // another program's
    `checkpoint.safetensors.${gone}.tmp`,
    `best.safetensors.${here}-${Deno.ppid}--1.tmp`, // of a process that runs
    `model.safetensors.0badcafe-${gone}-a-0.tmp`, // of another machine, touched just now
  ];
  const abandoned = `model.safetensors.0badcafe-${gone}-b-0.tmp`; // of another machine, long ago
  for (const name of [left, abandoned, ...kept]) await Deno.writeTextFile(`${folder}/${name}`, "x");
  await Deno.utime(`${folder}/${abandoned}`, new Date(0), new Date(0));
  await Deno.mkdir(`${folder}/images.${here}-${gone}-a-1.tmp`);
  await Deno.writeTextFile(`${folder}/images.${here}-${gone}-a-1.tmp/1.jpg`, "x");
  await writeText(`${folder}/a.txt`, "a"); // the first write looks through the folder
  assertEquals(names(folder), [...kept, "a.txt"].sort());
});

inFolder.test("names of temporaries differ, and fit a system that the file's own name fits", async (folder) => {
  const path = `${folder}/${"x".repeat(250)}`;
  const [one, other] = [temporaryFor(path), temporaryFor(path)];
  assertEquals(one === other, false);
  await writeText(path, "fits");
  assertEquals(await Deno.readTextFile(path), "fits");
  const made = await makeTemporaryFolder(`${folder}/cache/trial`);
  assertEquals(names(`${folder}/cache`), [made.slice(made.lastIndexOf("/") + 1)]);
});

inFolder.test("what a killed run left goes when the run is resumed or overwritten, and from its cache", async (folder) => {
  const left = `checkpoint.safetensors.${placeTag(processMark())}-${await endedProcess()}-a-0.tmp`;
  const leave = (path: string) => Deno.writeTextFile(`${path}/${left}`, "x");
  for (const access of [{ ...nowhere, resume: true }, { ...nowhere, force: true }]) {
    const path = `${folder}/${access.force}`;
    await Deno.mkdir(`${path}/fold1`, { recursive: true });
    await Deno.writeTextFile(`${path}/config.json`, "{}");
    await Deno.writeTextFile(`${path}/fold1/config.json`, "{}");
    for (const each of [path, `${path}/fold1`]) await leave(each);
    await RunFolder.open(path, {}, access);
    await RunFolder.open(`${path}/fold1`, {}, access);
    assertEquals(names(path), ["config.json", "fold1"]);
    assertEquals(names(`${path}/fold1`), ["config.json"]);
  }
  const cacheDir = `${folder}/cache`;
  await Deno.mkdir(`${cacheDir}/music-features`, { recursive: true });
  for (const each of [cacheDir, `${cacheDir}/music-features`]) await leave(each);
  const maker = {
    name: "none",
    phase: "decoding" as const,
    fileName: String,
    plan: () => Promise.reject(new Error("there are no images")),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  await using _ = await openBlocks(() => maker, [], { cacheDir, height: 1, width: 1 });
  await FeatureCache.open(cacheDir, () => {});
  assertEquals([names(cacheDir), names(`${cacheDir}/music-features`)], [["music-features"], []]);
});
