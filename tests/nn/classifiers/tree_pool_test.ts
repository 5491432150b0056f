import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ndarray } from "../../../gpu/tensor.ts";
import { TreePool } from "../../../nn/classifiers/tree_pool.ts";
import { table } from "./tree_data.ts";

Deno.test("what an ended pool was asked is rejected", async () => {
  const pool = new TreePool("Cannot plant", 1);
  const { x } = table(90, 0);
  const asked = pool.bin(x);
  pool[Symbol.dispose]();
  await assertRejects(() => asked, Error, "Cannot plant: the workers have ended");
  await assertRejects(() => pool.bin(x), Error, "have ended");
});

Deno.test("a signal that is aborted already starts no worker", () => {
  assertThrows(
    () => new TreePool("Cannot plant", 1, AbortSignal.abort(new Error("late"))),
    Error,
    "late",
  );
});

Deno.test("bins of a table do not depend on the number of workers", async () => {
  const { x } = table(90, 0);
  const columns = 80; // more than a block
  const values = Float32Array.from({ length: 9 * columns }, (_, i) => x.data[i]);
  const tables = [];
  for (const workers of [1, 3]) {
    using pool = new TreePool("Cannot plant", workers);
    tables.push(await pool.bin(ndarray([9, columns], values)));
  }
  assertEquals(tables[0], tables[1]);
  const { bins, low } = tables[0];
  for (const [row, column] of [[0, 0], [4, 33], [8, 79]]) {
    assertEquals(low[column * 256 + bins[column * 9 + row]], values[row * columns + column]);
  }
});
