import { assertEquals, assertThrows } from "@std/assert";
import { summary } from "../../../nn/summary.ts";
import { configOf, configOfRun } from "../../../tasks/run/settings.ts";
import { UsageError } from "../../../tasks/run/usage_error.ts";
import type { Pair } from "../../../tasks/run/value.ts";
import { InputError } from "../../../files/input_error.ts";
import { MUSIC_PRESETS, MUSIC_SETTINGS } from "../../../tasks/music/config.ts";
import { hearingNetwork } from "../../../tasks/music/hearing.ts";

Deno.test("settings are checked by name, type and range", () => {
  const set = (...set: Pair[]) => () => configOf(MUSIC_SETTINGS, { set });
  assertEquals(configOf(MUSIC_SETTINGS, { set: [["factors", "50"]] }).factors, 50);
  assertThrows(
    set(["factor", "3"]),
    UsageError,
    "There is no setting factor; perhaps you meant factors",
  );
  assertThrows(
    set(["factors", "0"]),
    UsageError,
    "factors is 0, expected a whole number from 1 to 512",
  );
  assertThrows(
    set(["network", "vgg"]),
    UsageError,
    'network is "vgg", expected convnet or convnet2013 or',
  );
  assertThrows(() => configOf(MUSIC_SETTINGS, { preset: "large" }), UsageError, '"large"');
});

Deno.test("the networks of the presets fit their windows", () => {
  const parameters = (preset: string) => {
    const config = MUSIC_PRESETS[preset];
    return summary(hearingNetwork(config), [config.frames, config.bands]).parameters;
  };
  assertEquals(parameters("small"), 121_304);
  assertEquals(parameters("paper"), 9_393_704);
});

Deno.test("configOfRun() refuses other tasks, missing settings and impossible ones", () => {
  const run = { task: "music", ...MUSIC_PRESETS.small };
  assertEquals(configOfRun(MUSIC_SETTINGS, run), MUSIC_PRESETS.small);
  assertThrows(
    () => configOfRun(MUSIC_SETTINGS, { ...run, task: "whale" }),
    InputError,
    "no music run",
  );
  assertThrows(
    () => configOfRun(MUSIC_SETTINGS, { ...run, factors: "24" }),
    InputError,
    'factors is "24", expected a whole number from 1 to 512',
  );
  assertThrows(
    () => configOfRun(MUSIC_SETTINGS, { ...run, factors: 1e9 }),
    InputError,
    "from 1 to 512",
  );
});
