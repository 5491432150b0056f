/** Which files a set is made of: links, endings, what is hidden, names as systems spell them. */
import { assertEquals, assertMatch } from "@std/assert";
import { openFileSet } from "../../../files/disk/file_set.ts";
import { unreadable } from "../../refusals.ts";
import { bytesOf, handmadeZip, inFolder, writeFiles } from "../samples.ts";

const SOUNDS = { words: "sounds", example: "*.wav", endings: ["wav", "aifc"] };
const open = (path: string, sets: readonly string[] = []) =>
  openFileSet(path, SOUNDS, { sets, expected: "*.wav" });

inFolder.test("links to files and folders are followed, in a circle too; one that leads nowhere is named", async (folder) => {
  await writeFiles(folder, { "elsewhere/song.wav": "x", "p/real.WAV": "r", "p/in/deep.wav": "d" });
  await Deno.symlink(`${folder}/elsewhere/song.wav`, `${folder}/p/link.wav`);
  await Deno.symlink("../p", `${folder}/p/circle`);
  await Deno.symlink("nowhere", `${folder}/p/lost.wav`);
  await Deno.symlink("self.wav", `${folder}/p/self.wav`);
  await Deno.symlink(`${folder}/p`, `${folder}/linked`);
  for (const path of ["p", "linked"]) {
    using set = await open(`${folder}/${path}`);
    assertEquals(set.files, ["link.wav", "lost.wav", "real.WAV", "self.wav"]);
    assertEquals(await set.read("link.wav"), bytesOf("x"));
    assertEquals(set.leftOut, "left out: 2 folders (circle/, in/)");
    await unreadable(() => set.read("lost.wav"), "lost.wav: it is a link that leads nowhere");
    await unreadable(() => set.read("self.wav"), "self.wav: its links lead in a circle");
  }
});

inFolder.test("what is hidden is left out of folders and zips, and what is left out is one line", async (folder) => {
  const files = {
    "a.wav": "a",
    "._a.wav": "AppleDouble",
    "b.aifc": "b",
    ".DS_Store": "x",
    "Thumbs.db": "x",
    "notes.txt": "n",
    "__MACOSX/._b.aifc": "x",
    "@eaDir/a.wav": "x",
  };
  await writeFiles(`${folder}/plain`, files);
  const entries = Object.entries(files).map(([name, text]) => ({ name, data: bytesOf(text) }));
  await writeFiles(folder, { "set.zip": handmadeZip(entries) });
  for (const path of ["plain", "set.zip"]) {
    using set = await open(`${folder}/${path}`);
    assertEquals(set.files, ["a.wav", "b.aifc"]);
    assertEquals(
      set.leftOut,
      "left out: 1 file of another ending (notes.txt), 1 hidden file (._a.wav)",
    );
  }
  await writeFiles(`${folder}/only`, { "._a.wav": "x" });
  await unreadable(() => open(`${folder}/only`), "found what is hidden alone (._a.wav)");
  await Deno.writeTextFile(`${folder}/plain/new\nline.txt`, "");
  using set = await open(`${folder}/plain`);
  assertMatch(set.leftOut, /^left out: 2 files of another ending \("new\\nline.txt", notes.txt\)/);
});

inFolder.test("a path may be one file, a set by its name, or what lies at the top", async (folder) => {
  await writeFiles(folder, { "test/t.wav": "t", "top.wav": "x", "album.wav/song.wav": "s" });
  using one = await open(`${folder}/top.wav`, ["test"]);
  assertEquals([one.files, one.leftOut, await one.read("top.wav")], [
    ["top.wav"],
    "",
    bytesOf("x"),
  ]);
  using set = await open(folder, ["none", "test"]);
  assertEquals([set.files, set.name, await set.read("t.wav")], [
    ["t.wav"],
    `${folder}/test`,
    bytesOf("t"),
  ]);
  using top = await open(folder);
  assertEquals(top.files, ["top.wav"]);
  using album = await open(`${folder}/album.wav`); // a folder, whatever it is called
  assertEquals(album.files, ["song.wav"]);
  await unreadable(() => open(`${folder}/none.wav`), "none.wav: no such file");
});

inFolder.test("accents are one letter or two after the system; both are one name", async (folder) => {
  const [composed, apart] = ["caf\u00e9.wav", "cafe\u0301.wav"];
  await writeFiles(`${folder}/mac`, { [apart]: "x" });
  using set = await open(`${folder}/mac`);
  assertEquals([set.files, await set.read(composed)], [[composed], bytesOf("x")]);
  await writeFiles(`${folder}/both`, { [apart]: "x", [composed]: "y" });
  if ([...Deno.readDirSync(`${folder}/both`)].length < 2) return; // one file on this system
  await unreadable(() => open(`${folder}/both`), "differ only in how accents are composed");
});
