import { assertEquals, assertRejects } from "@std/assert";
import { key } from "../../gpu/random.ts";
import { ndarray } from "../../gpu/tensor.ts";
import {
  arrays,
  batchesPerEpoch,
  type Dataset,
  orderedIndices,
  readAhead,
  trainingIndices,
} from "../../nn/data.ts";
import { refuses } from "../refusals.ts";

const five = arrays({
  x: ndarray([5, 2], Float32Array.of(0, 1, 10, 11, 20, 21, 30, 31, 40, 41)),
  target: ndarray([5, 1], Float32Array.of(0, 1, 2, 3, 4)),
});

Deno.test("every epoch visits every example once, in an order of its own", () => {
  const epoch = (number: number) =>
    Array.from(
      { length: batchesPerEpoch(37, 8) },
      (_, i) => [...trainingIndices(key(1), 37, 8, number * 5 + i + 1)],
    );
  for (const number of [0, 1, 7]) {
    const batches = epoch(number);
    assertEquals(batches.map(({ length }) => length), [8, 8, 8, 8, 5]);
    assertEquals(batches.flat().sort((a, b) => a - b), Array.from({ length: 37 }, (_, i) => i));
  }
  assertEquals(epoch(0).flat().join() === epoch(1).flat().join(), false);
});

Deno.test("a batch depends on key and step alone", () => {
  const [first, again] = [1, 2].map(() => trainingIndices(key(4), 100, 16, 29));
  assertEquals(first, again);
});

Deno.test("arrays() reads rows, pads with zeros, and refuses fields of different lengths", async () => {
  const { x, target } = await five.read(Uint32Array.of(4, 1), 3);
  assertEquals([...x], [40, 41, 10, 11, 0, 0]);
  assertEquals([...target], [4, 1, 0]);
  refuses(
    () =>
      arrays({ x: ndarray([2, 1], new Float32Array(2)), y: ndarray([3, 1], new Float32Array(3)) }),
    "y is [3, 1], expected [2, ...]",
  );
});

Deno.test("readAhead() keeps order, bounds what is under way, and passes errors on", async () => {
  let underWay = 0;
  let most = 0;
  const slow: Dataset = {
    ...five,
    async read(indices, size) {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, indices[0] % 2 ? 1 : 5));
      underWay--;
      if (indices[0] === 4) throw new Error("bad file");
      return await five.read(indices, size);
    },
  };
  const plan = [...orderedIndices(5, 1)].map((indices) => ({ indices }));
  const seen: number[] = [];
  await assertRejects(
    async () => {
      for await (const { indices } of readAhead(slow, plan, { size: 1, ahead: 2 })) {
        seen.push(indices[0]);
      }
    },
    Error,
    "bad file",
  );
  assertEquals(seen, [0, 1, 2, 3]);
  assertEquals(most <= 3, true, `${most}`);
});
