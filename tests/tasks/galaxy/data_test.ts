import { assertAlmostEquals, assertEquals } from "@std/assert";
import { openGalaxyData, openGalaxyImages } from "../../../tasks/galaxy/data.ts";
import { inFolder, withFolder, writeFiles } from "../../files/samples.ts";
import { unreadable } from "../../refusals.ts";
import { sampleLabels, sampleTable } from "./samples.ts";

const TABLE = "training_solutions_rev1.csv";

async function withData(
  imageIds: readonly string[],
  table: string,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const files: Record<string, string> = { [TABLE]: table };
    for (const id of imageIds) files[`images_training_rev1/${id}.jpg`] = id;
    await writeFiles(folder, files);
    await body(folder);
  });
}

async function refuses(
  table: string,
  message: (folder: string) => string,
): Promise<void> {
  await withData(["1", "2"], table, async (folder) => {
    const error = await unreadable(() => openGalaxyData(folder));
    assertEquals(error.message, message(folder));
  });
}

Deno.test("openGalaxyData() gives labels in the order of the image files", async () => {
  await withData(["30", "4", "5", "200"], sampleTable(["200", "4", "30"]), async (folder) => {
    using data = await openGalaxyData(folder);
    assertEquals(data.ids, ["4", "30", "200"]);
    assertEquals(data.unlabelledCount, 1);
    assertEquals(data.labels.length, 3 * 37);
    data.ids.forEach((id, i) => {
      sampleLabels(Number(id)).forEach((value, c) => {
        assertAlmostEquals(data.labels[i * 37 + c], value, 1e-7);
      });
    });
    assertEquals(new TextDecoder().decode(await data.source.readImage("30")), "30");
  });
});

Deno.test("openGalaxyData() refuses rows without an image, naming up to five", async () => {
  const ids = ["1", "2", "3", "4", "5", "6", "7"];
  await refuses(
    sampleTable(ids.slice(0, 3)),
    (folder) =>
      `Cannot use ${folder}/${TABLE}: 1 of its 3 rows have no image in ${folder}/images_training_rev1: 3`,
  );
  await refuses(
    sampleTable([...ids, "8"]),
    (folder) =>
      `Cannot use ${folder}/${TABLE}: 6 of its 8 rows have no image in ${folder}/images_training_rev1: 3, 4, 5, 6, 7, … (6 in all)`,
  );
});

Deno.test("openGalaxyData() refuses numbers outside [0, 1] and sums that break the tree", async () => {
  await refuses(
    sampleTable(["1", "2"], (rows) => rows[1][3] = 1.2),
    (folder) =>
      `Cannot read ${folder}/${TABLE}: line 3, column "Class2.1" is "1.2", expected a number in [0, 1]`,
  );
  await refuses(
    sampleTable(["1", "2"], (rows) => {
      rows[0][0] = 0.4;
      rows[0].set([0.4, 0.2], 1);
      rows[0].set([0.2, 0.1], 3);
    }),
    (folder) =>
      `Cannot read ${folder}/${TABLE}: line 2, question 2 (Could this be a disk viewed edge-on?): ` +
      "the sum of Class2.1 to Class2.2 is 0.3, expected Class1.2 = 0.4",
  );
  await refuses(
    sampleTable(["1", "2"], (rows) => rows[0].set([0.3, 0.3, 0.3])),
    (folder) =>
      `Cannot read ${folder}/${TABLE}: line 2, question 1 ` +
      "(Is the galaxy simply smooth and rounded, with no sign of a disk?): " +
      "the sum of Class1.1 to Class1.3 is 0.9, expected 1",
  );
});

Deno.test("openGalaxyData() reads labels that weight question 6 by the tree when told so", async () => {
  await withData(["1"], sampleTable(["1"], () => {}, "tree"), async (folder) => {
    using data = await openGalaxyData(folder, { q6Weight: "tree" });
    assertEquals(data.ids, ["1"]);
    await unreadable(() => openGalaxyData(folder), "question 6");
  });
});

inFolder.test("openGalaxyData() names a file that is missing, and an empty table", async (folder) => {
  await writeFiles(folder, { "images_training_rev1/1.jpg": "x" });
  await unreadable(() => openGalaxyData(folder), TABLE);
  await writeFiles(folder, { [TABLE]: sampleTable([]) });
  await unreadable(() => openGalaxyData(folder), "it has no rows");
  await writeFiles(folder, { [TABLE]: sampleTable(["1"]) });
  await unreadable(
    () => openGalaxyData(folder, { images: "images_other" }),
    "expected the images as images_other/*.jpg",
  );
});

inFolder.test("openGalaxyImages() takes Kaggle's test images or a plain folder", async (folder) => {
  await writeFiles(folder, {
    "kaggle/images_test_rev1/7.jpg": "x",
    "kaggle/images_training_rev1/1.jpg": "x",
    "plain/M77.jpg": "x",
  });
  using kaggle = await openGalaxyImages(`${folder}/kaggle`);
  assertEquals(kaggle.ids, ["7"]);
  using plain = await openGalaxyImages(`${folder}/plain`);
  assertEquals([plain.ids, plain.fileName("M77")], [["M77"], `${folder}/plain/M77.jpg`]);
  await unreadable(() => openGalaxyImages(`${folder}/none`), "no such file");
});
