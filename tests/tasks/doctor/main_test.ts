import { existsSync } from "node:fs";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { scale } from "../../../gpu/elementwise.ts";
import { scaleRef } from "../../../gpu/elementwise_ref.ts";
import { openGpu } from "../../../gpu/gpu.ts";
import { kernel, registeredKernels } from "../../../gpu/kernel.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import { runDoctor } from "../../../tasks/doctor/main.ts";
import { type Bench, type Check, EXACT } from "../../../tasks/doctor/bench.ts";
import { allChecks } from "../../../tasks/doctor/checks.ts";
import {
  entryPoints,
  examine,
  uncheckedKernels,
  worstError,
} from "../../../tasks/doctor/examine.ts";
import {
  findingsText,
  type Machine,
  machineText,
  makeReport,
  type Report,
} from "../../../tasks/doctor/report.ts";

const ROOT = new URL("../../../", import.meta.url);

const CARD: Machine = {
  toolkit: "1",
  deno: "2",
  adapter: "A card",
  vendor: "NVIDIA",
  software: false,
  profile: "card",
  limits: {
    bufferBytes: 2 ** 31,
    bindingBytes: 2 ** 31,
    storageBuffers: 10,
    workgroupBytes: 2 ** 14,
    workgroupInvocations: 256,
  },
  features: [],
};

/** Doubles, against a reference that multiplies by `factor`. */
function doubling(factor: number): Check {
  return (bench) => {
    const x = bench.normal([5], 1);
    bench.compare(scale(bench, x.device, 2), scaleRef(x.host, factor), { relative: 1e-6 });
  };
}

/** Files below a folder, relative to the repository. */
async function* filesUnder(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory) yield* filesUnder(`${folder}${name}/`);
    else yield `${folder}${name}`;
  }
}

Deno.test("deno task doctor agrees with every reference, with its least permissions", async () => {
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const args = config.tasks.doctor.command.split(" ").slice(1);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT })
    .output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(code, 0, text + new TextDecoder().decode(stderr));
  assertMatch(text, /^toolkit +Cetus \d.*\nadapter +\S/);
  assertMatch(text, /\nconv2d\/sum_rows +\d+ +\d\.\de-\d+ +\d\.\de-\d+ +ok\n/);
  assertMatch(text, /\nAll \d+ kernels \(\d+ variants\) agree with their float64 references\.\n/);
  for (const line of text.split("\n")) assert(line.length <= 100, line);
});

Deno.test("the checks run every kernel, and one wrong result among them is found", async () => {
  const printed: string[] = [];
  const checks = [...allChecks, doubling(2.001)];
  const code = await runDoctor(["--json"], { checks, print: (text) => printed.push(text) });
  assertEquals(printed.length, 1);
  const report: Report = JSON.parse(printed[0]);
  assertEquals(report.unchecked, []);
  const wrong = report.kernels.filter(({ ok }) => !ok);
  assertEquals(wrong.map(({ name, wrong }) => [name, wrong]), [["scale", ["scale"]]]);
  assertEquals([code, report.ok], [1, false]);
  assertStringIncludes(report.advice[0], "WRONG: scale (scale).");
  assert(report.advice.some((line) => line.startsWith("Results on this device must not be trust")));
});

Deno.test("no shader lies outside of what the doctor's checks import", async () => {
  const known = new Set(registeredKernels.map(({ source }) => source.at(-1)!.file));
  for (const folder of ["gpu/", "nn/", "audio/", "recsys/", "tasks/"]) {
    if (!existsSync(new URL(folder, ROOT))) continue; // audio and recsys are yet to come
    for await (const file of filesUnder(folder)) {
      if (!file.endsWith(".wgsl")) continue;
      const text = await Deno.readTextFile(new URL(file, ROOT));
      assert(known.has(file) || !entryPoints(text).length, `${file} has no check in tasks/doctor`);
    }
  }
});

Deno.test("without an adapter the doctor says what to install and exits 1", async () => {
  const message = "Cannot find a WebGPU adapter: install your GPU's Vulkan driver";
  const open = () => Promise.reject(new Error(message));
  const printed: string[] = [];
  const print = (text: string) => printed.push(text);
  assertEquals(await runDoctor([], { open, print }), 1);
  assertEquals(printed, [message]);
  assertEquals(await runDoctor(["--json"], { open, print }), 1);
  assertEquals(JSON.parse(printed[1]).advice, [message]);
});

Deno.test("--help prints the options and exits 0; a mistyped one exits 2", async () => {
  const printed: string[] = [];
  const complaints: string[] = [];
  const options = {
    print: (text: string) => printed.push(text),
    complain: (text: string) => complaints.push(text),
  };
  assertEquals(await runDoctor(["--help"], options), 0);
  assertStringIncludes(printed[0], "--json");
  assertEquals(await runDoctor(["--jsn"], options), 2);
  assertStringIncludes(complaints[0], "There is no option --jsn; perhaps you meant --json");
});

Deno.test("a kernel that does not compile is named, and the checks after it still run", async () => {
  const broken = kernel({
    name: "broken",
    source: [{ file: "broken.wgsl", text: "@compute @workgroup_size(64) fn broken() { oops; }" }],
    entry: "broken",
    inputs: {},
    outputs: { y: "4" },
    threads: () => 1,
  });
  const check = (bench: Bench) => {
    const x = bench.normal([4], 1);
    bench.compare(scale(bench, x.device, 2), scaleRef(x.host, 2), { relative: 1e-6 });
    bench.compare(broken(bench, {}).y, ndarray([4], new Float64Array(4)), EXACT);
  };
  const findings = await examine(() => openGpu(), [check, doubling(2)]);
  const report = makeReport(CARD, findings, []);
  assertEquals(report.kernels.map(({ name, ok }) => [name, ok]), [["broken", false], [
    "scale",
    true,
  ]]);
  assertStringIncludes(report.advice[1], "Cannot compile broken: broken.wgsl:1");
  assertMatch(findingsText(report), /\nbroken +1 +no number +exact +WRONG\n/);
});

Deno.test("a check that leaves a result without comparison is a failure", async () => {
  const careless = (bench: Bench) => void scale(bench, bench.normal([4], 1).device, 2);
  const [finding] = await examine(() => openGpu(), [careless]);
  assertEquals(finding.ok, false);
  assertEquals(
    finding.failure,
    "Cannot judge scale: its result is not compared, expected a reference",
  );
});

Deno.test("a kernel chosen by profile is examined for both profiles", async () => {
  const seen: string[] = [];
  await examine(() => openGpu(), [
    (bench) => void seen.push(bench.profile),
    () => void seen.push("unasked"),
  ]);
  assertEquals(seen, ["software", "card", "unasked"]);
});

Deno.test("worstError() measures by the tolerance, and takes NaN for infinitely wrong", () => {
  const of = (...values: number[]) => ndarray([values.length], Float64Array.from(values));
  const [expected, tolerance] = [of(100, 1, 2), { relative: 0.01, absolute: 0.5 }];
  assertEquals(worstError(of(101, 1.4, 2), expected, tolerance), {
    element: 1,
    error: 1.4 - 1,
    tolerance: 0.51,
  });
  const absolute = Float64Array.of(2, 0.5, 0);
  const apart = { element: 2, error: 0.25, tolerance: 0 };
  assertEquals(worstError(of(101, 1.4, 2.25), expected, { absolute }), apart);
  assertEquals(worstError(of(100, NaN, 2), expected, tolerance).error, Infinity);
  assertEquals(worstError(of(100, 1, 2), expected, EXACT), { element: 0, error: 0, tolerance: 0 });
  assertEquals(worstError(of(100, 1, 2.5), expected, EXACT), {
    element: 2,
    error: 0.5,
    tolerance: 0,
  });
});

Deno.test("uncheckedKernels() names kernels and entry points that nothing has run", () => {
  const text = "@compute @workgroup_size(64)\nfn a() {}\n@compute @workgroup_size(64) fn b() {}";
  const spec = (name: string, entry: string) => ({
    name,
    entry,
    source: [{ file: "x.wgsl", text }],
    inputs: {},
    outputs: {},
    threads: () => 1,
  });
  const [first, second] = [spec("first", "a"), spec("second", "a")];
  const finding = { spec: first, element: 0, error: 0, tolerance: 0, ok: true };
  assertEquals(uncheckedKernels([finding], [first, second]), ["second (a)", "x.wgsl (b)"]);
  assertEquals(makeReport(CARD, [finding], ["second (a)"]).ok, false);
});

Deno.test("only a software adapter is told of training on the processor", async () => {
  const findings = await examine(() => openGpu(), [doubling(2)]);
  const onCard = makeReport(CARD, findings, []);
  assertEquals(onCard.ok, true);
  assertEquals(onCard.advice, ["All 1 kernels (1 variants) agree with their float64 references."]);
  const onProcessor = makeReport({ ...CARD, software: true }, findings, []);
  assertStringIncludes(onProcessor.advice[1], "expect minutes instead of seconds");
  assertMatch(machineText(CARD), /^toolkit +Cetus 1, Deno 2\n.*vendor NVIDIA; hardware\n/);
});
