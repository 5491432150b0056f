import { assertEquals } from "@std/assert";
import { ndarray, sizeOf } from "../../gpu/tensor.ts";
import { conv2dBackwardBias, conv2dBackwardRelu } from "../../nn/conv2d_backward_bias.ts";
import { conv2dBackwardBiasRef, conv2dBackwardReluRef } from "../../nn/conv2d_backward_bias_ref.ts";
import { assertClose, randomArray, sharedGpu } from "../check.ts";
import { absolute, PROFILES, tolerance, withProfile } from "./conv2d_cases.ts";

const SHAPES = [[1, 1, 1, 1], [5, 3, 7, 8], [2, 3, 5, 3], [4, 2, 2, 5], [40, 6, 6, 4], [
  67,
  2,
  3,
  3,
]];

for (const profile of PROFILES) {
  Deno.test(`conv2d's bias gradients for a ${profile} adapter agree with float64`, async () => {
    const gpu = await sharedGpu();
    const context = withProfile(gpu, profile);
    for (const shape of SHAPES) {
      for (const bias of [shape.slice(1), shape.slice(3)]) {
        using scope = gpu.scope();
        const [dy, y] = [randomArray(shape, 1), randomArray(shape, 2)];
        const tensors = { dy: scope.upload(dy), y: scope.upload(y) };
        const [db, dbRelu] = [scope.empty(bias), scope.empty(bias)];
        conv2dBackwardBias(context, tensors.dy, db);
        const dz = conv2dBackwardRelu(context, tensors.dy, tensors.y, dbRelu);
        const bounds = tolerance(
          sizeOf(shape) / sizeOf(bias),
          conv2dBackwardBiasRef(absolute(dy), bias),
        );
        const masked = conv2dBackwardReluRef(dy, y);
        const name = `[${shape}] to [${bias}]`;
        const exact = { absolute: 0, relative: 0, name };
        assertClose(await gpu.read(db), conv2dBackwardBiasRef(dy, bias), { ...bounds, name });
        assertClose(await gpu.read(dz), masked, exact);
        assertClose(await gpu.read(dbRelu), conv2dBackwardBiasRef(masked, bias), {
          ...bounds,
          name,
        });
      }
    }
  });
}

Deno.test("conv2dBackwardRelu() stops the gradient at zero and needs no bias", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const y = scope.upload(ndarray([1, 1, 1, 4], new Float32Array([0, 1, 0, 2])));
  const dy = scope.upload(ndarray([1, 1, 1, 4], new Float32Array([5, 6, 7, 8])));
  assertEquals([...(await gpu.read(conv2dBackwardRelu(scope, dy, y))).data], [0, 6, 0, 8]);
});
