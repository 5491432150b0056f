/** Settings and presets. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../tasks/run/cli.ts";
import { configOfRun } from "../../../tasks/whale/run_config.ts";
import { InputError } from "../../../files/input_error.ts";
import {
  checkFeatures,
  memberConfigs,
  spectrogramSize,
  WHALE_PRESETS,
  whaleConfig,
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
  const set = (...settings: [string, string][]) => () => whaleConfig({ settings });
  assertEquals(whaleConfig({ settings: [["filters", "64"]] }).filters, 64);
  assertEquals(whaleConfig({ settings: [["foldSeeds", "4,5"]] }).foldSeeds, [4, 5]);
  assertThrows(set(["fliters", "3"]), UsageError, 'perhaps you meant "filters"');
  assertThrows(set(["filters", "0"]), UsageError, "filters must be a whole number from 1 to 8192");
  assertThrows(set(["filters", "2.5"]), UsageError, "filters must be a whole number");
  assertThrows(set(["encoder", "sharp"]), UsageError, "encoder must be linear, soft");
  assertThrows(set(["foldSeeds", "1,-2"]), UsageError, "foldSeeds must hold whole numbers");
  assertThrows(
    set(["patchBins", "70"]),
    UsageError,
    "A patch of 70 bins by 7 frames came, at most 65",
  );
  assertThrows(set(["patchFrames", "28"]), UsageError, "at most 65 by 27 fit");
  assertThrows(
    () => whaleConfig({ preset: "huge", settings: [] }),
    UsageError,
    "smoke, small, paper",
  );
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
  assertEquals(configOfRun(good), WHALE_PRESETS.smoke);
  assertThrows(() => configOfRun({ ...good, task: "galaxy" }), InputError, "it is no whale run");
  const { filters: _, ...lacking } = good;
  assertThrows(() => configOfRun(lacking), InputError, 'config.json lacks "filters"');
  assertThrows(() => configOfRun({ ...good, filters: 1e9 }), InputError, "filters must be");
  const [member] = memberConfigs(WHALE_PRESETS.smoke);
  checkFeatures(member);
  assertThrows(
    () => checkFeatures({ ...member, filters: "12" as unknown as number }),
    UsageError,
    "filters must be a number, got 12",
  );
});
