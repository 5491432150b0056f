import { assert, assertEquals } from "@std/assert";
import { readSafetensors } from "../../files/disk/safetensors.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { key } from "../../gpu/random.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { arrays } from "../../nn/data.ts";
import { dense } from "../../nn/dense.ts";
import { fit, type FitOptions } from "../../nn/fit.ts";
import type { FitReport, Resumption } from "../../nn/fit_report.ts";
import { mse } from "../../nn/loss.ts";
import { Model } from "../../nn/model.ts";
import { adam } from "../../nn/optimizer.ts";
import { constantRate } from "../../nn/schedule.ts";
import { test } from "../check.ts";
import { rewriteNotes, withFolder } from "../files/samples.ts";
import { unreadable } from "../refusals.ts";

const x = Float32Array.from({ length: 24 }, (_, i) => i / 24);
const target = x.map((value) => 2 * value + 1);
const data = arrays({ x: ndarray([24, 1], x), target: ndarray([24, 1], target) });

/** A training of 30 steps with checkpoints at 10, 20 and 30. */
async function train(
  gpu: Gpu,
  path: string,
  change: Partial<FitOptions> = {},
): Promise<{ reports: FitReport[]; from: Resumption | undefined }> {
  using model = new Model(gpu, dense({ units: 1 }), { inputShape: [1], key: key(1) });
  const reports: FitReport[] = [];
  let from: Resumption | undefined;
  const options: FitOptions = {
    data,
    loss: mse(),
    optimizer: adam(),
    schedule: constantRate(0.05),
    steps: 30,
    batchSize: 8,
    key: key(2),
    checkpoint: { path, every: 10 },
    validation: { data, every: 10 },
    resumed: (told) => void (from = told),
    ...change,
  };
  for await (const report of fit(model, options)) reports.push(report);
  return { reports, from };
}

/** Flips the lowest bit of a byte, counted from the end. */
async function flip(path: string, fromEnd: number): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[bytes.length - fromEnd] ^= 1;
  await Deno.writeFile(path, bytes);
}

test("where the latest checkpoint is damaged the one before it is gone on from, with a word", async ({ gpu }) => {
  await withFolder(async (folder) => {
    const [path, previous] = [`${folder}/c.safetensors`, `${folder}/c_previous.safetensors`];
    const whole = (await train(gpu, path)).reports;
    const stepOf = async (file: string) => {
      using open = await readSafetensors(file);
      return open.metadata.step;
    };
    assertEquals([await stepOf(path), await stepOf(previous)], ["30", "20"]);
    await flip(path, 3);
    const { reports, from } = await train(gpu, path, { resume: true });
    assertEquals(from?.step, 20);
    assert(from?.warning?.startsWith(`Cannot read ${path}: its tensors are not those`));
    assert(from?.warning?.endsWith("; going on from the one before it"), from?.warning);
    assertEquals(from?.report, whole[1]);
    assertEquals(reports.map(({ resumedFrom: _, ...rest }) => rest), whole.slice(2));
    // The damaged one is gone; it never takes the place of a good one.
    assertEquals([await stepOf(path), await stepOf(previous)], ["30", "20"]);

    await Deno.remove(path); // ended between two renames
    const again = await train(gpu, path, { resume: true });
    assertEquals([again.from?.step, again.reports.at(-1)?.checkpoint], [20, whole[2].checkpoint]);
    assertEquals(again.from?.warning, `there is no ${path}; going on from the one before it`);

    await flip(path, 3);
    await flip(previous, 5);
    const { message } = await unreadable(() => train(gpu, path, { resume: true }), path);
    assert(message.includes(`; Cannot read ${previous}: its tensors`), message);
    assert(message.endsWith("; nothing is left to go on from: begin anew (--force)"), message);
  });
});

test("a training ended between two reports and resumed reports as one that never stopped", async ({ gpu }) => {
  await withFolder(async (folder) => {
    const whole = await train(gpu, `${folder}/whole.safetensors`);
    for (const stop of [4, 10, 17]) {
      const controller = new AbortController();
      const schedule = (step: number) => {
        if (step === stop) controller.abort(); // while the batch of that step is fed
        return 0.05;
      };
      const path = `${folder}/${stop}.safetensors`;
      const first = await train(gpu, path, { schedule, signal: controller.signal });
      const last = first.reports.at(-1)!;
      assertEquals([last.ended, Number.isNaN(last.loss)], ["signal", stop !== 10]);
      const { reports, from } = await train(gpu, path, { resume: true });
      assertEquals(from?.step, last.step);
      const told = [...first.reports.filter(({ loss }) => !Number.isNaN(loss)), ...reports];
      const plain = ({ resumedFrom: _, ended: __, ...rest }: FitReport) => rest;
      assertEquals(told.map(plain), whole.reports.map(plain), `stopped at ${stop}`);
    }
  });
});

test("notes of a checkpoint that cannot be are refused by name", async ({ gpu }) => {
  await withFolder(async (folder) => {
    const path = `${folder}/c.safetensors`;
    await train(gpu, path);
    await Deno.remove(`${folder}/c_previous.safetensors`);
    using file = await readSafetensors(path);
    const good = file.metadata;
    const { step: _, ...without } = good;
    const { best: __, ...unfinished } = good;
    const expected = "expected a whole number from 1 to 30";
    const cases: [Record<string, string>, string][] = [
      [without, `step is missing, ${expected}`],
      [{ ...good, step: "-5" }, `step is "-5", ${expected}`],
      [{ ...good, step: "31" }, `step is "31", ${expected}`],
      [{ ...good, step: "2.5" }, `step is "2.5", ${expected}`],
      [{ ...good, step: "" }, `step is "", ${expected}`],
      [{ ...good, best: "{" }, "best is not JSON, or cut short"],
      [{ ...good, best: '{"loss":1,"step":0}' }, "best, waited is missing, expected a whole"],
      [{ ...good, best: '{"loss":1,"step":-1,"waited":0}' }, "best, step is -1, expected a whole"],
      [unfinished, "best is missing, expected JSON"],
      [{ ...good, losses: "" }, "losses is empty"],
      [{ ...good, losses: '{"sum":"1"}' }, 'losses, sum is "1", expected a number'],
      [{ ...good, report: "[]" }, "report is [], expected a JSON object"],
    ];
    for (const [metadata, reason] of cases) {
      await rewriteNotes(path, () => metadata);
      const attempt = () => train(gpu, path, { resume: true });
      await unreadable(attempt, `Cannot read ${path}: ${reason}`);
    }
    await rewriteNotes(path, () => good, false); // as another program writes it
    assertEquals((await train(gpu, path, { resume: true })).from?.step, 30);
  });
});
