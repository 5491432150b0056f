/**
 * A task that can only be searched, as `main.ts` of a real one plugs it in.
 *
 * @module
 */
import { applySettings } from "../../../tasks/run/cli.ts";
import { runTask } from "../../../tasks/run/command.ts";
import { SEARCH_HELP, searchCommand } from "../../../tasks/study/search_command.ts";
import { problem, TOY } from "./toy.ts";

const search = searchCommand(problem, {
  config: ({ settings }) => applySettings({ ...TOY }, settings),
  module: import.meta.resolve("./toy.ts"),
});

if (import.meta.main) await runTask("toy", { search }, SEARCH_HELP);
