/**
 * What the page of a run is made of.
 *
 * @module
 */
import { check } from "../../../gpu/check.ts";
import type { NdArray } from "../../../gpu/tensor.ts";
import type { Metrics } from "../../run/run_folder.ts";
import { ANSWER_COLUMNS, type Q6Weight } from "../questions.ts";
import type { GalaxyResult } from "../result.ts";

/** Figures of a run, as far as the page tells them. */
export interface ReportFigures extends
  Pick<
    GalaxyResult,
    "rmse" | "baselines" | "noiseFloor" | "questions" | "trainCount" | "heldOutCount"
  >,
  Pick<GalaxyResult, "validationCount" | "validationDecides">,
  Pick<GalaxyResult, "steps" | "parameters" | "transforms" | "synthetic" | "adapter"> {
  /** Wall-clock seconds by phase; not all need be there. */
  readonly timings: Readonly<Record<string, number>>;
}

/** One training's metrics. */
export interface ReportCurve {
  /** Such as `fold 1`; not shown where there is one curve only. */
  readonly name: string;
  /** Lines with `step`, `learningRate`, `rmse` and now and then `validationRmse`. */
  readonly metrics: readonly Metrics[];
}

/** What {@linkcode galaxyReport} turns into a page. */
export interface GalaxyReportContent {
  /** Title of the page. Default "Galaxy run". */
  readonly title?: string;
  /** The run's settings, as `config.json` holds them. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Its figures. */
  readonly result: ReportFigures;
  /** Its metrics, one curve a fold. */
  readonly curves: readonly ReportCurve[];
  /** Weights of the first convolution, `[kh, kw, 3, f]`. */
  readonly filters?: NdArray;
  /** Names of the galaxies held out; n of them. */
  readonly ids: readonly string[];
  /** Predictions for them, `[n, 37]`. */
  readonly predictions: Float32Array;
  /** Votes on them, `[n, 37]`. */
  readonly targets: Float32Array;
  /**
   * Reads photographs of galaxies held out.
   *
   * @param indices places among `ids`
   * @returns `[indices.length, 424, 424, 3]`
   */
  readonly readPixels: (indices: Uint32Array) => Promise<Uint8Array>;
  /** How question 6 is weighted in the votes. */
  readonly q6Weight: Q6Weight;
  /** The command that repeats the run. Default: made from `config`. */
  readonly command?: string;
}

/** Answers of one galaxy are this many numbers apart. */
export const WIDTH: number = ANSWER_COLUMNS.length;

/** The 37 values of one galaxy. */
export function rowOf(table: Float32Array, row: number): Float32Array {
  return table.subarray(row * WIDTH, (row + 1) * WIDTH);
}

/** Refuses content whose parts do not fit together. */
export function checkContent({ ids, predictions, targets, filters }: GalaxyReportContent): void {
  const attempt = "Cannot make a report";
  for (const [name, { length }] of Object.entries({ predictions, targets })) {
    const expected = `${WIDTH} for each of ${ids.length} galaxies`;
    check(length === ids.length * WIDTH, attempt, { [`number of ${name}`]: length }, expected);
  }
  if (!filters) return;
  const { shape } = filters;
  const good = shape.length === 4 && shape[2] === 3;
  check(good, attempt, { "shape of filters": shape }, "[kh, kw, 3, f]");
}
