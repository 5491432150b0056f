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
import { trialConfig, whaleSpace } from "../../../tasks/whale/search_problem.ts";
import { sampleSettings } from "../../../tasks/study/space.ts";
import { key } from "../../../gpu/random.ts";

Deno.test("spectrograms have the extents of the 2013 system", () => {
  const sizes = ([[64, 2], [64, 4], [128, 2], [128, 4], [256, 2], [256, 4]] as const)
    .map(([windowLength, redundancy]) => spectrogramSize({ windowLength, redundancy }))
    .map(({ bins, frames }) => [bins, frames]);
  assertEquals(sizes, [[33, 61], [33, 122], [65, 30], [65, 59], [129, 14], [129, 28]]);
});

Deno.test("settings are checked by name, type, range, and against each other", () => {
  const changed = (...set: Pair[]) => configOf(WHALE_SETTINGS, { set });
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

Deno.test("members are variants of the run's settings, the first is the run's own", () => {
  const members = memberConfigs({ ...WHALE_PRESETS.small, compression: 3 });
  assertEquals(members.length, 3);
  assertEquals(members.map(({ compression }) => compression), [3, 3, 3]);
  assertEquals(members[0].patchBins, WHALE_PRESETS.small.patchBins);
  assertEquals(new Set(members.map((member) => JSON.stringify(member))).size, 3);
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
