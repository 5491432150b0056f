/** What a training keeps on disk, so that it can go on as if it had never stopped. */
import type { Gpu } from "../gpu/gpu.ts";
import { loadTensors, type Metadata, type NamedTensors, saveTensors } from "./checkpoint.ts";

/** Where the state of training is kept. */
export interface CheckpointOptions {
  /** File of the latest state. */
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

  /** Saves everything; returns the SHA-256 over the tensor bytes. */
  async save(state: TrainingState, ended = ""): Promise<string> {
    const metadata = { ...this.#options.metadata, ...metadataOf(state), ended };
    const tensors = { ...this.#weights, ...this.#moments };
    const hash = await saveTensors(this.#gpu, this.#options.path, tensors, metadata);
    this.#savedStep = state.step;
    return hash;
  }

  /** Saves the weights alone as the best so far, where a file is named for them. */
  async saveBest(state: TrainingState): Promise<void> {
    const { best, metadata } = this.#options;
    if (!best) return;
    await saveTensors(this.#gpu, best, this.#weights, { ...metadata, ...metadataOf(state) });
  }

  /** Loads the latest state, or nothing where there is none. */
  async load(): Promise<TrainingState | undefined> {
    const { exists } = await import("../files/disk/presence.ts");
    if (!await exists(this.#options.path)) return undefined;
    const tensors = { ...this.#weights, ...this.#moments };
    const metadata = await loadTensors(this.#gpu, this.#options.path, tensors);
    const best = JSON.parse(metadata.best);
    this.#savedStep = Number(metadata.step);
    return { step: this.#savedStep, best: { ...best, loss: best.loss ?? Infinity } };
  }

  /** Names the latest checkpoint, for the message of a training that broke off. */
  get latest(): string {
    if (!this.#savedStep) return "nothing was saved";
    return `the last checkpoint is of step ${this.#savedStep}: ${this.#options.path}`;
  }
}

/** JSON has no infinity: a best loss that is not there yet is null. */
function metadataOf({ step, best }: TrainingState): Metadata {
  const finite = (_key: string, value: unknown) => value === Infinity ? null : value;
  return { step: `${step}`, best: JSON.stringify(best, finite) };
}
