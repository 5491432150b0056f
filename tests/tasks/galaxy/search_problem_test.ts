/** Trials of a galaxy search. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { GALAXY_PRESETS } from "../../../tasks/galaxy/config.ts";
import { InputError } from "../../../files/input_error.ts";
import { problem } from "../../../tasks/galaxy/search_problem.ts";
import { VERSION } from "../../../tasks/run/run_folder.ts";
import { trialOf } from "../../../tasks/study/problem.ts";
import { studyId, type StudyPlan } from "../../../tasks/study/plan.ts";
import { inFolder } from "../../files/samples.ts";
import { QUIET } from "../study/samples.ts";

inFolder.test("a galaxy trial is a function of its settings, and scored on galaxies it watched", async (cache) => {
  const config = {
    ...GALAXY_PRESETS.smoke,
    steps: 4,
    validateEvery: 4,
    skyTraining: 16,
    skyValidation: 8,
  };
  const plan: StudyPlan = {
    task: "galaxy",
    version: VERSION,
    seed: 3,
    trials: 2,
    rounds: 1,
    goal: problem.goal,
    space: problem.space({}),
    config,
  };
  const record = { study: studyId(plan), round: 0, trials: 2, space: plan.space };
  await using open = await problem.open(plan, { cache, progress: QUIET });
  const first = await open.run(trialOf(plan, record, 0));
  const other = await open.run(trialOf(plan, record, 1));
  assert(first.figures.rmse > 0 && first.figures.rmse < 0.5, `${first.figures.rmse}`);
  assert(first.figures.rmse !== other.figures.rmse);
  assertEquals(await open.run(trialOf(plan, record, 0)), first);
});

Deno.test("a search of real galaxies needs some that it does not look at", () => {
  problem.check?.("kaggle", { ...GALAXY_PRESETS.small });
  problem.check?.(undefined, { ...GALAXY_PRESETS.paper });
  const check = () => problem.check?.("kaggle", { ...GALAXY_PRESETS.paper });
  assertThrows(check, InputError, "test is 0, expected more");
  const small = { ...GALAXY_PRESETS.small };
  const unwatched = (data: string | undefined, name: string) =>
    assertThrows(() => problem.check?.(data, { ...small, [name]: 0 }), InputError, `${name} is 0`);
  unwatched("kaggle", "validation");
  unwatched(undefined, "skyValidation");
});
