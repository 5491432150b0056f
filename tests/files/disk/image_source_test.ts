import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { zipSync } from "../../../deps_fflate.ts";
import { openArchive } from "../../../files/disk/archive.ts";
import {
  findImages,
  openImageFolder,
  openImageSet,
  readNamedTable,
} from "../../../files/disk/image_source.ts";
import { unreadable } from "../../refusals.ts";
import { bytesOf, inFolder, writeFiles } from "../samples.ts";

const IMAGES = {
  "9.jpg": bytesOf("nine"),
  "10.jpg": bytesOf("ten"),
  "100.jpg": bytesOf("hundred"),
};
const TABLE = "id,a\n9,0.5\n";
const COLUMNS = { idColumn: "id", columns: ["a"] };

function below<T>(folder: string, files: Record<string, T>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(files).map(([name, data]) => [`${folder}/${name}`, data]),
  );
}

/** Every layout holds the set `pics` and the table `t.csv`; `stored` keeps an inner zip readable. */
function layouts(): Record<string, Record<string, Uint8Array | string>> {
  const pictures = below("pics", IMAGES);
  const picturesZip = zipSync({ ...pictures, "__MACOSX/pics/._9.jpg": bytesOf("junk") });
  const tableZip = zipSync({ "t.csv": bytesOf(TABLE) });
  const flat = { ...pictures, "t.csv": bytesOf(TABLE) };
  const zips = { "pics.zip": picturesZip, "t.zip": tableZip };
  const nested: Record<string, [Uint8Array, { level: 0 }]> = {
    "pics.zip": [picturesZip, { level: 0 }],
    "t.zip": [tableZip, { level: 0 }],
  };
  return {
    "a folder": flat,
    "a folder below a folder": below("top", { ...flat, ".DS_Store": bytesOf("x") }),
    "a folder of zips": zips,
    "a folder of zips with the images at their top": {
      "pics.zip": zipSync(IMAGES),
      "t.csv.zip": tableZip,
    },
    "one zip": { "data.zip": zipSync(flat) },
    "one zip with a top folder": { "data.zip": zipSync(below("top", flat)) },
    "zips inside a zip": { "data.zip": zipSync(nested) },
    "zips below a top folder of a zip": { "data.zip": zipSync(below("top", nested)) },
  };
}

for (const [name, files] of Object.entries(layouts())) {
  inFolder.test(`images and table are found in ${name}`, async (folder) => {
    await writeFiles(folder, files);
    using source = await openArchive("data.zip" in files ? `${folder}/data.zip` : folder);
    using images = await openImageSet(source, "pics");
    assertEquals(images.ids, ["9", "10", "100"]);
    assert(images.fileName("10").startsWith(`${source.name}/`), images.fileName("10"));
    assert(/pics(\.zip)?\/10\.jpg$/.test(images.fileName("10")), images.fileName("10"));
    assertEquals(await images.readImage("10"), IMAGES["10.jpg"]);
    const table = await readNamedTable(source, "t.csv", COLUMNS);
    assertEquals([table.ids, [...table.values]], [["9"], [0.5]]);
    assertEquals(await findImages(source, "other"), undefined);
    await unreadable(() => images.readImage("11"), "/11.jpg: no such image");
  });
}

inFolder.test("a large zip that is compressed inside a zip is unpacked only where it is told to", async (folder) => {
  const inner = zipSync(below("pics", IMAGES));
  const table = zipSync({ "t.csv": bytesOf(TABLE) });
  await writeFiles(folder, { "data.zip": zipSync({ "pics.zip": inner, "t.zip": table }) });
  const path = `${folder}/data.zip`;
  using strict = await openArchive(path, { memoryBytes: 200 });
  await unreadable(() => openImageSet(strict, "pics"), "unpack the outer one");
  assertEquals((await readNamedTable(strict, "t.csv", COLUMNS)).ids, ["9"]); // small: read in memory
  const unpackDir = `${folder}/unpacked`;
  for (let run = 0; run < 2; run++) {
    using source = await openArchive(path, { memoryBytes: 200, unpackDir });
    using images = await openImageSet(source, "pics");
    assertEquals(await images.readImage("100"), IMAGES["100.jpg"]);
    const names = [...Deno.readDirSync(unpackDir)].map((entry) => entry.name);
    assertEquals(names.length, 1);
    assertStringIncludes(names[0], `-${inner.length}-pics.zip`);
  }
});

inFolder.test("openImageSet() and readNamedTable() say what they looked for and what is there", async (folder) => {
  await writeFiles(folder, { "notes.txt": "x", "other.csv": TABLE });
  using source = await openArchive(folder);
  const images = await unreadable(() => openImageSet(source, "pics"));
  assertEquals(
    images.message,
    `Cannot open ${folder}: expected the images as pics/*.jpg or pics.zip, found notes.txt, other.csv`,
  );
  const table = await unreadable(() => readNamedTable(source, "t.csv", COLUMNS));
  assertEquals(
    table.message,
    `Cannot open ${folder}: expected the table t.csv or t.zip, found notes.txt, other.csv`,
  );
  await unreadable(() => openArchive(`${folder}/none`), "no such file or folder");
  await unreadable(
    () => openArchive(`${folder}/notes.txt`),
    'notes.txt: it is text ("x"), not a zip or folder',
  );
});

inFolder.test("openImageFolder() takes any names, sorted by number only when all are numbers", async (folder) => {
  const files = { "b 2.JPEG": "x", "10.jpg": "y", "9.jpg": "z", "._9.jpg": "", "readme.txt": "" };
  await writeFiles(folder, files);
  using images = await openImageFolder(folder);
  assertEquals(images.ids, ["10", "9", "b 2"]);
  assertEquals(await images.readImage("b 2"), bytesOf("x"));
});

inFolder.test("openImageFolder() refuses two files of one id and folders without images", async (folder) => {
  await unreadable(() => openImageFolder(folder), "found nothing in it");
  await writeFiles(folder, { "1.jpg": "x", "1.jpeg": "y" });
  await unreadable(() => openImageFolder(folder), "have the same id");
});

inFolder.test("a damaged image in a zip is named with zip and entry", async (folder) => {
  const zip = zipSync({ "pics/9.jpg": [IMAGES["9.jpg"], { level: 0 }] });
  const at = zip.indexOf("n".charCodeAt(0), 40);
  zip[at] ^= 1;
  await writeFiles(folder, { "pics.zip": zip });
  using source = await openArchive(folder);
  using images = await openImageSet(source, "pics");
  const error = await unreadable(() => images.readImage("9"), "CRC-32");
  assertStringIncludes(error.message, `Cannot read "pics/9.jpg" in ${folder}/pics.zip`);
});
