/** Every setting of a galaxy run acts, or is refused by name where it would not. */
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { digestOf } from "../../../files/digest.ts";
import {
  GALAXY_PRESETS,
  GALAXY_SETTINGS,
  type GalaxyConfig,
} from "../../../tasks/galaxy/config.ts";
import { splitsOf } from "../../../tasks/galaxy/splits.ts";
import { trainGalaxy } from "../../../tasks/galaxy/train.ts";
import { configOf } from "../../../tasks/run/settings.ts";
import { UsageError } from "../../../tasks/run/usage_error.ts";
import type { Pair } from "../../../tasks/run/value.ts";
import { sharedGpu } from "../../check.ts";
import { inFolder } from "../../files/samples.ts";
import { QUIET } from "../study/samples.ts";

const BASE: GalaxyConfig = {
  ...GALAXY_PRESETS.smoke,
  filters: [1, 1, 1, 1],
  denseUnits: [4, 4],
  steps: 4,
  batchSize: 2,
  warmUp: 1,
  unconstrained: 0.5,
  learningRate: 0.01,
  validateEvery: 1,
  checkpointEvery: 1,
  reportEvery: 1,
  skyTraining: 4,
  skyValidation: 2,
  skyTest: 2,
};

/** Another value of a setting, and beside which others it is tried. */
type Witness = readonly [changed: Partial<GalaxyConfig>, beside?: Partial<GalaxyConfig>];

/** What shows that a setting acts in a run on synthetic galaxies; a setting without one does not compile. */
const WITNESSES: Readonly<
  Record<Exclude<keyof GalaxyConfig, "validation" | "test">, Witness>
> = {
  filters: [{ filters: [2, 1, 1, 1] }],
  filterSizes: [{ filterSizes: [6, 3, 3, 3] }],
  denseUnits: [{ denseUnits: [4, 8] }],
  pieces: [{ pieces: 4 }],
  dropout: [{ dropout: 0.5 }],
  merge: [{ merge: "mean" }],
  constraints: [{ constraints: "softmax" }],
  q6Weight: [{ q6Weight: "tree" }],
  init: [{ init: "paper" }],
  steps: [{ steps: 3 }],
  batchSize: [{ batchSize: 3 }],
  optimizer: [{ optimizer: "nesterov" }],
  learningRate: [{ learningRate: 0.02 }],
  schedule: [{ schedule: "drops" }],
  warmUp: [{ warmUp: 2 }],
  clipNorm: [{ clipNorm: 1e-3 }, { optimizer: "nesterov" }],
  maxNorm: [{ maxNorm: [1e-3, 1e-3] }, { steps: 10 }],
  unconstrained: [{ unconstrained: 1 }],
  validateEvery: [{ validateEvery: 2 }],
  patience: [{ patience: 1 }, { learningRate: 0 }],
  use: [{ use: "best" }, { learningRate: 1 }],
  checkpointEvery: [{ checkpointEvery: 3 }],
  reportEvery: [{ reportEvery: 2 }],
  augment: [{ augment: false }],
  translate: [{ translate: 9 }],
  zoom: [{ zoom: 2 }],
  colour: [{ colour: 1 }],
  skySeed: [{ skySeed: 2 }],
  skyTraining: [{ skyTraining: 5 }],
  skyValidation: [{ skyValidation: 3 }],
  skyTest: [{ skyTest: 3 }],
};

inFolder.test("every setting of the table changes a run", async (folder) => {
  const gpu = await sharedGpu();
  let runs = 0;
  const known = new Map<string, string>();
  /** All that a run leaves, but for its settings and times. */
  const outcome = async (changed: Partial<GalaxyConfig>): Promise<string> => {
    const config = { ...BASE, ...changed };
    const before = known.get(JSON.stringify(config));
    if (before) return before;
    const out = `${folder}/${runs++}`;
    const cache = `${folder}/cache`;
    await trainGalaxy({ config, seed: 1, out, cache, progress: QUIET, gpu });
    const files = ["checkpoint_previous.safetensors", "metrics.jsonl", "predictions.csv"];
    const digests = files.map(async (name) =>
      await digestOf(await Deno.readFile(`${out}/${name}`).catch(() => new Uint8Array(0)))
    );
    const left = `${await Promise.all(digests)}${await Deno.readTextFile(`${out}/split.json`)}`;
    known.set(JSON.stringify(config), left);
    return left;
  };
  for (const [name, [changed, beside = {}]] of Object.entries(WITNESSES)) {
    assertEquals(Object.keys(changed), [name]);
    assertNotEquals(await outcome({ ...beside, ...changed }), await outcome(beside), name);
  }
});

Deno.test("validation and test say how many of real galaxies are watched and scored", () => {
  const sizes = (changed: Partial<GalaxyConfig>, folds?: number) => {
    const config = { ...GALAXY_PRESETS.small, ...changed };
    return splitsOf({ data: "kaggle", config, folds, seed: 1 }, 40)
      .map(({ train, validation, test }) => [train.length, validation.length, test?.length]);
  };
  assertEquals(sizes({}), [[32, 4, 4]]);
  assertEquals(sizes({ test: 0.5 }), [[16, 4, 20]]);
  assertEquals(sizes({ validation: 0.5 }), [[16, 20, 4]]);
  assertEquals(sizes({ validation: 0.5, use: "best" }, 2), [[10, 10, 20], [10, 10, 20]]);
});

Deno.test("a setting is refused by name where it would not act", () => {
  const refuses = (name: string, value: string, lack: string, line: object, ...set: Pair[]) =>
    assertThrows(
      () => configOf(GALAXY_SETTINGS, { ...line, set: [...set, [name, value]] }),
      UsageError,
      `Cannot use --set ${name}: ${lack}`,
    );
  refuses("warmUp", "9", 'schedule is "drops", expected cosine', {}, ["schedule", "drops"]);
  refuses("warmUp", "400", "warmUp is 400, expected less than steps, 400", {});
  refuses(
    "patience",
    "3",
    "steps is 400, expected more than (patience + 1) * validateEvery, 400",
    {},
  );
  refuses("unconstrained", "0.1", "--init is ", { init: "runs/a" });
  refuses("unconstrained", "0.1", 'constraints is "none"', {}, ["constraints", "none"]);
  refuses("init", "paper", "--init is ", { init: "runs/a" });
  refuses("zoom", "2", "augment is false", {}, ["augment", "false"]);
  refuses("validation", "0.2", "--data is not given", {});
  refuses("validation", "0.2", "--folds is 3, and the fold", { data: "d", folds: 3 });
  refuses("test", "0.2", "--folds is 3, expected none", { data: "d", folds: 3 });
  refuses("skyTest", "9", '--data is "d", expected none', { data: "d" });
  refuses("skyTest", "9", "a trial of a search has none", { trials: 4 });
  const decided: Pair[] = [["validation", "0.2"], ["use", "best"]];
  configOf(GALAXY_SETTINGS, Object.assign({ set: decided }, { data: "d", folds: 3 }));
  configOf(GALAXY_SETTINGS, { set: [["patience", "3"], ["steps", "401"]] });
  const drops: Pair[] = [["schedule", "drops"], ["steps", "3"]];
  assertThrows(
    () => configOf(GALAXY_SETTINGS, { set: drops }),
    UsageError,
    "steps is 3, expected 4 or more",
  );
  const limits = () => configOf(GALAXY_SETTINGS, { set: [["maxNorm", "0.4"]] });
  assertThrows(limits, UsageError, "the number of limits in maxNorm is 1, expected 2");
});
