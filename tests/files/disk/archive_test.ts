import { assertEquals } from "@std/assert";
import { zipSync } from "../../../deps_fflate.ts";
import { archiveRoots, openArchive } from "../../../files/disk/archive.ts";
import { unreadable } from "../../refusals.ts";
import { bytesOf, handmadeZip, inFolder, writeFiles } from "../samples.ts";

const FILES = { "top/b.txt": "b", "top/deep/a.txt": "a", "top/.DS_Store": "x", "__MACOSX/c": "x" };

function zipped(files: Readonly<Record<string, string>>): Uint8Array {
  return handmadeZip(Object.entries(files).map(([name, text]) => ({ name, data: bytesOf(text) })));
}

inFolder.test("an archive lists and reads the same from a folder and from a zip", async (folder) => {
  await writeFiles(`${folder}/plain`, FILES);
  await writeFiles(folder, { "a.zip": zipped(FILES) });
  for (const path of [`${folder}/plain`, `${folder}/a.zip`]) {
    using archive = await openArchive(path);
    assertEquals(await archive.list(""), ["top/"]);
    assertEquals(await archiveRoots(archive), ["", "top/"]);
    assertEquals(await archive.list("top/"), ["b.txt", "deep/"]);
    assertEquals(await archive.list("none/"), []);
    assertEquals(await archive.read("top/deep/a.txt"), bytesOf("a"));
    await unreadable(() => archive.read("top/none.txt"), "none.txt");
    assertEquals(await archive.openZip("top/none.zip"), undefined);
  }
});

inFolder.test("an archive opens zips inside a folder and inside a zip, stored or compressed", async (folder) => {
  const inner = zipped({ "x.txt": "inside" });
  await writeFiles(folder, {
    "plain/inner.zip": inner,
    "stored.zip": handmadeZip([{ name: "inner.zip", data: inner }]),
    "compressed.zip": zipSync({ "inner.zip": inner }),
  });
  for (const path of ["plain", "stored.zip", "compressed.zip"]) {
    using archive = await openArchive(`${folder}/${path}`);
    using zip = await archive.openZip("inner.zip");
    assertEquals(await zip?.read("x.txt"), bytesOf("inside"), path);
  }
});

inFolder.test("openArchive() names a path that is not there or is no archive", async (folder) => {
  await writeFiles(folder, { "not.zip": "text" });
  await unreadable(() => openArchive(`${folder}/none`), "no such file or folder");
  await unreadable(() => openArchive(`${folder}/not.zip`), "not.zip");
});
