/**
 * How fast encoding is, in spectrograms a second, at the whale detector's best settings (65 bins by 30
 * frames, patches of 43 by 7, 200 entries) and others.
 *
 * `deno run -A bench/encode.ts [spectrograms] [part of a name] [rounds]`
 *
 * The median of some rounds of one recorded encoding, after one that compiles.
 *
 * @module
 */
import { encode, type EncoderForm, prepareEncoder } from "../audio/encode.ts";
import { normaliseContrast, prepareContrast } from "../audio/contrast.ts";
import { type Gpu, openGpu } from "../gpu/gpu.ts";
import type { Context } from "../gpu/kernel.ts";
import { Program } from "../gpu/program.ts";
import { key } from "../gpu/random.ts";
import { fillNormal } from "../gpu/random_kernels.ts";
import { Recorder } from "../gpu/recorder.ts";
import type { Shape, Tensor } from "../gpu/tensor.ts";

/** One setting. */
interface Case {
  readonly name: string;
  readonly t: number;
  readonly q: number;
  readonly frames: number;
  readonly bins: number;
  readonly k: number;
  readonly form: EncoderForm;
}

const BEST = { t: 30, q: 65, frames: 7, bins: 43, k: 200 };
const CASES: readonly Case[] = [
  { name: "best, linear", ...BEST, form: "linear" },
  { name: "best, triangle", ...BEST, form: "triangle" },
  { name: "best, hard", ...BEST, form: "hard" },
  { name: "redundancy 4, 43 x 12", ...BEST, t: 59, frames: 12, form: "linear" },
  {
    name: "64 components, 20 x 11, K 1000",
    t: 61,
    q: 33,
    frames: 11,
    bins: 20,
    k: 1000,
    form: "linear",
  },
];

function normals(context: Context, shape: Shape, seed: number): Tensor {
  const tensor = context.empty(shape, { label: "normals" });
  fillNormal(context, tensor, key(seed));
  return tensor;
}

/** Milliseconds of each round, shortest first. */
async function time(
  gpu: Gpu,
  rounds: number,
  record: (context: Context) => void,
): Promise<number[]> {
  const recorder = new Recorder(gpu);
  record(recorder);
  using program = await Program.compile(gpu, recorder);
  const times: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const start = performance.now();
    program.run([{}]);
    await gpu.sync();
    if (round >= 0) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

async function timeCase(gpu: Gpu, b: number, one: Case, rounds: number): Promise<number> {
  const { t, q, frames, bins, k, form } = one;
  const d = frames * bins;
  using scope = gpu.scope();
  const x = normals(scope, [b, t, q], 1);
  const dictionary = {
    mean: normals(scope, [d], 2),
    matrix: normals(scope, [d, d], 3),
    centroids: normals(scope, [k, d], 4),
  };
  const encoder = prepareEncoder(scope, dictionary, { frames, bins, form });
  const times = await time(gpu, rounds, (context) => void encode(context, x, encoder));
  return times[times.length >> 1];
}

if (import.meta.main) {
  const [count = "32", part = "", rounds = "3"] = Deno.args;
  const b = Number(count);
  using gpu = await openGpu();
  console.log(gpu.name);
  for (const one of CASES.filter(({ name }) => name.includes(part))) {
    const milliseconds = await timeCase(gpu, b, one, Number(rounds));
    const places = (one.t - one.frames + 1) * (one.q - one.bins + 1);
    const gigaflops = 2 * b * places * one.frames * one.bins * one.k / milliseconds / 1e6;
    console.log(
      one.name.padEnd(32),
      `${milliseconds.toFixed(1)} ms`.padStart(11),
      `${(1e3 * b / milliseconds).toFixed(0)} clips/s`.padStart(14),
      `${gigaflops.toFixed(1)} GFLOP/s of responses`,
    );
  }
  const x = normals(gpu, [b, BEST.t, BEST.q], 1);
  const contrast = prepareContrast(gpu);
  const times = await time(gpu, Number(rounds), (c) => void normaliseContrast(c, x, contrast));
  console.log(`contrast normalisation: ${(1e3 * b / times[times.length >> 1]).toFixed(0)} clips/s`);
}
