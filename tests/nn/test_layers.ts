/** Tests of layers without parameters, on the device and of their references. */
import type { LayerCases } from "../../tasks/doctor/layer_checks.ts";
import { checkGradient, dot, randomArray, testCheck } from "../check.ts";

/**
 * Tests that layers agree with float64, and that the gradients there agree with finite differences,
 * at inputs without ties.
 */
export function testLayers(sentence: string, cases: LayerCases): void {
  testCheck(sentence, cases.check);

  Deno.test(`${sentence}: in float64 gradients are finite differences`, () => {
    for (const { layer, x: { shape }, forward, gradient } of cases.all()) {
      const x = randomArray(shape, 1, 2);
      const dy = randomArray(forward(x).shape, 2);
      const name = `${layer.kind} of [${shape}]`;
      checkGradient(() => dot(forward(x), dy), x, gradient(x, dy), { name, elements: 200 });
    }
  });
}
