import { assert, assertEquals } from "@std/assert";
import { ndarray } from "../../../gpu/tensor.ts";
import { memberConfigs, WHALE_PRESETS } from "../../../tasks/whale/config.ts";
import { readDictionaries, writeDictionaries } from "../../../tasks/whale/dictionary_file.ts";
import type { LearntDictionary } from "../../../tasks/whale/features.ts";
import { inFolder } from "../../files/samples.ts";
import { unreadable } from "../../refusals.ts";

function dictionary(value: number): LearntDictionary {
  return {
    mean: ndarray([2], Float32Array.of(value, 1)),
    matrix: ndarray([2, 1], Float32Array.of(value, 2)),
    centroids: ndarray([1, 1], Float32Array.of(value)),
    objective: Float64Array.of(value),
    patchCounts: Uint32Array.of(value),
  };
}

inFolder.test("dictionaries that were damaged are replaced by those kept before, with a word", async (folder) => {
  const path = `${folder}/checkpoint.safetensors`;
  const configs = memberConfigs({ ...WHALE_PRESETS.smoke, members: 3 });
  assertEquals(configs.length, 3);
  assertEquals(await readDictionaries(path, configs), { value: [] });
  const learnt = [7, 8, 9].map(dictionary);
  await writeDictionaries(path, configs, learnt.slice(0, 1));
  await writeDictionaries(path, configs, learnt.slice(0, 2));
  assertEquals(await readDictionaries(path, configs), { value: learnt.slice(0, 2) });
  const bytes = await Deno.readFile(path);
  bytes[bytes.length - 2] ^= 1;
  await Deno.writeFile(path, bytes);
  const { value, warning } = await readDictionaries(path, configs);
  assertEquals(value, learnt.slice(0, 1));
  assert(warning?.startsWith(`Cannot read ${path}: its tensors are not those`), warning);
  await Deno.writeFile(path, bytes);
  await unreadable(() => readDictionaries(path, configs), "nothing is left to go on from");
});
