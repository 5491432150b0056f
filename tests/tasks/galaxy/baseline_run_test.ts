import { assert, assertEquals } from "@std/assert";
import type { ImageStore } from "../../../files/disk/image_store.ts";
import { predictBaselines, scoreBaselines } from "../../../tasks/galaxy/baseline_run.ts";
import { CROP_SIDE } from "../../../tasks/galaxy/baselines.ts";
import { ANSWER_COLUMNS } from "../../../tasks/galaxy/questions.ts";

const WIDTH = ANSWER_COLUMNS.length;

/** Grey images, each as bright as `brightness` says, 0 to 255. */
function greyStore(count: number, brightness: (index: number) => number): ImageStore {
  const each = CROP_SIDE * CROP_SIDE * 3;
  return {
    ids: Array.from({ length: count }, (_, i) => `${i}`),
    badFiles: [],
    warnings: [],
    notes: [],
    checksums: [],
    height: CROP_SIDE,
    width: CROP_SIDE,
    cacheBytes: 0,
    read(indices) {
      const pixels = new Uint8Array(indices.length * each);
      for (let i = 0; i < indices.length; i++) {
        pixels.fill(brightness(indices[i]), i * each, (i + 1) * each);
      }
      return Promise.resolve(pixels);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Every answer of galaxy i is i / count. */
function risingLabels(count: number): Float32Array {
  return Float32Array.from({ length: count * WIDTH }, (_, i) => Math.floor(i / WIDTH) / count);
}

Deno.test("each baseline learns from a split's training part, and all are pooled", async () => {
  const count = 12;
  const labels = risingLabels(count);
  const rows = Uint32Array.from({ length: count }, (_, i) => i);
  const [even, odd] = [0, 1].map((part) => rows.filter((row) => row % 2 === part));
  const splits = [{ train: even, validation: odd }, { train: odd, validation: even }];
  const store = greyStore(count, (i) => 20 * i); // brightness tells the answers
  const predictions = await predictBaselines(store, labels, splits, () => {});
  const names = ["zeros", "mean", "colourRidge", "pixelRidge"];
  assertEquals(Object.keys(predictions).sort(), names.sort());
  const scores = scoreBaselines(predictions, splits, labels);
  assert(scores.colourRidge! < 0.05 && scores.pixelRidge! < 0.05, JSON.stringify(scores));
  assert(scores.colourRidge! < scores.mean && scores.mean < scores.zeros, JSON.stringify(scores));
});

Deno.test("thousands of galaxies may be held out", async () => {
  const count = 4001;
  const labels = risingLabels(count);
  const rows = Uint32Array.from({ length: count }, (_, i) => i);
  const splits = [{ train: rows.subarray(0, 1), validation: rows.subarray(1) }];
  const predictions = await predictBaselines(greyStore(count, () => 0), labels, splits, () => {});
  assertEquals(predictions.zeros?.length, 4000 * WIDTH);
  const { zeros } = scoreBaselines(predictions, splits, labels);
  assert(Math.abs(zeros - Math.sqrt(1 / 3)) < 1e-3, `${zeros}`);
});
