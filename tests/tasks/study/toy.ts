/**
 * A problem whose trials take a moment and whose best settings are known: x = 3, scale = 10, "b".
 *
 * @module
 */
import { fold, uniform } from "../../../gpu/random.ts";
import type { StudyProblem, Trial } from "../../../tasks/study/problem.ts";
import { range } from "../../../tasks/study/space.ts";

/** How a toy trial behaves. */
export interface ToyConfig {
  /** Milliseconds a trial. */
  readonly delay: number;
  /** Index of a trial of round 0 that takes two seconds, -1 for none. */
  readonly slow: number;
  /** Index of a trial of round 0 that computes for five seconds without a pause, -1 for none. */
  readonly busy: number;
  /** Index of a trial of round 0 that always fails, -1 for none. */
  readonly bad: number;
  /** Index of a trial of round 0 that ends its process, unless a file of this name is there. */
  readonly deadly: number;
  /** That file; it is made when the trial ends its process. */
  readonly survived: string;
}

/** A quick trial without mishaps. */
export const TOY: ToyConfig = { delay: 50, slow: -1, busy: -1, bad: -1, deadly: -1, survived: "" };

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
  fingerprint: (data) => Promise.resolve(`toy data ${data?.split("/").at(-1) ?? "made up"}`),
  open: () =>
    Promise.resolve({
      run: (trial, signal) => runToy(trial, signal),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
};

async function runToy({ study, round, index, settings, key }: Trial, signal?: AbortSignal) {
  const { delay, slow, busy, bad, deadly, survived } = study.config as unknown as ToyConfig;
  const is = (special: number) => round === 0 && index === special;
  await pause(is(slow) ? 2000 : delay, signal);
  if (is(busy)) compute(5000);
  if (is(bad)) throw new Error("this trial is bad");
  if (is(deadly) && !await Deno.stat(survived).then(() => true, () => false)) {
    await Deno.writeTextFile(survived, "");
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
