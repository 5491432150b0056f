import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readSafetensors } from "../../../files/disk/safetensors.ts";
import { Progress } from "../../../tasks/run/progress.ts";
import { Interrupted } from "../../../tasks/run/run_folder.ts";
import { listTrials } from "../../../tasks/study/search.ts";
import { inFolder } from "../../files/samples.ts";
import { unreadable } from "../../refusals.ts";
import { readLedger, runToyStudy, toyPlan, untilTrials } from "./samples.ts";

const ledgerOf = (out: string) => Deno.readTextFile(`${out}/ledger.csv`);

inFolder.test("a study finds good settings, keeps arrays, and narrows its ranges", async (folder) => {
  const plan = toyPlan({ trials: 25, rounds: 3, delay: 0 });
  const result = await runToyStudy(plan, folder);
  assertEquals([result.finished, result.done, result.lost, result.missing], [true, 75, [], []]);
  const trials = await listTrials(folder);
  assertEquals(trials.length, 75);
  assertEquals(trials[0].figures, result.best[0].figures);
  const mean = (round: number) => {
    const errors = trials.filter((trial) => trial.round === round)
      .map(({ figures }) => figures!.error);
    return errors.reduce((sum, error) => sum + error) / errors.length;
  };
  assert(mean(2) < mean(1) && mean(1) < mean(0), `${[mean(0), mean(1), mean(2)]}`);
  const { space } = JSON.parse(await Deno.readTextFile(`${folder}/rounds/2.json`));
  assert(space.x.low < 3 && space.x.high > 3 && space.x.high - space.x.low < 5);
  using file = await readSafetensors(trials[0].arrays!);
  assertEquals((await file.read("scores")).shape, [5]);
});

inFolder.test("one process and two worker processes write the same ledger, byte for byte", async (folder) => {
  const plan = toyPlan();
  await runToyStudy(plan, `${folder}/one`);
  await runToyStudy(plan, `${folder}/two`, { workers: 2 });
  const one = await ledgerOf(`${folder}/one`);
  assertEquals(await ledgerOf(`${folder}/two`), one);
  assertEquals(one.split("\n").length, 1 + 12 + 1);
  assertEquals(one.split("\n")[0], "round,index,x,scale,size,letter,error,noise");
  const workers = new Set(readLedger(`${folder}/two`).map(({ worker }) => worker));
  assertEquals(workers.size, 2, [...workers].join());
  const bytes = (name: string) => Deno.readFile(`${folder}/${name}/trials/1-5.safetensors`);
  assertEquals(await bytes("two"), await bytes("one"));
});

inFolder.test("a worker process that is killed is replaced, and its trial runs again", async (folder) => {
  const config = { deadly: 2, survived: `${folder}/survived` };
  const said: string[] = [];
  const progress = new Progress({ write: (text) => void said.push(text), isTerminal: false });
  const result = await runToyStudy(toyPlan({ ...config, rounds: 1 }), `${folder}/killed`, {
    workers: 2,
    progress,
  });
  assertEquals([result.done, result.lost], [6, []]);
  assertEquals(
    readLedger(`${folder}/killed`).map(({ attempts }) => attempts),
    [1, 1, 2, 1, 1, 1],
  );
  assert(said.some((text) => /process \d+ was ended by SIGKILL/.test(text)), said.join(""));
});

inFolder.test("a trial that ends its process each time is lost, with how it ended; the others run", async (folder) => {
  const plan = toyPlan({ deadly: 1, trials: 3, rounds: 1 });
  const { done, lost } = await runToyStudy(plan, folder, { workers: 2 });
  assertEquals([done, lost.map(({ index }) => index)], [2, [1]]);
  assertStringIncludes(lost[0].error, "was ended by SIGKILL");
});

inFolder.test("a trial that fails three times is lost, with its message; the round goes on", async (folder) => {
  const result = await runToyStudy(toyPlan({ bad: 1 }), folder);
  assertEquals(result.lost, [{ round: 0, index: 1, error: "this trial is bad" }]);
  assertEquals([result.done, result.finished], [11, true]);
  assertEquals(readLedger(folder)[1].attempts, 3);
  const line = (await ledgerOf(folder)).split("\n")[2];
  assert(/^0,1,.*,,$/.test(line), line);
});

inFolder.test("a round without a trial that worked ends the search, and --resume tries again", async (folder) => {
  const plan = toyPlan({ trials: 1, rounds: 1, bad: 0 });
  const message = "none of its trials worked: this trial is bad";
  await unreadable(() => runToyStudy(plan, folder), message);
  await unreadable(() => runToyStudy(plan, folder, { resume: true }), message);
  assertEquals(readLedger(folder)[0].attempts, 6);
});

inFolder.test("an interrupted study gives its trial back and ends in the same bytes", async (folder) => {
  const plan = toyPlan({ slow: 3 });
  const controller = new AbortController();
  const running = runToyStudy(plan, `${folder}/a`, { signal: controller.signal });
  const failure = assertRejects(() => running, Interrupted, "go on with --resume");
  await untilTrials(`${folder}/a`, (states) => states[3] === "running");
  controller.abort();
  await failure;
  const states = readLedger(`${folder}/a`).map(({ state }) => state);
  assertEquals(states, ["done", "done", "done", "waiting", "waiting", "waiting"]);
  await runToyStudy(plan, `${folder}/a`, { resume: true });
  await runToyStudy(plan, `${folder}/b`);
  assertEquals(await ledgerOf(`${folder}/a`), await ledgerOf(`${folder}/b`));
  assertEquals(readLedger(`${folder}/a`)[3].attempts, 2);
});

inFolder.test("two worker processes give their trials back when the search is interrupted", async (folder) => {
  const controller = new AbortController();
  const plan = toyPlan({ slow: 0 });
  const running = runToyStudy(plan, folder, { workers: 2, signal: controller.signal });
  const failure = assertRejects(() => running, Interrupted);
  await untilTrials(folder, (states) => states[0] === "running" && states.includes("done"));
  controller.abort();
  await failure;
  assertEquals(readLedger(folder)[0].state, "waiting");
});

inFolder.test("a run's folder is no place for a study", async (folder) => {
  await Deno.writeTextFile(`${folder}/config.json`, "{}");
  const plan = toyPlan({ trials: 2, rounds: 1, delay: 0 });
  await unreadable(() => runToyStudy(plan, folder), "it holds config.json, and no study");
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["config.json"]);
});

inFolder.test("a folder with a study is refused, resumed as it was, or overwritten", async (folder) => {
  const plan = toyPlan({ trials: 2, rounds: 1, delay: 0 });
  await runToyStudy(plan, folder);
  await unreadable(() => runToyStudy(plan, folder), "it holds a finished study");
  const again = await runToyStudy(plan, folder, { resume: true });
  assertEquals(again.done, 2);
  await unreadable(
    () => runToyStudy({ ...plan, seed: 2 }, folder, { resume: true }),
    "it was made with seed 1, and 2 was asked for now",
  );
  await Deno.writeTextFile(`${folder}/notes.txt`, "mine");
  const before = await ledgerOf(folder);
  await runToyStudy({ ...plan, seed: 2 }, folder, { force: true });
  assert(await ledgerOf(folder) !== before);
  assertEquals(await Deno.readTextFile(`${folder}/notes.txt`), "mine");
});

inFolder.test("two searches in one folder: the second is refused", async (folder) => {
  const plan = toyPlan({ trials: 2, rounds: 1, slow: 0 });
  const controller = new AbortController();
  const first = runToyStudy(plan, folder, { signal: controller.signal }).catch(() => {});
  await untilTrials(folder, (states) => states[0] === "running");
  await unreadable(
    () => runToyStudy(plan, folder, { resume: true }),
    `process ${Deno.pid} on ${Deno.hostname()} has been writing there since`,
  );
  controller.abort();
  await first;
});

inFolder.test("data that are not the study's, and another version, are refused by name", async (folder) => {
  const plan = toyPlan({ trials: 1, rounds: 1 });
  for (const workers of [1, 2]) {
    await unreadable(
      () => runToyStudy({ ...plan, data: "/data/other" }, `${folder}/${workers}`, { workers }),
      "its data are synthetic, /data/other holds toy data other",
    );
  }
  await unreadable(
    () => runToyStudy({ ...plan, version: "0.0.1" }, `${folder}/version`),
    "it was made by version 0.0.1, this is version",
  );
});

inFolder.test("a ledger that is none is named", async (folder) => {
  const plan = toyPlan({ trials: 1, rounds: 1 });
  await runToyStudy(plan, folder);
  await Deno.writeTextFile(`${folder}/study.sqlite`, "just words, no ledger at all ".repeat(99));
  await unreadable(() => listTrials(folder), "study.sqlite: file is not a database");
});

inFolder.test("a plan, a round and a ledger that were damaged are named, with the place", async (folder) => {
  const plan = toyPlan({ trials: 1, rounds: 1, delay: 0 });
  await runToyStudy(plan, folder);
  const { DatabaseSync } = await import("node:sqlite");
  const spoil = (sql: string) => {
    using database = new DatabaseSync(`${folder}/study.sqlite`);
    database.exec(sql);
  };
  spoil(`UPDATE trials SET figures = '{"error": 1'`);
  await unreadable(
    () => listTrials(folder),
    "study.sqlite: trial 0-0, figures is not JSON, or cut",
  );
  spoil("UPDATE trials SET figures = NULL, settings = '3'");
  await unreadable(() => listTrials(folder), "trial 0-0, settings is 3, expected a JSON object");
  const path = `${folder}/study.json`;
  const whole = await Deno.readTextFile(path);
  const cases = [
    [whole.replace('"uniform"', '"unicorn"'), "space is "],
    [whole.replace('"lower"', '"smaller"'), "goal is "],
    [whole.replace('"rounds": 1', '"rounds": 1.5'), "rounds is 1.5, expected a whole number"],
    [whole.replace('"config"', '"conf"'), "config is missing, expected an object"],
  ];
  for (const [text, message] of cases) {
    await Deno.writeTextFile(path, text);
    await unreadable(() => listTrials(folder), `Cannot read ${path}: ${message}`);
  }
});

inFolder.test("on a terminal the best trials stand in a table below the line", async (folder) => {
  const said: string[] = [];
  let now = 0;
  const sink = { write: (text: string) => void said.push(text), isTerminal: true };
  const progress = new Progress(sink, () => now += 1000);
  await runToyStudy(toyPlan({ delay: 0, rounds: 1 }), folder, { progress });
  const text = said.join("");
  assertStringIncludes(text, "round 1 of 1: 6 of 6 trials, best error ");
  assertStringIncludes(text, "trial   error  ");
  assertStringIncludes(text, "\x1b[6A\r\x1b[J"); // five trials and the heading, erased
});
