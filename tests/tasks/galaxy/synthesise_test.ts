import { assert, assertEquals, assertRejects } from "@std/assert";
import { decodeJpeg } from "../../../files/jpeg.ts";
import { openGalaxyData } from "../../../tasks/galaxy/data.ts";
import { IDEAL_TABLE, synthesiseGalaxies } from "../../../tasks/galaxy/synthesise.ts";
import { syntheticGalaxy } from "../../../tasks/galaxy/synthetic/galaxy.ts";
import { streamGalaxies } from "../../../tasks/galaxy/synthetic/stream.ts";
import { rejects, unreadable } from "../../refusals.ts";

async function temporaryFolder(): Promise<string & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  return Object.assign(folder, {
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  });
}

function bytesOf(folder: string): Record<string, Uint8Array> {
  const files = [...Deno.readDirSync(`${folder}/images_training_rev1`)]
    .map(({ name }) => `images_training_rev1/${name}`);
  const all = [...files, "training_solutions_rev1.csv", IDEAL_TABLE].sort();
  return Object.fromEntries(all.map((name) => [name, Deno.readFileSync(`${folder}/${name}`)]));
}

Deno.test("synthesiseGalaxies() writes a folder that openGalaxyData() takes", async () => {
  await using folder = await temporaryFolder();
  const seen: number[] = [];
  const progress = (done: number) => void seen.push(done);
  const { ids, targets } = await synthesiseGalaxies({
    count: 6,
    seed: 3,
    out: `${folder}/a`,
    workers: 2,
    progress,
  });
  assertEquals(seen, [1, 2, 3, 4, 5, 6]);
  assertEquals([...Deno.readDirSync(`${folder}/a`)].length, 3);
  using data = await openGalaxyData(`${folder}/a`);
  assertEquals(data.ids, [...ids].sort());
  assertEquals(data.unlabelledCount, 0);
  const row = ids.indexOf(data.ids[0]);
  const expected = Float32Array.from(targets.subarray(row * 37, (row + 1) * 37));
  assert(data.labels.subarray(0, 37).every((v, c) => Math.abs(v - expected[c]) < 1e-6));
  using ideals = await openGalaxyData(`${folder}/a`, { table: IDEAL_TABLE });
  assertEquals(ideals.ids, data.ids);
});

Deno.test("synthesiseGalaxies() gives the same files for any number of workers", async () => {
  await using folder = await temporaryFolder();
  await synthesiseGalaxies({ count: 5, seed: 3, out: `${folder}/a`, workers: 1 });
  await synthesiseGalaxies({ count: 5, seed: 3, out: `${folder}/b`, workers: 3 });
  assertEquals(bytesOf(`${folder}/a`), bytesOf(`${folder}/b`));
});

Deno.test("synthesiseGalaxies() refuses what is there, and replaces it when forced", async () => {
  await using folder = await temporaryFolder();
  const options = { count: 1, seed: 3, out: `${folder}`, workers: 1 };
  const { ids: [first] } = await synthesiseGalaxies(options);
  await unreadable(() => synthesiseGalaxies(options), "is there already");
  const { ids: [second] } = await synthesiseGalaxies({ ...options, seed: 4, force: true });
  assert(first !== second);
  assertEquals([...Deno.readDirSync(`${folder}/images_training_rev1`)].map(({ name }) => name), [
    `${second}.jpg`,
  ]);
});

Deno.test("synthesiseGalaxies() leaves nothing behind when it is ended", async () => {
  await using folder = await temporaryFolder();
  const controller = new AbortController();
  const progress = () => controller.abort(new Error("enough"));
  const options = { count: 9, seed: 1, out: `${folder}`, workers: 1, signal: controller.signal };
  await assertRejects(() => synthesiseGalaxies({ ...options, progress }), Error, "enough");
  assertEquals([...Deno.readDirSync(`${folder}`)], []);
});

Deno.test("streamGalaxies() gives pixels and files of the same galaxies, in order", async () => {
  const options = { count: 3, seed: 6, firstIndex: 10, workers: 2 };
  const raw = await Array.fromAsync(streamGalaxies(options, "pixels"));
  const files = await Array.fromAsync(streamGalaxies(options, "jpeg"));
  assertEquals(raw.map(({ index }) => index), [10, 11, 12]);
  assertEquals(raw[1].bytes, syntheticGalaxy(6, 11).pixels);
  const { pixels: decoded } = decodeJpeg("a", files[1].bytes, { height: 424, width: 424 });
  let sum = 0;
  decoded.forEach((value, k) => sum += Math.abs(value - raw[1].bytes[k]));
  assert(sum / decoded.length < 4, `mean difference ${sum / decoded.length} of 255`);
});

Deno.test("streamGalaxies() refuses counts, indices and workers out of range", async () => {
  const first = (options: object) =>
    streamGalaxies({ count: 1, seed: 1, ...options }, "jpeg").next();
  await rejects(() => first({ count: 0 }), "count is 0, expected");
  await rejects(() => first({ firstIndex: 900_000 }), "firstIndex is 900000, expected a whole");
  await rejects(() => first({ workers: 0 }), "workers is 0, expected");
});
