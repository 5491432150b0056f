/**
 * The tasks that can be searched.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import { CACHE } from "../run/options.ts";
import { path, resolvePath, text } from "../run/value.ts";
import { InputError } from "../../files/input_error.ts";
import type { StudyProblem } from "./problem.ts";

/** A module that a worker can load. */
interface ProblemModule {
  readonly problem: StudyProblem;
}

/** Modules by the name of their task; loaded when a trial of the task comes. */
const PROBLEMS: Readonly<Record<string, () => Promise<ProblemModule>>> = {
  galaxy: () => import("../galaxy/search_problem.ts"),
  music: () => import("../music/search_problem.ts"),
  whale: () => import("../whale/search_problem.ts"),
};

/**
 * Loads the problem of a task.
 *
 * @param task name of the task
 * @param module address of a module that exports `problem`, for tasks outside the toolkit. Only a
 *   command line may give it, never a job of a queue, or whoever writes to the queue could have
 *   workers run any code
 * @throws InputError when there is none, or it is of another task
 */
export async function loadProblem(task: string, module?: string): Promise<StudyProblem> {
  const attempt = `Cannot load the task "${task}"`;
  if (module === undefined && !Object.hasOwn(PROBLEMS, task)) {
    const known = Object.keys(PROBLEMS).join(", ") || "none";
    throw new InputError(
      attempt,
      `tasks that can be searched are ${known}; --problem names others`,
    );
  }
  const { problem }: Partial<ProblemModule> = module === undefined
    ? await PROBLEMS[task]()
    : await import(module);
  if (!problem) throw new InputError(attempt, `${module} exports no problem`);
  if (problem.task !== task) {
    throw new InputError(attempt, `${module} has the task "${problem.task}"`);
  }
  return problem;
}

/** The options of a command that runs trials. */
export const TRIAL_OPTIONS = {
  data: path("PATH", "where the data are on this machine, when not where the search has them"),
  ...CACHE,
  problem: text("MODULE", "what exports the problem to search, for tasks outside the toolkit"),
};

/** `--problem`, an address or a path, as an address that can be imported; nothing for none. */
export function moduleAddress(problem: string | undefined, from: string): string | undefined {
  if (problem === undefined || /^[a-z]{2,}:/.test(problem)) return problem;
  return pathToFileURL(resolvePath(from, problem)).href;
}
