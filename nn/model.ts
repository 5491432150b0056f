/** A network with its parameters on a device, and prediction in batches. */
import { whole } from "../gpu/check.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Context } from "../gpu/kernel.ts";
import { Program } from "../gpu/program.ts";
import type { Key } from "../gpu/random.ts";
import { Recorder } from "../gpu/recorder.ts";
import { type NdArray, ndarray, type Shape, sizeOf, type Tensor } from "../gpu/tensor.ts";
import { fieldOf, recordBatch, type RecordedBatch } from "./batch_feeds.ts";
import type { NamedTensors } from "./checkpoint.ts";
import { arrays, type Dataset, orderedIndices, readAhead } from "./data.ts";
import { initialize } from "./init.ts";
import { type Layer, type LayerSpec, type Param, parameterCount } from "./layer.ts";

/** Turns the fields of a batch into the input of the network, on the device. */
export type Prepare = (context: Context, fields: Readonly<Record<string, Tensor>>) => Tensor;

/** How to make a model. */
export interface ModelOptions {
  /** Shape of one example as the network takes it, without the batch axis. */
  readonly inputShape: Shape;
  /** Stream of the initial weights. */
  readonly key: Key;
  /** From fields to input, such as the augmentation of images; by default the field `x` as it is. */
  readonly prepare?: Prepare;
  /** Which fields `prepare` takes; by default `x`. */
  readonly inputs?: readonly string[];
}

/** A recorded prediction of one batch size. */
interface Predictor {
  readonly program: Program;
  readonly output: Tensor;
  readonly feedsOf: RecordedBatch["feedsOf"];
}

/**
 * A network with its parameters on a device.
 *
 * @example
 * ```ts
 * import { dense, key, maxout, Model, ndarray, openGpu, sequential } from "jsr:@cetus/cetus";
 *
 * using gpu = await openGpu();
 * const network = sequential([dense({ units: 8 }), maxout(2)]);
 * const model = new Model(gpu, network, { inputShape: [2], key: key(1) });
 * const { shape } = await model.predict(ndarray([5, 2], new Float32Array(10)));
 * console.log(shape); // [5, 4]
 * ```
 */
export class Model implements Disposable {
  /** The device. */
  readonly gpu: Gpu;
  /** The network as data. */
  readonly network: LayerSpec;
  /** The network with its parameters. */
  readonly layer: Layer;
  /** From fields to input. */
  readonly prepare: Prepare;
  /** Fields that `prepare` takes. */
  readonly inputs: readonly string[];
  /** Shape of one example, without the batch axis. */
  readonly inputShape: Shape;
  readonly #predictors = new Map<string, Predictor>();

  /** Builds the network and draws its initial weights. */
  constructor(gpu: Gpu, network: LayerSpec, options: ModelOptions) {
    this.gpu = gpu;
    this.network = network;
    this.inputShape = options.inputShape;
    this.prepare = options.prepare ?? ((_, { x }) => x);
    this.inputs = options.inputs ?? ["x"];
    network.outputShape([1, ...options.inputShape]); // a wrong network fails before memory is taken
    this.layer = network.build(gpu, [1, ...options.inputShape], { name: "" });
    initialize(gpu, this.layer.params, options.key);
  }

  /** The trained tensors. */
  get params(): readonly Param[] {
    return this.layer.params;
  }

  /** The trained tensors by name, as a checkpoint holds them. */
  get weights(): NamedTensors {
    return Object.fromEntries(this.params.map(({ name, value }) => [name, value]));
  }

  /** Number of trained values. */
  get parameters(): number {
    return parameterCount(this.params);
  }

  /** Extents of one output, without the batch axis. */
  get outputShape(): Shape {
    return this.network.outputShape([1, ...this.inputShape]).slice(1);
  }

  /**
   * Predictions for a data set, in its order.
   *
   * @param options.batchSize examples at once, the last batch padded; default 32 or fewer
   * @param options.progress called after each batch with the examples done so far
   * @param options.signal ends it after the batch under way; its reason is thrown
   * @throws {RangeError} when there is no example
   */
  async predict(
    data: Dataset | NdArray,
    options: {
      batchSize?: number;
      progress?: (done: number) => void;
      signal?: AbortSignal;
    } = {},
  ): Promise<NdArray<Float32Array>> {
    const dataset = "read" in data ? data : arrays({ x: data });
    whole("Cannot predict", { "the number of examples": dataset.length }, 1);
    const size = options.batchSize ?? Math.min(32, dataset.length);
    const { program, output, feedsOf } = await this.#predictor(dataset, size);
    const width = sizeOf(this.outputShape);
    const result = new Float32Array(dataset.length * width);
    const plan = [...orderedIndices(dataset.length, size)].map((indices) => ({ indices }));
    for await (const batch of readAhead(dataset, plan, { size })) {
      const { count, indices } = batch;
      program.run([feedsOf(batch, { step: 1, learningRate: 0, key: [0, 0] })]);
      const { data: rows } = await this.gpu.read(output);
      result.set((rows as Float32Array).subarray(0, count * width), indices[0] * width);
      options.progress?.(indices[0] + count);
      options.signal?.throwIfAborted();
    }
    return ndarray([dataset.length, ...this.outputShape], result);
  }

  async #predictor(dataset: Dataset, size: number): Promise<Predictor> {
    const fields = this.inputs.map((name) => fieldOf(dataset, name));
    const signature = `${size} ${fields.map(({ shape, dtype }) => `${dtype}[${shape}]`).join(" ")}`;
    let predictor = this.#predictors.get(signature);
    if (!predictor) {
      const recorder = new Recorder(this.gpu);
      const { fields, state, feedsOf } = recordBatch(recorder, dataset, this.inputs, size);
      const x = this.prepare(recorder, fields);
      const { y } = this.layer.forward(x, { context: recorder, train: false, state });
      const output = recorder.keep(y);
      predictor = { output, feedsOf, program: await Program.compile(this.gpu, recorder) };
      this.#predictors.set(signature, predictor);
    }
    return predictor;
  }

  /** Gives everything back: parameters and recorded predictions. */
  [Symbol.dispose](): void {
    for (const { program } of this.#predictors.values()) program[Symbol.dispose]();
    for (const { value, grad } of this.params) this.gpu.release(value, grad);
  }
}
