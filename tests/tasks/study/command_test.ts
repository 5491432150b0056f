/** Search and trial as a user meets them: processes, signals, files, messages. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { numberRanges } from "../../../tasks/study/search_command.ts";
import { inFolder } from "../../files/samples.ts";
import { ends, outcome, start } from "../run_command.ts";
import { readLedger, runToyStudy, TOY_MODULE, toyPlan, untilTrials } from "./samples.ts";

const MAIN = "tests/tasks/study/toy_main.ts";
const SIZE = ["--trials", "6", "--rounds", "2"];

const ledgerOf = (out: string) => Deno.readTextFile(`${out}/ledger.csv`);

const toy = (...args: string[]) => outcome(start(MAIN, ["search", ...args]));

const trial = (...args: string[]) =>
  outcome(start("tasks/study/trial.ts", ["--problem", TOY_MODULE, ...args]));

inFolder.test("a search that is killed goes on with --resume and ends in the same bytes", async (folder) => {
  for (const workers of ["1", "2"]) {
    const out = `${folder}/${workers}`;
    const args = [...SIZE, "--out", out, "--workers", workers, "--set", "slow=4"];
    const killed = start(MAIN, ["search", ...args]);
    await untilTrials(out, (states) => states[4] === "running");
    killed.kill("SIGKILL");
    await outcome(killed);
    await ends(toy(...args), 1, "it holds an unfinished study; go on with --resume");
    await ends(toy(...args, "--resume"), 0, "12 trials, the best by error");
    assertEquals(readLedger(out)[4].attempts, 2);
  }
  await runToyStudy(toyPlan({ slow: 4 }), `${folder}/whole`);
  const whole = await ledgerOf(`${folder}/whole`);
  assertEquals([await ledgerOf(`${folder}/1`), await ledgerOf(`${folder}/2`)], [whole, whole]);
});

inFolder.test("Ctrl-C ends a search with 130 and a ledger that it can go on from", async (folder) => {
  const args = [...SIZE, "--out", folder, "--workers", "2", "--set", "slow=0"];
  const search = start(MAIN, ["search", ...args]);
  await untilTrials(folder, (states) => states[0] === "running");
  search.kill("SIGINT");
  await ends(outcome(search), 130, "stopped in round 1; go on with --resume");
  assertEquals(readLedger(folder)[0].state, "waiting");
});

inFolder.test("single trials are collected, round by round, into the ledger of one process", async (folder) => {
  const out = `${folder}/study`;
  const collect = ["--trials", "3", "--rounds", "2", "--out", out];
  collect.push("--collect", `${out}/results`, "--resume");
  const first = await ends(toy(...collect), 0, "3 trials of round 1 of 2 are missing");
  assertStringIncludes(first.stdout, `deno task trial --study ${out} --round 0 --index I\n`);
  for (const index of ["0", "2"]) {
    assertEquals((await trial("--study", out, "--index", index)).code, 0);
  }
  const second = await toy(...collect, "--json");
  assertEquals(JSON.parse(second.stdout).missing, [{ round: 0, index: 1 }]);
  await trial("--study", out, "--index", "1", "--round", "0");
  assertStringIncludes((await toy(...collect)).stdout, "3 trials of round 2 of 2 are missing");
  for (const index of ["0", "1", "2"]) await trial("--study", out, "--index", index);
  assertStringIncludes((await toy(...collect)).stdout, "6 trials, the best by error");
  await runToyStudy(toyPlan({ trials: 3 }), `${folder}/local`);
  assertEquals(await ledgerOf(out), await ledgerOf(`${folder}/local`));
  const bytes = (name: string) => Deno.readFile(`${name}/trials/1-2.safetensors`);
  assertEquals(await bytes(out), await bytes(`${folder}/local`));
});

inFolder.test("a trial whose result is there is not run again; a damaged result is", async (folder) => {
  const args = ["--study", folder, "--index", "0", "--out", `${folder}/r.json`];
  await ends(trial(...args), 1, "study.json: no such file or folder");
  await toy("--trials", "2", "--rounds", "1", "--out", folder, "--collect", `${folder}/results`);
  assertEquals((await trial(...args)).code, 0);
  const { mtime } = await Deno.stat(`${folder}/r.json`);
  await ends(trial(...args), 0, "trial 0-0 is done already");
  assertEquals((await Deno.stat(`${folder}/r.json`)).mtime, mtime);
  await Deno.truncate(`${folder}/r.safetensors`, 90);
  assertStringIncludes((await trial(...args)).stdout, "trial 0-0: error ");
  await Deno.mkdir(`${folder}/results`, { recursive: true });
  await Deno.writeTextFile(`${folder}/results/0-0.json`, "{"); // no other file has that name
  await ends(trial("--study", folder, "--index", "0"), 0, "trial 0-0: error ");
  const mine = ["--study", folder, "--index", "0", "--out", `${folder}/notes.json`];
  await Deno.writeTextFile(`${folder}/notes.json`, "{}");
  await ends(trial(...mine), 1, "notes.json: it is there already; overwrite it with --force");
  await ends(trial(...mine, "--force"), 0, "trial 0-0: error ");
  await ends(
    trial("--study", folder, "--index", "2"),
    1,
    "Cannot make a trial of round 0: index is 2, expected a whole number",
  );
});

inFolder.test("a damaged or foreign result is named, and nothing of it reaches the ledger", async (folder) => {
  const results = `${folder}/results`;
  const collect = ["--trials", "1", "--rounds", "1", "--out", folder, "--collect", results];
  await toy(...collect);
  await trial("--study", folder, "--index", "0");
  const path = `${results}/0-0.json`;
  const whole = await Deno.readTextFile(path);
  const cases: [text: string, message: string][] = [
    [whole.slice(0, 40), "it is not JSON"],
    ["{}", "kind is missing, expected a text"],
    [whole.replace(/"study": ".*"/, '"study": "0123"'), "it is of the study 0123"],
    [whole.replace(/"size": \d/, '"size": 77'), "Cannot keep trial 0"],
    [whole.replace(/"error": [^,]*/, '"error": "low"'), 'figure error is "low"'],
    [whole.replace('"error":', '"mistake":'), "figures is [mistake, noise], expected error too"],
    [whole.replace('"worker":', '"walker":'), "worker is missing, expected a text"],
    [whole.replace(/"arrays": "./, '"arrays": "x'), "its bytes are not those"],
  ];
  for (const [text, message] of cases) {
    await Deno.writeTextFile(path, text);
    const { stderr } = await ends(
      toy(...collect, "--resume"),
      0,
      "1 trials of round 1 of 1 are missing",
    );
    assertStringIncludes(stderr, `left out ${path}: `);
    assertStringIncludes(stderr, message);
    assertEquals(readLedger(folder)[0].state, "waiting");
  }
  await Deno.writeTextFile(path, whole);
  await Deno.writeTextFile(`${results}/0-00.json`, "junk"); // takes nobody else along
  await ends(toy(...collect, "--resume"), 0, "1 trials, the best by error");
});

Deno.test("mistakes on the command lines are explained and end with 2", async () => {
  for (
    const [args, message] of [
      [["--trials", "0"], "--trials is 0, expected a whole number from 1 on"],
      [["--workers", "two"], '--workers is "two", expected a whole number from 0 on'],
      [["--queue", "localhost"], '--queue is "localhost", expected redis://'],
      [["--queue", "redis://a", "--collect", "b"], "different ways to run trials: choose one"],
      [["--set", "delai=3"], "There is no setting delai; perhaps you meant delay"],
    ] as const
  ) {
    await ends(toy(...args), 2, message);
  }
  await ends(trial("--help"), 0, "deno task trial --study DIR --index N");
  await ends(trial("--study", "x"), 2, "--index is missing");
});

Deno.test("numbers are named in runs", () => {
  assertEquals(numberRanges([0, 1, 2, 3, 7, 9, 10]), "0-3, 7, 9-10");
  assertEquals(numberRanges([4]), "4");
});

Deno.test("neither mod.ts nor a task's search fetches the packages of the queue", async () => {
  for (const file of ["mod.ts", MAIN]) {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      // --no-lock: with it, all packages of the lock file are listed, whoever needs them.
      args: ["info", "--json", "--no-lock", new URL(`../../../${file}`, import.meta.url).pathname],
    }).output();
    const graph = new TextDecoder().decode(stdout);
    assertStringIncludes(graph, file);
    assert(!/bullmq|ioredis|deps_study/.test(graph), file);
  }
});
