import { assert, assertEquals } from "@std/assert";
import { encodeAiff } from "../../../audio/aiff.ts";
import { openWhaleClips, openWhaleData } from "../../../tasks/whale/data.ts";
import { handmadeZip, inFolder, writeFiles } from "../../files/samples.ts";
import { unreadable } from "../../refusals.ts";

/** A clip whose every sample is `count`. */
function clip(count: number): Uint8Array<ArrayBuffer> {
  return encodeAiff(new Int16Array(4000).fill(count), 2000);
}

const TABLE = "clip_name,label\ntrain10.aiff,1\ntrain2.aiff,0\ntrain9.aiff,0\n";

const KAGGLE_2013 = {
  "train.csv": TABLE,
  "train/train2.aiff": clip(2),
  "train/train9.aiff": clip(9),
  "train/train10.aiff": clip(10),
  "train/train11.aiff": clip(11),
  "test/test2.aiff": clip(20),
  "test/test10.aiff": clip(21),
};

const REDUX = "20090328_001500_012s5ms_TRAIN";

function zip(files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): Uint8Array {
  return handmadeZip(Object.entries(files).map(([name, data]) => ({ name, data })));
}

inFolder.test("openWhaleData() reads the 2013 layout in the order of the numbers", async (folder) => {
  await writeFiles(`${folder}/flat`, KAGGLE_2013);
  await writeFiles(`${folder}/nested/data`, KAGGLE_2013);
  const bytes = Object.entries(KAGGLE_2013).map(([name, content]) => ({
    name: `data/${name}`,
    data: typeof content === "string" ? new TextEncoder().encode(content) : content,
  }));
  await writeFiles(folder, { "whale_data.zip": handmadeZip(bytes) });
  for (const path of ["flat", "nested", "whale_data.zip"]) {
    using data = await openWhaleData(`${folder}/${path}`);
    assertEquals(data.layout, "2013");
    assertEquals(data.names, ["train2.aiff", "train9.aiff", "train10.aiff"]);
    assertEquals([...data.labels], [0, 0, 1]);
    assertEquals(data.unlabelledCount, 1);
    assertEquals((await data.read("train10.aiff"))[7], 10 / 32768);
    await unreadable(() => data.read("train11.aiff"), "no such clip");
  }
});

inFolder.test("openWhaleData() reads Redux from a folder and from a zip, labels from the names", async (folder) => {
  const files = { [`${REDUX}10_1.aif`]: clip(10), [`${REDUX}9_0.aif`]: clip(9) };
  await writeFiles(`${folder}/a/train2`, files);
  await writeFiles(folder, {
    "b/train2.zip": zip(files),
    "c/train2.zip": zip(
      Object.fromEntries(
        Object.entries(files).map(([name, bytes]) => [`train2/${name}`, bytes]),
      ),
    ),
  });
  for (const path of ["a", "b", "c"]) {
    using data = await openWhaleData(`${folder}/${path}`);
    assertEquals(data.layout, "redux");
    assertEquals(data.names, [`${REDUX}9_0.aif`, `${REDUX}10_1.aif`], path);
    assertEquals([...data.labels], [0, 1]);
    assertEquals((await data.read(data.names[1]))[0], 10 / 32768);
  }
});

inFolder.test("openWhaleData() takes any names of the two columns, and refuses bad tables", async (folder) => {
  const open = async (table: string) => {
    await writeFiles(folder, { ...KAGGLE_2013, "train.csv": table });
    using data = await openWhaleData(folder);
    return data.names.length;
  };
  assertEquals(await open('\uFEFF"file", whale ,x\r\ntrain2.aiff,1,?\r\n'), 1);
  const refuse = (table: string, message: string) => unreadable(() => open(table), message);
  await refuse(
    "clip_name,label\ntrain2.aiff,0.5\n",
    'line 2, column "label" is 0.5, expected 0 or 1',
  );
  await refuse("clip_name,label\ntrain2.aiff,2\n", "line 2");
  await refuse("clip_name,label\n", "it has no rows");
  await refuse("clip_name\n", "expected two columns");
  await refuse("", "it is empty, expected clip_name,label");
  await refuse("clip_name;label\n", "separated by semicolons, expected commas");
  await refuse(
    `${TABLE}train3.aiff,1\ntrain4.aiff,1\n`,
    `Cannot use ${folder}/train.csv: 2 of its 5 rows have no clip in ${folder}/train: train3.aiff, train4.aiff`,
  );
});

inFolder.test("openWhaleData() says what it looked for and what it found", async (folder) => {
  await writeFiles(folder, { "a/readme.txt": "x", "b/train.csv": TABLE });
  await Deno.mkdir(`${folder}/c`);
  const refuse = (path: string, message: string) =>
    unreadable(() => openWhaleData(`${folder}/${path}`), message);
  await refuse("a", "or train2/*.aif or train2.zip, found readme.txt");
  await refuse("b", "expected the clips as train/*.aiff or train.zip, found train.csv");
  await refuse("c", "found nothing in it");
  await refuse("none", "no such file or folder");
  await writeFiles(folder, { "d/train2/whale.aif": clip(1) });
  await refuse(
    "d",
    "its names are whale.aif, expected names like 20090328_000000_012s0ms_TRAIN0_1.aif",
  );
});

inFolder.test("a bad clip is named when it is read", async (folder) => {
  await writeFiles(folder, { ...KAGGLE_2013, "train/train9.aiff": "not audio" });
  using data = await openWhaleData(folder);
  await unreadable(() => data.read("train9.aiff"), `Cannot read ${folder}/train/train9.aiff`);
});

inFolder.test("a name with other capitals is said to be there", async (folder) => {
  await writeFiles(folder, { "train/A1.aiff": clip(1), "train.csv": "clip,label\na1.aiff,1\n" });
  await unreadable(
    () => openWhaleData(folder),
    `1 of its 1 rows have no clip in ${folder}/train: a1.aiff; there, with other capitals: A1.aiff`,
  );
});

inFolder.test("a clip is found under its name however a system composes its accents", async (folder) => {
  await writeFiles(folder, {
    "train/cafe\u0301.aiff": clip(1),
    "train.csv": "clip,label\ncaf\u00e9.aiff,1\n",
  });
  using data = await openWhaleData(folder);
  assertEquals((await data.read(data.names[0]))[0], 1 / 32768);
});

inFolder.test("openWhaleClips() takes Kaggle's test clips or a plain folder", async (folder) => {
  await writeFiles(`${folder}/kaggle`, KAGGLE_2013);
  await writeFiles(folder, {
    "redux/test2/20090404_000000_012s0ms_Test3.aif": clip(3),
    "plain/night.wav.txt": "x",
    "plain/buoy2.aif": clip(5),
  });
  using kaggle = await openWhaleClips(`${folder}/kaggle`);
  assertEquals(kaggle.names, ["test2.aiff", "test10.aiff"]);
  assertEquals((await kaggle.read("test2.aiff"))[0], 20 / 32768);
  using redux = await openWhaleClips(`${folder}/redux`);
  assertEquals(redux.names, ["20090404_000000_012s0ms_Test3.aif"]);
  using plain = await openWhaleClips(`${folder}/plain`);
  assertEquals(plain.names, ["buoy2.aif"]);
  assertEquals(plain.leftOut, "left out: 1 file of another ending (night.wav.txt)");
  using one = await openWhaleClips(`${folder}/plain/buoy2.aif`);
  assertEquals([one.names, (await one.read("buoy2.aif"))[0]], [["buoy2.aif"], 5 / 32768]);
  await writeFiles(folder, { "empty/notes.txt": "x" });
  const error = await unreadable(() => openWhaleClips(`${folder}/empty`));
  assert((error as Error).message.includes("found notes.txt"));
});
