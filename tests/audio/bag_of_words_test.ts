import { assert, assertEquals } from "@std/assert";
import { applyBagOfWords, fitBagOfWords, wordCounts } from "../../audio/bag_of_words.ts";
import { key } from "../../gpu/random.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { assertClose, randomArray, test } from "../check.ts";
import { rejects } from "../refusals.ts";

/** A song of notes: row i lies near the corner `notes[i]` of a cube of side 10. */
function song(notes: readonly number[], seed: number): NdArray<Float64Array> {
  const noise = randomArray([notes.length, 3], seed, 0.3).data;
  const data = noise.map((value, at) => value + 10 * (notes[Math.floor(at / 3)] >> at % 3 & 1));
  return ndarray([notes.length, 3], data);
}

/** Songs of one to nine notes; corners 0 to 3. */
const NOTES = [[0], [1, 1], [0, 2, 0], [3], [1, 2, 3, 1, 1], [0, 0, 0, 0, 3, 3, 2, 1, 1]];
const SONGS = NOTES.map((notes, i) => song(notes, i + 1));

test("wordCounts() counts the notes of songs of any length", async ({ gpu }) => {
  const corners = [0, 1, 2, 3].flatMap((corner) => [corner & 1, corner >> 1, 0]).map((v) => 10 * v);
  const codebook = {
    centroids: ndarray([4, 3], Float64Array.from(corners)),
    mean: new Float64Array(3),
    deviation: new Float64Array(3).fill(1),
  };
  const expected = NOTES.flatMap((notes) =>
    [0, 1, 2, 3].map((corner) => notes.filter((note) => note === corner).length)
  );
  const { shape, data } = await wordCounts(gpu, SONGS, codebook);
  assertEquals(shape, [6, 4]);
  assertEquals([...data], expected);
  const long = song(Array.from({ length: 40_000 }, (_, i) => i % 4), 9);
  const many = await wordCounts(gpu, [long, SONGS[1], long], codebook); // more than one batch
  assertEquals([...many.data], [1e4, 1e4, 1e4, 1e4, 0, 2, 0, 0, 1e4, 1e4, 1e4, 1e4]);
});

test("a bag of words puts songs of the same notes together, in any order of the notes", async ({ gpu }) => {
  const bag = await fitBagOfWords(gpu, SONGS, {
    k: 4,
    key: key(1),
    retain: 0.9999,
    standardise: false, // the third column is noise alone
  });
  const songs = [song([3, 2, 1, 0, 0], 20), song([0, 1, 0, 2, 3], 21), song([0, 0, 0, 0, 1], 22)];
  const { data, shape } = await applyBagOfWords(gpu, bag, songs);
  const apart = (a: number, b: number) =>
    Math.hypot(...Array.from({ length: shape[1] }, (_, c) => {
      return data[a * shape[1] + c] - data[b * shape[1] + c];
    }));
  assert(apart(0, 1) < 1e-4, `${data}`);
  // [2, 1, 1, 1] and [4, 1, 0, 0] are the root of 6 apart, and all is kept but what never varied.
  assert(apart(0, 2) > 1, `${data}`);
});

test("square roots of the counts are what is projected, where asked for", async ({ gpu }) => {
  const bag = await fitBagOfWords(gpu, SONGS, { k: 4, key: key(1), squareRoot: true });
  const counts = await wordCounts(gpu, SONGS, bag.codebook);
  const { mean, directions } = bag.pca;
  const [d, c] = directions.shape;
  const expected = Float64Array.from({ length: 6 * c }, (_, at) => {
    let sum = 0;
    for (let i = 0; i < d; i++) {
      const root = Math.sqrt(counts.data[Math.floor(at / c) * d + i]);
      sum += (root - mean.data[i]) * directions.data[i * c + at % c];
    }
    return sum;
  });
  const ours = await applyBagOfWords(gpu, bag, SONGS);
  assertClose(ours, ndarray([6, c], expected), { absolute: 1e-5 });
});

test("words are learnt from a sample of the frames, the same for the same key", async ({ gpu }) => {
  const songs = [1, 2, 3].map((seed) => randomArray([200, 3], seed));
  const fit = async (sample: number, seed = 1) => {
    const { codebook } = await fitBagOfWords(gpu, songs, { k: 5, key: key(seed), sample });
    return [...codebook.mean];
  };
  assertEquals(await fit(60), await fit(60));
  const [sampled, whole] = [await fit(60), await fit(600)];
  sampled.forEach((mean, j) => assert(mean !== whole[j] && Math.abs(mean - whole[j]) < 0.5));
  assertEquals(await fit(600), await fit(1e6));
});

test("fitBagOfWords() names what does not fit", async ({ gpu }) => {
  const options = { k: 2, key: key(1) };
  await rejects(() => fitBagOfWords(gpu, [], options), "the number of songs is 0");
  const songs = [randomArray([3, 2]), randomArray([3, 4])];
  await rejects(() => fitBagOfWords(gpu, songs, options), "the shape of song 1 is [3, 4]");
  await rejects(() => fitBagOfWords(gpu, SONGS, { ...options, sample: 0 }), "sample is 0");
});
