import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { pixelChecksum } from "../../../../files/disk/block_file.ts";
import {
  syntheticGalaxy,
  syntheticId,
  syntheticVotes,
} from "../../../../tasks/galaxy/synthetic/galaxy.ts";
import { refuses } from "../../../refusals.ts";

Deno.test("syntheticGalaxy() is a function of seed and index", () => {
  const [a, b] = [syntheticGalaxy(4, 2), syntheticGalaxy(4, 2)];
  assertEquals(a.pixels, b.pixels);
  assertEquals(a.target, b.target);
  assertNotEquals(pixelChecksum(syntheticGalaxy(4, 3).pixels), pixelChecksum(a.pixels));
  assertNotEquals(pixelChecksum(syntheticGalaxy(5, 2).pixels), pixelChecksum(a.pixels));
});

// Made by this code, of the pixels before JPEG: they change with any constant of the synthetic sky,
// and a change of them is a change of every data set made before.
const GOLDEN: readonly (readonly [seed: number, index: number, checksum: number])[] = [
  [1, 0, 2212093974],
  [1, 3, 2274709302],
  [7, 100, 3551735636],
];

for (const [seed, index, checksum] of GOLDEN) {
  Deno.test(`syntheticGalaxy(${seed}, ${index}) gives the pixels it always gave`, () => {
    assertEquals(pixelChecksum(syntheticGalaxy(seed, index).pixels), checksum);
  });
}

Deno.test("syntheticVotes() gives the votes of syntheticGalaxy()", () => {
  const { id, target, ideal, quality } = syntheticGalaxy(2, 9);
  const votes = syntheticVotes(2, 9);
  assertEquals({ id, target, ideal, quality }, {
    id: votes.id,
    target: votes.target,
    ideal: votes.ideal,
    quality: votes.quality,
  });
});

Deno.test("a picture has a dark sky and a bright middle", () => {
  const { pixels } = syntheticGalaxy(1, 4);
  const green = (x: number, y: number) => pixels[(y * 424 + x) * 3 + 1];
  const border = Array.from({ length: 424 }, (_, x) => green(x, 3)).sort((a, b) => a - b);
  assert(border[212] < 12, `median of the sky: ${border[212]}`);
  const middle = Math.max(...Array.from({ length: 25 }, (_, k) => green(202 + k, 214)));
  assert(middle > 80, `middle: ${middle}`);
});

Deno.test("syntheticId() gives six digits, none of them twice", () => {
  const ids = Array.from({ length: 3000 }, (_, index) => syntheticId(1, index));
  assertEquals(new Set(ids).size, 3000);
  assert(ids.every((id) => /^[1-9]\d{5}$/.test(id)));
});

Deno.test("syntheticGalaxy() refuses an index without an id", () => {
  for (const index of [-1, 0.5, 900_000]) {
    refuses(
      () => syntheticGalaxy(1, index),
      `index is ${index}, expected a whole number from 0 to 899999`,
    );
  }
});
