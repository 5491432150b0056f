/**
 * The `search` command that tasks have in common.
 *
 * @module
 */
import { UsageError } from "../run/cli.ts";
import type { TaskCommand, TaskLine } from "../run/command.ts";
import { Progress } from "../run/progress.ts";
import { VERSION } from "../run/run_folder.ts";
import { bestTable } from "./best.ts";
import { Collector } from "./collect.ts";
import { loadQueueRunner } from "./load_queue.ts";
import { LocalPool } from "./local_pool.ts";
import type { Json, StudyPlan } from "./plan.ts";
import type { StudyProblem } from "./problem.ts";
import { checkQueueAddress } from "./queue_address.ts";
import type { TrialRunner } from "./runner.ts";
import { runStudy, type StudyResult } from "./search.ts";

/** How a task is searched. */
export interface SearchCommandOptions {
  /** The configuration that trials start from, checked. */
  readonly config: (line: TaskLine) => object;
  /** Trials a round, when the user does not say. Default 32. */
  readonly trials?: number;
  /** Rounds, when the user does not say. Default 3. */
  readonly rounds?: number;
  /** Address of the problem's module, for worker processes of tasks outside the toolkit. */
  readonly module?: string;
}

/** The options of every search, as a help text tells them. */
export const SEARCH_HELP = `\
  --trials N        trials a round, default 32
  --rounds N        rounds, default 3; each draws from narrower ranges around the best fifth of the
                    round before
  --workers N       run N trials at once, each in a process with a device of its own
  --queue URL       run the trials on every machine that runs deno task worker --queue URL; URL is a
                    Redis: redis://host:port
  --collect DIR     take results of deno task trial from DIR (job arrays, GNU parallel)`;

/** The `search` command of a task, for its `main.ts`. */
export function searchCommand(problem: StudyProblem, options: SearchCommandOptions): TaskCommand {
  return {
    options: [
      "data",
      "preset",
      "seed",
      "out",
      "trials",
      "rounds",
      "workers",
      "queue",
      "collect",
      "resume",
      "force",
      "cache",
      "set",
    ],
    run: async (line, { signal }) => {
      checkWays(line);
      const progress = new Progress();
      const plan = await planOf(problem, line, options);
      const out = line.out ?? line.defaultOut(`${problem.task}-search`);
      const { resume, force } = line;
      const runner = (resumed: boolean) =>
        runnerOf(problem, plan, line, { progress, resumed, module: options.module });
      const result = await runStudy(plan, { out, resume, force, progress, signal, runner });
      return { json: { ...result, out }, text: resultText(result, plan, line, out) };
    },
  };
}

/** Refuses what cannot go together before anything long begins. */
function checkWays({ workers, queue, collect }: TaskLine): void {
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
  line: TaskLine,
  { config: configOf, trials = 32, rounds = 3 }: SearchCommandOptions,
): Promise<StudyPlan> {
  // Through JSON, so that a fresh plan and one that was read from a file are the same.
  const config: Record<string, Json> = JSON.parse(JSON.stringify(configOf(line)));
  return {
    task: problem.task,
    version: VERSION,
    seed: line.seed,
    trials: line.trials ?? trials,
    rounds: line.rounds ?? rounds,
    goal: problem.goal,
    space: problem.space(config),
    config,
    data: line.data,
    fingerprint: await problem.fingerprint?.(line.data, config),
  };
}

function runnerOf(
  problem: StudyProblem,
  plan: StudyPlan,
  { workers = 0, queue, collect, cache }: TaskLine,
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

function resultText(result: StudyResult, plan: StudyPlan, line: TaskLine, out: string): string {
  const { goal, space, task, rounds } = plan;
  const { best, done, lost, missing, finished } = result;
  const failed = lost.length
    ? [`${lost.length} lost, the first (${lost[0].round}-${lost[0].index}): ${lost[0].error}`]
    : [];
  const heading = `${done} trials, the best by ${goal.figure}`;
  const table = [heading, ...bestTable(best, goal, space), ...failed];
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
