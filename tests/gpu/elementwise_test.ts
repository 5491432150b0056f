import { add, fill, multiply, scale } from "../../gpu/elementwise.ts";
import { addRef, multiplyRef, scaleRef } from "../../gpu/elementwise_ref.ts";
import { assertClose, randomArray, sharedGpu } from "../check.ts";

const SHAPES = [[1], [3], [2, 5, 7], [4, 64], [257, 3], [65_535 * 4 * 64 + 260]];

Deno.test("add(), multiply() and scale() agree with float64 over awkward shapes", async () => {
  const gpu = await sharedGpu();
  for (const shape of SHAPES.slice(0, -1)) {
    using _scope = gpu.scope();
    const [a, b] = [randomArray(shape, 1), randomArray(shape, 2)];
    const [x, y] = [gpu.upload(a), gpu.upload(b)];
    const name = `[${shape}]`;
    assertClose(await gpu.read(add(gpu, x, y)), addRef(a, b), { relative: 1e-7, name });
    assertClose(await gpu.read(multiply(gpu, x, y)), multiplyRef(a, b), { relative: 1e-7, name });
    assertClose(await gpu.read(scale(gpu, x, 0.3)), scaleRef(a, 0.3), { relative: 2e-7, name });
  }
});

Deno.test("fill() reaches the end of a grid beyond 65,535 workgroups", async () => {
  const gpu = await sharedGpu();
  using _scope = gpu.scope();
  const x = gpu.empty(SHAPES.at(-1)!);
  fill(gpu, x, 3);
  const { data } = await gpu.read(x);
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== 3) throw new Error(`element ${i}: ${data[i]}`);
  }
});
