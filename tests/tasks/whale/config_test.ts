/** Settings and presets. */
import { assertEquals, assertThrows } from "@std/assert";
import { configOf, configOfRun } from "../../../tasks/run/settings.ts";
import { UsageError } from "../../../tasks/run/usage_error.ts";
import type { Pair } from "../../../tasks/run/value.ts";
import { InputError } from "../../../files/input_error.ts";
import {
  featureConfig,
  memberConfigs,
  spectrogramSize,
  WHALE_PRESETS,
  WHALE_SETTINGS,
} from "../../../tasks/whale/config.ts";
import { problem, trialConfig, whaleSpace } from "../../../tasks/whale/search_problem.ts";
import { drawnSpace } from "../../../tasks/study/drawn.ts";
import { sampleSettings } from "../../../tasks/study/space.ts";
import { key } from "../../../gpu/random.ts";

Deno.test("spectrograms have the extents of the 2013 system", () => {
  const sizes = ([[64, 2], [64, 4], [128, 2], [128, 4], [256, 2], [256, 4]] as const)
    .map(([windowLength, redundancy]) => spectrogramSize({ windowLength, redundancy }))
    .map(({ bins, frames }) => [bins, frames]);
  assertEquals(sizes, [[33, 61], [33, 122], [65, 30], [65, 59], [129, 14], [129, 28]]);
});

Deno.test("settings are checked by name, type, range, and against each other", () => {
  const changed = (...set: Pair[]) => {
    const line = { set, data: "clips" };
    return configOf(WHALE_SETTINGS, line);
  };
  assertEquals(changed(["filters", "64"]).filters, 64);
  assertEquals(changed(["foldSeeds", "4,5"]).foldSeeds, [4, 5]);
  const refuses = (name: string, text: string, message: string) =>
    assertThrows(() => changed([name, text]), UsageError, message);
  refuses("fliters", "3", "There is no setting fliters; perhaps you meant filters");
  refuses("filters", "0", "filters is 0, expected a whole number from 1 to 8192");
  refuses("filters", "2.5", "filters is 2.5, expected a whole number");
  refuses("encoder", "sharp", 'encoder is "sharp", expected linear or soft');
  refuses("foldSeeds", "1,-2", "foldSeeds is [1, -2], expected one or more whole numbers from 0");
  refuses("patchBins", "70", "patchBins is 70, expected at most 65 with windowLength 128");
  refuses("patchFrames", "28", "patchFrames is 28, expected at most 27");
  const huge = () => configOf(WHALE_SETTINGS, { preset: "huge" });
  assertThrows(huge, UsageError, "smoke or small or paper");
});

Deno.test("each model of a blend has what was set for it, or what was set for all", () => {
  const members = (...set: Pair[]) => memberConfigs(configOf(WHALE_SETTINGS, { set }));
  const all = members(["compression", "3"]);
  assertEquals(all.map(({ compression }) => compression), [3, 3, 3]);
  assertEquals(all.map(({ patchBins }) => patchBins), [43, 56, 59]);
  assertEquals(new Set(all.map((member) => JSON.stringify(member))).size, 3);
  const one = members(["patchBins", "20"], ["contrast", "true"], ["retain", "0.9,0.8"]);
  assertEquals(one.map(({ patchBins }) => patchBins), [20, 20, 20]);
  assertEquals(one.map(({ contrast }) => contrast), [true, true, true]);
  assertEquals(one.map(({ retain }) => retain), [0.9, 0.8, 0.8]);
  assertEquals(members(["members", "1"]).map(({ patchBins }) => patchBins), [43]);
  assertThrows(
    () => members(["members", "2"], ["patchBins", "3,4,5"]),
    UsageError,
    "patchBins is [3, 4, 5], expected at most 2, one a model",
  );
  assertThrows(() => members(["contrast", "true,maybe"]), UsageError, "contrast is [true, maybe]");
});

Deno.test("a setting that would change nothing is refused by name", () => {
  const refuses = (options: Record<string, unknown>, message: string, ...set: Pair[]) =>
    assertThrows(
      () => configOf(WHALE_SETTINGS, { ...options, set }),
      UsageError,
      `Cannot use --set ${set.at(-1)![0]}: ${message}`,
    );
  const real = { data: "clips" };
  const search = { trials: 3 };
  refuses({}, "contrast is false", ["contrast", "false"], ["meanSigma", "3"]);
  refuses({}, 'encoder is "linear", expected soft', ["threshold", "1"]);
  refuses({}, 'classifier is "forest", expected boosting', ["rounds", "9"]);
  refuses({}, 'classifier is "svm", expected forest', ["classifier", "svm"], ["trees", "9"]);
  refuses({}, "without --data clips are put aside", ["folds", "5"]);
  refuses(real, 'foldKind is "blocked", expected random', ["foldKind", "blocked"], [
    "foldSeeds",
    "4",
  ]);
  refuses(real, '--data is "clips", expected none', ["testClips", "99"]);
  refuses(search, "a trial is one model", ["members", "2"]);
  refuses(search, "a trial is one model, expected one value", ["patchBins", "20,30"]);
  const good: Pair[] = [["folds", "5"], ["patchBins", "20"], ["meanSigma", "3"]];
  assertEquals(configOf(WHALE_SETTINGS, { ...search, set: good }).patchBins, [20]);
  assertEquals(configOf(WHALE_SETTINGS, { ...real, set: [["foldSeeds", "4"]] }).foldSeeds, [4]);
});

Deno.test("a search leaves what was set as it is, the part of the variance by its own name", () => {
  const space = (...set: Pair[]) => {
    const config = JSON.parse(JSON.stringify(configOf(WHALE_SETTINGS, { set })));
    return Object.keys(drawnSpace(problem, WHALE_SETTINGS, config, { set }));
  };
  const all = space();
  assertEquals(all.length, 8);
  const without = (...names: string[]) => all.filter((name) => !names.includes(name));
  assertEquals(space(["patchBins", "20"]), without("patchBins"));
  assertEquals(space(["retain", "0.9"]), without("discard"));
  assertEquals(
    space(["contrast", "false"]),
    without("contrast", "meanSigma", "deviationSigma"),
  );
  const config = configOf(WHALE_SETTINGS, { set: [["patchBins", "20"], ["retain", "0.9"]] });
  const { patchBins, retain, patchFrames } = trialConfig(config, { patchFrames: 9 });
  assertEquals([patchBins, retain, patchFrames], [20, 0.9, 9]);
});

Deno.test("every trial of the first ranges has settings that can be run", () => {
  const space = whaleSpace(WHALE_PRESETS.small);
  for (let i = 0; i < 200; i++) {
    const { discard, ...settings } = sampleSettings(space, key(i));
    const config = trialConfig(WHALE_PRESETS.small, { discard, ...settings });
    assertEquals(config.retain, 1 - Number(discard));
    assertEquals(config.filters, WHALE_PRESETS.small.filters);
  }
});

Deno.test("settings of files are checked as those of the command line", () => {
  const good = { task: "whale", ...WHALE_PRESETS.smoke };
  assertEquals(configOfRun(WHALE_SETTINGS, good, "r"), WHALE_PRESETS.smoke);
  const refuses = (config: Readonly<Record<string, unknown>>, message: string) =>
    assertThrows(() => configOfRun(WHALE_SETTINGS, config, "r"), InputError, message);
  refuses({ ...good, task: "galaxy" }, "it is no whale run");
  const { filters: _, ...lacking } = good;
  refuses(lacking, "config.json: filters is missing");
  refuses({ ...good, filters: 1e9 }, "filters is 1000000000, expected");
  const [member] = memberConfigs(WHALE_PRESETS.smoke);
  assertEquals(featureConfig(member), member);
  assertThrows(
    () => featureConfig({ ...member, filters: "12" }),
    UsageError,
    'filters is "12", expected a whole number from 1 to 8192',
  );
});
