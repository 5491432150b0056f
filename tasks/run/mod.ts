/**
 * What runs of all tasks share: their options, their progress, how they end.
 *
 * @module
 */
export type { Gpu } from "../../gpu/gpu.ts";
export {
  type DataOptions,
  type EvaluateOptions,
  type PredictOptions,
  type Watched,
  type WorkOptions,
} from "./work.ts";
export { Progress, type ProgressSink } from "./progress.ts";
export { Interrupted, type Metrics } from "./run_folder.ts";
export { type SeedsOptions, type SeedsResult, type Spread, type Spreads } from "./seeds.ts";
export { type FolderOptions, type RunOptions } from "./task_run.ts";
export { type Given, type Kind, Value, type ValuesOf, type ValueTable } from "./value.ts";
