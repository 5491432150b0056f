import { assertEquals } from "@std/assert";
import type { EagerContext } from "../../gpu/kernel.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { clipByGlobalNorm } from "../../nn/clip.ts";
import { constantInit } from "../../nn/init.ts";
import { makeParam, type Param } from "../../nn/layer.ts";
import { checkClip } from "../../tasks/doctor/training_checks.ts";
import { assertClose, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

/** Parameters with these gradients; what lies behind the elements is spoilt on purpose. */
function makeParams(context: EagerContext, grads: readonly NdArray[]): Param[] {
  return grads.map((grad, i) => {
    const param = makeParam(context, `w${i}`, grad.shape, { init: constantInit(0), decay: true });
    const room = param.grad.storage.bytes / 4;
    const whole = new Float32Array(room).fill(1e30);
    whole.set(grad.data);
    context.write({ ...param.grad, shape: [room] }, whole);
    return param;
  });
}

testCheck("clipByGlobalNorm() agrees with float64, padding kept out", checkClip);

test("clipByGlobalNorm() takes 3, 4, 12 to a fifth of their norm 13", async ({ gpu, scope }) => {
  // torch.nn.utils.clip_grad_norm_([w], 2.6), PyTorch 2.13.0: 13, then [0.6, 0.8, 2.4].
  const grads = [[3], [4, 12]].map((x) => ({ shape: [x.length], data: Float64Array.from(x) }));
  const params = makeParams(scope, grads);
  const clip = await gpu.read(clipByGlobalNorm(scope, params, 2.6));
  const expected = { shape: [4], data: Float64Array.of(0.2, 13, 2.6, 0) };
  assertClose(clip, expected, { relative: 2e-7, absolute: 0 });
  const [a, b] = await gpu.readAll(params.map(({ grad }) => grad));
  const data = Float64Array.of(a.data[0], ...b.data);
  const wanted = { shape: [3], data: Float64Array.of(0.6, 0.8, 2.4) };
  assertClose({ shape: [3], data }, wanted, { relative: 3e-7, absolute: 0 });
});

test("clipByGlobalNorm() keeps the bits of gradients within the norm, and finds NaN", async ({ gpu, scope }) => {
  const grad = randomArray([130], 5, 0.01);
  for (const bad of [0, NaN, Infinity]) {
    const data = Float64Array.from(grad.data);
    if (bad !== 0) data[77] = bad;
    const params = makeParams(scope, [{ shape: grad.shape, data }]);
    const clip = (await gpu.read(clipByGlobalNorm(scope, params, 10))).data;
    const after = (await gpu.read(params[0].grad)).data;
    assertEquals(clip[0], bad === Infinity ? 0 : 1);
    assertEquals(Number.isNaN(after[77]), bad !== 0);
    if (bad === 0) assertEquals(after, Float32Array.from(grad.data));
  }
  const zeros = makeParams(scope, [{ shape: [5], data: new Float64Array(5) }]);
  assertEquals(
    (await gpu.read(clipByGlobalNorm(scope, zeros, 10))).data.slice(0, 2),
    Float32Array.of(1, 0),
  );
});

test("clipByGlobalNorm() refuses a norm that is not above 0, and an empty list", ({ gpu }) => {
  const params = makeParams(gpu, [randomArray([2])]);
  for (const norm of [0, -1, NaN, Infinity]) {
    refuses(() => clipByGlobalNorm(gpu, params, norm), `maxNorm is ${norm}`);
  }
  refuses(() => clipByGlobalNorm(gpu, [], 1), "parameters is 0, expected a whole number from 1 on");
});
