/** The whole run on clips that the test makes: noise, and noise with an upsweep. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { rocAuc } from "../../../nn/metrics/classification.ts";
import { Progress } from "../../../tasks/run/progress.ts";
import { Interrupted } from "../../../tasks/run/run_folder.ts";
import { evaluateWhales } from "../../../tasks/whale/evaluate.ts";
import { readModel } from "../../../tasks/whale/model.ts";
import { predictWhales } from "../../../tasks/whale/predict.ts";
import { trainWhale, type WhaleTrainOptions } from "../../../tasks/whale/train.ts";
import { sharedGpu } from "../../check.ts";
import { inFolder, rewriteNotes } from "../../files/samples.ts";
import { unreadable } from "../../refusals.ts";
import { QUIET } from "../study/samples.ts";
import { sampleLabel, TINY, writeWhales } from "./samples.ts";

async function optionsFor(folder: string, name: string): Promise<WhaleTrainOptions> {
  return {
    data: `${folder}/data`,
    config: TINY,
    seed: 5,
    out: `${folder}/${name}`,
    cache: `${folder}/cache`,
    progress: QUIET,
    gpu: await sharedGpu(),
  };
}

inFolder.test("a run writes its folder, tells calls from noise, predicts and evaluates", async (folder) => {
  await writeWhales(`${folder}/data`, 60, 12);
  const options = { ...await optionsFor(folder, "run"), allowOrderLeak: true };
  const result = await trainWhale(options);
  assertEquals([result.trainCount, result.scoredCount, result.synthetic], [60, 60, false]);
  assertEquals(result.repeats, ["folds 1", "folds 2"]);
  assertStringIncludes(result.measuredOn, "60 clips in 2 folds, 2 shuffles: a clip is compared");
  assert(result.auc > 0.9, `${result.auc}`);
  assert(result.single.svm!.auc > 0.9, `${result.single.svm!.auc}`);
  assertEquals(result.single.forest, result.blend.forest); // one member only
  assert(result.blocked!.svm!.auc > 0.8);
  assert(result.withOrder!.auc > 0.5);
  assert(result.interval.low <= result.auc && result.auc <= result.interval.high + 0.05);
  const names = Array.from(Deno.readDirSync(options.out), ({ name }) => name).sort();
  assertEquals(names, [
    "checkpoint.safetensors",
    "config.json",
    "metrics.jsonl",
    "model.safetensors",
    "predictions.csv",
    "report.html",
    "result.json",
  ]);
  const predictions = (await Deno.readTextFile(`${options.out}/predictions.csv`)).split("\n");
  assertEquals([predictions.length, predictions[0]], [62, "clip,probability"]);

  const shared = { run: options.out, progress: QUIET, gpu: await sharedGpu() };
  const out = `${folder}/new.csv`;
  const { count } = await predictWhales({ ...shared, data: options.data!, out });
  assertEquals(count, 12);
  const lines = (await Deno.readTextFile(out)).trim().split("\n").slice(1);
  const scores = lines.map((line) => Number(line.split(",")[1]));
  const calls = scores.map((_, i) => sampleLabel(10_000 + i));
  assert(rocAuc(calls, scores) > 0.9, `${scores}`);
  const again = { ...shared, data: options.data!, out, format: "2013" } as const;
  await unreadable(() => predictWhales(again), "new.csv: it is there already");
  await predictWhales({ ...again, force: true });
  assertEquals((await Deno.readTextFile(out)).trim().split("\n").map(Number), scores);

  // Other clips under names that the run knows, and four that it was trained on.
  await writeWhales(`${folder}/more`, 100);
  const evaluation = await evaluateWhales({
    ...shared,
    data: `${folder}/more`,
    cache: options.cache,
  });
  assertEquals([evaluation.count, evaluation.trainedOn], [40, 60]);
  assert(evaluation.auc > 0.9, `${evaluation.auc}`);
  await unreadable(
    () => evaluateWhales({ ...shared, data: options.data, cache: options.cache }),
    "0 of 60 clips were not trained on",
  );
});

inFolder.test("an interrupted run goes on to the same bits, and a finished one is kept", async (folder) => {
  await writeWhales(`${folder}/data`, 40);
  const config = { ...TINY, members: 2, foldSeeds: [1] };
  const whole = { ...await optionsFor(folder, "whole"), config };
  const result = await trainWhale(whole);
  const controller = new AbortController();
  // Stops while the second dictionary's clips are encoded.
  const progress = new Progress({
    write: (text) => {
      if (text.includes("model 2 of 2: encoding")) controller.abort();
    },
    isTerminal: true,
  }, () => Infinity);
  const halved = { ...whole, out: `${folder}/halved` };
  const stopped = trainWhale({ ...halved, progress, signal: controller.signal });
  await assertRejects(() => stopped, Interrupted, "go on with --resume");
  await unreadable(() => trainWhale(halved), "an unfinished run");
  const resumed = await trainWhale({ ...halved, resume: true });
  assertEquals(figuresOf(resumed), figuresOf(result));
  const read = (path: string) => Deno.readFile(`${path}/model.safetensors`);
  assertEquals(await read(halved.out), await read(whole.out));
  assertEquals(await trainWhale({ ...whole, resume: true }), result);
  await unreadable(
    () => trainWhale({ ...whole, resume: true, seed: 6 }),
    "it was made with seed 5, and 6 was asked for now",
  );
});

function figuresOf(
  { seconds: _, timings: __, ...figures }: Awaited<ReturnType<typeof trainWhale>>,
) {
  return figures;
}

inFolder.test("a bad clip stops the run, or is left out and listed", async (folder) => {
  await writeWhales(`${folder}/data`, 41);
  const path = `${folder}/data/train/train41.aiff`;
  await Deno.truncate(path, 3000);
  const options = { ...await optionsFor(folder, "run"), config: { ...TINY, foldSeeds: [1] } };
  const { message } = await unreadable(() => trainWhale(options));
  assertStringIncludes(message, "train/train41.aiff");
  assertStringIncludes(message, "it has 1473 samples, expected 3000 to 6000; chunk");
  const result = await trainWhale({ ...options, onBad: "skip" });
  assertEquals(result.trainCount, 40);
  assertEquals(result.badFiles.map(({ name }) => name), [`${folder}/data/train/train41.aiff`]);
});

inFolder.test("a damaged model file is refused by name", async (folder) => {
  await writeWhales(`${folder}/data`, 40);
  const options = { ...await optionsFor(folder, "run"), config: { ...TINY, foldSeeds: [1] } };
  await trainWhale(options);
  const path = `${options.out}/model.safetensors`;
  const bytes = await Deno.readFile(path);
  await rewriteNotes(path, ({ members, ...others }) => {
    assert(members.includes('"filters":12'));
    return { ...others, members: members.replace('"filters":12', '"filters":13') };
  });
  await assertRejects(() => readModel(path), Error, "expected [13,");
  await rewriteNotes(path, ({ members: _, ...others }) => others);
  await unreadable(() => readModel(path), `Cannot read ${path}: members: it names none`);
  await rewriteNotes(path, (notes) => ({ ...notes, members: '[{"filters":' }));
  await unreadable(() => readModel(path), "members: they are not JSON, or cut short");
  const flipped = bytes.slice();
  flipped[bytes.length - 1000] ^= 4;
  await Deno.writeFile(path, flipped);
  await unreadable(() => readModel(path), `Cannot read ${path}: its tensors are not those`);
  await Deno.writeFile(path, bytes.slice(0, 5000));
  await assertRejects(() => readModel(path), Error, path);
});
