import { assertEquals, assertRejects } from "@std/assert";
import { writeAll, writeAtomically } from "../../../files/disk/atomic_file.ts";
import { inFolder } from "../samples.ts";

const text = (value: string) => new TextEncoder().encode(value);
const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

inFolder.test("writeAtomically() makes and replaces a file, and passes the result on", async (folder) => {
  const path = `${folder}/a.txt`;
  for (const content of ["one", "two"]) {
    const result = await writeAtomically(path, async (file) => {
      await writeAll(file, text(content));
      return content.length;
    });
    assertEquals([result, await Deno.readTextFile(path)], [3, content]);
  }
  assertEquals(names(folder), ["a.txt"]);
});

inFolder.test("writeAtomically() shows the old file until the new one is whole", async (folder) => {
  const path = `${folder}/a.txt`;
  await Deno.writeTextFile(path, "old");
  await writeAtomically(path, async (file) => {
    await writeAll(file, text("new"));
    assertEquals(await Deno.readTextFile(path), "old");
  });
  assertEquals(await Deno.readTextFile(path), "new");
});

inFolder.test("writeAtomically() keeps the old file and leaves nothing behind on an error", async (folder) => {
  const path = `${folder}/a.txt`;
  await Deno.writeTextFile(path, "old");
  const failing = writeAtomically(path, async (file) => {
    await writeAll(file, text("half"));
    throw new Error("the disk is full");
  });
  await assertRejects(() => failing, Error, "the disk is full");
  assertEquals([names(folder), await Deno.readTextFile(path)], [["a.txt"], "old"]);
  // A folder cannot be replaced by a file: the rename fails after the content was written.
  await Deno.mkdir(`${folder}/b/c`, { recursive: true });
  await assertRejects(() => writeAtomically(`${folder}/b`, (file) => writeAll(file, text("x"))));
  assertEquals(names(folder), ["a.txt", "b"]);
});

inFolder.test("a process that is killed while it writes leaves the old file", async (folder) => {
  const path = `${folder}/a.txt`;
  await Deno.writeTextFile(path, "old");
  const helper = new URL("../../../files/disk/atomic_file.ts", import.meta.url).href;
  const code = `import { writeAll, writeAtomically } from ${JSON.stringify(helper)};
    await writeAtomically(${JSON.stringify(path)}, async (file) => {
      await writeAll(file, new TextEncoder().encode("half"));
      Deno.kill(Deno.pid, "SIGKILL");
      await new Promise(() => setInterval(() => {}, 1000));
    });`;
  const { signal } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  assertEquals([signal, await Deno.readTextFile(path)], ["SIGKILL", "old"]);
  assertEquals(names(folder).length, 2); // the temporary file stays
  await writeAtomically(path, (file) => writeAll(file, text("new")));
  assertEquals(await Deno.readTextFile(path), "new");
});

inFolder.test("writers of one file at a time do not meet: the last to end wins, whole", async (folder) => {
  const path = `${folder}/a.txt`;
  const contents = ["a", "b", "c"].map((letter) => letter.repeat(100_000));
  await Promise.all(
    contents.map((content) => writeAtomically(path, (file) => writeAll(file, text(content)))),
  );
  assertEquals(contents.includes(await Deno.readTextFile(path)), true);
  assertEquals(names(folder), ["a.txt"]);
});
