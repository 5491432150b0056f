/** A program for tests, which works until it is asked to end, and then takes its time to save. */
import { command, runProgram } from "../../../tasks/run/command.ts";
import { Interrupted } from "../../../tasks/run/run_folder.ts";
import { whole } from "../../../tasks/run/value.ts";

const wait = command({
  about: "waits",
  options: { saving: whole(0, 1e6, "milliseconds that saving takes").or(0) },
  run: async ({ saving }, { signal }) => {
    const ended = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => setTimeout(resolve, saving));
    });
    console.log("ready");
    await ended;
    console.log("saved");
    throw new Interrupted("Interrupted: go on with --resume");
  },
});

if (import.meta.main) {
  await runProgram({ name: "wait", about: "Waits.", commands: { wait } });
}
