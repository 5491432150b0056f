import { assertEquals, assertThrows } from "@std/assert";
import { summary } from "../../../nn/summary.ts";
import { UsageError } from "../../../tasks/run/cli.ts";
import { InputError } from "../../../files/input_error.ts";
import { MUSIC_PRESETS, musicConfig } from "../../../tasks/music/config.ts";
import { hearingNetwork } from "../../../tasks/music/hearing.ts";
import { configOfRun } from "../../../tasks/music/run_config.ts";

Deno.test("settings are checked by name, type and range", () => {
  const set = (...settings: [string, string][]) => () => musicConfig({ settings });
  assertEquals(musicConfig({ settings: [["factors", "50"]] }).factors, 50);
  assertThrows(set(["factor", "3"]), UsageError, 'perhaps you meant "factors"');
  assertThrows(set(["factors", "0"]), UsageError, "factors must be a whole number from 1 to 512");
  assertThrows(set(["network", "vgg"]), UsageError, "network must be convnet, convnet2013");
  assertThrows(() => musicConfig({ preset: "large", settings: [] }), UsageError, '"large"');
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
  assertEquals(configOfRun(run), MUSIC_PRESETS.small);
  assertThrows(() => configOfRun({ ...run, task: "whale" }), InputError, "no music run");
  assertThrows(() => configOfRun({ ...run, factors: "24" }), InputError, "expected a number");
  assertThrows(() => configOfRun({ ...run, factors: 1e9 }), InputError, "from 1 to 512");
});
