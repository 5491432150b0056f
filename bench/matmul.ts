/**
 * How fast matrix products are: cubes, and the three products of dense layers at batches of 2 and 32.
 *
 * `deno run -A bench/matmul.ts [part of a name] [rounds]`
 *
 * GB/s count each operand and the result once.
 */
import { type Gpu, openGpu } from "../gpu/gpu.ts";
import type { Context } from "../gpu/kernel.ts";
import { matmul, matmulTransposedA, matmulTransposedB } from "../gpu/matmul.ts";
import { type Shape, sizeOf, type Tensor } from "../gpu/tensor.ts";
import { noise, timeRecorded } from "./timing.ts";

/** One product to time: a [rows, …] by b into c, with sums of k. */
interface Case {
  readonly product: typeof matmul;
  readonly shapes: readonly [a: Shape, b: Shape, c: Shape];
  readonly k: number;
}

const CUBES = [256, 512, 1024];
const BATCHES = [2, 32];
/** Inputs and units. */
const DENSE = [[8192, 4096], [2048, 4096], [4096, 512], [256, 512], [2048, 37]] as const;

/** All cases by name: cubes of each form, dense forward, input gradient and weight gradient. */
function allCases(): Record<string, Case> {
  const cases: Record<string, Case> = {};
  for (const n of CUBES) {
    for (const product of [matmul, matmulTransposedA, matmulTransposedB]) {
      cases[`${product.name} ${n}`] = { product, shapes: [[n, n], [n, n], [n, n]], k: n };
    }
  }
  for (const b of BATCHES) {
    for (const [d, k] of DENSE) {
      const [x, w, y]: Shape[] = [[b, d], [d, k], [b, k]];
      const name = `dense ${d} x ${k}, batch ${b}`;
      cases[`${name}: forward`] = { product: matmul, shapes: [x, w, y], k: d };
      cases[`${name}: dx`] = { product: matmulTransposedB, shapes: [y, w, x], k };
      cases[`${name}: dw`] = { product: matmulTransposedA, shapes: [x, y, w], k: b };
    }
  }
  return cases;
}

/** Operands of equal shape are shared between cases: weights of 128 MiB come in six of them. */
function shared(gpu: Gpu, memory: Map<string, Tensor>, shape: Shape, role: string): Tensor {
  const label = `${role} ${shape}`;
  const tensor = memory.get(label) ?? gpu.persistent(shape, { label });
  if (!memory.has(label)) {
    gpu.write(tensor, noise(shape, 1).data);
    gpu.device.queue.submit([]); // frees the staging memory of the write
  }
  memory.set(label, tensor);
  return tensor;
}

const [part = "", rounds = "5"] = Deno.args;
using gpu = await openGpu();
console.log(gpu.name);
const memory = new Map<string, Tensor>();
const cases = Object.entries(allCases()).filter(([name]) => name.includes(part));
const records = cases.map(([name, { product, shapes }]) => {
  const [a, b, into] = shapes.map((shape, i) => shared(gpu, memory, shape, "abc"[i]));
  return [name, (context: Context) => void product(context, a, b, { into })] as const;
});
const times = await timeRecorded(gpu, Object.fromEntries(records), Number(rounds));
for (const [name, { shapes, k }] of cases) {
  const { milliseconds } = times[name];
  const [left, right, result] = shapes.map(sizeOf);
  console.log(
    name.padEnd(38),
    `${milliseconds.toFixed(2)} ms`.padStart(11),
    `${(2 * result * k / milliseconds / 1e6).toFixed(1)} GFLOP/s`.padStart(15),
    `${(4 * (left + right + result) / milliseconds / 1e6).toFixed(2)} GB/s`.padStart(12),
  );
}
