import { assertEquals } from "@std/assert";
import { writeAtomically, writeText } from "../../../files/disk/atomic_file.ts";
import { makeFolder } from "../../../files/disk/folder.ts";
import { appendText, readText } from "../../../files/disk/text_file.ts";
import { inFolder } from "../samples.ts";
import { unreadable } from "../../refusals.ts";

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

inFolder.test("what the system refuses is one sentence with the path that was given", async (folder) => {
  await Deno.writeTextFile(`${folder}/file`, "x");
  await Deno.mkdir(`${folder}/full/inside`, { recursive: true });
  await Deno.symlink("circle", `${folder}/circle`);
  const long = `${folder}/${"x".repeat(300)}`;
  const cases: [attempt: () => Promise<unknown>, message: string][] = [
    [() => readText(`${folder}/none`), `Cannot read ${folder}/none: no such file or folder`],
    [() => readText(folder), `Cannot read ${folder}: it is a folder, expected a file`],
    [
      () => readText(`${folder}/circle`),
      `Cannot read ${folder}/circle: its links lead in a circle`,
    ],
    [
      () => readText(`${folder}/file/a`),
      `Cannot read ${folder}/file/a: a part of its path is a file, expected folders`,
    ],
    [
      () => makeFolder(`${folder}/file/run`),
      `Cannot make the folder ${folder}/file/run: a part of its path is a file, expected folders`,
    ],
    [() => writeText(long, ""), `Cannot write ${long}: its name is longer than the system allows`],
    [
      () => writeText(`${folder}/none/a`, ""),
      `Cannot write ${folder}/none/a: no such file or folder`,
    ],
    [
      () => writeText(`${folder}/full`, ""),
      `Cannot write ${folder}/full: it is a folder, expected a file`,
    ],
  ];
  for (const [attempt, message] of cases) {
    assertEquals((await unreadable(attempt)).message, message);
  }
  assertEquals(names(folder), ["circle", "file", "full"]); // no temporary stays
});

const hasFullDisk = Deno.build.os === "linux"; // /dev/full takes nothing

Deno.test({
  name: "a full disk is said with the file, not with its temporary",
  ignore: !hasFullDisk,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    await unreadable(
      () => appendText("/dev/full", "x"),
      "Cannot write /dev/full: no space is left",
    );
    const path = `${folder}/checkpoint.safetensors`;
    const writing = () => writeAtomically(path, () => Deno.writeTextFile("/dev/full", "x"));
    await unreadable(
      writing,
      `Cannot write ${path}: no space is left on the disk; make room there`,
    );
    assertEquals(names(folder), []);
    await Deno.remove(folder);
  },
});

inFolder.test("an error that is not the system's stays what it is", async (folder) => {
  const ours = new TypeError("ours");
  const caught = await writeAtomically(`${folder}/a`, () => Promise.reject(ours)).catch((e) => e);
  assertEquals(caught === ours, true);
});
