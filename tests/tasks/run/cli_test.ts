import { assertEquals, assertThrows } from "@std/assert";
import {
  applySettings,
  parseCommandLine,
  resolvePath,
  UsageError,
} from "../../../tasks/run/cli.ts";
import { duration, Pace, Progress } from "../../../tasks/run/progress.ts";

const COMMANDS = {
  train: ["data", "out", "seed", "set", "folds", "on-bad", "resume", "force"],
  predict: ["data", "out", "seed", "set"],
};
const parse = (...args: string[]) => parseCommandLine(args, COMMANDS, "/home/ada");

Deno.test("parseCommandLine() reads commands, paths and settings", () => {
  const line = parse("predict", "--data", "d", "--out", "/o", "--seed", "7", "--set", "a=1=2");
  assertEquals(
    [line.command, line.data, line.out, line.seed, line.settings],
    ["predict", "/home/ada/d", "/o", 7, [["a", "1=2"]]],
  );
  assertEquals([parse().command, parse().seed, parse().onBad], ["train", 1, "stop"]);
});

Deno.test("parseCommandLine() says what it does not understand", () => {
  const refuses = (message: string, ...args: string[]) =>
    assertThrows(() => parse(...args), UsageError, message);
  refuses('There is no command "trian": expected train, predict', "trian");
  refuses('One command at a time: "predict" came after "train"', "train", "predict");
  refuses('--seed must be a whole number of at least 0, got "-1"', "--seed=-1");
  refuses('--folds must be a whole number of at least 2, got "1"', "--folds", "1");
  refuses('--on-bad must be stop or skip, got "ask"', "--on-bad", "ask");
  refuses("--folds is no option of predict, which takes --data, --out", "predict", "--folds", "3");
  refuses("Unknown option '--sede'", "--sede", "1");
  refuses('--set takes key=value, got "steps"', "--set", "steps");
});

Deno.test("applySettings() keeps types and names the nearest setting", () => {
  const config = { steps: 5, rate: 0.1, merge: "concat", augment: true, filters: [1, 2] };
  assertEquals(
    applySettings(config, [["steps", "7"], ["merge", "max"], ["augment", "false"], [
      "filters",
      "3,4",
    ]]),
    { steps: 7, rate: 0.1, merge: "max", augment: false, filters: [3, 4] },
  );
  const refuses = (message: string, key: string, value: string) =>
    assertThrows(() => applySettings(config, [[key, value]]), UsageError, message);
  refuses('There is no setting "stesp"; perhaps you meant "steps"', "stesp", "1");
  refuses('--set steps must be a number like 5, got "many"', "steps", "many");
  refuses('--set steps must be a number like 5, got ""', "steps", "");
  refuses('--set augment must be true or false, got "yes"', "augment", "yes");
});

Deno.test("resolvePath() leaves absolute paths alone", () => {
  assertEquals(resolvePath("/a/", "b"), "/a/b");
  assertEquals(resolvePath("/a", "/b"), "/b");
  assertEquals(resolvePath("/a", "C:\\b"), "C:\\b");
});

Deno.test("progress overwrites its line on a terminal and writes plain lines elsewhere", () => {
  const written: string[] = [];
  let now = 0;
  const make = (isTerminal: boolean) =>
    new Progress({ write: (text) => void written.push(text), isTerminal }, () => now);
  const terminal = make(true);
  terminal.update("1");
  terminal.update("too soon");
  now = 200;
  terminal.update("2");
  terminal.line("done");
  assertEquals(written.splice(0), ["\r\x1b[K1", "\r\x1b[K2", "\r\x1b[Kdone", "\n"]);
  const plain = make(false);
  plain.update("1");
  now = 1000;
  plain.update("too soon");
  plain.line("done");
  assertEquals(written, ["1\n", "done\n"]);
});

Deno.test("duration() and Pace are in seconds", () => {
  assertEquals([42, 200, 7500].map(duration), ["42 s", "3 min 20 s", "2 h 5 min"]);
  let now = 0;
  const pace = new Pace(10, () => now);
  now = 5000;
  assertEquals(pace.remaining(20, 40), 10);
});
