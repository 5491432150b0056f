/**
 * A problem whose trials take a moment and whose best settings are known: x = 3, scale = 10, "b".
 *
 * @module
 */
import { fold, uniform } from "../../../gpu/random.ts";
import { checked, defaultsOf, type TaskSettings } from "../../../tasks/run/settings.ts";
import { text, type ValuesOf, whole } from "../../../tasks/run/value.ts";
import type { StudyProblem, Trial } from "../../../tasks/study/problem.ts";
import { range } from "../../../tasks/study/space.ts";

/** How a toy trial behaves: quickly and without mishaps where nothing else is said. */
const TABLE = {
  delay: whole(0, Infinity, "milliseconds a trial").or(50),
  slow: whole(-1, Infinity, "trial of round 0 that takes two seconds, -1 for none").or(-1),
  busy: whole(-1, Infinity, "trial of round 0 that computes for five seconds without a pause").or(
    -1,
  ),
  bad: whole(-1, Infinity, "trial of round 0 that always fails").or(-1),
  deadly: whole(-1, Infinity, "trial of round 0 that ends its process, unless survived is there")
    .or(-1),
  survived: text("FILE", "made when the trial ends its process").or(""),
};

/** How a toy trial behaves. */
export type ToyConfig = ValuesOf<typeof TABLE>;

/** A quick trial without mishaps. */
export const TOY = defaultsOf(TABLE);

/** The settings of the toy task. */
export const TOY_SETTINGS: TaskSettings<typeof TABLE> = {
  about: "settings of search",
  task: "toy",
  table: TABLE,
  presets: { small: TOY },
};

/** The problem. */
export const problem: StudyProblem = {
  task: "toy",
  goal: { figure: "error", better: "lower" },
  space: () => ({
    x: range.uniform(0, 10),
    scale: range.logUniform(0.1, 1000),
    size: range.whole(1, 4),
    letter: range.choice("a", "b", 'c, "quoted"'),
  }),
  fingerprint: (data) => Promise.resolve(`toy data ${data.split("/").at(-1)}`),
  open: () =>
    Promise.resolve({
      run: (trial, signal) => runToy(trial, signal),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
};

async function runToy({ study, round, index, settings, key }: Trial, signal?: AbortSignal) {
  const { delay, slow, busy, bad, deadly, survived } = checked(TOY_SETTINGS, study.config);
  const is = (special: number) => round === 0 && index === special;
  await pause(is(slow) ? 2000 : delay, signal);
  if (is(busy)) compute(5000);
  if (is(bad)) throw new Error("this trial is bad");
  if (is(deadly) && !await Deno.stat(survived).then(() => true, () => false)) {
    if (survived) await Deno.writeTextFile(survived, "");
    Deno.kill(Deno.pid, "SIGKILL");
  }
  const { x, scale, letter } = settings as { x: number; scale: number; letter: string };
  const noise = uniform(fold(key, "noise"), 0);
  const error = Math.abs(x - 3) + Math.abs(Math.log10(scale) - 1) + (letter === "b" ? 0 : 1) +
    0.01 * noise;
  const scores = Float32Array.from({ length: 5 }, (_, i) => uniform(fold(key, "scores"), i));
  return { figures: { error, noise }, arrays: { scores: { shape: [5], data: scores } } };
}

/** Leaves the thread no moment for anything else. */
function compute(milliseconds: number): void {
  const start = performance.now();
  while (performance.now() - start < milliseconds);
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
