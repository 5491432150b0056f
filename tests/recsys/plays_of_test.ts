import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../files/input_error.ts";
import { IdTable } from "../../recsys/id_table.ts";
import { LARGEST_COUNT } from "../../recsys/interactions.ts";
import { playsOf } from "../../recsys/plays_of.ts";
import { readTriplets } from "../../recsys/triplets.ts";
import { bytesOf } from "../files/samples.ts";

/** Files read with the same ids. */
function readFiles(texts: Readonly<Record<string, string>>) {
  const [userIds, itemIds] = [new IdTable(), new IdTable()];
  return Promise.all(
    Object.entries(texts).map(([name, text]) =>
      readTriplets(bytesOf(text), { name, userIds, itemIds })
    ),
  );
}

Deno.test("playsOf() sums the lines of all files, with new numbers for songs", async () => {
  const files = await readFiles({
    "a.txt": "ann\tSO1\t1\nbob\tSO2\t2\nann\tSO3\t3\n",
    "b.txt": "bob\tSO3\t4\nann\tSO1\t5\n",
  });
  const { byUser, users, items } = playsOf(files);
  assertEquals([users, items], [2, 3]);
  assertEquals([...byUser.indices], [0, 2, 1, 2]);
  assertEquals([...byUser.counts], [6, 3, 2, 4]);
  const some = playsOf(files, { count: 2, numberOf: [1, -1, 0] });
  assertEquals([...some.byUser.indices], [0, 1, 0]);
  assertEquals([...some.byUser.counts], [3, 6, 4]);
});

Deno.test("playsOf() names listener, song, files and lines of a sum that is too large", async () => {
  const most = LARGEST_COUNT;
  const files = await readFiles({
    "a.txt": `bob\tSO2\t1\nann\tSO1\t${most}\n`,
    "b.txt": "ann\tSO2\t1\nann\tSO1\t3\nann\tSO1\t4\n",
  });
  for (const songs of [undefined, { count: 1, numberOf: [-1, 0] }]) {
    const { message } = assertThrows(() => playsOf(files, songs), InputError);
    assertEquals(
      message,
      `Cannot read a.txt: the plays of listener "ann" and song "SO1" sum to ${
        most + 3
      }, expected ` +
        `at most ${most} (line 2 of a.txt and lines 2, 3 of b.txt)`,
    );
  }
});
