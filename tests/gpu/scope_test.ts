import { assertEquals, assertThrows } from "@std/assert";
import { fitSphericalKMeans } from "../../audio/spherical_kmeans.ts";
import { scale } from "../../gpu/elementwise.ts";
import { openGpu } from "../../gpu/gpu.ts";
import { key } from "../../gpu/random.ts";
import { ndarray, reshape, type Tensor } from "../../gpu/tensor.ts";
import { randomArray, test } from "../check.ts";

Deno.test("a scope gives back what was made with it and not kept", async () => {
  using gpu = await openGpu();
  let kept: Tensor;
  {
    using scope = gpu.scope();
    const x = scope.upload({ shape: [8], data: new Float32Array(8).fill(2) });
    scope.release(scale(scope, x, 5));
    kept = scale(scope, x, 3);
    scope.keep(reshape(kept, [2, 4])); // the memory is kept, whatever its shape
  }
  assertEquals(gpu.memory().liveBytes, 32);
  assertEquals([...(await gpu.read(kept)).data], Array(8).fill(6));
});

Deno.test("what is made with the device, with another scope, or to persist, stays", async () => {
  using gpu = await openGpu();
  using outer = gpu.scope();
  const made: Tensor[] = [];
  {
    using scope = gpu.scope();
    made.push(gpu.empty([4]), outer.empty([4]), scope.persistent([4]));
    scope.empty([4]);
  }
  assertEquals(made.map(({ storage }) => storage.released), [false, false, false]);
  outer[Symbol.dispose]();
  assertEquals(made.map(({ storage }) => storage.released), [false, true, false]);
});

test("a scope that was disposed makes nothing more", ({ gpu }) => {
  const scope = gpu.scope();
  scope[Symbol.dispose]();
  assertThrows(() => scope.empty([4]), Error, "Cannot make a tensor in a scope: it was disposed");
  assertThrows(() => scope.upload(randomArray([4], 1)), Error, "it was disposed");
});

test("a tensor uploaded while K-means is under way outlives it", async ({ gpu, scope }) => {
  const rows = scope.upload(randomArray([64, 8], 1));
  const clustering = fitSphericalKMeans(gpu, rows, { k: 4, key: key(1), iterations: 2 });
  const mine = gpu.upload(ndarray([2], Float32Array.of(1, 2)), "mine");
  await clustering;
  assertEquals([...(await gpu.read(mine)).data], [1, 2]);
  gpu.release(mine);
});
