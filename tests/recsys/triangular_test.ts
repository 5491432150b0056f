import { timesTriangle } from "../../recsys/triangular.ts";
import { timesTriangleRef, transposedRef } from "../../recsys/triangular_ref.ts";
import { assertClose, randomArray, sharedGpu } from "../check.ts";

Deno.test("timesTriangle() agrees with float64 for both halves, whole and broken tiles", async () => {
  const gpu = await sharedGpu();
  for (const [n, k] of [[1, 4], [31, 8], [32, 16], [33, 20], [1031, 40], [65, 64], [5, 132]]) {
    using _scope = gpu.scope();
    const x = randomArray([n, k], k);
    const square = randomArray([k, k], k + 1);
    const below = square.data.map((value, i) => Math.floor(i / k) >= i % k ? value : 0);
    const lower = { shape: [k, k], data: below };
    for (const half of ["lower", "upper"] as const) {
      const triangle = half === "lower" ? lower : transposedRef(lower);
      const made = timesTriangle(gpu, gpu.upload(x), gpu.upload(triangle), { half });
      const close = { relative: 1e-5, absolute: 2e-6 * k, name: `${half} [${n}, ${k}]` };
      assertClose(await gpu.read(made), timesTriangleRef(x, triangle), close);
    }
  }
});
