import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { add, fill } from "../../gpu/elementwise.ts";
import { openGpu } from "../../gpu/gpu.ts";
import { foldGrid, kernel } from "../../gpu/kernel.ts";
import { locate } from "../../gpu/pipelines.ts";
import { GRID } from "../../gpu/sources.ts";
import { test } from "../check.ts";
import { refuses } from "../refusals.ts";

Deno.test("foldGrid() keeps every axis within 65,535 and covers the row", () => {
  for (const workgroups of [0, 1, 65_535, 65_536, 65_537, 3_000_000, 65_535 ** 2]) {
    const [x, y] = foldGrid("k", workgroups);
    assertEquals(x <= 65_535 && y <= 65_535 && x * y >= workgroups, true, `${workgroups}`);
  }
  refuses(() => foldGrid("k", 65_535 ** 2 + 1), "65,535 squared");
});

test("a kernel refuses a missing tensor, a released one and a missing scalar", ({ gpu }) => {
  const x = gpu.upload({ shape: [4], data: new Float32Array(4) });
  // deno-lint-ignore no-explicit-any
  assertThrows(() => add(gpu, x, undefined as any), TypeError, 'Cannot run add: "b" is missing');
  gpu.release(x);
  assertThrows(() => add(gpu, x, x), Error, 'Cannot run add: "upload" was released');
  const lacking = kernel({
    name: "lacking",
    source: [GRID, { file: "lacking.wgsl", text: "struct Params { n: u32, factor: f32 }" }],
    entry: "none",
    inputs: {},
    outputs: { y: "n" },
    threads: ({ n }) => n,
  });
  const y = gpu.persistent([4]);
  refuses(() => lacking(gpu, {}, { into: { y } }), "factor is not given");
  gpu.release(y);
});

Deno.test("a WGSL error names kernel, file and line, and the next await throws it", async () => {
  using gpu = await openGpu();
  const broken = kernel({
    name: "broken",
    source: [GRID, { file: "tests/broken.wgsl", text: "// fine\nfn f() -> u32 { return 1.5; }\n" }],
    entry: "f",
    inputs: {},
    outputs: { y: "n" },
    threads: () => 1,
  });
  broken(gpu, {}, { dims: { n: 4 } });
  const error = await assertRejects(async () => {
    await gpu.sync();
    await gpu.sync();
  }, Error);
  assertStringIncludes(error.message, "Cannot compile broken: tests/broken.wgsl:2:");
});

Deno.test("locate() maps a line of the concatenation back to its file", () => {
  const sources = [{ file: "a", text: "1\n2\n" }, { file: "b", text: "1\n2" }];
  assertEquals(locate(sources, 2), { file: "a", line: 2 });
  assertEquals(locate(sources, 5), { file: "b", line: 2 });
});

Deno.test("an uncaptured GPU error is thrown by the next await", async () => {
  using gpu = await openGpu();
  gpu.device.createBuffer({ size: 2 ** 45, usage: GPUBufferUsage.STORAGE });
  await assertRejects(() => gpu.sync(), Error, "WebGPU reported an error");
  assertThrows(() => gpu.persistent([1]), Error, "WebGPU reported an error");
});

Deno.test("a lost device is said, and a closed one too", async () => {
  const gpu = await openGpu();
  gpu.device.destroy();
  await gpu.device.lost;
  await assertRejects(() => gpu.sync(), Error, "The GPU device was lost");
  gpu[Symbol.dispose]();
  const closed = await openGpu();
  closed[Symbol.dispose]();
  assertThrows(() => fill(closed, { ...nothing }, 1), Error, "closed");
});

const nothing = {
  shape: [1],
  dtype: "f32",
  label: "x",
  storage: { bytes: 16, label: "x", buffer: undefined, released: false },
} as const;

Deno.test("await using waits for what is under way before it closes the device", async () => {
  const gpu = await openGpu();
  let done = false;
  {
    await using open = gpu;
    fill(open, open.persistent([2 ** 22]), 1);
    open.device.queue.onSubmittedWorkDone().then(() => done = true);
  }
  assertEquals(done, true);
  assertThrows(() => gpu.persistent([1]), Error, "it was closed");
});

Deno.test("a kernel refuses a field of Params that is no scalar of 4 bytes", () => {
  const text = "struct Params {\n  n: u32, // not m: vec2u\n  factor: vec2f,\n}";
  assertThrows(
    () =>
      kernel({
        name: "wide",
        source: [{ file: "wide.wgsl", text }],
        entry: "none",
        inputs: {},
        outputs: { y: "n" },
        threads: () => 1,
      }),
    RangeError,
    'Cannot make a kernel: the type of factor in Params is "vec2f", expected u32 or i32 or f32',
  );
});
