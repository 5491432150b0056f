/**
 * Studies of the toy problem, and programs that run them.
 *
 * @module
 */
import { Ledger, type TrialState } from "../../../tasks/study/ledger.ts";
import { LocalPool } from "../../../tasks/study/local_pool.ts";
import type { StudyPlan } from "../../../tasks/study/plan.ts";
import { runStudy, type StudyOptions, type StudyResult } from "../../../tasks/study/search.ts";
import { VERSION } from "../../../tasks/run/run_folder.ts";
import { Progress } from "../../../tasks/run/progress.ts";
import { problem, TOY, type ToyConfig } from "./toy.ts";

/** Address of the toy problem, for other processes. */
export const TOY_MODULE = import.meta.resolve("./toy.ts");

/** Says nothing. */
export const QUIET = new Progress({ write: () => {}, isTerminal: false });

/** A study of the toy problem. */
export function toyPlan(
  { trials = 6, rounds = 2, seed = 1, ...config }: Partial<ToyConfig> & {
    readonly trials?: number;
    readonly rounds?: number;
    readonly seed?: number;
  } = {},
): StudyPlan {
  return {
    task: "toy",
    version: VERSION,
    seed,
    trials,
    rounds,
    goal: problem.goal,
    space: problem.space({}),
    config: { ...TOY, ...config },
  };
}

/** Runs a study with local workers, in this process by default. */
export function runToyStudy(
  plan: StudyPlan,
  out: string,
  { workers = 1, ...options }: Partial<StudyOptions> & { readonly workers?: number } = {},
): Promise<StudyResult> {
  const progress = options.progress ?? QUIET;
  return runStudy(plan, {
    out,
    progress,
    runner: () => new LocalPool(plan, { problem, workers, module: TOY_MODULE, progress }),
    ...options,
  });
}

/** Waits until trials of a running study are in some state, at most 20 s; gives their ledger rows. */
export async function untilTrials(
  out: string,
  isThere: (states: readonly TrialState[]) => boolean,
) {
  for (let attempt = 0; attempt < 400; attempt++) {
    const trials = readLedger(out);
    if (isThere(trials.map(({ state }) => state))) return trials;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`No such state after 20 s: ${JSON.stringify(readLedger(out))}`);
}

/** The trials of a study that may be running. */
export function readLedger(out: string) {
  try {
    using ledger = Ledger.open(`${out}/study.sqlite`, { readOnly: true });
    return ledger.trials();
  } catch {
    return []; // not made yet
  }
}
