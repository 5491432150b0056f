/**
 * Loads the queue when it is asked for, and with it the packages of `deps_study.ts`.
 *
 * @module
 */
import type { StudyPlan } from "./plan.ts";
import type { QueueRunnerOptions, TrialRunner } from "./runner.ts";

/**
 * Trials through a queue.
 *
 * @throws InputError when there is no Redis at the address
 */
export async function loadQueueRunner(
  plan: StudyPlan,
  options: QueueRunnerOptions,
): Promise<TrialRunner> {
  // Not `import("./queue_runner.ts")`: Deno fetches what a literal names, whether it is run or not.
  const address = new URL("./queue_runner.ts", import.meta.url).href;
  const module: {
    queueRunner(plan: StudyPlan, options: QueueRunnerOptions): Promise<TrialRunner>;
  } = await import(address);
  return await module.queueRunner(plan, options);
}
