/** Synthetic skies in the cache, and runs on them. */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { GALAXY_PRESETS } from "../../../tasks/galaxy/config.ts";
import { evaluateGalaxies } from "../../../tasks/galaxy/evaluate.ts";
import { spreadOf } from "../../../tasks/run/seeds.ts";
import { openSky } from "../../../tasks/galaxy/sky.ts";
import {
  type GalaxyTrainOptions,
  trainGalaxy,
  trainGalaxySeeds,
} from "../../../tasks/galaxy/train.ts";
import { syntheticGalaxy } from "../../../tasks/galaxy/synthetic/galaxy.ts";
import { sharedGpu } from "../../check.ts";
import { inFolder } from "../../files/samples.ts";
import { QUIET } from "../study/samples.ts";

async function optionsFor(folder: string, name: string): Promise<GalaxyTrainOptions> {
  const config = {
    ...GALAXY_PRESETS.smoke,
    steps: 4,
    checkpointEvery: 2,
    validateEvery: 2,
    skyTraining: 12,
    skyValidation: 3,
    skyTest: 5,
  };
  const gpu = await sharedGpu();
  return {
    config,
    seed: 1,
    out: `${folder}/${name}`,
    cache: `${folder}/cache`,
    progress: QUIET,
    gpu,
  };
}

inFolder.test("a sky is made once, block after block, and holds the generator's galaxies", async (folder) => {
  const options = { seed: 4, count: 66, cacheDir: `${folder}/cache` };
  const phases: string[] = [];
  const progress = (done: number, total: number, phase: string) =>
    phases.push(`${phase} ${done}/${total}`);
  {
    await using sky = await openSky({ ...options, progress });
    assertEquals(phases.length, 66);
    assertEquals(phases[65], "synthesising 66/66");
    for (const index of [0, 63, 65]) { // either side of the end of a block, and the last
      const { id, pixels, target, ideal } = syntheticGalaxy(4, index);
      assertEquals(sky.store.ids[index], id);
      assert((await sky.store.read([index])).every((value, i) => value === pixels[i]));
      const row = (table: Float32Array) => table.subarray(37 * index, 37 * index + 37);
      assertEquals([...row(sky.labels)], [...Float32Array.from(target)]);
      assertEquals([...row(sky.ideals)], [...Float32Array.from(ideal)]);
    }
  }
  phases.length = 0;
  await using again = await openSky({ ...options, progress });
  assertEquals(phases, ["checking 64/66", "checking 66/66"]);
  assertEquals(again.labels.length, 66 * 37);
});

inFolder.test("a run without data learns from a synthetic sky and is scored on its test galaxies", async (folder) => {
  const options = await optionsFor(folder, "run");
  const result = await trainGalaxy(options);
  assertEquals([result.synthetic, result.trainCount, result.heldOutCount], [true, 12, 5]);
  assert(result.noiseFloor! > 0.01 && result.noiseFloor! < 0.06, `${result.noiseFloor}`);
  assert(result.baselines!.zeros > result.baselines!.mean);
  const split = JSON.parse(await Deno.readTextFile(`${options.out}/split.json`));
  assertEquals([split.train.length, split.validation.length, split.test.length], [12, 3, 5]);
  const table = await Deno.readTextFile(`${options.out}/predictions.csv`);
  const ids = table.trim().split("\n").slice(1).map((line) => line.split(",")[0]);
  assertEquals(ids, split.test);

  const { cache, gpu } = options;
  const request = { run: options.out, cache, gpu, progress: QUIET };
  const plain = await evaluateGalaxies(request);
  assertAlmostEquals(plain.rmse, result.rmse!, 1e-9);
  assertEquals([plain.count, plain.noiseFloor], [5, result.noiseFloor]);
  const averaged = await evaluateGalaxies({ ...request, transforms: 60 });
  assertEquals(averaged.transforms, 60);
  assert(averaged.rmse !== plain.rmse);

  const tuned = { ...options, out: `${folder}/tuned`, init: options.out };
  const again = await trainGalaxy({ ...tuned, config: { ...options.config, learningRate: 0 } });
  assertAlmostEquals(again.rmse!, result.rmse!, 1e-6); // nothing was learnt: the same weights
  const settings = JSON.parse(await Deno.readTextFile(`${tuned.out}/config.json`));
  assertEquals(settings.startFrom.run, options.out);
  const more = { ...options.config, skyTraining: 4, skyValidation: 4 };
  await assertRejects(
    () => trainGalaxy({ ...tuned, out: `${folder}/other`, config: more }),
    Error,
    "it learnt from 8 of the galaxies held out here",
  );
  const wider = { ...options.config, filters: [8, 8, 8, 8] };
  await assertRejects(
    () => trainGalaxy({ ...tuned, out: `${folder}/wider`, config: wider }),
    Error,
    'Cannot load tensor "conv1/weight"',
  );
});

inFolder.test("several seeds give mean and deviation, and resume run by run", async (folder) => {
  const options = { ...await optionsFor(folder, "runs"), seeds: 2, seed: 5 };
  const result = await trainGalaxySeeds(options);
  assertEquals(result.seeds, [5, 6]);
  const [a, b] = result.runs.map(({ rmse }) => rmse!);
  assert(a !== b);
  assertAlmostEquals(result.rmse!.mean, (a + b) / 2, 1e-12);
  assertAlmostEquals(result.rmse!.deviation, Math.abs(a - b) / Math.SQRT2, 1e-12);
  assertAlmostEquals(result.baselines!.mean.deviation, 0, 1e-12);
  await assertRejects(() => trainGalaxySeeds(options), Error, "it holds a finished run");
  await Deno.remove(`${options.out}/config.json`);
  await Deno.remove(`${options.out}/result.json`);
  await Deno.remove(`${options.out}/seed6`, { recursive: true });
  const resumed = await trainGalaxySeeds({ ...options, resume: true });
  assertEquals(resumed.rmse, result.rmse);
});

Deno.test("spreadOf() divides by n - 1", () => {
  assertEquals(spreadOf([1, 3]), { mean: 2, deviation: Math.SQRT2 });
});
