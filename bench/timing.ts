/** What the benches share: recorded work timed in turns, its profile, and rows of noise. */
import type { Gpu } from "../gpu/gpu.ts";
import type { Context } from "../gpu/kernel.ts";
import { type KernelTime, Program } from "../gpu/program.ts";
import { key, normal } from "../gpu/random.ts";
import { Recorder } from "../gpu/recorder.ts";
import { type NdArray, ndarray, type Shape, sizeOf } from "../gpu/tensor.ts";

/** Times of some rounds, in milliseconds. */
export interface Times {
  /** The middle round. */
  readonly median: number;
  /** The shortest. */
  readonly best: number;
  /** The longest. */
  readonly worst: number;
}

/** Times some work in turns, so that a slow spell of the machine hits all alike; the first round warms up. */
export async function takeTurns<Name extends string>(
  ways: Readonly<Record<Name, () => unknown>>,
  rounds: number,
): Promise<Record<Name, Times>> {
  const names = Object.keys(ways) as Name[];
  const times = names.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, name] of names.entries()) {
      const start = performance.now();
      await ways[name]();
      if (round >= 0) times[i].push(performance.now() - start);
    }
  }
  const told = names.map((name, i) => {
    const sorted = times[i].sort((a, b) => a - b);
    const [best, median, worst] = [sorted[0], sorted[rounds >> 1], sorted[rounds - 1]];
    return [name, { best, median, worst }];
  });
  return Object.fromEntries(told);
}

/** Prints a line a way, with how many times as long as the first it takes. */
export function printTurns(times: Readonly<Record<string, Times>>): void {
  const [first] = Object.values(times);
  for (const [name, { median, best }] of Object.entries(times)) {
    const [m, b] = [median, best].map((time) => time.toFixed(1).padStart(8));
    console.log(
      `${name.padEnd(20)} median ${m} ms, best ${b} ms: ${(median / first.median).toFixed(2)}`,
    );
  }
}

/** A wait costs 11 ms, whatever it waits for: a turn lasts at least so many milliseconds. */
const TURN = 300;

/** A program of recorded work, run once so that the driver has compiled it. */
export async function compiled(gpu: Gpu, record: (context: Context) => void): Promise<Program> {
  const recorder = new Recorder(gpu);
  record(recorder);
  const program = await Program.compile(gpu, recorder);
  program.run([{}]);
  await gpu.sync();
  return program;
}

/** Milliseconds of each recorded work, the median of some rounds in turns, and its operations. */
export async function timeRecorded(
  gpu: Gpu,
  records: Readonly<Record<string, (context: Context) => void>>,
  rounds: number,
): Promise<Record<string, { readonly milliseconds: number; readonly flops: number }>> {
  using programs = new DisposableStack();
  const ways: Record<string, () => Promise<void>> = {};
  const work: Record<string, { readonly flops: number; readonly count: number }> = {};
  for (const [name, record] of Object.entries(records)) {
    const program = programs.use(await compiled(gpu, record));
    const run = (count: number) => {
      program.run(Array.from({ length: count }, () => ({})));
      return gpu.sync();
    };
    const start = performance.now();
    await run(1);
    const estimate = Math.max(0.1, performance.now() - start - 10);
    const count = Math.min(1000, Math.ceil(1.1 * TURN / estimate));
    ways[name] = () => run(count);
    work[name] = { flops: program.flops, count };
  }
  const times = await takeTurns(ways, rounds);
  return Object.fromEntries(
    Object.entries(work).map(([name, { flops, count }]) => [
      name,
      { milliseconds: times[name].median / count, flops },
    ]),
  );
}

/** Prints where the time of a program goes: the best of some runs, by kernel. */
export async function printProfile(program: Program, rounds = 10): Promise<void> {
  const best = new Map<string, KernelTime>();
  for (let round = 0; round < rounds; round++) {
    for (const time of await program.profile({})) {
      const least = best.get(time.name)?.milliseconds ?? Infinity;
      if (time.milliseconds < least) best.set(time.name, time);
    }
  }
  for (const { name, calls, milliseconds, flops } of best.values()) {
    const rate = flops ? `${(flops / milliseconds / 1e6).toFixed(1).padStart(7)} GFLOP/s` : "";
    console.log(
      `${name.padEnd(28)} ${calls} x ${milliseconds.toFixed(3).padStart(9)} ms in all ${rate}`,
    );
  }
}

/** Standard normal numbers; beyond 65,521 of them, a prime, they repeat with a small shift. */
export function noise(shape: Shape, seed: number): NdArray<Float32Array> {
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) {
    data[i] = i < 65_521 ? normal(key(seed), i) : data[i - 65_521] + 1e-3 * (i >> 16);
  }
  return ndarray(shape, data);
}
