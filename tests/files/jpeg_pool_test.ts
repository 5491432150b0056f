import { assert, assertEquals } from "@std/assert";
import { decodeJpeg } from "../../files/jpeg.ts";
import { JpegPool } from "../../files/jpeg_pool.ts";
import { bytesOf, sampleJpeg } from "./samples.ts";

const SIZE = { height: 16, width: 24 };

function* files(n: number, onTake: () => void = () => {}) {
  for (let i = 0; i < n; i++) {
    onTake();
    const bytes = i % 5 === 3 ? bytesOf(`file ${i}`) : sampleJpeg(i);
    yield { name: `${i}.jpg`, bytes };
  }
}

Deno.test("JpegPool gives the same results in the same order for any number of workers", async () => {
  const runs = [];
  for (const workers of [1, 2, 3]) {
    using pool = new JpegPool({ ...SIZE, workers });
    const results = await Array.fromAsync(pool.decodeInOrder(files(12)));
    runs.push(
      results.map((result) =>
        "error" in result ? [result.name, result.error.message] : [result.name, [...result.pixels]]
      ),
    );
  }
  assertEquals(runs[0].map(([name]) => name), Array.from({ length: 12 }, (_, i) => `${i}.jpg`));
  assertEquals(runs[0][3][1], 'Cannot decode 3.jpg: it is text ("file 3"), expected a JPEG image');
  assertEquals(runs[0][4][1], [...decodeJpeg("4.jpg", sampleJpeg(4), SIZE)]);
  assertEquals(runs[1], runs[0]);
  assertEquals(runs[2], runs[0]);
});

Deno.test("JpegPool asks for files only as fast as its results are taken", async () => {
  using pool = new JpegPool({ ...SIZE, workers: 2 });
  let taken = 0;
  let given = 0;
  for await (const _ of pool.decodeInOrder(files(20, () => taken++), 3)) {
    given++;
    assert(taken - given < 3, `${taken} taken, ${given} given`);
  }
  assertEquals([taken, given], [20, 20]);
});
