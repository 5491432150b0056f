/**
 * Loads the queue when it is asked for, and with it the packages of `deps_study.ts`.
 *
 * @module
 */
import type { StudyPlan } from "./plan.ts";
import type { QueueRunnerOptions, QueueWorkerOptions, TrialRunner } from "./runner.ts";

/**
 * Works on a queue until it is told to stop.
 *
 * @returns how many trials it did
 * @throws InputError when there is no Redis at the address
 */
export async function loadQueueWorker(options: QueueWorkerOptions): Promise<number> {
  const address = new URL("./queue_worker.ts", import.meta.url).href; // as below
  const module: { workOnQueue(options: QueueWorkerOptions): Promise<number> } = await import(
    address
  );
  return await module.workOnQueue(options);
}

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
