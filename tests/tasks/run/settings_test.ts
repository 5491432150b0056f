/** Settings: as they are written, as files hold them, and what is refused. */
import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../../files/input_error.ts";
import { GALAXY_SETTINGS } from "../../../tasks/galaxy/config.ts";
import { CHALLENGE_SETTINGS } from "../../../tasks/music/challenge/challenge.ts";
import { MUSIC_SETTINGS } from "../../../tasks/music/config.ts";
import {
  checked,
  configOf,
  configOfRun,
  defaultsOf,
  needs,
  type TaskSettings,
} from "../../../tasks/run/settings.ts";
import { adviceFor, UsageError } from "../../../tasks/run/usage_error.ts";
import {
  decimal,
  decimals,
  flag,
  oneOf,
  type Pair,
  resolvePath,
  whole,
  wholes,
} from "../../../tasks/run/value.ts";
import { WHALE_SETTINGS } from "../../../tasks/whale/config.ts";

const TABLE = {
  steps: whole(1, 100, "steps").or(5),
  rate: decimal(0, Infinity, "rate").or(0.1),
  merge: oneOf(["concat", "mean"], "merge").or("concat"),
  augment: flag("augment").or(true),
  filters: wholes({ length: 2, least: 1 }, "filters").or([1, 2]),
  limits: decimals({}, "limits").or([0]),
};
const SETTINGS: TaskSettings<typeof TABLE> = { about: "settings", task: "toy", table: TABLE };

const set = (...pairs: Pair[]) => configOf(SETTINGS, { set: pairs });

Deno.test("settings are read as the type of their table", () => {
  assertEquals(defaultsOf(TABLE), set());
  assertEquals(
    set(["steps", "7"], ["rate", "1e-3"], ["merge", "mean"], ["augment", "false"], [
      "filters",
      "3,4",
    ], ["limits", ".5"]),
    { steps: 7, rate: 0.001, merge: "mean", augment: false, filters: [3, 4], limits: [0.5] },
  );
});

Deno.test("a setting that is given where it does not act is refused by name", () => {
  const settings = {
    ...SETTINGS,
    needs: {
      rate: needs("merge", ["mean"]),
      filters: needs("--data", [undefined], "none"),
      limits: needs("augment", [true]),
    },
  };
  const refuses = (message: string, line: object, ...pairs: Pair[]) =>
    assertThrows(() => configOf(settings, { ...line, set: pairs }), UsageError, message);
  refuses('Cannot use --set rate: merge is "concat", expected mean', {}, ["rate", "1"]);
  refuses('Cannot use --set filters: --data is "d", expected none', { data: "d" }, [
    "filters",
    "1,2",
  ]);
  assertEquals(configOf(settings, { set: [["rate", "1"], ["merge", "mean"]] }).rate, 1);
  assertEquals(configOf(settings, { set: [["filters", "3,4"]] }).filters, [3, 4]);
  assertEquals(configOf(settings, { set: [["augment", "false"]] }).augment, false);
});

Deno.test("what no setting may be is refused, written or in a file: NaN, Infinity, other types, lists", () => {
  const refuses = (message: string, name: string, text: string) =>
    assertThrows(() => set([name, text]), UsageError, message);
  refuses('steps is "many", expected a whole number from 1 to 100', "steps", "many");
  refuses('steps is "", expected a whole number', "steps", "");
  refuses("steps is 2.5, expected a whole number", "steps", "2.5");
  refuses("steps is 101, expected a whole number", "steps", "101");
  refuses('steps is "0x5", expected a whole number', "steps", "0x5");
  refuses('rate is "NaN", expected a number from 0 on', "rate", "NaN");
  refuses('rate is "Infinity", expected a number from 0 on', "rate", "Infinity");
  refuses("rate is Infinity, expected a number from 0 on", "rate", "1e999");
  refuses("rate is -1, expected a number from 0 on", "rate", "-1");
  refuses('merge is "sum", expected concat or mean', "merge", "sum");
  refuses('augment is "yes", expected true or false', "augment", "yes");
  refuses("filters is [1], expected 2 whole numbers from 1 on", "filters", "1");
  refuses("filters is [1, 0], expected 2 whole numbers from 1 on", "filters", "1,0");
  refuses("filters is [1, x], expected 2 whole numbers from 1 on", "filters", "1,x");
  refuses("limits is [], expected one or more numbers from 0 on", "limits", "");
  const good = { ...set() };
  for (
    const [name, value] of Object.entries({
      steps: NaN,
      rate: NaN,
      merge: 1,
      augment: "true",
      filters: [1, NaN],
      limits: 3,
    })
  ) {
    assertThrows(() => checked(SETTINGS, { ...good, [name]: value }), UsageError, `${name} is `);
    const run = { task: "toy", ...good, [name]: value };
    assertThrows(
      () => configOfRun(SETTINGS, run, "runs/r"),
      InputError,
      `Cannot use the run runs/r: config.json: ${name} is `,
    );
  }
  const { filters: _, ...lacking } = good;
  assertThrows(() => checked(SETTINGS, lacking), UsageError, "filters is missing");
});

Deno.test("no setting of a task lets NaN through, and all presets are what their tables allow", () => {
  const all: TaskSettings[] = [
    GALAXY_SETTINGS,
    WHALE_SETTINGS,
    MUSIC_SETTINGS,
    CHALLENGE_SETTINGS,
  ];
  for (const settings of all) {
    const defaults = defaultsOf(settings.table);
    for (const name of Object.keys(settings.table)) {
      assertThrows(() => checked(settings, { ...defaults, [name]: NaN }), UsageError, name);
      assertThrows(() => checked(settings, { ...defaults, [name]: [NaN] }), UsageError, name);
    }
    for (const preset of Object.values(settings.presets ?? {})) {
      assertEquals(checked(settings, preset), preset);
    }
    assertEquals(checked(settings, settings.presets?.small ?? defaults), defaults);
  }
});

Deno.test("a mistyped word gets the nearest one, a strange one all of them", () => {
  const known = ["steps", "rate"];
  assertEquals(adviceFor("stesp", known), "; perhaps you meant steps");
  assertEquals(adviceFor("STEP", known), "; perhaps you meant steps");
  assertEquals(adviceFor("xyz", known), ", expected steps or rate");
});

Deno.test("resolvePath() leaves absolute paths alone", () => {
  assertEquals(resolvePath("/a/", "b"), "/a/b");
  assertEquals(resolvePath("/a", "/b"), "/b");
  assertEquals(resolvePath("/a", "C:\\b"), "C:\\b");
});
