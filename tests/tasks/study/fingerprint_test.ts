/** Data by their content. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { dataFingerprint } from "../../../tasks/study/fingerprint.ts";
import { problem as galaxy } from "../../../tasks/galaxy/search_problem.ts";
import { problem as music } from "../../../tasks/music/search_problem.ts";
import { problem as whale } from "../../../tasks/whale/search_problem.ts";
import { inFolder, writeFiles } from "../../files/samples.ts";
import { unreadable } from "../../refusals.ts";

const KIND = { words: "clips", example: "*.wav", endings: ["wav"] };
const fingerprint = (path: string) =>
  dataFingerprint(path, { tables: ["a.csv", "b.csv"], sets: ["train"], kind: KIND });

inFolder.test("a fingerprint is of what decides: names, bytes and tables, wherever they lie", async (folder) => {
  const files = { "a.csv": "id\n", "train/1.wav": "one", "train/2.wav": "two" };
  const made = async (name: string, changes: Record<string, string>) => {
    await writeFiles(`${folder}/${name}`, { ...files, ...changes });
    return await fingerprint(`${folder}/${name}`);
  };
  const same = await made("same", {});
  assertEquals(same.replace(/[0-9a-f]{16}$/, "…"), "2 clips with a.csv, SHA-256 …");
  assertEquals(await made("deeper/top", { "notes.txt": "mine", "test/1.wav": "x" }), same);
  assertEquals(await fingerprint(`${folder}/deeper`), same);
  const others = [
    await made("bytes", { "train/2.wav": "twO" }),
    await made("table", { "a.csv": "ID\n" }),
    await made("more", { "train/3.wav": "" }),
    await made("moved", { "train/1.wav": "onet", "train/2.wav": "wo" }),
    await made("second", { "b.csv": "" }),
  ];
  for (const other of others) assertNotEquals(other, same);
  assertEquals(new Set(others).size, others.length);
  await unreadable(() => fingerprint(`${folder}/none`), `${folder}/none`);
});

inFolder.test("the three tasks tell other data by one byte of sound, picture or table", async (folder) => {
  const cases = [
    [whale, { "train.csv": "clip,label\n", "train/1.aiff": "a" }, "1 clips with train.csv"],
    [whale, { "train2/20090328_000000_012s0ms_TRAIN0_1.aif": "a" }, "1 clips, SHA"],
    [
      galaxy,
      { "training_solutions_rev1.csv": "GalaxyID\n", "images_training_rev1/1.jpg": "a" },
      "1 JPEGs with training_solutions_rev1.csv",
    ],
    [
      music,
      { "train_triplets.txt": "u\ts\t1\n", "audio/s.wav": "a", "tracks.csv": "id\n" },
      "1 sounds with train_triplets.txt, tracks.csv",
    ],
  ] as const;
  for (const [i, [problem, files, words]] of cases.entries()) {
    const path = `${folder}/${i}`;
    await writeFiles(path, files);
    const before = await problem.fingerprint(path);
    assertEquals(before.slice(0, words.length), words);
    for (const [name, text] of Object.entries(files)) {
      await writeFiles(path, { [name]: `${text} ` });
      assertNotEquals(await problem.fingerprint(path), before, name);
      await writeFiles(path, { [name]: text });
    }
    assertEquals(await problem.fingerprint(path), before);
  }
});
