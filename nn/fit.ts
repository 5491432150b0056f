/** Training: one recorded step, replayed over batches read ahead, as an async iterator. */
import { fill } from "../gpu/elementwise.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { type Feeds, type KernelTime, Program } from "../gpu/program.ts";
import { fold, type Key } from "../gpu/random.ts";
import { Recorder } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { clipByGlobalNorm } from "./clip.ts";
import { loadTensors, type Metadata, type NamedTensors, saveTensors } from "./checkpoint.ts";
import {
  type Batch,
  batchesPerEpoch,
  type Dataset,
  orderedIndices,
  readAhead,
  trainingIndices,
} from "./data.ts";
import { accumulate, type Loss } from "./loss.ts";
import { feedsOf, type Model, recordFields } from "./model.ts";
import type { AfterStep, Optimizer, OptimizerSpec } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";
import { packState, STATE_FEED, STATE_WORDS } from "./state.ts";

/** How to train. */
export interface FitOptions {
  /** Training examples; `target` is what the loss compares with, `weights` goes to it if present. */
  readonly data: Dataset;
  /** Compares outputs with targets. */
  readonly loss: Loss;
  /** Updates the parameters. */
  readonly optimizer: OptimizerSpec;
  /** Learning rate by step. */
  readonly schedule: Schedule;
  /** Steps in all. */
  readonly steps: number;
  /** Examples a step. */
  readonly batchSize: number;
  /** Stream of order, masks and augmentation. */
  readonly key: Key;
  /** Gradients longer than this together are scaled down to it. */
  readonly clipNorm?: number;
  /** Recorded behind the update of every step, such as `limitNorms`. */
  readonly afterStep?: AfterStep;
  /** The word of the step state that is the task's own (`user`), by step. Default 0. */
  readonly stateWord?: (step: number) => number;
  /** Examples to validate on, every so many steps. */
  readonly validation?: { readonly data: Dataset; readonly every: number };
  /** Stop after so many validations without a better loss. */
  readonly patience?: number;
  /** Steps between reports, default 10. */
  readonly reportEvery?: number;
  /** Where the state of training is kept, and how often. */
  readonly checkpoint?: CheckpointOptions;
  /** Go on from the checkpoint where there is one. */
  readonly resume?: boolean;
  /** Told of the step that training resumes from, before the next; 0 without a checkpoint. */
  readonly resumed?: (step: number) => Promise<void> | void;
  /** Ends training after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
}

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

/** What training reports. */
export interface FitReport {
  /** Steps done. */
  readonly step: number;
  /** Epoch of that step, counted from 0. */
  readonly epoch: number;
  /** Mean loss of an example since the report before; NaN when no step was left to do. */
  readonly loss: number;
  /** Learning rate of that step. */
  readonly learningRate: number;
  /** Mean validation loss of an example, where it was measured at this step. */
  readonly validationLoss?: number;
  /** Whether that is the lowest so far. */
  readonly best?: boolean;
  /** SHA-256 over the tensor bytes of the checkpoint saved at this step. */
  readonly checkpoint?: string;
  /** Why training ended, on the last report. */
  readonly ended?: "steps" | "patience" | "signal";
  /** The step that training resumed from, on the first report after it. */
  readonly resumedFrom?: number;
}

const MOST_STEPS_PER_SUBMIT = 8;
/** Submits that may be under way: enough to keep the device busy, few enough to bound memory. */
const SUBMITS_UNDER_WAY = 2;

/**
 * Trains a model. The step is recorded once and replayed; nothing is created after the first epoch.
 *
 * @example
 * ```ts
 * import * as cetus from "jsr:@cetus/cetus";
 *
 * using gpu = await cetus.openGpu();
 * const x = cetus.ndarray([4, 1], Float32Array.of(0, 1, 2, 3));
 * const target = cetus.ndarray([4, 1], Float32Array.of(1, 3, 5, 7)); // 2 x + 1
 * const model = new cetus.Model(gpu, cetus.dense({ units: 1 }), {
 *   inputShape: [1],
 *   key: cetus.key(1),
 * });
 * const training = cetus.fit(model, {
 *   data: cetus.arrays({ x, target }),
 *   loss: cetus.mse(),
 *   optimizer: cetus.adam(),
 *   schedule: cetus.constantRate(0.1),
 *   steps: 50,
 *   batchSize: 4,
 *   key: cetus.key(2),
 * });
 * for await (const { step, loss } of training) console.log(step, Math.sqrt(loss));
 * ```
 */
export async function* fit(model: Model, options: FitOptions): AsyncGenerator<FitReport> {
  using trainer = await Trainer.create(model, options);
  yield* trainer.run();
}

/** The state of a training under way. `fit` is the short form. */
export class Trainer implements Disposable {
  /** Steps done. */
  step = 0;
  /** FLOPs of a step. */
  readonly flops: number;
  readonly #model: Model;
  readonly #options: FitOptions;
  readonly #optimizer: Optimizer;
  readonly #total: Tensor;
  readonly #program: Program;
  readonly #fields: readonly string[];
  readonly #clear: Program;
  readonly #validator: Validator | undefined;
  #best = { loss: Infinity, step: 0, waited: 0 };
  #resumedFrom: number | undefined;
  #savedStep: number | undefined;
  #underWay: Promise<undefined>[] = [];

  private constructor(
    model: Model,
    options: FitOptions,
    optimizer: Optimizer,
    total: Tensor,
    programs: { train: Program; clear: Program; validator?: Validator },
    fields: readonly string[],
  ) {
    this.#model = model;
    this.#options = options;
    this.#optimizer = optimizer;
    this.#total = total;
    this.#program = programs.train;
    this.#clear = programs.clear;
    this.#validator = programs.validator;
    this.#fields = fields;
    this.flops = programs.train.flops;
  }

  /** Records and compiles the step, and loads the checkpoint where training resumes. */
  static async create(model: Model, options: FitOptions): Promise<Trainer> {
    checkOptions(options);
    const { gpu } = model;
    using made = new DisposableStack(); // given back when a later part fails
    const optimizer = options.optimizer.build(gpu, model.params);
    made.defer(() => gpu.release(...Object.values(optimizer.state)));
    optimizer.reset(gpu);
    const total = gpu.persistent([4], { label: "loss total" });
    made.defer(() => gpu.release(total));
    const { recorder, fields } = recordStep(model, options, optimizer, total);
    const train = made.use(await Program.compile(gpu, recorder));
    const clear = made.use(await compileClear(gpu, total));
    const validator = made.use(
      options.validation && await Validator.create(model, options.validation.data, options),
    );
    clear.run([{}]);
    const programs = { train, clear, validator };
    const trainer = new Trainer(model, options, optimizer, total, programs, fields);
    if (options.resume) await trainer.#load();
    made.move(); // the trainer's from here on
    return trainer;
  }

  /** Trains to the end; reports every `reportEvery` steps, at validations and at checkpoints. */
  async *run(): AsyncGenerator<FitReport> {
    try {
      yield* this.#train();
    } catch (error) {
      const { message } = error as Error;
      if (!message.startsWith("The GPU device was lost")) throw error;
      throw new Error(`${message}; ${this.#lastSaved()}`, { cause: error });
    }
  }

  async *#train(): AsyncGenerator<FitReport> {
    const { data, batchSize } = this.#options;
    const ended = this.#ending(false);
    if (ended) return yield await this.#finished(ended);
    const batches = readAhead(data, this.#plan(), { size: batchSize });
    let group: Feeds[] = [];
    for await (const batch of batches) {
      this.step++;
      group.push(this.#feeds(batch));
      const isReport = this.#isReport(this.step);
      if (!isReport && group.length < this.#program.stepsPerSubmit(MOST_STEPS_PER_SUBMIT)) continue;
      await this.#submit(group);
      group = [];
      const aborted = this.#options.signal?.aborted ?? false;
      if (!isReport && !aborted) continue;
      const report = await this.#report(aborted);
      yield report;
      if (report.ended) return;
    }
  }

  /** Where the time of one training step goes, by kernel; the step's update is applied. */
  async profile(): Promise<KernelTime[]> {
    const { data, batchSize } = this.#options;
    const plan = [{ indices: this.#indices(1), key: this.#stepKey(1) }];
    for await (const batch of readAhead(data, plan, { size: batchSize })) {
      this.step++;
      return await this.#program.profile(this.#feeds(batch));
    }
    throw new RangeError("Cannot profile: the data set is empty");
  }

  /** Gives the recorded programs and the optimiser's state back. */
  [Symbol.dispose](): void {
    const { gpu } = this.#model;
    for (const program of [this.#program, this.#clear, this.#validator]) {
      program?.[Symbol.dispose]();
    }
    gpu.release(this.#total, ...Object.values(this.#optimizer.state));
  }

  *#plan(): Generator<{ indices: Uint32Array; key: Key }> {
    for (let step = this.step + 1; step <= this.#options.steps; step++) {
      yield { indices: this.#indices(step), key: this.#stepKey(step) };
    }
  }

  #indices(step: number): Uint32Array {
    const { data, key, batchSize } = this.#options;
    return trainingIndices(key, data.length, batchSize, step);
  }

  #stepKey(step: number): Key {
    return fold(fold(this.#options.key, "step"), step);
  }

  #feeds({ fields, count }: Batch): Feeds {
    const { schedule, stateWord } = this.#options;
    const { step } = this;
    const state = packState({
      step,
      learningRate: schedule(step),
      key: this.#stepKey(step),
      count,
      user: stateWord?.(step),
      betas: this.#options.optimizer.betas,
    });
    return feedsOf(this.#fields, fields, state);
  }

  #isReport(step: number): boolean {
    const { steps, reportEvery = 10, validation, checkpoint } = this.#options;
    const periods = [reportEvery, validation?.every, checkpoint?.every];
    return step === steps || periods.some((period) => period && step % period === 0);
  }

  async #submit(group: readonly Feeds[]): Promise<void> {
    this.#program.run(group);
    this.#underWay.push(this.#model.gpu.device.queue.onSubmittedWorkDone() as Promise<undefined>);
    if (this.#underWay.length > SUBMITS_UNDER_WAY) await this.#underWay.shift();
    this.#model.gpu.check();
  }

  async #report(aborted: boolean): Promise<FitReport> {
    const { schedule, validation, checkpoint, steps } = this.#options;
    const { step } = this;
    const loss = await this.#meanLoss();
    const validated = validation && (step % validation.every === 0 || step === steps)
      ? await this.#validate()
      : undefined;
    const ended = this.#ending(aborted);
    const save = checkpoint && (ended || step % checkpoint.every === 0);
    const resumedFrom = this.#resumedFrom;
    this.#resumedFrom = undefined;
    return {
      step,
      epoch: this.#epoch(),
      loss,
      learningRate: schedule(step),
      ...validated,
      ...(save && { checkpoint: await this.#save(ended) }),
      ...(ended && { ended }),
      ...(resumedFrom !== undefined && { resumedFrom }),
    };
  }

  #ending(aborted: boolean): FitReport["ended"] {
    const { steps, patience } = this.#options;
    if (this.step >= steps) return "steps";
    if (patience !== undefined && this.#best.waited >= patience) return "patience";
    return aborted ? "signal" : undefined;
  }

  /** The only report when the checkpoint was of a training that had ended: saved again, as it was. */
  async #finished(ended: FitReport["ended"]): Promise<FitReport> {
    const { schedule, checkpoint } = this.#options;
    const { step } = this;
    return {
      step,
      epoch: this.#epoch(),
      loss: NaN,
      learningRate: schedule(step),
      ...(checkpoint && { checkpoint: await this.#save(ended) }),
      ended,
      resumedFrom: this.#resumedFrom,
    };
  }

  #epoch(): number {
    const { data, batchSize } = this.#options;
    return Math.floor((this.step - 1) / batchesPerEpoch(data.length, batchSize));
  }

  /** Mean loss since the last call; throws when it stopped being finite, naming step and layer. */
  async #meanLoss(): Promise<number> {
    const { gpu } = this.#model;
    const { data: [sum, count, badStep] } = await gpu.read(this.#total);
    this.#clear.run([{}]);
    if (badStep > 0) {
      const where = await firstNonFinite(this.#model);
      throw new Error(
        `Training stopped: the loss of step ${badStep} is not finite (${where}); ${this.#lastSaved()}`,
      );
    }
    return sum / Math.max(1, count);
  }

  async #validate(): Promise<{ validationLoss: number; best: boolean }> {
    const validationLoss = await this.#validator!.loss();
    const best = validationLoss < this.#best.loss;
    this.#best = best
      ? { loss: validationLoss, step: this.step, waited: 0 }
      : { ...this.#best, waited: this.#best.waited + 1 };
    const path = this.#options.checkpoint?.best;
    if (best && path) {
      const metadata = { ...this.#options.checkpoint?.metadata, ...this.#metadata() };
      await saveTensors(this.#model.gpu, path, weightsOf(this.#model), metadata);
    }
    return { validationLoss, best };
  }

  #metadata(): Metadata {
    return { step: `${this.step}`, best: JSON.stringify(this.#best, replaceInfinity) };
  }

  #lastSaved(): string {
    const { checkpoint } = this.#options;
    if (!this.#savedStep) return "nothing was saved";
    return `the last checkpoint is of step ${this.#savedStep}: ${checkpoint!.path}`;
  }

  async #save(ended: FitReport["ended"]): Promise<string> {
    const { path, metadata } = this.#options.checkpoint!;
    const tensors = { ...weightsOf(this.#model), ...this.#optimizer.state };
    const all = { ...metadata, ...this.#metadata(), ended: ended ?? "" };
    const hash = await saveTensors(this.#model.gpu, path, tensors, all);
    this.#savedStep = this.step;
    return hash;
  }

  async #load(): Promise<void> {
    const path = this.#options.checkpoint?.path;
    if (!path || !await exists(path)) return await this.#options.resumed?.(0);
    const tensors = { ...weightsOf(this.#model), ...this.#optimizer.state };
    const metadata = await loadTensors(this.#model.gpu, path, tensors);
    this.step = Number(metadata.step);
    const best = JSON.parse(metadata.best);
    this.#best = { ...best, loss: best.loss ?? Infinity };
    this.#resumedFrom = this.#savedStep = this.step;
    await this.#options.resumed?.(this.step);
  }
}

/** Mean loss over a data set, without augmentation or dropout. */
class Validator implements Disposable {
  private constructor(
    readonly model: Model,
    readonly data: Dataset,
    readonly size: number,
    readonly fields: readonly string[],
    readonly total: Tensor,
    readonly program: Program,
    readonly clear: Program,
  ) {}

  static async create(model: Model, data: Dataset, options: FitOptions): Promise<Validator> {
    const { gpu } = model;
    using made = new DisposableStack(); // given back when a later part fails
    const size = Math.min(options.batchSize, data.length);
    const total = gpu.persistent([4], { label: "validation total" });
    made.defer(() => gpu.release(total));
    const recorder = new Recorder(gpu);
    const fields = fieldNames(model, data);
    const { context, y, target, weights, state } = recordForward(
      model,
      recorder,
      data,
      size,
      false,
    );
    const { perExample } = options.loss({ context, train: false, state }, y, target, weights);
    accumulate(recorder, { perExample, state, total });
    const program = made.use(await Program.compile(gpu, recorder));
    const clear = made.use(await compileClear(gpu, total));
    made.move(); // the validator's from here on
    return new Validator(model, data, size, fields, total, program, clear);
  }

  async loss(): Promise<number> {
    const { gpu } = this.model;
    this.clear.run([{}]);
    const plan = [...orderedIndices(this.data.length, this.size)].map((indices) => ({ indices }));
    for await (const { fields, count } of readAhead(this.data, plan, { size: this.size })) {
      const state = packState({ step: 1, learningRate: 0, key: [0, 0], count });
      this.program.run([feedsOf(this.fields, fields, state)]);
      await gpu.sync();
    }
    const { data: [sum, count] } = await gpu.read(this.total);
    return sum / count;
  }

  [Symbol.dispose](): void {
    this.program[Symbol.dispose]();
    this.clear[Symbol.dispose]();
    this.model.gpu.release(this.total);
  }
}

function checkOptions({ data, steps, batchSize, validation }: FitOptions): void {
  const counts = {
    steps,
    batchSize,
    examples: data.length,
    "validation examples": validation?.data.length ?? 1,
  };
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Cannot train: ${name} must be a positive integer, got ${value}`);
    }
  }
}

/** The fields that a step takes: the network's inputs, the target, and weights where there are. */
function fieldNames(model: Model, data: Dataset): string[] {
  return [...model.inputs, "target", ...("weights" in data.fields ? ["weights"] : [])];
}

function recordForward(
  model: Model,
  recorder: Recorder,
  data: Dataset,
  size: number,
  train: boolean,
) {
  const fields = recordFields(recorder, data, fieldNames(model, data), size);
  const state = recorder.feed(STATE_FEED, [STATE_WORDS], "u32");
  const x = model.prepare(recorder, fields);
  const { y, backward } = model.layer.forward(x, { context: recorder, train, state });
  return { context: recorder, y, backward, target: fields.target, weights: fields.weights, state };
}

/** Forward, loss, backward, clipping, update: everything a step does. */
function recordStep(model: Model, options: FitOptions, optimizer: Optimizer, total: Tensor) {
  const { data, batchSize, loss, clipNorm, afterStep } = options;
  const recorder = new Recorder(model.gpu);
  const recorded = recordForward(model, recorder, data, batchSize, true);
  const { y, target, weights, state, backward } = recorded;
  const { perExample, dy } = loss({ context: recorder, train: true, state }, y, target, weights);
  accumulate(recorder, { perExample, state, total });
  backward(dy, false);
  if (clipNorm !== undefined) clipByGlobalNorm(recorder, model.params, clipNorm);
  optimizer.step(recorder, state);
  afterStep?.(recorder, model.params, state);
  return { recorder, fields: fieldNames(model, data) };
}

/** Sets an accumulator to zero; recorded, so that training creates nothing for it. */
function compileClear(gpu: Gpu, total: Tensor): Promise<Program> {
  const recorder = new Recorder(gpu);
  fill(recorder, total, 0);
  return Program.compile(gpu, recorder);
}

/** The model's parameters by name, as a checkpoint holds them. */
export function weightsOf(model: Model): NamedTensors {
  return Object.fromEntries(model.params.map(({ name, value }) => [name, value]));
}

/** Names the first parameter, in the order of the layers, that holds or is given NaN or Infinity. */
async function firstNonFinite(model: Model): Promise<string> {
  for (const which of ["value", "grad"] as const) {
    for (const param of model.params) {
      const { data } = await model.gpu.read(param[which]);
      if (!data.every(Number.isFinite)) {
        return `"${param.name}" has a ${
          which === "grad" ? "gradient" : "value"
        } that is not finite`;
      }
    }
  }
  return "all parameters and gradients are finite: look at inputs and targets";
}

function replaceInfinity(_key: string, value: unknown): unknown {
  return value === Infinity ? null : value;
}

/** Looks only where there is a path, so that no browser needs files. */
async function exists(path: string): Promise<boolean> {
  const presence = await import("../files/disk/presence.ts");
  return await presence.exists(path);
}
