/** Runs a layer without parameters for a test, at once and replayed. */
import { fill } from "../../gpu/elementwise.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import type { Context } from "../../gpu/kernel.ts";
import { key } from "../../gpu/random.ts";
import { Program } from "../../gpu/program.ts";
import { Recorder } from "../../gpu/recorder.ts";
import { type NdArray, sizeOf, type Tensor } from "../../gpu/tensor.ts";
import type { LayerSpec } from "../../nn/layer.ts";
import { packState, STATE_WORDS, type StepState } from "../../nn/state.ts";
import { assertClose, sharedGpu } from "../check.ts";

/** A state for tests that need none in particular. */
export const TEST_STATE: StepState = { step: 1, learningRate: 0, key: key(5), count: 1 };

/** What the layer gave. */
export interface LayerRun {
  /** Output. */
  readonly y: NdArray;
  /** Gradient of the input. */
  readonly dx: NdArray;
}

/** How to run. */
export interface RunOptions {
  /** Whether the pass trains. Default true. */
  readonly train?: boolean;
  /** The step's state. */
  readonly state?: StepState;
}

/**
 * Forward and backward of a layer named `"layer"`: run at once, in memory that held NaN before, so
 * that an element left unwritten shows; then recorded and replayed, which must give the same bits.
 */
export async function runLayer(
  spec: LayerSpec,
  x: NdArray,
  dy: NdArray,
  options: RunOptions = {},
): Promise<LayerRun> {
  const gpu = await sharedGpu();
  const eager = await runEagerly(gpu, spec, x, dy, options);
  const replayed = await runReplayed(gpu, spec, x, dy, options);
  const exact = { relative: 0, absolute: 0 };
  assertClose(replayed.y, eager.y, { ...exact, name: "replayed output" });
  assertClose(replayed.dx, eager.dx, { ...exact, name: "replayed gradient" });
  return eager;
}

async function runEagerly(
  gpu: Gpu,
  spec: LayerSpec,
  x: NdArray,
  dy: NdArray,
  { train = true, state = TEST_STATE }: RunOptions,
): Promise<LayerRun> {
  using scope = gpu.scope();
  poison(gpu, [sizeOf(x.shape), sizeOf(dy.shape)]);
  const words = packState(state);
  const stateTensor = scope.upload({ shape: [words.length], data: words });
  const tensors = pass(scope, spec, scope.upload(x), scope.upload(dy), stateTensor, train);
  const [y, dx] = await gpu.readAll([tensors.y, tensors.dx]);
  return { y, dx };
}

async function runReplayed(
  gpu: Gpu,
  spec: LayerSpec,
  x: NdArray,
  dy: NdArray,
  { train = true, state = TEST_STATE }: RunOptions,
): Promise<LayerRun> {
  const recorder = new Recorder(gpu);
  const feeds = [recorder.feed("x", x.shape), recorder.feed("dy", dy.shape)] as const;
  const tensors = pass(
    recorder,
    spec,
    ...feeds,
    recorder.feed("state", [STATE_WORDS], "u32"),
    train,
  );
  recorder.keep(tensors.y);
  recorder.keep(tensors.dx);
  using program = await Program.compile(gpu, recorder);
  const [xData, dyData] = [x, dy].map(({ data }) => Float32Array.from(data));
  program.run([{ x: xData, dy: dyData, state: packState(state) }]);
  const [y, dx] = await gpu.readAll([tensors.y, tensors.dx]);
  return { y, dx };
}

function pass(
  context: Context,
  spec: LayerSpec,
  x: Tensor,
  dy: Tensor,
  state: Tensor,
  train: boolean,
): { y: Tensor; dx: Tensor } {
  const layer = spec.build(context, x.shape, { name: "layer" });
  const { y, backward } = layer.forward(x, { context, train, state });
  const expected = spec.outputShape(x.shape);
  if (y.shape.join() !== expected.join()) {
    throw new Error(`outputShape() says [${expected}] and the output is [${y.shape}]`);
  }
  return { y, dx: backward(dy)! };
}

/** Fills memory of these sizes with NaN and gives it back to the pool, from where it comes again. */
function poison(gpu: Gpu, sizes: readonly number[]): void {
  const tensors = sizes.flatMap((size) => [gpu.persistent([size]), gpu.persistent([size])]);
  for (const tensor of tensors) fill(gpu, tensor, NaN);
  gpu.release(...tensors);
}
