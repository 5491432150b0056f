import { gram } from "../../recsys/gram.ts";
import { gramRef } from "../../recsys/gram_ref.ts";
import { assertClose, randomArray, sharedGpu } from "../check.ts";

Deno.test("gram() agrees with float64 over whole and broken blocks, in one part and in several", async () => {
  const gpu = await sharedGpu();
  for (const [n, k] of [[1, 4], [3, 8], [255, 16], [257, 20], [67, 40], [1031, 48], [5, 132]]) {
    using _scope = gpu.scope();
    const host = randomArray([n, k], k);
    const absolute = 4 * Math.sqrt(n) * 2 ** -24 * n;
    const close = { relative: 2 ** -22, absolute, name: `[${n}, ${k}]` };
    assertClose(await gpu.read(gram(gpu, gpu.upload(host))), gramRef(host), close);
  }
});
