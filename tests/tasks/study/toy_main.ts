/**
 * A task that can only be searched, as `main.ts` of a real one plugs it in.
 *
 * @module
 */
import { runProgram } from "../../../tasks/run/command.ts";
import { path } from "../../../tasks/run/value.ts";
import { searchCommand } from "../../../tasks/study/search_command.ts";
import { problem, TOY_SETTINGS } from "./toy.ts";

const search = searchCommand(problem, {
  about: "looks for x = 3, scale = 10, b",
  details: "A toy.",
  settings: TOY_SETTINGS,
  data: path("PATH", "any name"),
  module: import.meta.resolve("./toy.ts"),
});

if (import.meta.main) {
  await runProgram({
    name: "toy",
    about: "A task that can only be searched.",
    commands: { search },
    settings: [TOY_SETTINGS],
  });
}
