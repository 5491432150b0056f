import { assertEquals } from "@std/assert";
import { RunFolder } from "../../../tasks/run/run_folder.ts";
import { inFolder } from "../../files/samples.ts";
import { unreadable } from "../../refusals.ts";

const plain = { resume: false, force: false };

inFolder.test("a folder that holds a run is refused, resumed or overwritten", async (path) => {
  const out = `${path}/run`;
  const run = await RunFolder.open(out, { seed: 1 }, plain);
  await unreadable(
    () => RunFolder.open(out, { seed: 1 }, plain),
    "it holds an unfinished run; go on with --resume, overwrite with --force",
  );
  await run.writeJson("result.json", { rmse: 1 });
  await unreadable(() => RunFolder.open(out, { seed: 1 }, plain), "a finished run");
  await RunFolder.open(out, { seed: 1 }, { resume: true, force: false });
  await unreadable(
    () => RunFolder.open(out, { seed: 2 }, { resume: true, force: false }),
    "it was made with seed 1, and 2 was asked for now",
  );
  await Deno.writeTextFile(`${out}/notes.txt`, "mine");
  await RunFolder.open(out, { seed: 2 }, { resume: false, force: true });
  const names = Array.from(Deno.readDirSync(out), ({ name }) => name).sort();
  assertEquals(names, ["config.json", "notes.txt"]);
});

inFolder.test("a folder of something else keeps it, unless it is to be overwritten", async (path) => {
  await Deno.writeTextFile(`${path}/predictions.csv`, "mine");
  for (const access of [plain, { resume: true, force: false }]) {
    await unreadable(
      () => RunFolder.open(path, { seed: 1 }, access),
      "it holds predictions.csv, and no run; overwrite with --force",
    );
  }
  assertEquals(await Deno.readTextFile(`${path}/predictions.csv`), "mine");
  await RunFolder.open(path, { seed: 1 }, { resume: false, force: true });
  await Deno.mkdir(`${path}/study`);
  await Deno.writeTextFile(`${path}/study/study.json`, "{}");
  await unreadable(() => RunFolder.open(`${path}/study`, {}, plain), "it holds study.json, and no");
});

inFolder.test("overwriting a run removes its folds, and what else lies in them stays", async (path) => {
  const out = `${path}/run`;
  await RunFolder.open(out, { folds: 2 }, plain);
  for (const name of ["fold1", "fold2"]) {
    const fold = await RunFolder.open(`${out}/${name}`, { folds: 2 }, plain);
    await fold.write("checkpoint.safetensors", "weights");
  }
  await Deno.writeTextFile(`${out}/fold2/notes.txt`, "mine");
  await RunFolder.open(out, { folds: 2 }, { resume: false, force: true });
  const names = (folder: string) => Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  assertEquals([names(out), names(`${out}/fold2`)], [["config.json", "fold2"], ["notes.txt"]]);
});

inFolder.test("metrics after the checkpoint, and a line cut short, are dropped on resume", async (path) => {
  const run = await RunFolder.open(`${path}/run`, {}, plain);
  for (const step of [10, 20, 30]) await run.log({ step });
  await Deno.writeTextFile(run.file("metrics.jsonl"), '{"step": 3', { append: true });
  await run.truncateMetrics(20);
  assertEquals(await Deno.readTextFile(run.file("metrics.jsonl")), '{"step":10}\n{"step":20}\n');
});

inFolder.test("the line of the checkpoint's step is there once, and a damaged line is named", async (path) => {
  const run = await RunFolder.open(`${path}/run`, {}, plain);
  const file = run.file("metrics.jsonl");
  const lines = async () => (await Deno.readTextFile(file)).trimEnd().split("\n");
  await run.truncateMetrics(20, { kind: "a" }, { kind: "a", step: 20 }); // no file yet
  assertEquals(await lines(), ['{"kind":"a","step":20}']);
  await run.log({ kind: "b", step: 30 });
  await run.truncateMetrics(20, { kind: "a" }, { kind: "a", step: 20 });
  assertEquals(await lines(), ['{"kind":"a","step":20}', '{"kind":"b","step":30}']);
  await run.truncateMetrics(30, { kind: "b" }, { kind: "b", step: 30 });
  await run.truncateMetrics(10, { kind: "a" });
  assertEquals(await lines(), ['{"kind":"b","step":30}']);
  await Deno.writeTextFile(file, '{"step":10}\n{"st\0p":20}\n{"step":30}\n{"st');
  const damaged = `Cannot read ${file}: line 2 is not JSON`;
  await unreadable(() => run.truncateMetrics(30), damaged);
});

inFolder.test("a folder without a run cannot be read", async (path) => {
  await unreadable(() => RunFolder.read(path), "it holds no config.json");
  await unreadable(() => RunFolder.read(`${path}/none`), "none: no such file or folder");
  await Deno.writeTextFile(`${path}/file`, "x");
  await unreadable(() => RunFolder.read(`${path}/file`), "it is a file, expected its folder");
});
