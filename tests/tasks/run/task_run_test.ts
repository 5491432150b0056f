/** What is refused, answered and left behind by a run, whatever it does. */
import { assertEquals, assertRejects } from "@std/assert";
import { InputError } from "../../../files/input_error.ts";
import { exists } from "../../../files/disk/presence.ts";
import { Progress } from "../../../tasks/run/progress.ts";
import { Interrupted, RunFolder } from "../../../tasks/run/run_folder.ts";
import { runTask, type TaskDescription } from "../../../tasks/run/task_run.ts";
import { openGpu } from "../../../gpu/gpu.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import { sharedGpu } from "../../check.ts";
import { withFolder } from "../../files/samples.ts";

const TASK: TaskDescription<"data" | "work"> = {
  settings: { about: "settings of a toy", task: "toy", table: {} },
  phases: { data: "reading", work: "working" },
  options: () => ({}),
};

/** Runs a toy with a given way to open its data; `log` is told what happens. */
async function runToy(out: string, open: () => Promise<number>, log: string[], more = {}) {
  const progress = new Progress({ write: (text) => void log.push(text.trim()), isTerminal: false });
  const options = { out, seed: 3, progress, gpu: await sharedGpu(), ...more };
  return await runTask(TASK, options, { task: "toy", seed: 3 }, {
    open: (run) => {
      run.use({ [Symbol.dispose]: () => void log.push("closed") });
      return run.time("data", open);
    },
    work: async (run, data) => {
      await run.time("work", () => run.folder.log({ data }));
      return { result: { data, phases: Object.keys(run.timings) }, page: "<p>page" };
    },
  });
}

Deno.test("a run writes its page and its result last, and a finished one is answered as it is", async () => {
  await withFolder(async (folder) => {
    const [out, log]: [string, string[]] = [`${folder}/run`, []];
    const result = { data: 7, phases: ["data", "work"] };
    assertEquals(await runToy(out, () => Promise.resolve(7), log), result);
    assertEquals(log, [`report: ${out}/report.html`, "closed"]);
    assertEquals(await Deno.readTextFile(`${out}/report.html`), "<p>page");
    assertEquals(await RunFolder.finished(out), result);
    const never = () => Promise.reject(new Error("opened again"));
    assertEquals(await runToy(out, never, log, { resume: true }), result);
    assertEquals(log.at(-1), `${out} is finished already`);
    await assertRejects(() => runToy(out, never, log), InputError, "it holds a finished run");
  });
});

Deno.test("data that cannot be used leave no folder behind, nor does a run that is ended by then", async () => {
  await withFolder(async (folder) => {
    const [out, log]: [string, string[]] = [`${folder}/run`, []];
    const bad = () => Promise.reject(new InputError("Cannot read data", "the file is empty"));
    await assertRejects(() => runToy(out, bad, log), InputError, "the file is empty");
    const signal = AbortSignal.abort();
    const ended = () => Promise.reject(signal.reason);
    const stopped = runToy(out, ended, log, { signal });
    await assertRejects(() => stopped, Interrupted, `go on with --resume (${out})`);
    assertEquals([await exists(out), log], [false, ["closed", "closed"]]);
  });
});

Deno.test("a device lost in the middle of a run is said with what to do", async () => {
  await withFolder(async (folder) => {
    const [out, gpu] = [`${folder}/run`, await openGpu()];
    const progress = new Progress({ write: () => {}, isTerminal: false });
    const running = runTask(TASK, { out, seed: 3, progress, gpu }, { task: "toy" }, {
      open: () => Promise.resolve(0),
      work: async () => {
        const x = gpu.upload(ndarray([2], new Float32Array(2)));
        gpu.device.destroy();
        await gpu.read(x);
        return { result: {}, page: "" };
      },
    });
    const { message } = await assertRejects(() => running, Error);
    const sentence = /^The GPU device was lost \(destroyed\): .*; go on with --resume \((.*)\)$/;
    assertEquals(sentence.exec(message)?.[1], out, message);
  });
});

Deno.test("a run is refused where one is under way, whatever it may do to the folder", async () => {
  await withFolder(async (folder) => {
    const [out, log]: [string, string[]] = [`${folder}/run`, []];
    const begun = Promise.withResolvers<void>();
    const going = Promise.withResolvers<number>();
    const first = runToy(out, () => (begun.resolve(), going.promise), log);
    await begun.promise;
    for (const more of [{}, { resume: true }, { force: true }]) {
      const second = runToy(out, () => Promise.resolve(8), log, more);
      await assertRejects(() => second, InputError, `process ${Deno.pid} on ${Deno.hostname()}`);
    }
    going.resolve(7);
    assertEquals((await first).data, 7);
    assertEquals(await exists(`${out}/lock`), false);
    assertEquals((await runToy(out, () => Promise.resolve(9), log, { force: true })).data, 9);
  });
});
