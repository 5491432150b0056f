/** Which settings a search draws. */
import { assertEquals, assertThrows } from "@std/assert";
import { needs } from "../../../tasks/run/settings.ts";
import { UsageError } from "../../../tasks/run/usage_error.ts";
import type { Pair } from "../../../tasks/run/value.ts";
import { drawnSpace } from "../../../tasks/study/drawn.ts";
import type { StudyPlan } from "../../../tasks/study/plan.ts";
import { range } from "../../../tasks/study/space.ts";

const SPACE = {
  rate: range.uniform(0, 1),
  encoder: range.choice("soft", "hard"),
  threshold: range.uniform(0, 2),
  zoom: range.uniform(1, 2),
};
const NEEDS = {
  threshold: needs("encoder", ["soft"]),
  zoom: needs("augment", [true]),
};
const drawn = (config: StudyPlan["config"], set: readonly Pair[] = []) =>
  Object.keys(drawnSpace({ space: () => SPACE }, { needs: NEEDS }, config, { set }));

Deno.test("a search draws what acts, and nothing that the user has given", () => {
  const config = { encoder: "hard", augment: true };
  assertEquals(drawn(config), ["rate", "encoder", "threshold", "zoom"]);
  assertEquals(drawn({ ...config, augment: false }), ["rate", "encoder", "threshold"]);
  assertEquals(drawn(config, [["rate", "0.5"]]), ["encoder", "threshold", "zoom"]);
  // The threshold acts for one of the choices, unless the choice is made.
  assertEquals(drawn(config, [["encoder", "hard"]]), ["rate", "zoom"]);
});

Deno.test("a search with nothing to draw is refused", () => {
  const all: Pair[] = [["rate", "1"], ["encoder", "soft"], ["threshold", "1"], ["zoom", "1"]];
  assertThrows(() => drawn({ augment: true }, all), UsageError, "There is nothing to draw");
});
