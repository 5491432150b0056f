/** Command lines: what a line becomes, what is refused and how, help, exit codes. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { InputError } from "../../../files/input_error.ts";
import { program as galaxy } from "../../../tasks/galaxy/main.ts";
import { program as demo } from "../../../tasks/music/demo/main.ts";
import { program as music } from "../../../tasks/music/main.ts";
import { command, runCommand } from "../../../tasks/run/command.ts";
import { CACHE, ON_BAD, RESUME, SEED } from "../../../tasks/run/options.ts";
import type { Program } from "../../../tasks/run/program.ts";
import { configOf, settingOptions, type TaskSettings } from "../../../tasks/run/settings.ts";
import { decimal, flag, oneOf, path, text, whole } from "../../../tasks/run/value.ts";
import { program as trial } from "../../../tasks/study/trial.ts";
import { program as worker } from "../../../tasks/study/worker.ts";
import { program as whale } from "../../../tasks/whale/main.ts";

const TABLE = {
  steps: whole(1, 1e9, "training steps").or(400),
  rate: decimal(0, 1, "learning rate").or(0.1),
  merge: oneOf(["concat", "mean"], "how parts are merged").or("concat"),
};
const SETTINGS: TaskSettings<typeof TABLE> = {
  about: "settings of train",
  task: "toy",
  table: TABLE,
  presets: { small: { steps: 400, rate: 0.1, merge: "concat" } },
};

/** What the last line became. */
let line: unknown;

const train = command({
  about: "trains",
  options: {
    data: path("PATH", "where the data are"),
    ...settingOptions(SETTINGS),
    ...SEED,
    folds: whole(2, Infinity, "parts"),
    ...ON_BAD,
    ...RESUME,
    ...CACHE,
    allowOrderLeak: flag("cheat"),
  },
  run: (typed) => {
    line = { ...typed, config: configOf(SETTINGS, typed) };
    return Promise.resolve({ json: { seed: typed.seed }, text: "trained" });
  },
});

const predict = command({
  about: "predicts",
  options: { run: path("DIR", "folder of a finished run").needed(), song: text("ID", "a song") },
  run: (typed) => {
    line = typed;
    return Promise.resolve({ json: {}, text: "predicted", failed: typed.song === "none" });
  },
});

const program: Program = {
  name: "toy",
  about: "A toy.",
  commands: { train, predict },
  settings: [SETTINGS],
};

async function toy(...args: string[]) {
  const printed: string[] = [];
  const complaints: string[] = [];
  const code = await runCommand(program, args, {
    print: (text) => printed.push(text),
    complain: (text) => complaints.push(text),
  });
  return { code, printed: printed.join("\n"), complaint: complaints.join("\n") };
}

Deno.test("a line has the values of its table: what was typed, and defaults", async () => {
  Deno.env.set("CETUS_CWD", "/home/ada");
  try {
    const { code, printed } = await toy(
      ...["--data", "d", "--seed", "7", "--set", "rate=1e-3", "--set=merge=mean", "--folds=3"],
      ...["--allow-order-leak", "train", "--json"],
    );
    assertEquals([code, printed], [0, '{"seed":7}']);
    assertEquals(line, {
      data: "/home/ada/d",
      preset: "small",
      set: [["rate", "1e-3"], ["merge", "mean"]],
      seed: 7,
      folds: 3,
      onBad: "stop",
      resume: false,
      force: false,
      cache: "/home/ada/cache",
      allowOrderLeak: true,
      json: true,
      help: false,
      config: { steps: 400, rate: 0.001, merge: "mean" },
    });
    assertEquals((await toy()).printed, "trained");
    assertEquals((await toy("predict", "--run", "/o", "--song", "a=1 -b")).code, 0);
    assertEquals(line, { run: "/o", song: "a=1 -b", json: false, help: false });
  } finally {
    Deno.env.delete("CETUS_CWD");
  }
});

Deno.test("what is not understood is said in one sentence, with where to look, and ends with 2", async () => {
  const cases: [args: string[], sentence: string, topic: string][] = [
    [["trian"], 'There is no command "trian"; perhaps you meant train', ""],
    [["dance"], 'There is no command "dance", expected train or predict', ""],
    [["train", "predict"], 'One command at a time: "predict" follows "train"', ""],
    [["--seed=-1"], "--seed is -1, expected a whole number from 0 on", " train"],
    [["--seed", "-1"], "--seed is -1, expected a whole number from 0 on", " train"],
    [["--seed", "1.5"], "--seed is 1.5, expected a whole number from 0 on", " train"],
    [["--seed", "NaN"], '--seed is "NaN", expected a whole number from 0 on', " train"],
    [["--seed", ""], '--seed is "", expected a whole number from 0 on', " train"],
    [["--seed"], "--seed has no value, expected a whole number from 0 on", " train"],
    [["--data", "--json"], "--data has no value, expected a path", " train"],
    [["--data", ""], '--data is "", expected a path', " train"],
    [["--json=yes"], "--json takes no value", " train"],
    [["--folds", "1"], "--folds is 1, expected a whole number from 2 on", " train"],
    [["--on-bad", "ask"], '--on-bad is "ask", expected stop or skip', " train"],
    [["--preset", "huge"], '--preset is "huge", expected small', " train"],
    [["predict"], "--run is missing, expected a path: folder of a finished run", " predict"],
    [["predict", "--folds", "3"], "--folds is no option of predict", " predict"],
    [["--sede", "1"], "There is no option --sede; perhaps you meant --seed", " train"],
    [["-x"], "There is no option -x\n", " train"],
    [["--set", "steps"], '--set is "steps", expected NAME=VALUE', " train"],
    [["--set", "stesp=1"], "There is no setting stesp; perhaps you meant steps", " settings"],
    [["--set", "steps=0"], "steps is 0, expected a whole number from 1 to 1000000000", " train"],
    [["--resume", "--force"], "--resume goes on with a run and --force overwrites it: ", " train"],
    [["--help", "predct"], 'There is no help about "predct"; perhaps you meant predict', " train"],
  ];
  for (const [args, sentence, topic] of cases) {
    const { code, complaint, printed } = await toy(...args);
    assertEquals([code, printed], [2, ""], complaint);
    assert(complaint.startsWith(sentence), `${complaint} instead of ${sentence}`);
    assertStringIncludes(complaint, `\ndeno task toy --help${topic} tells what there is`);
  }
});

Deno.test("help names commands, options and settings with defaults, in 100 columns", async () => {
  const all = await toy("--help");
  assertEquals(all.code, 0);
  assertStringIncludes(all.printed, "\n  deno task toy [train] [options]\n");
  assertStringIncludes(all.printed, "\n  deno task toy predict --run DIR [options]\n");
  assertStringIncludes(all.printed, "\n  predict  predicts\n");
  const own = await toy("train", "-h");
  assertStringIncludes(own.printed, "\n  --folds N           parts (whole number from 2 on)\n");
  assertStringIncludes(own.printed, "\n  --cache DIR         ");
  assertStringIncludes(own.printed, "(default cache)");
  assertEquals((await toy("--help", "train")).printed, own.printed);
  const settings = await toy("--help", "settings");
  assertStringIncludes(
    settings.printed,
    "\n  steps=400     training steps (whole number from 1 to 1000000000)\n" +
      "  rate=0.1      learning rate (number from 0 to 1)\n" +
      "  merge=concat  how parts are merged (concat or mean)\n",
  );
  for (const { printed } of [all, own, settings]) {
    for (const row of printed.split("\n")) assert(row.length <= 100, row);
  }
});

Deno.test("no line of any program's help is longer than 100 columns", async () => {
  for (const each of [galaxy, whale, music, demo, trial, worker]) {
    const topics = [...Object.keys(each.commands), ...(each.settings ? ["settings"] : [])];
    for (const topic of [[], ...topics.map((topic) => [topic])]) {
      const printed: string[] = [];
      const print = (text: string) => printed.push(text);
      assertEquals(await runCommand(each, ["--help", ...topic], { print }), 0);
      for (const row of printed.join("\n").split("\n")) assert(row.length <= 100, row);
    }
  }
});

Deno.test("exit codes: failed without an error, and ended by its signal", async () => {
  assertEquals((await toy("predict", "--run", "x", "--song", "none")).code, 1);
  const stopped = command({
    about: "stops",
    options: {},
    run: () => Promise.reject(new DOMException("Interrupted", "AbortError")),
  });
  const interrupted = { name: "toy", about: "", commands: { stopped } };
  assertEquals(await runCommand(interrupted, [], { complain: () => {} }), 130);
});

Deno.test("an error of the user's making is one line, one of ours a stack and where to report it", async () => {
  const said = async (error: Error) => {
    const fails = command({ about: "fails", options: {}, run: () => Promise.reject(error) });
    const complaints: string[] = [];
    const complain = (text: string) => void complaints.push(text);
    const failing = { name: "toy", about: "A toy.", commands: { fails } };
    assertEquals(await runCommand(failing, [], { complain }), 1);
    return complaints.join("\n");
  };
  const lines: [Error, string][] = [
    [new InputError("Cannot read a.csv", "it is empty"), "error: Cannot read a.csv: it is empty"],
    [new RangeError("Cannot x: n is 0, expected 1"), "error: Cannot x: n is 0, expected 1"],
    [
      new Deno.errors.NotCapable(
        'Requires net access to "a:1", run again with the --allow-net flag',
      ),
      'error: Deno was not given net access to "a:1": start with deno task toy, or deno run -A',
    ],
    [
      new RangeError("Array buffer allocation failed"),
      "error: there is not enough memory for this: take fewer files, or a smaller batch",
    ],
  ];
  for (const [error, line] of lines) assertEquals(await said(error), line);
  for (const error of [new TypeError("x is undefined"), new RangeError("Invalid array length")]) {
    const text = await said(error);
    assert(text.startsWith(`${error.name}: ${error.message}\n    at `), text);
    assert(text.endsWith("please report it with the lines above."), text);
  }
});
