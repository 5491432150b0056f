import { assertEquals } from "@std/assert";
import { surplus } from "../../recsys/confidence.ts";
import { refuses } from "../refusals.ts";

Deno.test("surplus() is alpha log(1 + r / epsilon), exact in float64 before it is rounded", () => {
  const counts = Uint32Array.of(0, 1, 10, 0xFFFFFFFF);
  assertEquals(
    [...surplus(counts)],
    [0, 2 * Math.log(2), 2 * Math.log(11), 2 * Math.log(2 ** 32)].map(Math.fround),
  );
  const [once, often] = surplus(Uint32Array.of(1, 10), { alpha: 2, epsilon: 1e-6 });
  assertEquals([once.toFixed(1), often.toFixed(1)], ["27.6", "32.2"]); // nearly binary
});

Deno.test("surplus() refuses an alpha or an epsilon that is not above 0", () => {
  const counts = Uint32Array.of(1);
  refuses(() => surplus(counts, { alpha: 0 }), "alpha is 0, expected");
  refuses(() => surplus(counts, { epsilon: NaN }), "epsilon is NaN, expected");
});
