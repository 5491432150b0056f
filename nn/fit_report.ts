/** What a training reports, and how it is kept with a checkpoint. */
import { NUMBER, parseJson } from "../files/json.ts";

/** What training reports. */
export interface FitReport {
  /** Steps done. */
  readonly step: number;
  /** Epoch of that step, counted from 0. */
  readonly epoch: number;
  /**
   * Mean loss of an example since the report before; NaN when no report was due: when no step was
   * left to do, or the signal ended training between two reports.
   */
  readonly loss: number;
  /** Learning rate of that step. */
  readonly learningRate: number;
  /** Mean validation loss of an example, where it was measured at this step. */
  readonly validationLoss?: number;
  /** Whether that is the lowest so far. */
  readonly best?: boolean;
  /** SHA-256 over the tensor bytes of the checkpoint, where one was due at this step. */
  readonly checkpoint?: string;
  /** Why training ended, on the last report. */
  readonly ended?: "steps" | "patience" | "signal";
  /** The step that training resumed from, on the first report after it. */
  readonly resumedFrom?: number;
}

/** Where training goes on from. */
export interface Resumption {
  /** Step of the checkpoint; 0 without one. */
  readonly step: number;
  /**
   * What was reported at that step, if a report was due: whoever keeps a log may have been ended
   * between the checkpoint and its line.
   */
  readonly report?: FitReport;
  /** What is wrong with the latest checkpoint, where training goes on from the one before it. */
  readonly warning?: string;
}

/** A report as JSON; of one that resumed no more is kept than of one that never stopped. */
export function reportText({ resumedFrom: _, ...report }: FitReport): string {
  return JSON.stringify(report);
}

/** A report from JSON. @throws {InputError} naming the file and what is wrong with it */
export function reportOf(file: string, text: string): FitReport {
  const fields = { step: NUMBER, epoch: NUMBER, learningRate: NUMBER };
  const report = parseJson<FitReport>(file, text, fields, "report");
  return { // JSON has no NaN: it writes null
    ...report,
    loss: report.loss ?? NaN,
    ...("validationLoss" in report && { validationLoss: report.validationLoss ?? NaN }),
  };
}
