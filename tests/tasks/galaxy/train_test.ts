/** The whole run on photographs that the test makes: two sorts of blobs, told apart by roundness. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { jpeg } from "../../../deps_jpeg.ts";
import { InputError } from "../../../files/input_error.ts";
import { key, uniform } from "../../../gpu/random.ts";
import { GALAXY_PRESETS } from "../../../tasks/galaxy/config.ts";
import { evaluateGalaxies } from "../../../tasks/galaxy/evaluate.ts";
import { predictGalaxies } from "../../../tasks/galaxy/predict.ts";
import { splitsOf } from "../../../tasks/galaxy/splits.ts";
import { resultTable } from "../../../tasks/galaxy/table.ts";
import { type GalaxyTrainOptions, trainGalaxy } from "../../../tasks/galaxy/train.ts";
import { Interrupted } from "../../../tasks/run/run_folder.ts";
import { Progress } from "../../../tasks/run/progress.ts";
import { sharedGpu } from "../../check.ts";
import { handmadeZip, inFolder, writeFiles } from "../../files/samples.ts";
import { QUIET } from "../study/samples.ts";
import { sampleTable } from "./samples.ts";

const SIDE = 424;
/** A JPEG of one bright ellipse on black. */
function blob(seed: number): Uint8Array {
  const data = new Uint8Array(SIDE * SIDE * 4);
  const flat = seed % 2 ? 0.3 : 0.9;
  const angle = Math.PI * uniform(key(seed), 0);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const [u, v] = [x - 211.5, y - 211.5];
      const radius = Math.hypot(u * cos + v * sin, (v * cos - u * sin) / flat);
      const light = 255 * Math.exp(-radius / 40);
      data.set([light, 0.8 * light, 0.6 * light, 255], 4 * (y * SIDE + x));
    }
  }
  return Uint8Array.from(jpeg.encode({ data, width: SIDE, height: SIDE }, 85).data);
}

const IDS = Array.from({ length: 14 }, (_, i) => `${100_000 + 7 * i}`);
const PHOTOS = IDS.map((_, i) => blob(i));

/** Kaggle's layout with 14 galaxies, and a folder of two without labels. */
async function writeGalaxies(folder: string): Promise<void> {
  await writeFiles(folder, {
    "data/training_solutions_rev1.csv": sampleTable(IDS),
    ...Object.fromEntries(
      IDS.map((id, i) => [`data/images_training_rev1/${id}.jpg`, PHOTOS[i]]),
    ),
    "new/1.jpg": PHOTOS[0],
    "new/2.jpg": PHOTOS[1],
  });
}

async function optionsFor(folder: string, name: string): Promise<GalaxyTrainOptions> {
  return {
    data: `${folder}/data`,
    config: { ...GALAXY_PRESETS.smoke, steps: 10, checkpointEvery: 4, validation: 0.3, test: 0 },
    seed: 5,
    out: `${folder}/${name}`,
    cache: `${folder}/cache`,
    progress: QUIET,
    gpu: await sharedGpu(),
  };
}

inFolder.test("a run writes its folder, predicts and evaluates; a resumed one has the same bits", async (folder) => {
  await writeGalaxies(folder);
  const whole = await optionsFor(folder, "whole");
  const result = await trainGalaxy(whole);
  assertEquals([result.trainCount, result.heldOutCount], [10, 4]);
  assert(result.rmse! > 0 && result.rmse! < 0.5, `${result.rmse}`);
  assert(result.baselines!.zeros > result.baselines!.mean);
  const names = Array.from(Deno.readDirSync(whole.out), ({ name }) => name).sort();
  assertEquals(names, [
    "best.safetensors",
    "checkpoint.safetensors",
    "checkpoint_previous.safetensors",
    "config.json",
    "metrics.jsonl",
    "predictions.csv",
    "report.html",
    "result.json",
    "split.json",
  ]);

  const parts = await optionsFor(folder, "parts");
  const controller = new AbortController();
  const stopping = new Progress({
    write: (text) => /step [5-9] of/.test(text) && controller.abort(),
    isTerminal: true,
  }, () => performance.now() * 1e6);
  const config = { ...parts.config, reportEvery: 1 };
  await assertRejects(
    () => trainGalaxy({ ...parts, config, progress: stopping, signal: controller.signal }),
    Interrupted,
    "go on with --resume",
  );
  const early = { run: parts.out, data: `${folder}/new`, out: `${folder}/early.csv` };
  await assertRejects(
    () => predictGalaxies({ ...early, progress: QUIET, gpu: parts.gpu }),
    Error,
    "it stopped at step",
  );
  const resumed = await trainGalaxy({ ...parts, config, resume: true });
  const straight = { ...await optionsFor(folder, "straight"), config };
  await trainGalaxy(straight);
  const logOf = (out: string) => Deno.readTextFile(`${out}/metrics.jsonl`);
  assertEquals(await logOf(parts.out), await logOf(straight.out));
  assertEquals(resumed.checkpoints, result.checkpoints);
  assertEquals(resumed.rmse, result.rmse);
  const log = await Deno.readTextFile(`${parts.out}/metrics.jsonl`);
  const lines = log.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ step }) => step), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

  const other = await trainGalaxy({ ...await optionsFor(folder, "other"), seed: 6 });
  assert(other.checkpoints[0] !== result.checkpoints[0]);

  const gpu = await sharedGpu();
  const out = `${folder}/new.csv`;
  const request = { run: whole.out, data: `${folder}/new`, out, progress: QUIET, gpu };
  assertEquals((await predictGalaxies(request)).count, 2);
  const rows = (await Deno.readTextFile(out)).trim().split("\n").map((row) => row.split(","));
  assertEquals(rows.map((row) => [row[0], row.length]), [["GalaxyID", 38], ["1", 38], ["2", 38]]);
  const held = await evaluateGalaxies({ ...request, data: whole.data, cache: whole.cache });
  assertEquals([held.count, held.trainedOn], [4, 10]);
  assert(Math.abs(held.rmse - result.rmse!) < 1e-6, `${held.rmse} against ${result.rmse}`);
  // The same photographs under other names: a copy is known by its pixels.
  await writeFiles(folder, {
    "copies/training_solutions_rev1.csv": sampleTable(IDS.map((id) => `9${id}`)),
    ...Object.fromEntries(
      IDS.map((id, i) => [`copies/images_training_rev1/9${id}.jpg`, PHOTOS[i]]),
    ),
  });
  const copies = { ...request, data: `${folder}/copies`, cache: whole.cache };
  const renamed = await evaluateGalaxies(copies);
  assertEquals([renamed.count, renamed.trainedOn], [4, 10]);
});

inFolder.test("cross-validation predicts every galaxy once", async (folder) => {
  await writeGalaxies(folder);
  const options = await optionsFor(folder, "folds");
  const config = { ...options.config, steps: 2 };
  const result = await trainGalaxy({ ...options, config, folds: 2 });
  assertEquals([result.trainCount, result.heldOutCount, result.checkpoints.length], [
    7,
    14,
    2,
  ]);
  const table = await Deno.readTextFile(`${options.out}/predictions.csv`);
  const rows = table.trim().split("\n");
  assertEquals(rows.slice(1).map((row) => row.split(",")[0]), IDS);

  const again = { ...options, config, folds: 2, resume: true };
  assertEquals(await trainGalaxy(again), JSON.parse(JSON.stringify(result)));
  // As if killed after the first fold: one is finished, the other has not begun.
  await Deno.remove(`${options.out}/result.json`);
  await Deno.remove(`${options.out}/predictions.csv`);
  await Deno.remove(`${options.out}/fold2`, { recursive: true });
  const resumed = await trainGalaxy(again);
  assertEquals(resumed.checkpoints, result.checkpoints);
  assertEquals(await Deno.readTextFile(`${options.out}/predictions.csv`), table);
});

inFolder.test("a run killed before its first checkpoint begins anew, its metrics too", async (folder) => {
  await writeGalaxies(folder);
  const options = await optionsFor(folder, "run");
  const config = { ...options.config, steps: 2, reportEvery: 1, checkpointEvery: 2 };
  const { checkpoints } = await trainGalaxy({ ...options, config });
  for (const name of ["result.json", "checkpoint.safetensors"]) {
    await Deno.remove(`${options.out}/${name}`);
  }
  const resumed = await trainGalaxy({ ...options, config, resume: true });
  assertEquals(resumed.checkpoints, checkpoints);
  const log = await Deno.readTextFile(`${options.out}/metrics.jsonl`);
  assertEquals(log.trim().split("\n").map((line) => JSON.parse(line).step), [1, 2]);
});

inFolder.test("a run is not resumed on other galaxies than it began with", async (folder) => {
  await writeGalaxies(folder);
  const options = await optionsFor(folder, "run");
  const config = { ...options.config, steps: 1 };
  await trainGalaxy({ ...options, config });
  await Deno.remove(`${options.out}/result.json`);
  await writeFiles(folder, {
    "data/training_solutions_rev1.csv": sampleTable(IDS.slice(1)),
  });
  await assertRejects(
    () => trainGalaxy({ ...options, config, resume: true }),
    Error,
    "no longer holds the galaxies that the run began with",
  );
});

inFolder.test("a signal ends decoding and prediction, and nothing is written", async (folder) => {
  await writeGalaxies(folder);
  const options = await optionsFor(folder, "run");
  const signal = AbortSignal.abort();
  const isAbort = (error: unknown) => (error as Error).name === "AbortError";
  await assertRejects(() => trainGalaxy({ ...options, signal }), Interrupted, "--resume");
  await trainGalaxy({ ...options, config: { ...options.config, steps: 1 } });
  const request = { run: options.out, progress: QUIET, gpu: options.gpu, signal };
  const predicted = predictGalaxies({
    ...request,
    data: `${folder}/new`,
    out: `${folder}/new.csv`,
  });
  assert(await predicted.then(() => false, isAbort));
  const evaluated = evaluateGalaxies({ ...request, data: options.data, cache: options.cache });
  assert(await evaluated.then(() => false, isAbort));
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  assertEquals(names, ["cache", "data", "new", "run"]);
});

inFolder.test("a bad photograph stops prediction with nothing written, or is skipped", async (folder) => {
  await writeGalaxies(folder);
  const options = await optionsFor(folder, "run");
  await trainGalaxy({ ...options, config: { ...options.config, steps: 1 } });
  await writeFiles(folder, { "new/3.jpg": "no picture" });
  const gpu = await sharedGpu();
  const out = `${folder}/new.csv`;
  const request = { run: options.out, data: `${folder}/new`, out, progress: QUIET, gpu };
  await assertRejects(() => predictGalaxies(request), Error, "3.jpg");
  const left = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  assert(!left.some((name) => name.startsWith("new.csv")), `${left}`);
  const result = await predictGalaxies({ ...request, onBad: "skip" });
  assertEquals([result.count, result.badFiles.length], [2, 1]);

  const entries = PHOTOS.slice(0, 2).map((data, i) => ({ name: `${i}.jpg`, data }));
  const damaged = handmadeZip([{ ...entries[0], crc: 1 }, entries[1]]);
  await writeFiles(folder, { "new.zip": damaged });
  const zipped = { ...request, data: `${folder}/new.zip`, force: true };
  const { size } = await Deno.stat(out);
  await assertRejects(() => predictGalaxies(zipped), Error, "0.jpg");
  assertEquals((await Deno.stat(out)).size, size); // what was there stays
  const rest = await predictGalaxies({ ...zipped, onBad: "skip" });
  assertEquals([rest.count, rest.badFiles.map(({ name }) => name)], [1, [
    `${folder}/new.zip/0.jpg`,
  ]]);

  await writeFiles(folder, { [`data/images_training_rev1/${IDS.at(-1)}.jpg`]: "no picture" });
  const held = await evaluateGalaxies({
    ...request,
    data: options.data,
    cache: options.cache,
    onBad: "skip",
  });
  assertEquals([held.count, held.badFiles.length], [3, 1]);
});

Deno.test("of real galaxies the last floor(n / 10) are scored, as in the winning entry", () => {
  const options = { data: "kaggle", config: GALAXY_PRESETS.paper, seed: 1 };
  const [{ train, validation }] = splitsOf(options, 61578);
  assertEquals([train.length, validation.length], [55421, 6157]);
  assertEquals([train[0], train.at(-1), validation[0], validation.at(-1)], [
    0,
    55420,
    55421,
    61577,
  ]);
  assertEquals(splitsOf(options, 9)[0].validation.length, 0);
});

Deno.test("galaxies that decide are never those that are scored", () => {
  const paper = { data: "kaggle", config: GALAXY_PRESETS.paper, seed: 1 };
  const parts = (options: Parameters<typeof splitsOf>[0], count = 100) =>
    splitsOf(options, count).map(({ train, validation, test }) => {
      const rows = [...train, ...validation, ...test ?? []].sort((a, b) => a - b);
      assertEquals(new Set(rows).size, rows.length, "a galaxy is in one part");
      return [train.length, validation.length, test?.length];
    });
  const small = { ...paper, config: GALAXY_PRESETS.small };
  const best = { ...small, config: { ...small.config, use: "best" as const } };
  assertEquals(parts(small), [[80, 10, 10]]);
  assertEquals(parts({ ...small, folds: 2 }), [[50, 50, undefined], [50, 50, undefined]]);
  assertEquals(parts({ ...best, folds: 2 }), [[45, 5, 50], [45, 5, 50]]);
  const patient = { ...paper, config: { ...paper.config, patience: 3 } };
  assertEquals(parts(patient), [[90, 10, 0]], "nothing is left to be scored");

  assertEquals(parts({ ...small, unseen: true }), [[80, 10, 0]]);
  const none = { ...best, config: { ...best.config, validation: 0 } };
  assertThrows(
    () => splitsOf(none, 100),
    InputError,
    "validation is 0 of 100 galaxies, expected some to decide which weights predict",
  );
  const sky = { ...best, data: undefined, config: { ...best.config, skyValidation: 0 } };
  assertThrows(() => splitsOf(sky, 100), InputError, "skyValidation is 0, expected some to decide");
});

inFolder.test("a run with use=best is scored and evaluated on galaxies that decided nothing", async (folder) => {
  await writeGalaxies(folder);
  const options = await optionsFor(folder, "best");
  const config = { ...options.config, use: "best" as const, validateEvery: 2, test: 0.3 };
  const result = await trainGalaxy({ ...options, config });
  assertEquals([result.trainCount, result.validationCount, result.heldOutCount], [6, 4, 4]);
  assertEquals(result.validationDecides, ["which weights predict"]);
  const page = await Deno.readTextFile(`${options.out}/report.html`);
  const table = resultTable(result, options.out);
  assertStringIncludes(table, "4 galaxies held out; 6 trained on, 4 decided which weights predict");
  assertStringIncludes(page, "4 others were watched while it learnt and decided which weights");
  const { data, out, cache, gpu, progress } = options;
  const held = await evaluateGalaxies({ run: out, data, cache, gpu, progress });
  assertEquals([held.count, held.trainedOn], [4, 10]);
  assertEquals(held.rmse, result.rmse);
});
