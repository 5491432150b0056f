import { assert, assertEquals } from "@std/assert";
import { decodeJpeg } from "../../files/jpeg.ts";
import { startJpegPool } from "../../files/jpeg_pool.ts";
import { bytesOf, sampleJpeg } from "./samples.ts";

const SIZE = { height: 16, width: 24 };

function* files(n: number, onTake: () => void = () => {}) {
  for (let i = 0; i < n; i++) {
    onTake();
    const bytes = i % 5 === 3 ? bytesOf(`file ${i}`) : sampleJpeg(i);
    yield { name: `${i}.jpg`, bytes, ...SIZE };
  }
}

Deno.test("JPEG workers give the same results in the same order for any number of workers", async () => {
  const runs = [];
  for (const workers of [1, 2, 3]) {
    using pool = startJpegPool(workers);
    const results = await Array.fromAsync(pool.inOrder(files(12)));
    runs.push(
      results.map((result) =>
        "reason" in result ? [result.name, result.reason] : [result.name, [...result.pixels]]
      ),
    );
  }
  assertEquals(runs[0].map(([name]) => name), Array.from({ length: 12 }, (_, i) => `${i}.jpg`));
  assertEquals(runs[0][3][1], 'it is text ("file 3"), expected a JPEG image');
  assertEquals(runs[0][4][1], [...decodeJpeg("4.jpg", sampleJpeg(4), SIZE).pixels]);
  assertEquals(runs[1], runs[0]);
  assertEquals(runs[2], runs[0]);
});

Deno.test("JPEG workers ask for files only as fast as their results are taken", async () => {
  using pool = startJpegPool(2);
  let taken = 0;
  let given = 0;
  for await (const _ of pool.inOrder(files(20, () => taken++), 3)) {
    given++;
    assert(taken - given < 3, `${taken} taken, ${given} given`);
  }
  assertEquals([taken, given], [20, 20]);
});
