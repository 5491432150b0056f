import { assertEquals } from "@std/assert";
import { runCommand } from "../../../tasks/run/command.ts";

Deno.test("a command that its signal ended gives exit code 130", async () => {
  const commands = {
    train: {
      options: [],
      run: () => Promise.reject(new DOMException("Interrupted", "AbortError")),
    },
  };
  assertEquals(await runCommand("galaxy", commands, "", []), 130);
});
