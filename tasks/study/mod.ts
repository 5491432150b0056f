/**
 * Random searches in rounds: on one machine, through a queue, or as single commands on a cluster.
 *
 * @module
 */
export { type Key, key } from "../../gpu/random.ts";
export { type NdArray, ndarray } from "../../gpu/tensor.ts";
export type { DType, HostData, Shape } from "../../gpu/tensor.ts";
export { Progress, type ProgressSink } from "../run/progress.ts";
export { bestTable, bestTrials, varyingSettings } from "./best.ts";
export { Collector } from "./collect.ts";
export { Ledger, type LedgerTrial, type TrialState } from "./ledger.ts";
export { ledgerCsv, trialsCsv } from "./ledger_csv.ts";
export { loadQueueRunner } from "./load_queue.ts";
export { type QueueRunnerOptions } from "./runner.ts";
export { LocalPool, type LocalPoolOptions } from "./local_pool.ts";
export type { ChildOptions } from "./child_worker.ts";
export { type Json, studyId, type StudyPlan } from "./plan.ts";
export {
  ARRAYS_LIMIT,
  type OpenOptions,
  type OpenProblem,
  type RoundRecord,
  type StudyProblem,
  type Trial,
  trialOf,
  type TrialOutcome,
} from "./problem.ts";
export { type Goal } from "./plan.ts";
export type { EncodedArray, TrialReply } from "./reply.ts";
export { MOST_ATTEMPTS, type TrialEvents, type TrialRunner } from "./runner.ts";
export {
  type ListedTrial,
  listTrials,
  runStudy,
  type StudyOptions,
  type StudyResult,
} from "./search.ts";
export {
  bestCount,
  type ChoiceRange,
  describeRange,
  type NumberRange,
  type Range,
  range,
  refineSpace,
  sampleSettings,
  type SearchSpace,
  type Settings,
  type SettingValue,
} from "./space.ts";
