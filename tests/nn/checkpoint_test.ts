import { assert, assertEquals } from "@std/assert";
import { readSafetensors, writeSafetensors } from "../../files/disk/safetensors.ts";
import { hostTensor } from "../../files/safetensors.ts";
import { loadTensors, saveTensors } from "../../nn/checkpoint.ts";
import { randomArray, test } from "../check.ts";
import { withFolder } from "../files/samples.ts";
import { unreadable } from "../refusals.ts";

test("device tensors come back to the bit, through a file, padding left out", async ({ gpu, scope }) => {
  await withFolder(async (folder) => {
    const array = randomArray([5, 7], 3);
    const weight = gpu.upload(array, "dense/weight");
    const labels = gpu.upload({ shape: [5], data: Uint8Array.of(1, 2, 3, 4, 255) }, "labels");
    // Longer than the 16 MiB that come back at a time.
    const long = gpu.upload({
      shape: [4_194_305],
      data: Float32Array.from({ length: 4_194_305 }, (_, i) => i),
    }, "long");
    const path = `${folder}/checkpoint.safetensors`;
    await saveTensors(gpu, path, { "dense/weight": weight, labels, long }, { step: "7" });
    using file = await readSafetensors(path);
    assertEquals(file.tensors.get("labels")?.bytes, 5);
    const loaded = scope.keep(gpu.empty([5, 7], { label: "loaded" }));
    const [loadedLabels, loadedLong] = [gpu.empty([5], { dtype: "u8" }), gpu.empty([4_194_305])];
    const { metadata } = await loadTensors(gpu, path, {
      "dense/weight": loaded,
      labels: loadedLabels,
      long: loadedLong,
    });
    assertEquals(metadata, { step: "7" });
    assertEquals((await gpu.read(loaded)).data, Float32Array.from(array.data));
    assertEquals((await gpu.read(loadedLabels)).data, Uint8Array.of(1, 2, 3, 4, 255));
    const { data } = await gpu.read(loadedLong);
    assert(data.every((x, i) => x === i));
    await unreadable(
      () => loadTensors(gpu, path, { "dense/weight": gpu.empty([7, 5]) }),
      "checkpoint.safetensors: the file has F32 [5, 7], the model has f32 [7, 5]",
    );
    await unreadable(
      () => loadTensors(gpu, path, { labels: gpu.empty([5]) }),
      "the file has U8 [5], the model has f32 [5]",
    );
    await unreadable(
      () => loadTensors(gpu, path, { bias: gpu.empty([5]) }),
      "the file has none of that name, the model has f32 [5]",
    );
    const far = { shape: [2], data: Float64Array.of(1, 1e300) };
    await writeSafetensors(path, { tensors: [hostTensor("far", far)] });
    await unreadable(
      () => loadTensors(gpu, path, { far: gpu.empty([2]) }),
      'Cannot load tensor "far" from ' + path + ": element 1 is 1e+300, expected one that an f32",
    );
    gpu.release(loaded);
  });
});
