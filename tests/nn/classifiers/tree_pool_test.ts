/**
 * Workers that break down or are ended.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { key } from "../../../gpu/random.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import { TreePool } from "../../../nn/classifiers/tree_pool.ts";
import { table } from "./tree_data.ts";

Deno.test("a worker that breaks down is reported with what it said, also to later requests", async () => {
  using pool = new TreePool("Cannot plant", 2);
  const message = "Cannot plant: a worker broke down: ";
  const error = await assertRejects(() => pool.ask({ kind: "tree", key: key(1) }), Error, message);
  assert((error as Error).message.includes("before its rows came"));
  await assertRejects(() => pool.ask({ kind: "tree", key: key(1) }), Error, message);
});

Deno.test("requests to an ended pool are refused, and those under way rejected", async () => {
  const pool = new TreePool("Cannot plant", 1);
  const values = new Float32Array(1000);
  const asked = pool.ask({ kind: "bins", values, rows: 10 });
  pool[Symbol.dispose]();
  await assertRejects(() => asked, Error, "Cannot plant: the workers have ended");
  await assertRejects(() => pool.ask({ kind: "tree", key: key(1) }), Error, "have ended");
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
