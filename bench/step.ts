/** What the benches of a training step share: data of noise, and the table by kernel. */
import type { Gpu } from "../gpu/gpu.ts";
import { key, uniform } from "../gpu/random.ts";
import { type NdArray, ndarray, type Shape, sizeOf } from "../gpu/tensor.ts";
import type { Trainer } from "../nn/fit.ts";
import { alignColumns } from "../nn/summary.ts";

/** Uniform noise in [-1, 1). */
export function noise(shape: Shape, seed: number): NdArray<Float32Array> {
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    (_, i) => 2 * uniform(key(seed), i) - 1,
  );
  return ndarray(shape, data);
}

/** Profiles a step some times and prints the median one, by kernel. */
export async function showStep(
  gpu: Gpu,
  trainer: Trainer,
  { title, rounds, flops }: {
    readonly title: string;
    readonly rounds: number;
    readonly flops: number;
  },
): Promise<void> {
  const profiles = [];
  for (let i = 0; i < rounds; i++) profiles.push(await trainer.profile());
  const totals = profiles.map((times) =>
    times.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  );
  const middle = totals.map((_, i) => i).sort((a, b) => totals[a] - totals[b])[totals.length >> 1];
  const total = totals[middle];
  console.log(
    `\n${gpu.name}, ${title}: a step takes ${total.toFixed(0)} ms (median of ${rounds})`,
  );
  console.log(
    `${(flops / 1e9).toFixed(1)} GFLOP a step: ${(flops / total / 1e6).toFixed(1)} GFLOP/s\n`,
  );
  const rows = profiles[middle].map(({ name, calls, milliseconds, flops: work }) => [
    name,
    `${calls}`,
    milliseconds.toFixed(1),
    `${(100 * milliseconds / total).toFixed(1)} %`,
    work > 1e7 ? (work / milliseconds / 1e6).toFixed(1) : "",
  ]);
  const header = ["kernel", "calls", "ms", "share", "GFLOP/s"];
  console.log(alignColumns([header, ...rows], [1, 2, 3, 4]).join("\n"));
  console.log(
    `\nresident ${peakResident()}; device memory ${
      (gpu.memory().peakBytes / 2 ** 20).toFixed(0)
    } MiB at most`,
  );
}

/** The most memory that the process held, where the system tells; otherwise what it holds now. */
function peakResident(): string {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return `${(Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024).toFixed(0)} MiB at most`;
  } catch {
    return `${(Deno.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB now`;
  }
}
