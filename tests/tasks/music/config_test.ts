import { assertEquals, assertThrows } from "@std/assert";
import { summary } from "../../../nn/summary.ts";
import { configOf, configOfRun } from "../../../tasks/run/settings.ts";
import { UsageError } from "../../../tasks/run/usage_error.ts";
import { InputError } from "../../../files/input_error.ts";
import {
  MUSIC_PRESETS,
  MUSIC_SETTINGS,
  OBJECTIVES,
  SYNTHESIS_SETTINGS,
} from "../../../tasks/music/config.ts";
import { musicSpace } from "../../../tasks/music/search_problem.ts";
import { hearingNetwork } from "../../../tasks/music/hearing.ts";

Deno.test("settings are checked by name, type and range", () => {
  const changed = (name: string, text: string) => configOf(MUSIC_SETTINGS, { set: [[name, text]] });
  assertEquals(changed("factors", "50").factors, 50);
  const refuses = (name: string, text: string, message: string) =>
    assertThrows(() => changed(name, text), UsageError, message);
  refuses("factor", "3", "There is no setting factor; perhaps you meant factors");
  refuses("factors", "0", "factors is 0, expected a whole number from 1 to 512");
  refuses("network", "vgg", 'network is "vgg", expected convnet or convnet2013 or');
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
  assertEquals(configOfRun(MUSIC_SETTINGS, run, "r"), MUSIC_PRESETS.small);
  const refuses = (changed: Readonly<Record<string, unknown>>, message: string) =>
    assertThrows(
      () => configOfRun(MUSIC_SETTINGS, { ...run, ...changed }, "r"),
      InputError,
      message,
    );
  refuses({ task: "whale" }, "no music run");
  refuses({ factors: "24" }, 'factors is "24", expected a whole number from 1 to 512');
  refuses({ factors: 1e9 }, "from 1 to 512");
});

Deno.test("a setting that would change nothing is refused with its reason", () => {
  const refuses = (name: string, text: string, options: object, message: string) =>
    assertThrows(
      () => configOf(MUSIC_SETTINGS, { ...options, set: [[name, text]] }),
      UsageError,
      message,
    );
  const data = { data: "songs" };
  refuses(
    "songs",
    "50",
    data,
    'Cannot use --set songs: --data is "songs", expected none',
  );
  refuses("hard", "true", data, "Cannot use --set hard:");
  refuses("leastPlays", "2", {}, "Cannot use --set leastPlays: --data is not given");
  refuses("codeWords", "9", { trials: 2 }, "a trial has no baselines and no map");
  assertEquals(configOf(MUSIC_SETTINGS, { set: [["songs", "50"]] }).songs, 50);
  assertThrows(
    () => configOf(SYNTHESIS_SETTINGS, { set: [["epochs", "3"]] }),
    UsageError,
    "There is no setting epochs",
  );
});

Deno.test("a search draws one objective of all, and no setting that acts beside some of them", () => {
  const { objective, ...others } = musicSpace(MUSIC_PRESETS.small);
  assertEquals(objective, { kind: "choice", values: OBJECTIVES });
  assertEquals(Object.keys(others).filter((name) => MUSIC_SETTINGS.needs?.[name as "hard"]), []);
});
