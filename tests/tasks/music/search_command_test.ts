/** `deno task music search` as a user meets it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { musicSpace, problem } from "../../../tasks/music/search_problem.ts";
import { MUSIC_PRESETS } from "../../../tasks/music/config.ts";
import { loadProblem } from "../../../tasks/study/problems.ts";
import { inFolder } from "../../files/samples.ts";
import { ends, runCommandLine } from "../run_command.ts";
import { TINY_SEARCH } from "./tiny_run.ts";

Deno.test("music is among the tasks that workers know", async () => {
  assertEquals(await loadProblem("music"), problem);
});

inFolder.test("a search ends in the same ledger in one process, in two, and on resuming", async (folder) => {
  const search = (...args: string[]) =>
    runCommandLine(
      "tasks/music/main.ts",
      folder,
      ...TINY_SEARCH,
      ...["--trials", "2", "--rounds", "1", "--cache", `${folder}/cache`, ...args],
    );
  const alone = await ends(search("--out", "alone"), 0, "2 trials, the best by map");
  const names = Object.keys(musicSpace(MUSIC_PRESETS.smoke))
    .filter((name) => name !== "epochs"); // given, and so not drawn
  assertMatch(alone.stdout, new RegExp(`trial +map +${names.join(" +")}`));
  const shared = await ends(search("--out", "shared", "--workers", "2", "--json"), 0);
  const { best, done, lost } = JSON.parse(shared.stdout);
  assertEquals([done, lost], [2, []]);
  assert(best[0].figures.map >= best[1].figures.map && best[1].figures.map > 0);
  const ledger = (out: string) => Deno.readTextFile(`${folder}/${out}/ledger.csv`);
  assertEquals(await ledger("shared"), await ledger("alone"));
  assertStringIncludes((await search("--out", "alone")).stderr, "--force");
  const again = await search("--out", "alone", "--resume");
  assertEquals(again.stdout, alone.stdout);
});
