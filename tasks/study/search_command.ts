/**
 * The `search` command that tasks have in common.
 *
 * @module
 */
import { command } from "../run/command.ts";
import { CACHE, defaultOut, ON_BAD, RESUME, SEED } from "../run/options.ts";
import type { Command } from "../run/program.ts";
import { configOf, settingOptions, type TaskSettings } from "../run/settings.ts";
import { UsageError } from "../run/usage_error.ts";
import { path, text, type Value, type ValuesOf, whole } from "../run/value.ts";
import { Progress } from "../run/progress.ts";
import { VERSION } from "../run/run_folder.ts";
import { bestTable } from "./best.ts";
import { Collector } from "./collect.ts";
import { loadQueueRunner } from "./load_queue.ts";
import { LocalPool } from "./local_pool.ts";
import type { Json, StudyPlan } from "./plan.ts";
import { drawnSpace } from "./drawn.ts";
import type { StudyProblem } from "./problem.ts";
import { checkQueueAddress } from "./queue_address.ts";
import type { TrialRunner } from "./runner.ts";
import { runStudy, type StudyResult } from "./search.ts";

/** How a task is searched. */
export interface SearchCommandOptions {
  /** What it looks for, in one line. */
  readonly about: string;
  /** More lines for help. */
  readonly details: string;
  /** The settings that trials start from. */
  readonly settings: TaskSettings;
  /** Its option `--data`. */
  readonly data: Value<string>;
  /** Trials a round, when the user does not say. Default 32. */
  readonly trials?: number;
  /** Rounds, when the user does not say. Default 3. */
  readonly rounds?: number;
  /** Address of the problem's module, for worker processes of tasks outside the toolkit. */
  readonly module?: string;
}

/** What a search's own options are. */
function searchOptions(task: string, trials: number, rounds: number) {
  return {
    out: path("DIR", `folder of the search; default runs/${task}-search-PRESET-SEED`),
    trials: whole(1, Infinity, "trials a round").or(trials),
    rounds: whole(
      1,
      Infinity,
      "rounds; each draws from narrower ranges around the best fifth of the one before",
    ).or(rounds),
    workers: whole(0, Infinity, "so many trials at once, each in a process with its own device"),
    queue: text("URL", "share them through Redis with any number of deno task worker --queue URL"),
    collect: path("DIR", "take in results of deno task trial, from Slurm arrays and the like"),
    ...SEED,
    ...RESUME,
    ...ON_BAD,
    ...CACHE,
  };
}

type SearchLine = ValuesOf<ReturnType<typeof searchOptions>> & { readonly data?: string };

type PlanLine = SearchLine & ValuesOf<ReturnType<typeof settingOptions>>;

/** The `search` command of a task, for its `main.ts`. */
export function searchCommand(problem: StudyProblem, spec: SearchCommandOptions): Command {
  const { about, details, settings, data, trials = 32, rounds = 3, module } = spec;
  return command({
    about,
    details,
    options: { data, ...settingOptions(settings), ...searchOptions(problem.task, trials, rounds) },
    run: async (line, { signal, from }) => {
      checkWays(line);
      const progress = new Progress();
      const plan = await planOf(problem, settings, line);
      const out = line.out ?? defaultOut(from, `${problem.task}-search`, line);
      const { resume, force } = line;
      const runner = (resumed: boolean) =>
        runnerOf(problem, plan, line, { progress, resumed, module });
      const result = await runStudy(plan, { out, resume, force, progress, signal, runner });
      return { json: { ...result, out }, text: resultText(result, plan, line, out) };
    },
  });
}

/** Refuses what cannot go together before anything long begins. */
function checkWays({ workers, queue, collect }: SearchLine): void {
  const ways = Object.entries({ workers, queue, collect })
    .filter(([, value]) => value !== undefined).map(([name]) => `--${name}`);
  if (ways.length > 1) {
    throw new UsageError(`${ways.join(" and ")} are different ways to run trials: choose one`);
  }
  if (queue !== undefined) checkQueueAddress(queue);
}

/** A study from a command line. */
async function planOf(
  problem: StudyProblem,
  settings: TaskSettings,
  line: PlanLine,
): Promise<StudyPlan> {
  const { seed, trials, rounds, data, onBad } = line;
  // Through JSON, so that a fresh plan and one that was read from a file are the same.
  const config: Record<string, Json> = JSON.parse(JSON.stringify(configOf(settings, line)));
  problem.check?.(data, config);
  return {
    task: problem.task,
    version: VERSION,
    seed,
    trials,
    rounds,
    goal: problem.goal,
    space: drawnSpace(problem, settings, config, line),
    config,
    data,
    fingerprint: data === undefined ? undefined : await problem.fingerprint(data),
    onBad,
  };
}

function runnerOf(
  problem: StudyProblem,
  plan: StudyPlan,
  { workers = 0, queue, collect, cache }: SearchLine,
  { progress, resumed, module }: {
    readonly progress: Progress;
    readonly resumed: boolean;
    readonly module?: string;
  },
): TrialRunner | Promise<TrialRunner> {
  if (collect !== undefined) return new Collector(collect);
  if (queue === undefined) {
    return new LocalPool(plan, { problem, workers, cache, module, progress });
  }
  const note = (text: string) => progress.line(text);
  return loadQueueRunner(plan, { url: queue, resumed, note });
}

function resultText(result: StudyResult, plan: StudyPlan, line: SearchLine, out: string): string {
  const { goal, space, task, rounds } = plan;
  const { best, done, lost, missing, finished } = result;
  const failed = Map.groupBy(lost, ({ error }) => error).entries()
    .map(([error, trials]) => `lost: ${namesOf(trials)}: ${error}`);
  const heading = `${done} trials, the best by ${goal.figure}`;
  const table = [heading, ...bestTable(best, goal, space), ...flattering(plan), ...failed];
  if (finished) return [...table, out].join("\n");
  const [{ round }] = missing;
  const results = line.collect === `${out}/results` ? "" : ` --out ${line.collect}/${round}-I.json`;
  return [
    ...(done ? table : []),
    `${missing.length} trials of round ${round + 1} of ${rounds} are missing in ${line.collect}:`,
    `  deno task trial --study ${out} --round ${round} --index I${results}`,
    `with I = ${numberRanges(missing.map(({ index }) => index))}; then again`,
    `  deno task ${task} search --out ${out} --collect ${line.collect} --resume ...`,
  ].join("\n");
}

/** What the figures of a search are not. */
function flattering({ goal, rounds, trials }: StudyPlan): string[] {
  if (rounds * trials === 1) return [];
  return [`chosen by this ${goal.figure}, which flatters: on other data expect a worse one`];
}

/** Names of trials: `2 trials, 0-3, 1-5`. */
function namesOf(trials: StudyResult["lost"]): string {
  return trials.length === 1
    ? `trial ${trials[0].round}-${trials[0].index}`
    : `${trials.length} trials, ${
      trials.map(({ round, index }) => `${round}-${index}`).join(", ")
    }`;
}

/** Rising numbers as text: `0-3, 7, 9-11`. */
export function numberRanges(numbers: readonly number[]): string {
  const runs: [from: number, to: number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => from === to ? `${from}` : `${from}-${to}`).join(", ");
}
