/**
 * How fast encoding is, in spectrograms a second, at the whale detector's best settings (65 bins by 30
 * frames, patches of 43 by 7, 200 entries) and others.
 *
 * `deno run -A bench/encode.ts [spectrograms] [part of a name] [rounds]`
 *
 * @module
 */
import { normaliseContrast, prepareContrast } from "../audio/contrast.ts";
import { encode, prepareEncoder } from "../audio/encode.ts";
import { openGpu } from "../gpu/gpu.ts";
import type { Context } from "../gpu/kernel.ts";
import { noise, timeRecorded } from "./timing.ts";

const BEST = { t: 30, q: 65, frames: 7, bins: 43, k: 200 };
const CASES = {
  "best, linear": { ...BEST, form: "linear" },
  "best, triangle": { ...BEST, form: "triangle" },
  "best, hard": { ...BEST, form: "hard" },
  "redundancy 4, 43 x 12": { ...BEST, t: 59, frames: 12, form: "linear" },
  "64 components, 20 x 11, K 1000": { t: 61, q: 33, frames: 11, bins: 20, k: 1000, form: "linear" },
} as const;

const [count = "32", part = "", rounds = "3"] = Deno.args;
const b = Number(count);
using gpu = await openGpu();
console.log(gpu.name);

/** Milliseconds of some recorded work. */
async function time(work: (context: Context) => void): Promise<number> {
  return (await timeRecorded(gpu, { work }, Number(rounds))).work.milliseconds;
}

for (const [name, { t, q, frames, bins, k, form }] of Object.entries(CASES)) {
  if (!name.includes(part)) continue;
  const d = frames * bins;
  using scope = gpu.scope();
  const [x, mean, matrix, centroids] = [[b, t, q], [d], [d, d], [k, d]]
    .map((shape, i) => scope.upload(noise(shape, i + 1)));
  const encoder = prepareEncoder(scope, { mean, matrix, centroids }, { frames, bins, form });
  const milliseconds = await time((context) => void encode(context, x, encoder));
  const places = (t - frames + 1) * (q - bins + 1);
  console.log(
    name.padEnd(32),
    `${milliseconds.toFixed(1)} ms`.padStart(11),
    `${(1e3 * b / milliseconds).toFixed(0)} clips/s`.padStart(14),
    `${(2 * b * places * d * k / milliseconds / 1e6).toFixed(1)} GFLOP/s of responses`,
  );
}
const x = gpu.upload(noise([b, BEST.t, BEST.q], 1));
const contrast = prepareContrast(gpu);
const milliseconds = await time((context) => void normaliseContrast(context, x, contrast));
console.log(`contrast normalisation: ${(1e3 * b / milliseconds).toFixed(0)} clips/s`);
