/**
 * How fast matrix products are: cubes, and the three products of dense layers at batches of 2 and 32.
 *
 * `deno run -A bench/matmul.ts [part of a name] [rounds]`
 *
 * Each case is one program of many recorded dispatches, replayed for at least 0.3 s a round; the cases
 * take turns, and the table shows the median round. GB/s count each operand and the result once.
 */
import { type Gpu, openGpu } from "../gpu/gpu.ts";
import { matmul, matmulTransposedA, matmulTransposedB } from "../gpu/matmul.ts";
import { Program } from "../gpu/program.ts";
import { Recorder } from "../gpu/recorder.ts";
import type { Shape, Tensor } from "../gpu/tensor.ts";

/** One product to time: a [rows, …] by b into c. */
export interface MatmulCase {
  /** For the table. */
  readonly name: string;
  /** The product. */
  readonly product: typeof matmul;
  /** Shapes of the operands and of the result. */
  readonly shapes: readonly [a: Shape, b: Shape, c: Shape];
  /** Length of the sums. */
  readonly k: number;
}

/** The median round of a case. */
export interface MatmulTime {
  /** Name of the case. */
  readonly name: string;
  /** Milliseconds a product. */
  readonly milliseconds: number;
  /** 2 m n k over the time, in 10^9 a second. */
  readonly gigaflops: number;
  /** Bytes of operands and result over the time, in 10^9 a second. */
  readonly gigabytes: number;
}

const CUBES = [256, 512, 1024];
const BATCHES = [2, 32];
/** Inputs and units. */
const DENSE = [[8192, 4096], [2048, 4096], [4096, 512], [256, 512], [2048, 37]] as const;
const SECONDS = 0.3;

/** All cases: cubes of each form, dense forward, input gradient and weight gradient. */
export function matmulCases(): MatmulCase[] {
  const cubes = CUBES.flatMap((n) =>
    [matmul, matmulTransposedA, matmulTransposedB].map((product) => {
      const square: Shape = [n, n];
      return {
        name: `${product.name} ${n}`,
        product,
        shapes: [square, square, square] as const,
        k: n,
      };
    })
  );
  return [...cubes, ...BATCHES.flatMap((b) => DENSE.flatMap(([d, k]) => denseCases(b, d, k)))];
}

function denseCases(b: number, d: number, k: number): MatmulCase[] {
  const [x, w, y]: Shape[] = [[b, d], [d, k], [b, k]];
  const name = `dense ${d} x ${k}, batch ${b}`;
  return [
    { name: `${name}: forward`, product: matmul, shapes: [x, w, y], k: d },
    { name: `${name}: dx`, product: matmulTransposedB, shapes: [y, w, x], k },
    { name: `${name}: dw`, product: matmulTransposedA, shapes: [x, y, w], k: b },
  ];
}

/** Times cases in turns. */
export async function timeMatmuls(
  gpu: Gpu,
  cases: readonly MatmulCase[],
  rounds = 5,
): Promise<MatmulTime[]> {
  const runs: { repeat: () => Promise<number>; times: number[] }[] = [];
  const memory = new Map<string, Tensor>();
  for (const one of cases) runs.push({ repeat: await prepare(gpu, one, memory), times: [] });
  for (let round = 0; round < rounds; round++) {
    for (const { repeat, times } of runs) times.push(await repeat());
  }
  return cases.map(({ name, shapes, k }, i) => {
    const seconds = median(runs[i].times);
    const [a, b, c] = shapes.map(([rows, columns]) => rows * columns);
    return {
      name,
      milliseconds: 1e3 * seconds,
      gigaflops: 2 * c * k / seconds / 1e9,
      gigabytes: 4 * (a + b + c) / seconds / 1e9,
    };
  });
}

/** A function that runs a case for at least 0.3 s in one submit and gives the seconds a product. */
async function prepare(
  gpu: Gpu,
  { product, shapes }: MatmulCase,
  memory: Map<string, Tensor>,
): Promise<() => Promise<number>> {
  const [a, b, into] = shapes.map((shape, i) => shared(gpu, memory, shape, "abc"[i]));
  const compile = async (dispatches: number) => {
    const recorder = new Recorder(gpu);
    for (let i = 0; i < dispatches; i++) product(recorder, a, b, { into });
    return await Program.compile(gpu, recorder);
  };
  const once = await compile(1);
  await timed(gpu, once); // the first run also compiles for the device
  const estimate = Math.max(1e-4, await timed(gpu, once) - 0.01); // a wait takes about 10 ms
  once[Symbol.dispose]();
  const count = Math.min(1000, Math.ceil(1.1 * SECONDS / estimate));
  const program = await compile(count);
  return async () => await timed(gpu, program) / count;
}

/** Operands of equal shape are shared between cases: weights of 128 MiB come in six of them. */
function shared(gpu: Gpu, memory: Map<string, Tensor>, shape: Shape, role: string): Tensor {
  const key = `${role} ${shape}`;
  const tensor = memory.get(key) ?? gpu.persistent(shape, { label: key });
  if (!memory.has(key)) {
    const size = shape[0] * shape[1];
    gpu.write(
      tensor,
      Float32Array.from({ length: size }, (_, i) => (i * 7919 % 1013) / 1013 - 0.5),
    );
    gpu.device.queue.submit([]); // frees the staging memory of the write
  }
  memory.set(key, tensor);
  return tensor;
}

async function timed(gpu: Gpu, program: Program): Promise<number> {
  const start = performance.now();
  program.run([{}]);
  await gpu.sync();
  return (performance.now() - start) / 1e3;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

if (import.meta.main) {
  const [part = "", rounds = "5"] = Deno.args;
  using gpu = await openGpu();
  console.log(gpu.name);
  const cases = matmulCases().filter(({ name }) => name.includes(part));
  for (const time of await timeMatmuls(gpu, cases, Number(rounds))) {
    console.log(
      time.name.padEnd(38),
      `${time.milliseconds.toFixed(2)} ms`.padStart(11),
      `${time.gigaflops.toFixed(1)} GFLOP/s`.padStart(15),
      `${time.gigabytes.toFixed(2)} GB/s`.padStart(12),
    );
  }
}
