/** Every command that writes a file: what is there is refused before anything is read. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { program as galaxy } from "../../../tasks/galaxy/main.ts";
import { program as music } from "../../../tasks/music/main.ts";
import { runCommand } from "../../../tasks/run/command.ts";
import { optionName } from "../../../tasks/run/help.ts";
import type { Command } from "../../../tasks/run/program.ts";
import { program as whale } from "../../../tasks/whale/main.ts";
import { inFolder } from "../../files/samples.ts";

/** Something for each option that a command needs. */
function neededOptions({ options }: Command): string[] {
  return Object.entries(options)
    .filter(([name, { isNeeded }]) => isNeeded && name !== "out")
    .flatMap(([name]) => [optionName(name), "nowhere"]);
}

for (const program of [galaxy, whale, music]) {
  const writers = Object.entries(program.commands)
    .filter(([, { options }]) => options.out?.kind.word?.startsWith("FILE"));
  for (const [name, command] of writers) {
    inFolder.test(`${program.name} ${name} refuses an --out that cannot be, before it reads`, async (folder) => {
      assert("force" in command.options, "it has no --force");
      const labels = `${folder}/labels.csv`;
      await Deno.writeTextFile(labels, "mine");
      const refused = async (out: string, ...more: string[]) => {
        let complaint = "";
        const args = [name, ...neededOptions(command), "--out", out, ...more];
        const complain = (text: string) => complaint += text;
        assertEquals(await runCommand(program, args, { complain }), 1, complaint);
        return complaint;
      };
      const there = `Cannot write ${labels}: it is there already; overwrite it with --force`;
      assertStringIncludes(await refused(labels), there);
      assertStringIncludes(await refused(labels, "--force"), "nowhere");
      assertStringIncludes(await refused(folder, "--force"), "it is a folder, expected a file");
      assertStringIncludes(await refused(`${folder}/none/o`), `there is no folder ${folder}/none`);
      assertEquals(await Deno.readTextFile(labels), "mine");
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["labels.csv"]);
    });
  }
}
