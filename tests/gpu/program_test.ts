import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { add, fill, multiply, scale } from "../../gpu/elementwise.ts";
import { openGpu } from "../../gpu/gpu.ts";
import { Program } from "../../gpu/program.ts";
import { planArena, Recorder } from "../../gpu/recorder.ts";
import { Storage, type Tensor } from "../../gpu/tensor.ts";
import { key, uniform } from "../../gpu/random.ts";
import { test } from "../check.ts";
import { refuses, rejects } from "../refusals.ts";

test("a program replays its record with new feeds, several steps in one submit", async ({ gpu }) => {
  const total = gpu.persistent([4], { label: "total" });
  fill(gpu, total, 0);
  const recorder = new Recorder(gpu);
  const x = recorder.feed("x", [4]);
  const doubled = scale(recorder, multiply(recorder, x, x), 2);
  const sum = add(recorder, total, doubled);
  scale(recorder, sum, 1, total); // the total lives outside the record and carries over
  using program = await Program.compile(gpu, recorder);
  const before = gpu.counts();
  program.run([{ x: Float32Array.of(1, 2, 3, 4) }, { x: Float32Array.of(1, 0, 0, 1) }]);
  assertEquals([...(await gpu.read(total)).data], [4, 8, 18, 34]);
  program.run([{ x: Float32Array.of(0, 0, 1, 0) }]);
  assertEquals([...(await gpu.read(total)).data], [4, 8, 20, 34]);
  const after = gpu.counts();
  assertEquals([after.pipelines, after.bindGroups], [before.pipelines, before.bindGroups]);
  refuses(() => program.run([{ x: new Float32Array(3) }]), 'feed "x" has 3 elements, expected 4');
  for (const data of [new Float64Array(4), new Uint32Array(4)]) { // their bits would be read as f32
    assertThrows(
      () => program.run([{ x: data }]),
      TypeError,
      `feed "x" is a ${data.constructor.name}, expected f32 [4]`,
    );
  }
});

Deno.test("a program that the budget refuses gives back what it had taken", async () => {
  using gpu = await openGpu({ budgetBytes: 4096 });
  const recorder = new Recorder(gpu);
  const x = recorder.feed("x", [512]);
  recorder.keep(add(recorder, scale(recorder, x, 2), x)); // 2 KiB three times
  await rejects(() => Program.compile(gpu, recorder), "Cannot allocate");
  assertEquals(gpu.memory().liveBytes, 0);
});

Deno.test("planArena() never puts two storages alive together into one slot", () => {
  const lifetimes = Array.from({ length: 200 }, (_, i) => {
    const first = Math.floor(uniform(key(1), 3 * i) * 100);
    const last = first + Math.floor(uniform(key(1), 3 * i + 1) * 10);
    const bytes = 16 * (1 + Math.floor(uniform(key(1), 3 * i + 2) * 50));
    return { storage: new Storage(bytes, `${i}`), first, last };
  });
  const { slots, slotOf } = planArena(lifetimes);
  for (const a of lifetimes) {
    assert(slots[slotOf.get(a.storage)!] >= a.storage.bytes);
    for (const b of lifetimes) {
      const together = a !== b && a.first <= b.last && b.first <= a.last;
      if (together) assert(slotOf.get(a.storage) !== slotOf.get(b.storage));
    }
  }
  const alive = Array.from(
    { length: 120 },
    (_, t) =>
      lifetimes.filter(({ first, last }) => first <= t && t <= last)
        .reduce((sum, { storage }) => sum + storage.bytes, 0),
  );
  const total = slots.reduce((a, b) => a + b, 0);
  assert(total <= 2 * Math.max(...alive), `${total} against ${Math.max(...alive)} alive at once`);
});

Deno.test("a chain of layers shares memory: two slots for ten tensors", () => {
  const recorder = new Recorder();
  let x: Tensor = recorder.feed("x", [64]);
  for (let i = 0; i < 10; i++) x = scale(recorder, x, 1);
  assertEquals(recorder.plan().slots, [256, 256]);
  assertEquals(recorder.plan().unsharedBytes, 2560);
});

test("a tensor of a record cannot be read outside its program", async ({ gpu }) => {
  const recorder = new Recorder(gpu);
  const y = scale(recorder, recorder.feed("x", [4]), 2);
  await assertRejects(() => gpu.read(y), Error, "exists only inside its recorded program");
});

test("repeat() replays a step as often as it says, in submits bounded by operations and bytes", async ({ gpu, scope }) => {
  const [total, one] = [scope.empty([4]), scope.empty([4])];
  fill(scope, total, 0);
  fill(scope, one, 1);
  const recorder = new Recorder(gpu);
  scale(recorder, add(recorder, total, one), 1, total);
  using program = await Program.compile(gpu, recorder);
  program.repeat(0);
  program.repeat(1);
  program.repeat(250);
  assertEquals([...(await gpu.read(total)).data], Array(4).fill(251));
  assertEquals([program.stepsPerSubmit(8), program.stepsPerSubmit(100)], [8, 100]);
  const fed = new Recorder(gpu);
  scale(fed, fed.feed("x", [2 ** 20]), 2);
  using large = await Program.compile(gpu, fed);
  assertEquals(large.stepsPerSubmit(100), 16); // 4 MiB each in 64 MiB
});

test("profile() counts the dispatches by kernel", async ({ gpu }) => {
  const recorder = new Recorder(gpu);
  const x = recorder.feed("x", [1000]);
  recorder.keep(scale(recorder, scale(recorder, add(recorder, x, x), 2), 3));
  using program = await Program.compile(gpu, recorder);
  const times = await program.profile({ x: new Float32Array(1000) });
  assertEquals(times.map(({ name, calls }) => `${name} ${calls}`).sort(), ["add 1", "scale 2"]);
  assert(times.every(({ milliseconds }) => milliseconds >= 0));
});

Deno.test("memory is counted by name, pooled on release, and bounded by the budget", async () => {
  using gpu = await openGpu({ budgetBytes: 4096 });
  const a = gpu.persistent([256], { label: "a" });
  const b = gpu.persistent([512], { label: "b" });
  assertEquals(gpu.memory().byLabel, [["b", 2048], ["a", 1024]]);
  refuses(
    () => gpu.persistent([512], { label: "c" }),
    'Cannot allocate 0.0 MiB for "c": 0.0 MiB are in use and the budget is 0.0 MiB; the largest: b',
  );
  gpu.release(b);
  assertEquals(gpu.memory().pooledBytes, 2048);
  const again = gpu.persistent([512], { label: "again" });
  assertEquals(gpu.counts().buffers, 2);
  assertThrows(() => gpu.release(b), Error, 'Cannot release "b"');
  gpu.release(again, a);
  assertEquals(gpu.memory().liveBytes, 0);
  refuses(() => gpu.persistent([2 ** 40], { label: "huge" }), "this device binds");
});

test("upload and read keep bytes of every element type and odd lengths", async ({ gpu }) => {
  for (const length of [1, 2, 3, 5, 17]) {
    const data = Uint8Array.from({ length }, (_, i) => 250 - i);
    const tensor = gpu.upload({ shape: [length], data });
    assertEquals([...(await gpu.read(tensor)).data], [...data]);
    gpu.release(tensor);
  }
  const big = Float32Array.from({ length: 5_000_001 }, (_, i) => i); // more than one staging chunk
  const tensor = gpu.upload({ shape: [big.length], data: big });
  const { data } = await gpu.read(tensor);
  assert(data.every((value, i) => value === i));
  gpu.release(tensor);
});
