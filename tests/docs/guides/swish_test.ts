import { swish, swishBackward } from "../../../docs/guides/swish.ts";
import { swishGradientRef, swishRef } from "../../../docs/guides/swish_ref.ts";
import { checkGradient, dot, randomArray, testCheck } from "../../check.ts";

testCheck("swish() and its gradient agree with float64", (bench) => {
  for (const shape of bench.cases([[1], [3, 5]], [[67, 37]])) {
    const [x, dy] = [bench.normal(shape, 1), bench.normal(shape, 2)];
    const tolerance = { relative: 1e-5, absolute: 1e-6 }; // exp is the driver's
    bench.compare(swish(bench, x.device), swishRef(x.host), tolerance);
    const dx = swishBackward(bench, x.device, dy.device);
    bench.compare(dx, swishGradientRef(x.host, dy.host), tolerance);
  }
});

Deno.test("the gradient of swish in float64 agrees with finite differences", () => {
  const [x, dy] = [randomArray([5, 7], 1, 2), randomArray([5, 7], 2)];
  checkGradient(() => dot(swishRef(x), dy), x, swishGradientRef(x, dy));
});
