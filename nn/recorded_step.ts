/** A step over a batch with its loss, recorded once, and the running total that its losses go to. */
import { fill } from "../gpu/elementwise.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { Program } from "../gpu/program.ts";
import { Recorder } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { recordBatch, type RecordedBatch } from "./batch_feeds.ts";
import { type Dataset, orderedIndices, readAhead } from "./data.ts";
import { accumulate, type Loss } from "./loss.ts";
import type { Model } from "./model.ts";

/** What a step does. */
export interface RecordedStepOptions {
  /** Where its batches come from. */
  readonly data: Dataset;
  /** Examples a batch. */
  readonly size: number;
  /** Compares outputs with targets. */
  readonly loss: Loss;
  /** What follows in training; without it the pass is one of validation. */
  readonly update?: (recorder: Recorder, backward: () => void, state: Tensor) => void;
}

/** Losses added up since the last reading. */
export interface LossTotal {
  /** Sum over the examples. */
  readonly sum: number;
  /** Examples. */
  readonly count: number;
  /** The first step whose loss was not finite, or 0. */
  readonly badStep: number;
}

/** A compiled step; replaying it creates nothing. */
export class RecordedStep implements Disposable {
  readonly #total: Tensor;
  readonly #clear: Program;

  private constructor(
    readonly gpu: Gpu,
    /** Forward, loss and update. */
    readonly program: Program,
    /** The feeds of a batch. */
    readonly feedsOf: RecordedBatch["feedsOf"],
    total: Tensor,
    clear: Program,
  ) {
    this.#total = total;
    this.#clear = clear;
  }

  /** Records and compiles a step. */
  static async compile(model: Model, options: RecordedStepOptions): Promise<RecordedStep> {
    const { gpu } = model;
    using made = new DisposableStack(); // given back when a later part fails
    const total = gpu.persistent([4], { label: "loss total" });
    made.defer(() => gpu.release(total));
    const recorder = new Recorder(gpu);
    const { feedsOf } = record(recorder, model, options, total);
    const program = made.use(await Program.compile(gpu, recorder));
    const clear = made.use(await compileClear(gpu, total));
    clear.run([{}]);
    made.move(); // the step's from here on
    return new RecordedStep(gpu, program, feedsOf, total, clear);
  }

  /** The total so far. */
  async readTotal(): Promise<LossTotal> {
    const { data: [sum, count, badStep] } = await this.gpu.read(this.#total);
    return { sum, count, badStep };
  }

  /** The total so far; it starts again from 0. */
  async takeTotal(): Promise<LossTotal> {
    const total = await this.readTotal();
    this.#clear.run([{}]);
    return total;
  }

  /** Goes on from a total that was read. */
  setTotal({ sum, count, badStep }: LossTotal): void {
    this.gpu.write(this.#total, Float32Array.of(sum, count, badStep, 0));
  }

  /** Gives memory and programs back. */
  [Symbol.dispose](): void {
    this.program[Symbol.dispose]();
    this.#clear[Symbol.dispose]();
    this.gpu.release(this.#total);
  }
}

function record(
  recorder: Recorder,
  model: Model,
  { data, size, loss, update }: RecordedStepOptions,
  total: Tensor,
): RecordedBatch {
  const names = [...model.inputs, "target", ...("weights" in data.fields ? ["weights"] : [])];
  const batch = recordBatch(recorder, data, names, size);
  const { fields, state } = batch;
  const pass = { context: recorder, train: update !== undefined, state };
  const { y, backward } = model.layer.forward(model.prepare(recorder, fields), pass);
  const { perExample, dy } = loss(pass, y, fields.target, fields.weights);
  accumulate(recorder, { perExample, state, total });
  update?.(recorder, () => backward(dy, false), state);
  return batch;
}

/** Sets a total to zero; recorded, so that training creates nothing for it. */
function compileClear(gpu: Gpu, total: Tensor): Promise<Program> {
  const recorder = new Recorder(gpu);
  fill(recorder, total, 0);
  return Program.compile(gpu, recorder);
}

/** Mean loss over a data set, in its order. */
export async function meanLossOver(
  step: RecordedStep,
  data: Dataset,
  size: number,
): Promise<number> {
  const plan = [...orderedIndices(data.length, size)].map((indices) => ({ indices }));
  for await (const batch of readAhead(data, plan, { size })) {
    step.program.run([step.feedsOf(batch, { step: 1, learningRate: 0, key: [0, 0] })]);
    await step.gpu.sync();
  }
  const { sum, count } = await step.takeTotal();
  return sum / count;
}
