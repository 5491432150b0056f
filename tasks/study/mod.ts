/**
 * Random searches in rounds: on one machine, through a queue, or as single commands on a cluster.
 *
 * @module
 */
export { type Key, key } from "../../gpu/random.ts";
export { type DType, type HostData, type NdArray, ndarray, type Shape } from "../../gpu/tensor.ts";
export { Progress, type ProgressSink } from "../run/progress.ts";
export type { FileKind } from "../../files/disk/file_set.ts";
export { dataFingerprint, type DecidingFiles } from "./fingerprint.ts";
export { bestTable, bestTrials, varyingSettings } from "./best.ts";
export { Collector } from "./collect.ts";
export { Ledger, type LedgerTrial, type TrialState } from "./ledger.ts";
export { ledgerCsv, trialsCsv } from "./ledger_csv.ts";
export { loadQueueRunner } from "./load_queue.ts";
export { LocalPool, type LocalPoolOptions } from "./local_pool.ts";
export type { ChildOptions } from "./child_messages.ts";
export { type Goal, type Json, studyId, type StudyPlan } from "./plan.ts";
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
export type { EncodedArray, TrialReply } from "./reply.ts";
export {
  MOST_ATTEMPTS,
  type QueueRunnerOptions,
  type TrialEvents,
  type TrialRunner,
} from "./runner.ts";
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
