/**
 * Speed of the convolution kernels on the shapes of the galaxy network, forward, input gradient and
 * weight gradient: `deno run bench/conv2d.ts [views …]`. Rates count multiply-adds inside the image,
 * 2 operations each. Turns are interleaved, so a slow spell of the machine hits all alike.
 */
import { type Gpu, openGpu } from "../gpu/gpu.ts";
import type { Context } from "../gpu/kernel.ts";
import { Program } from "../gpu/program.ts";
import { Recorder } from "../gpu/recorder.ts";
import type { Scope } from "../gpu/scope.ts";
import {
  conv2dBackwardInput,
  conv2dBackwardRelu,
  conv2dBackwardWeight,
  conv2dForward,
} from "../nn/conv2d.ts";

/** A convolution: pixels of a side, channels, filter size, filters. */
export interface ConvShape {
  /** Such as `"conv1"`. */
  readonly name: string;
  /** Rows and columns of the image. */
  readonly side: number;
  /** Channels of the image. */
  readonly c: number;
  /** Rows and columns of a filter. */
  readonly k: number;
  /** Filters. */
  readonly f: number;
}

/** The layers of the galaxy network, of preset small and as published. */
export const SHAPES: readonly ConvShape[] = [
  { name: "conv1 small", side: 45, c: 3, k: 6, f: 16 },
  { name: "conv1", side: 45, c: 3, k: 6, f: 32 },
  { name: "conv2 small", side: 20, c: 16, k: 5, f: 32 },
  { name: "conv2", side: 20, c: 32, k: 5, f: 64 },
  { name: "conv3 small", side: 8, c: 32, k: 3, f: 64 },
  { name: "conv3", side: 8, c: 64, k: 3, f: 128 },
  { name: "conv4 small", side: 6, c: 64, k: 3, f: 64 },
  { name: "conv4", side: 6, c: 128, k: 3, f: 128 },
];

/** The passes that are timed. */
export const PASSES = ["forward", "backward input", "backward weight", "mask and bias"] as const;

/** Records a pass on tensors of a scope. */
export function recordPass(
  scope: Scope,
  context: Context,
  { side, c, k, f }: ConvShape,
  views: number,
  pass: typeof PASSES[number],
): void {
  const output = side - k + 1;
  const x = scope.empty([views, side, side, c]);
  const y = scope.empty([views, output, output, f]);
  const weight = scope.empty([k, k, c, f]);
  const bias = scope.empty([output, output, f]);
  switch (pass) {
    case "forward":
      return void conv2dForward(context, x, weight, { bias, activation: "relu", into: y });
    case "backward input":
      return void conv2dBackwardInput(context, y, weight, x.shape, { into: x });
    case "backward weight":
      return conv2dBackwardWeight(context, x, y, weight);
    case "mask and bias":
      return void conv2dBackwardRelu(context, y, y, bias);
  }
}

/** Median. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** Seconds a turn takes at least; a wait costs 11 ms whatever it waits for. */
const TURN_SECONDS = 0.3;
const ROUNDS = 5;

interface Subject {
  readonly pass: string;
  readonly program: Program;
  readonly repeats: number;
  readonly seconds: number[];
}

async function turn(gpu: Gpu, program: Program, repeats: number): Promise<number> {
  const start = performance.now();
  program.run(Array.from({ length: repeats }, () => ({})));
  await gpu.sync();
  return (performance.now() - start) / 1e3 / repeats;
}

async function makeSubject(
  gpu: Gpu,
  scope: Scope,
  shape: ConvShape,
  views: number,
  pass: typeof PASSES[number],
): Promise<Subject> {
  const recorder = new Recorder(gpu);
  recordPass(scope, recorder, shape, views, pass);
  const program = await Program.compile(gpu, recorder);
  await turn(gpu, program, 1); // the driver compiles at the first run
  const once = await turn(gpu, program, 1);
  return { pass, program, repeats: Math.ceil(TURN_SECONDS / once), seconds: [] };
}

/** Times all passes of one shape and prints a line for each. */
async function bench(gpu: Gpu, shape: ConvShape, views: number): Promise<void> {
  using scope = gpu.scope();
  const passes = PASSES.filter((pass) => pass !== "backward input" || shape.c % 4 === 0);
  const subjects: Subject[] = [];
  for (const pass of passes) subjects.push(await makeSubject(gpu, scope, shape, views, pass));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { program, repeats, seconds } of subjects) {
      seconds.push(await turn(gpu, program, repeats));
    }
  }
  for (const { pass, program, seconds } of subjects) {
    const time = median(seconds);
    const rate = program.flops ? `${(program.flops / time / 1e9).toFixed(1)} GFLOP/s` : "";
    const label = `${shape.name.padEnd(12)} ${String(views).padStart(4)} views  ${pass.padEnd(16)}`;
    console.log(`${label} ${(1e3 * time).toFixed(2).padStart(9)} ms  ${rate}`);
    program[Symbol.dispose]();
  }
}

if (import.meta.main) {
  using gpu = await openGpu();
  console.log(gpu.name);
  const views = Deno.args.length ? Deno.args.map(Number) : [32, 256];
  for (const count of views) {
    for (const shape of SHAPES) await bench(gpu, shape, count);
  }
}
