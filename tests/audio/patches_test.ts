import { assert, assertEquals } from "@std/assert";
import { patchPositions, rowsPerChunk, samplePatches } from "../../audio/patches.ts";
import { key } from "../../gpu/random.ts";
import { checkPatches } from "../../tasks/doctor/audio_checks.ts";
import { randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

testCheck("extractPatches() copies rectangles, frame by frame", checkPatches);

Deno.test("patchPositions() reaches every image, frame and bin, evenly, and repeats by key", () => {
  const extents = { images: 4, frames: 9, bins: 6 };
  const size = { frames: 3, bins: 2 };
  const count = 14_000;
  const { data } = patchPositions(key(5), count, extents, size);
  assertEquals(patchPositions(key(5), count, extents, size).data, data);
  assert(patchPositions(key(6), count, extents, size).data.some((value, i) => value !== data[i]));
  [4, 7, 5].forEach((places, axis) => {
    const seen = new Float64Array(places);
    for (let i = axis; i < data.length; i += 3) seen[data[i]]++;
    // Five deviations of a binomial count.
    const deviation = Math.sqrt(count / places * (1 - 1 / places));
    for (const times of seen) assert(Math.abs(times - count / places) < 5 * deviation, `${seen}`);
  });
});

test("samplePatches() draws the same patches from one set in any parts", async ({ gpu, scope }) => {
  const host = randomArray([5, 6, 7], 2);
  const parts = [[0, 2], [2, 5]].map(([first, end]) =>
    scope.upload({ shape: [end - first, 6, 7], data: host.data.subarray(first * 42, end * 42) })
  );
  const options = { count: 25, key: key(9), frames: 2, bins: 3 };
  const [whole] = samplePatches(scope, [scope.upload(host)], options);
  const chunks = samplePatches(scope, parts, { ...options, chunkRows: 10 });
  assertEquals(chunks.map(({ shape }) => shape), [[10, 6], [10, 6], [5, 6]]);
  const joined = (await gpu.readAll(chunks)).flatMap(({ data }) => [...data]);
  assertEquals(joined, [...(await gpu.read(whole)).data]);
});

test("a chunk stays within the binding limit of the device", ({ gpu }) => {
  const bytes = gpu.device.limits.maxStorageBufferBindingSize;
  assertEquals(rowsPerChunk(gpu, 301), 2 ** 15);
  assertEquals(rowsPerChunk(gpu, bytes / 16), 4);
});

Deno.test("patches larger than the spectrogram are refused with both sizes", () => {
  const extents = { images: 3, frames: 5, bins: 8 };
  refuses(
    () => patchPositions(key(1), 1, extents, { frames: 6, bins: 2 }),
    "the frames of a patch is 6, expected a whole number from 1 to 5",
  );
});
