/**
 * The log of a training: one line of `metrics.jsonl` for each report, none lost and none twice however
 * often the training is ended and resumed.
 *
 * @module
 */
import type { FitReport, Resumption } from "../../nn/fit_report.ts";
import type { Progress } from "./progress.ts";
import type { Metrics, RunFolder } from "./run_folder.ts";

/** Where a training writes and speaks. */
export interface TrainingLogPlace {
  /** Folder whose `metrics.jsonl` takes the lines. */
  readonly folder: RunFolder;
  /** Where it is said that a checkpoint was damaged. */
  readonly progress: Progress;
}

/** The log of one training. */
export class TrainingLog {
  readonly #place: TrainingLogPlace;
  readonly #lineOf: (report: FitReport) => Metrics;
  readonly #fields: Metrics;

  /**
   * Writes nothing yet.
   *
   * @param lineOf the line of a report
   * @param fields what the lines of this training have and those of others in the file have not
   */
  constructor(
    place: TrainingLogPlace,
    lineOf: (report: FitReport) => Metrics,
    fields: Metrics = {},
  ) {
    this.#place = place;
    this.#lineOf = lineOf;
    this.#fields = fields;
  }

  /**
   * For {@linkcode FitOptions.resumed}: lines behind the checkpoint go, for they are written again,
   * and that of the checkpoint's own step is added where the training was ended before it could be.
   */
  readonly resumed = async ({ step, report, warning }: Resumption): Promise<void> => {
    const { folder, progress } = this.#place;
    if (warning !== undefined) progress.line(warning);
    const line = report && { ...this.#fields, ...this.#lineOf(report) };
    await folder.truncateMetrics(step, this.#fields, line);
  };

  /** Adds the line of a report; none for a report that was not due. */
  async add(report: FitReport): Promise<void> {
    if (Number.isNaN(report.loss)) return;
    await this.#place.folder.log({ ...this.#fields, ...this.#lineOf(report) });
  }
}
