/**
 * Which settings a search draws: those of its space that are open and act.
 *
 * @module
 */
import type { TaskSettings } from "../run/settings.ts";
import { UsageError } from "../run/usage_error.ts";
import type { Pair } from "../run/value.ts";
import type { StudyPlan } from "./plan.ts";
import type { StudyProblem } from "./problem.ts";
import type { SearchSpace } from "./space.ts";

/**
 * The space of a problem without the settings that the user has given, and without those that act for none of the
 * choices drawn with them.
 *
 * @param config what trials start from
 * @param line the options of the command line
 * @throws {UsageError} when nothing is left to draw
 */
export function drawnSpace(
  { space: spaceOf, settingOf = (name) => name }: Pick<StudyProblem, "space" | "settingOf">,
  { needs = {} }: Pick<TaskSettings, "needs">,
  config: StudyPlan["config"],
  line: { readonly set?: readonly Pair[] },
): SearchSpace {
  const given = new Set(line.set?.map(([name]) => name));
  const space = spaceOf(config);
  const drawn = Object.entries(space).filter(([name]) => !given.has(settingOf(name)));
  const configs = [
    config,
    ...drawn.flatMap(([name, range]) =>
      range.kind === "choice" ? range.values.map((value) => ({ ...config, [name]: value })) : []
    ),
  ];
  const acting = drawn.filter(([name]) =>
    configs.some((each) => needs[settingOf(name)]?.(each, line) === undefined)
  );
  if (acting.length) return Object.fromEntries(acting);
  const names = Object.keys(space).map(settingOf).join(", ");
  throw new UsageError(`There is nothing to draw: ${names} are given by --set, or change nothing`);
}
