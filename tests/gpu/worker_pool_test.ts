import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { defaultWorkers, WorkerPool } from "../../gpu/worker_pool.ts";
import { refuses } from "../refusals.ts";
import type { Square } from "./square_worker.ts";

function squares(workers?: number, signal?: AbortSignal): WorkerPool<number, Square> {
  const start = () =>
    new Worker(new URL("./square_worker.ts", import.meta.url), { type: "module" });
  return new WorkerPool(start, { attempt: "Cannot square", workers, signal });
}

async function valuesOf(replies: AsyncIterable<Square>): Promise<number[]> {
  return (await Array.fromAsync(replies)).map(({ square }) => square[0]);
}

Deno.test("replies come in the order of the requests for any number of workers", async () => {
  const numbers = Array.from({ length: 23 }, (_, i) => i + 1);
  for (const workers of [1, 2, 5]) {
    using pool = squares(workers);
    assertEquals(await valuesOf(pool.inOrder(numbers)), numbers.map((x) => x * x));
  }
});

Deno.test("requests are made only as fast as replies are taken", async () => {
  using pool = squares(2);
  let [made, taken] = [0, 0];
  function* requests() {
    while (made < 20) yield ++made;
  }
  for await (const _ of pool.inOrder(requests(), 3)) {
    taken++;
    assert(made - taken < 3, `${made} made, ${taken} taken`);
  }
  assertEquals([made, taken], [20, 20]);
});

Deno.test("a worker tells how far it is, and all workers can be told the same", async () => {
  using pool = squares(3);
  const steps: number[] = [];
  await pool.ask(7, (done) => steps.push(done));
  assertEquals(steps, [1, 2, 3]);
  assertEquals((await pool.askAll(100)).length, 3);
  assertEquals(await valuesOf(pool.inOrder([0, 0, 0, 0])), [1e4, 1e4, 1e4, 1e4]);
});

Deno.test("a worker that breaks down is reported with what it said, also to later requests", async () => {
  using pool = squares(2);
  const error = await assertRejects(
    () => pool.ask(-1),
    Error,
    "Cannot square: a worker broke down",
  );
  assert((error as Error).message.includes("no square of -1"), `${error}`);
  await assertRejects(() => pool.ask(1), Error, "a worker broke down");
  await assertRejects(() => valuesOf(pool.inOrder([1])), Error, "a worker broke down");
});

Deno.test("requests to an ended pool are refused, and those under way rejected", async () => {
  const pool = squares(1);
  const asked = [pool.ask(1), pool.ask(2)];
  pool[Symbol.dispose]();
  for (const reply of asked) {
    await assertRejects(() => reply, Error, "Cannot square: the workers have ended");
  }
  await assertRejects(() => pool.ask(3), Error, "have ended");
});

Deno.test("an aborted signal ends the workers with its reason, or starts none", async () => {
  const abort = new AbortController();
  using pool = squares(1, abort.signal);
  const asked = pool.ask(1);
  abort.abort(new Error("enough"));
  await assertRejects(() => asked, Error, "enough");
  await assertRejects(() => pool.ask(1), Error, "enough");
  assertThrows(() => squares(1, AbortSignal.abort(new Error("late"))), Error, "late");
});

Deno.test("a pool has a worker per core by default and refuses none", () => {
  using pool = squares();
  assertEquals(pool.size, defaultWorkers());
  for (const workers of [0, 1.5, NaN]) {
    refuses(
      () => squares(workers),
      `Cannot square: workers is ${workers}, expected a whole number from 1 on`,
    );
  }
});

Deno.test("a request that no worker can be sent is refused, and the next has its own reply", async () => {
  const start = () =>
    new Worker(new URL("./square_worker.ts", import.meta.url), { type: "module" });
  using pool = new WorkerPool<unknown, Square>(start, { attempt: "Cannot square", workers: 1 });
  const refused = pool.ask(() => 2); // a function cannot be copied
  const asked = pool.ask(3);
  await assertRejects(() => refused, DOMException);
  assertEquals((await asked).square[0], 9);
});
