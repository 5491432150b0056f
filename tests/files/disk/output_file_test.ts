/** Files that a user asked for: what stands in their way is said before the work. */
import { assertEquals } from "@std/assert";
import { OutputFile, tryFolder } from "../../../files/disk/output_file.ts";
import { unreadable } from "../../refusals.ts";
import { inFolder, writeFiles } from "../samples.ts";

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

inFolder.test("a file has its name when it is whole, and leaves nothing where the work fails", async (folder) => {
  const path = `${folder}/out.csv`;
  {
    await using out = await OutputFile.open(path);
    await out.write("a,b\n");
    assertEquals(names(folder).includes("out.csv"), false);
  }
  assertEquals(names(folder), []);
  {
    await using out = await OutputFile.open(path);
    await out.write("a,b\n");
    await out.write(Uint8Array.of(49, 10));
    await out.finish();
  }
  assertEquals([await Deno.readTextFile(path), names(folder)], ["a,b\n1\n", ["out.csv"]]);
});

inFolder.test("what is there is refused, or replaced when forced; what is read never is", async (folder) => {
  await writeFiles(folder, { "labels.csv": "mine", "data.zip": "read" });
  const path = `${folder}/labels.csv`;
  await unreadable(
    () => OutputFile.open(path),
    `Cannot write ${path}: it is there already; overwrite it with --force`,
  );
  assertEquals(await Deno.readTextFile(path), "mine");
  await Deno.symlink(path, `${folder}/link.csv`);
  {
    await using out = await OutputFile.open(`${folder}/link.csv`, { force: true });
    await out.write("new");
    await out.finish();
  }
  assertEquals([await Deno.readTextFile(path), names(folder)], [
    "new",
    ["data.zip", "labels.csv", "link.csv"],
  ]);
  const [force, reads] = [true, [undefined, `${folder}/data.zip`]];
  await unreadable(
    () => OutputFile.open(`${folder}/../${folder.replace(/^.*\//, "")}/data.zip`, { force, reads }),
    "it is read, too",
  );
});

inFolder.test("a folder, a device, a lost link, and a folder that is not there are said", async (folder) => {
  await writeFiles(folder, { "file": "x" });
  await Deno.symlink("nowhere", `${folder}/lost.csv`);
  const cases: [path: string, reason: string][] = [
    [folder, "it is a folder, expected a file"],
    [`${folder}/.`, "it is a folder, expected a file"],
    [`${folder}/none/o.csv`, `there is no folder ${folder}/none`],
    [`${folder}/none/`, `there is no folder ${folder}/none`],
    [`${folder}/file/o.csv`, "a part of its path is a file, expected folders"],
    [`${folder}/lost.csv`, "it is a link that leads nowhere, expected a file"],
  ];
  if (Deno.build.os !== "windows") cases.push(["/dev/null", "it is a device, expected a file"]);
  for (const [path, reason] of cases) {
    const { message } = await unreadable(() => OutputFile.open(path, { force: true }));
    assertEquals(message, `Cannot write ${path}: ${reason}`);
  }
  assertEquals(names(folder), ["file", "lost.csv"]);
});

inFolder.test("tryFolder() leaves nothing where there was nothing, or says why not", async (folder) => {
  await tryFolder(`${folder}/a/b`);
  await tryFolder(folder);
  assertEquals(names(folder), []);
  await Deno.writeTextFile(`${folder}/file`, "x");
  await unreadable(() => tryFolder(`${folder}/file/cache`), `${folder}/file/cache`);
});
