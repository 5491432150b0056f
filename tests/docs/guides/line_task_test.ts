import { assert, assertEquals, assertRejects } from "@std/assert";
import { LINE_SETTINGS, trainLine } from "../../../docs/guides/line_task.ts";
import { Progress } from "../../../tasks/run/progress.ts";
import { Interrupted } from "../../../tasks/run/run_folder.ts";
import { configOf } from "../../../tasks/run/settings.ts";
import { sharedGpu } from "../../check.ts";
import { unreadable } from "../../refusals.ts";
import { inFolder } from "../../files/samples.ts";

inFolder.test("the task of the guide finds its line, in a folder that it keeps", async (out) => {
  const config = configOf(LINE_SETTINGS, { set: [["points", "100"]] });
  const progress = new Progress({ write: () => {}, isTerminal: false });
  const options = { config, seed: 1, out, progress, gpu: await sharedGpu() };
  const result = await trainLine(options);
  assert(Math.abs(result.slope - 2) < 0.2 && Math.abs(result.offset - 1) < 0.1);
  const written = await Promise.all(
    ["config.json", "metrics.jsonl", "report.html"].map((name) => Deno.stat(`${out}/${name}`)),
  );
  assert(written.every(({ size }) => size > 0));
  assertEquals(await trainLine({ ...options, resume: true }), result);
  await unreadable(() => trainLine(options), "finished");
});

Deno.test("a run of that task that was stopped goes on to the same bits", async () => {
  const [out, whole] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  const controller = new AbortController();
  const write = () => controller.abort(new DOMException("Interrupted", "AbortError"));
  const config = configOf(LINE_SETTINGS, { preset: "smoke" });
  const options = { config, seed: 1, gpu: await sharedGpu() };
  const stopped = new Progress({ write, isTerminal: true });
  await assertRejects(
    () => trainLine({ ...options, out, progress: stopped, signal: controller.signal }),
    Interrupted,
  );
  const progress = new Progress({ write: () => {}, isTerminal: false });
  const resumed = await trainLine({ ...options, out, progress, resume: true });
  const { slope, offset } = await trainLine({ ...options, out: whole, progress });
  assertEquals([resumed.slope, resumed.offset], [slope, offset]);
  for (const path of [out, whole]) await Deno.remove(path, { recursive: true });
});
