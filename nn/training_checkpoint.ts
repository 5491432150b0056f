/** What a training keeps on disk, so that it can go on as if it had never stopped. */
import { InputError } from "../files/input_error.ts";
import { COUNT, type FieldKind, NUMBER, parseJson } from "../files/json.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { loadTensors, type Metadata, type NamedTensors, saveTensors } from "./checkpoint.ts";
import { type FitReport, reportOf, reportText } from "./fit_report.ts";
import type { LossTotal } from "./recorded_step.ts";

/** What has added up right after a report. */
export const NO_LOSSES: LossTotal = { sum: 0, count: 0, badStep: 0 };

/** Where the state of training is kept. */
export interface CheckpointOptions {
  /**
   * File of the latest state. The one before it stays beside it, as `NAME_previous.safetensors`: where
   * the latest turns out to be damaged, training goes on from that.
   */
  readonly path: string;
  /** Steps between two, besides the last. */
  readonly every: number;
  /** File of the weights with the lowest validation loss. */
  readonly best?: string;
  /** Text to keep with it. */
  readonly metadata?: Metadata;
}

/** How far a training is, besides its tensors. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  /** The lowest validation loss, its step, and the validations since. */
  readonly best: { readonly loss: number; readonly step: number; readonly waited: number };
  /** Losses since the last report. */
  readonly losses: LossTotal;
  /** What was reported at this step, if a report was due. */
  readonly report?: FitReport;
  /** Why training ended with it, if it did. */
  readonly ended?: FitReport["ended"];
}

/** A state that was kept. */
export interface KeptState extends TrainingState {
  /** SHA-256 over the tensor bytes; nothing where another program wrote the file. */
  readonly sha256?: string;
  /** What is wrong with the latest one, where this is the one before it. */
  readonly warning?: string;
}

/** Writes and reads the checkpoints of one training. */
export class TrainingCheckpoint {
  readonly #gpu: Gpu;
  readonly #weights: NamedTensors;
  readonly #moments: NamedTensors;
  readonly #options: CheckpointOptions;
  #savedStep: number | undefined;

  /** @param moments the optimiser's state */
  constructor(
    gpu: Gpu,
    tensors: { readonly weights: NamedTensors; readonly moments: NamedTensors },
    options: CheckpointOptions,
  ) {
    this.#gpu = gpu;
    this.#weights = tensors.weights;
    this.#moments = tensors.moments;
    this.#options = options;
  }

  /** Saves everything, and keeps the state before it; returns the SHA-256 over the tensor bytes. */
  async save(state: TrainingState): Promise<string> {
    const { path, metadata } = this.#options;
    const notes = { ...metadata, ...notesOf(state) };
    const tensors = { ...this.#weights, ...this.#moments };
    const { previousOf } = await import("../files/disk/latest_file.ts");
    const previous = previousOf(path);
    const hash = await saveTensors(this.#gpu, path, tensors, notes, { previous });
    this.#savedStep = state.step;
    return hash;
  }

  /** Saves the weights alone as the best so far, where a file is named for them. */
  async saveBest(state: TrainingState): Promise<void> {
    const { best, metadata } = this.#options;
    if (!best) return;
    await saveTensors(this.#gpu, best, this.#weights, { ...metadata, ...notesOf(state) });
  }

  /**
   * Loads the latest state, where it is damaged the one before it, or nothing where there is none.
   *
   * @param steps of the training
   * @throws {InputError} when there are states and none can be used
   */
  async load(steps: number): Promise<KeptState | undefined> {
    const { readLatest } = await import("../files/disk/latest_file.ts");
    const latest = await readLatest(this.#options.path, (path) => this.#loadFrom(path, steps));
    return latest && { ...latest.value, warning: latest.warning };
  }

  async #loadFrom(path: string, steps: number): Promise<KeptState> {
    const tensors = { ...this.#weights, ...this.#moments };
    const { metadata, sha256 } = await loadTensors(this.#gpu, path, tensors, (notes) => {
      stateOf(path, notes, steps); // before anything is written to the device
    });
    const state = stateOf(path, metadata, steps);
    this.#savedStep = state.step;
    return { ...state, sha256 };
  }

  /** Names the latest checkpoint, for the message of a training that broke off. */
  get latest(): string {
    if (!this.#savedStep) return "no checkpoint of this training was saved yet";
    return `the last checkpoint is of step ${this.#savedStep}: ${this.#options.path}`;
  }
}

function notesOf({ step, best, losses, report, ended }: TrainingState): Metadata {
  return {
    step: `${step}`,
    ended: ended ?? "",
    best: JSON.stringify(best), // JSON has no infinity: a loss that is not there yet is null
    ...(losses !== NO_LOSSES && { losses: JSON.stringify(losses) }),
    ...(report && { report: reportText(report) }),
  };
}

const LOSS: FieldKind = {
  expected: "a number, or null",
  accepts: (value) => value === null || NUMBER.accepts(value),
};

const LOSSES = { sum: NUMBER, count: COUNT, badStep: COUNT };

/** A state from the notes of a file. @throws {InputError} naming file and note */
function stateOf(path: string, notes: Metadata, steps: number): TrainingState {
  const step = /^\d+$/.test(notes.step ?? "") ? Number(notes.step) : NaN;
  if (!(step >= 1 && step <= steps)) {
    const came = notes.step === undefined ? "missing" : JSON.stringify(notes.step.slice(0, 40));
    throw new InputError(
      `Cannot read ${path}`,
      `step is ${came}, expected a whole number from 1 to ${steps}`,
    );
  }
  const read = <T extends object>(name: string, fields: Readonly<Record<string, FieldKind>>): T => {
    const note = notes[name];
    if (note === undefined) {
      throw new InputError(`Cannot read ${path}`, `${name} is missing, expected JSON`);
    }
    return parseJson<T>(path, note, fields, name);
  };
  const best = read<TrainingState["best"]>("best", { loss: LOSS, step: COUNT, waited: COUNT });
  return {
    step,
    best: { ...best, loss: best.loss ?? Infinity },
    // Only a training that was stopped between two reports has any.
    losses: notes.losses === undefined ? NO_LOSSES : read("losses", LOSSES),
    ...(notes.report !== undefined && { report: reportOf(path, notes.report) }),
  };
}
