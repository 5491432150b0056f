/**
 * Speed of the convolution kernels on the shapes of the galaxy network, forward, input gradient and
 * weight gradient: `deno run -A bench/conv2d.ts [views …]`. Rates count multiply-adds inside the
 * image, 2 operations each.
 */
import { type Gpu, openGpu } from "../gpu/gpu.ts";
import type { Context } from "../gpu/kernel.ts";
import {
  conv2dBackwardInput,
  conv2dBackwardRelu,
  conv2dBackwardWeight,
  conv2dForward,
} from "../nn/conv2d.ts";
import { timeRecorded } from "./timing.ts";

/** A convolution: pixels of a side, channels, filter size, filters. */
type ConvShape = readonly [name: string, side: number, c: number, k: number, f: number];

/** The layers of the galaxy network, of preset small and as published. */
const SHAPES: readonly ConvShape[] = [
  ["conv1 small", 45, 3, 6, 16],
  ["conv1", 45, 3, 6, 32],
  ["conv2 small", 20, 16, 5, 32],
  ["conv2", 20, 32, 5, 64],
  ["conv3 small", 8, 32, 3, 64],
  ["conv3", 8, 64, 3, 128],
  ["conv4 small", 6, 64, 3, 64],
  ["conv4", 6, 128, 3, 128],
];
const ROUNDS = 5;

/** The passes of a layer, each recorded on tensors that they share. */
function passesOf(
  context: Context,
  [, side, c, k, f]: ConvShape,
  views: number,
): Record<string, (record: Context) => void> {
  const output = side - k + 1;
  const x = context.empty([views, side, side, c]);
  const y = context.empty([views, output, output, f]);
  const weight = context.empty([k, k, c, f]);
  const bias = context.empty([output, output, f]);
  return {
    forward: (record: Context) =>
      void conv2dForward(record, x, weight, { bias, activation: "relu", into: y }),
    ...(c % 4 === 0 && {
      "backward input": (record: Context) =>
        void conv2dBackwardInput(record, y, weight, x.shape, { into: x }),
    }),
    "backward weight": (record: Context) => conv2dBackwardWeight(record, x, y, weight),
    "mask and bias": (record: Context) => void conv2dBackwardRelu(record, y, y, bias),
  };
}

/** Times all passes of one shape and prints a line for each. */
async function bench(gpu: Gpu, shape: ConvShape, views: number): Promise<void> {
  using scope = gpu.scope();
  const times = await timeRecorded(gpu, passesOf(scope, shape, views), ROUNDS);
  for (const [pass, { milliseconds, flops }] of Object.entries(times)) {
    const rate = flops ? `${(flops / milliseconds / 1e6).toFixed(1)} GFLOP/s` : "";
    const label = `${shape[0].padEnd(12)} ${String(views).padStart(4)} views  ${pass.padEnd(16)}`;
    console.log(`${label} ${milliseconds.toFixed(2).padStart(9)} ms  ${rate}`);
  }
}

using gpu = await openGpu();
console.log(gpu.name);
for (const views of Deno.args.length ? Deno.args.map(Number) : [32, 256]) {
  for (const shape of SHAPES) await bench(gpu, shape, views);
}
