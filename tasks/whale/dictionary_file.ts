/**
 * The checkpoint of a run: the dictionaries learnt so far.
 *
 * @module
 */
import { exists } from "../../files/disk/presence.ts";
import { readSafetensors, writeSafetensors } from "../../files/disk/safetensors.ts";
import { hostTensor } from "../../files/safetensors.ts";
import { ndarray } from "../../gpu/tensor.ts";
import type { FeatureConfig } from "./config.ts";
import type { LearntDictionary } from "./features.ts";

/** Writes dictionaries, whole or not at all. */
export async function writeDictionaries(
  path: string,
  configs: readonly FeatureConfig[],
  dictionaries: readonly LearntDictionary[],
): Promise<void> {
  const tensors = dictionaries.flatMap((learnt, i) => [
    hostTensor(`member${i + 1}/mean`, learnt.mean),
    hostTensor(`member${i + 1}/matrix`, learnt.matrix),
    hostTensor(`member${i + 1}/centroids`, learnt.centroids),
    hostTensor(
      `member${i + 1}/objective`,
      ndarray([learnt.objective.length], learnt.objective),
    ),
    hostTensor(
      `member${i + 1}/patchCounts`,
      ndarray([learnt.patchCounts.length], learnt.patchCounts),
    ),
  ]);
  await writeSafetensors(path, {
    metadata: { members: JSON.stringify(configs.slice(0, dictionaries.length)) },
    tensors,
  });
}

/**
 * The dictionaries of a file that are for these settings, in order; none where there is no file.
 *
 * @throws {InputError} when the file is damaged
 */
export async function readDictionaries(
  path: string,
  configs: readonly FeatureConfig[],
): Promise<LearntDictionary[]> {
  if (!await exists(path)) return [];
  using file = await readSafetensors(path);
  const known: FeatureConfig[] = JSON.parse(file.metadata.members ?? "[]");
  const dictionaries: LearntDictionary[] = [];
  for (const [i, config] of configs.entries()) {
    if (JSON.stringify(known[i]) !== JSON.stringify(config)) break;
    const read = (name: string) => file.read(`member${i + 1}/${name}`);
    dictionaries.push({
      mean: await read("mean"),
      matrix: await read("matrix"),
      centroids: await read("centroids"),
      objective: (await read("objective")).data as Float64Array,
      patchCounts: (await read("patchCounts")).data as Uint32Array,
    });
  }
  return dictionaries;
}
