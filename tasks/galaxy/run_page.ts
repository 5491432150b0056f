/**
 * The page of a finished run, from what it has in memory and its metrics on disk.
 *
 * @module
 */
import type { NdArray } from "../../gpu/tensor.ts";
import type { RunFolder } from "../run/run_folder.ts";
import { configOfRun } from "../run/settings.ts";
import type { TaskRun } from "../run/task_run.ts";
import { GALAXY_SETTINGS } from "./config.ts";
import type { Galaxies } from "./galaxies.ts";
import { galaxyReport, type ReportCurve } from "./report/mod.ts";
import type { GalaxyResult, HeldOut } from "./result.ts";

/** What a page is made from. */
export interface FinishedRun {
  /** The run. */
  readonly run: TaskRun;
  /** Folders of its folds; that of the run itself where there are none. */
  readonly parts: readonly RunFolder[];
  /** Its figures. */
  readonly result: GalaxyResult;
  /** Its galaxies. */
  readonly galaxies: Galaxies;
  /** What was predicted of those held out. */
  readonly heldOut: HeldOut;
  /** Weights of the first convolution (of the first fold), `[side, side, 3, filters]`. */
  readonly filters: NdArray;
}

/** The page. */
export async function runPage(finished: FinishedRun): Promise<string> {
  const { run: { folder, settings }, parts, result, filters } = finished;
  const { galaxies: { store }, heldOut: { rows, predictions, targets } } = finished;
  const curves: ReportCurve[] = await Promise.all(parts.map(async (part, i) => ({
    name: parts.length > 1 ? `fold ${i + 1}` : "training",
    metrics: await part.metrics(),
  })));
  return await galaxyReport({
    title: `Galaxy shapes: run ${folder.path.split(/[\\/]/).at(-1)}`,
    config: settings,
    result,
    curves,
    filters,
    ids: Array.from(rows, (row) => store.ids[row]),
    predictions,
    targets,
    readPixels: (indices) => store.read(indices.map((index) => rows[index])),
    q6Weight: configOfRun(GALAXY_SETTINGS, settings, folder.path).q6Weight,
  });
}
