/** Training: one recorded step, replayed over batches read ahead, as an async iterator. */
import { whole, within } from "../gpu/check.ts";
import { isDeviceLoss } from "../gpu/device_loss.ts";
import type { Feeds, KernelTime } from "../gpu/program.ts";
import { fold, type Key } from "../gpu/random.ts";
import type { Recorder } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { clipByGlobalNorm } from "./clip.ts";
import {
  type Batch,
  batchesPerEpoch,
  type Dataset,
  orderedIndices,
  readAhead,
  trainingIndices,
} from "./data.ts";
import type { FitReport, Resumption } from "./fit_report.ts";
import type { Loss } from "./loss.ts";
import type { Model } from "./model.ts";
import { firstNonFinite, type ReadExamples } from "./not_finite.ts";
import type { AfterStep, Optimizer, OptimizerSpec } from "./optimizer.ts";
import { type LossTotal, meanLossOver, RecordedStep } from "./recorded_step.ts";
import type { Schedule } from "./schedule.ts";
import {
  type CheckpointOptions,
  NO_LOSSES,
  TrainingCheckpoint,
  type TrainingState,
} from "./training_checkpoint.ts";

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
  /** Go on from the checkpoint where there is one, as if training had never stopped. */
  readonly resume?: boolean;
  /** Told where training goes on from, before the next step. */
  readonly resumed?: (from: Resumption) => Promise<void> | void;
  /** Ends training after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
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

/** A training under way. `fit` is the short form. */
export class Trainer implements Disposable {
  /** Steps done. */
  step = 0;
  readonly #model: Model;
  readonly #options: FitOptions;
  readonly #optimizer: Optimizer;
  readonly #training: RecordedStep;
  readonly #validation: RecordedStep | undefined;
  readonly #checkpoint: TrainingCheckpoint | undefined;
  #best: TrainingState["best"] = { loss: Infinity, step: 0, waited: 0 };
  #resumedFrom: number | undefined;
  /** Hash of the checkpoint that training goes on from. */
  #loaded: string | undefined;
  #underWay: Promise<void>[] = [];

  private constructor(
    model: Model,
    options: FitOptions,
    optimizer: Optimizer,
    steps: { training: RecordedStep; validation?: RecordedStep },
  ) {
    this.#model = model;
    this.#options = options;
    this.#optimizer = optimizer;
    this.#training = steps.training;
    this.#validation = steps.validation;
    const tensors = { weights: model.weights, moments: optimizer.state };
    this.#checkpoint = options.checkpoint &&
      new TrainingCheckpoint(model.gpu, tensors, options.checkpoint);
  }

  /** Records and compiles the steps, and loads the checkpoint where training resumes. */
  static async create(model: Model, options: FitOptions): Promise<Trainer> {
    checkOptions(options);
    try {
      return await Trainer.#create(model, options);
    } catch (error) {
      throw await model.gpu.reasonOf(error);
    }
  }

  static async #create(model: Model, options: FitOptions): Promise<Trainer> {
    const { gpu } = model;
    const { data, loss, batchSize } = options;
    using made = new DisposableStack(); // given back when a later part fails
    const optimizer = options.optimizer.build(gpu, model.params);
    made.defer(() => gpu.release(...Object.values(optimizer.state)));
    optimizer.reset(gpu);
    const update = updateOf(model, options, optimizer);
    const training = made.use(
      await RecordedStep.compile(model, { data, loss, size: batchSize, update }),
    );
    const validation = made.use(
      options.validation && await RecordedStep.compile(model, {
        data: options.validation.data,
        loss,
        size: Math.min(batchSize, options.validation.data.length),
      }),
    );
    const trainer = new Trainer(model, options, optimizer, { training, validation });
    if (options.resume) await trainer.#load();
    made.move(); // the trainer's from here on
    return trainer;
  }

  /** FLOPs of a step. */
  get flops(): number {
    return this.#training.program.flops;
  }

  /** Trains to the end; reports every `reportEvery` steps, at validations and at checkpoints. */
  async *run(): AsyncGenerator<FitReport> {
    try {
      yield* this.#train();
    } catch (error) {
      const reason = await this.#model.gpu.reasonOf(error);
      if (!isDeviceLoss(reason)) throw error;
      throw new Error(`${reason.message}; ${this.#latest}`, { cause: error });
    }
  }

  async *#train(): AsyncGenerator<FitReport> {
    const { data, batchSize } = this.#options;
    const ended = this.#ending(false);
    if (ended) { // the checkpoint was of its end
      return yield { ...this.#reportOf(NaN), ended, checkpoint: this.#loaded };
    }
    const batches = readAhead(data, this.#plan(), { size: batchSize });
    const perSubmit = this.#training.program.stepsPerSubmit(MOST_STEPS_PER_SUBMIT);
    let group: Feeds[] = [];
    for await (const batch of batches) {
      this.step++;
      group.push(this.#feeds(batch));
      const isReport = this.#isReport(this.step);
      if (!isReport && group.length < perSubmit) continue;
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
    const [batch] = await Array.fromAsync(readAhead(data, plan, { size: batchSize }));
    this.step++;
    return await this.#training.program.profile(this.#feeds(batch));
  }

  /** Gives the recorded programs and the optimiser's state back. */
  [Symbol.dispose](): void {
    this.#training[Symbol.dispose]();
    this.#validation?.[Symbol.dispose]();
    this.#model.gpu.release(...Object.values(this.#optimizer.state));
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

  #feeds(batch: Batch): Feeds {
    const { schedule, stateWord, optimizer } = this.#options;
    const { step } = this;
    const learningRate = schedule(step);
    within("Cannot train", { [`the learning rate of step ${step}`]: learningRate }, 0);
    return this.#training.feedsOf(batch, {
      step,
      learningRate,
      key: this.#stepKey(step),
      user: stateWord?.(step),
      betas: optimizer.betas,
    });
  }

  #isReport(step: number): boolean {
    const { steps, reportEvery = 10, validation, checkpoint } = this.#options;
    const periods = [reportEvery, validation?.every, checkpoint?.every];
    return step === steps || periods.some((period) => period && step % period === 0);
  }

  async #submit(group: readonly Feeds[]): Promise<void> {
    this.#training.program.run(group);
    const done = this.#model.gpu.sync();
    done.catch(() => {}); // thrown where it is awaited
    this.#underWay.push(done);
    if (this.#underWay.length > SUBMITS_UNDER_WAY) await this.#underWay.shift();
    this.#model.gpu.check();
  }

  /** A report where one is due, and the checkpoint where one is due or the signal ended training. */
  async #report(aborted: boolean): Promise<FitReport> {
    const isDue = this.#isReport(this.step);
    const losses = isDue ? await this.#training.takeTotal() : await this.#training.readTotal();
    await this.#checkFinite(losses);
    const { validation, steps } = this.#options;
    const isValidated = validation && (this.step % validation.every === 0 || this.step === steps);
    const validated = isValidated ? await this.#validate(validation.data) : undefined;
    const ended = this.#ending(aborted);
    const loss = isDue ? losses.sum / Math.max(1, losses.count) : NaN;
    const report = { ...this.#reportOf(loss), ...validated, ...(ended && { ended }) };
    const resumed = this.#resumedFrom === undefined ? {} : { resumedFrom: this.#resumedFrom };
    this.#resumedFrom = undefined;
    const state = { ...this.#state, ended, ...(isDue ? { report } : { losses }) };
    const isCheckpoint = this.#isCheckpoint(report);
    const save = isCheckpoint || this.#checkpoint && ended;
    const checkpoint = save ? await this.#checkpoint?.save(state) : undefined;
    return { ...report, ...(isCheckpoint && { checkpoint }), ...resumed };
  }

  /** Whether a checkpoint is due with a report, as it is without a signal. */
  #isCheckpoint({ step, ended }: FitReport): boolean {
    const { checkpoint } = this.#options;
    return checkpoint !== undefined &&
      (step % checkpoint.every === 0 || ended === "steps" || ended === "patience");
  }

  #reportOf(loss: number): FitReport {
    const { data, batchSize, schedule } = this.#options;
    const { step } = this;
    const epoch = Math.floor((step - 1) / batchesPerEpoch(data.length, batchSize));
    return { step, epoch, loss, learningRate: schedule(step) };
  }

  #ending(aborted: boolean): FitReport["ended"] {
    const { steps, patience } = this.#options;
    if (this.step >= steps) return "steps";
    if (patience !== undefined && this.#best.waited >= patience) return "patience";
    return aborted ? "signal" : undefined;
  }

  /** Throws when the loss stopped being finite, naming the step and what of it is not. */
  async #checkFinite({ badStep }: LossTotal): Promise<void> {
    if (badStep === 0) return;
    const { data, batchSize: size } = this.#options;
    const plan = [{ indices: this.#indices(badStep), key: this.#stepKey(badStep) }];
    throw await this.#notFinite(`the loss of step ${badStep}`, { data, plan, size });
  }

  async #notFinite(loss: string, examples: ReadExamples): Promise<Error> {
    const where = await firstNonFinite(this.#model, examples);
    return new Error(`Training stopped: ${loss} is not finite (${where}); ${this.#latest}`);
  }

  async #validate(data: Dataset): Promise<{ validationLoss: number; best: boolean }> {
    const size = Math.min(this.#options.batchSize, data.length);
    const validationLoss = await meanLossOver(this.#validation!, data, size);
    if (!Number.isFinite(validationLoss)) {
      const plan = [...orderedIndices(data.length, size)].map((indices) => ({ indices }));
      throw await this.#notFinite(`the validation loss of step ${this.step}`, { data, plan, size });
    }
    const best = validationLoss < this.#best.loss;
    this.#best = best
      ? { loss: validationLoss, step: this.step, waited: 0 }
      : { ...this.#best, waited: this.#best.waited + 1 };
    if (best) await this.#checkpoint?.saveBest(this.#state);
    return { validationLoss, best };
  }

  get #state(): TrainingState {
    return { step: this.step, best: this.#best, losses: NO_LOSSES };
  }

  get #latest(): string {
    return this.#checkpoint?.latest ?? "nothing of it was saved";
  }

  async #load(): Promise<void> {
    const state = await this.#checkpoint?.load(this.#options.steps);
    if (!state) return await this.#options.resumed?.({ step: 0 });
    const { step, best, losses, sha256, report, warning } = state;
    this.step = this.#resumedFrom = step;
    this.#best = best;
    this.#loaded = sha256;
    this.#training.setTotal(losses);
    const checkpoint = report && this.#isCheckpoint(report) ? { checkpoint: sha256 } : {};
    const told = report && { ...report, ...checkpoint };
    await this.#options.resumed?.({ step, report: told, warning });
  }
}

function checkOptions({ data, steps, batchSize, validation }: FitOptions): void {
  const validationExamples = validation?.data.length ?? 1;
  whole("Cannot train", { steps, batchSize, examples: data.length, validationExamples }, 1);
}

/** What a step does behind the loss: gradients, clipping, update. */
function updateOf(model: Model, { clipNorm, afterStep }: FitOptions, optimizer: Optimizer) {
  return (recorder: Recorder, backward: () => void, state: Tensor): void => {
    backward();
    if (clipNorm !== undefined) clipByGlobalNorm(recorder, model.params, clipNorm);
    optimizer.step(recorder, state);
    afterStep?.(recorder, model.params, state);
  };
}
