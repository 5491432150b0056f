/**
 * The checkpoint of a run: the dictionaries learnt so far.
 *
 * @module
 */
import { type Latest, previousOf, readLatest } from "../../files/disk/latest_file.ts";
import { readSafetensors, writeSafetensors } from "../../files/disk/safetensors.ts";
import { hostTensor } from "../../files/safetensors.ts";
import { ndarray } from "../../gpu/tensor.ts";
import type { FeatureConfig } from "./config.ts";
import type { LearntDictionary } from "./features.ts";
import { memberConfigsOf } from "./model.ts";

/** Writes dictionaries, whole or not at all; those that the file held stay beside it. */
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
  const members = JSON.stringify(configs.slice(0, dictionaries.length));
  await writeSafetensors(
    path,
    { metadata: { members }, tensors },
    { previous: previousOf(path) },
  );
}

/**
 * The dictionaries of the latest good file that are for these settings, in order; none where there is
 * no file.
 *
 * @throws {InputError} when the files are damaged
 */
export async function readDictionaries(
  path: string,
  configs: readonly FeatureConfig[],
): Promise<Latest<LearntDictionary[]>> {
  return await readLatest(path, (each) => readFrom(each, configs)) ?? { value: [] };
}

async function readFrom(
  path: string,
  configs: readonly FeatureConfig[],
): Promise<LearntDictionary[]> {
  using file = await readSafetensors(path);
  const known = memberConfigsOf(file.metadata.members, path);
  const dictionaries: LearntDictionary[] = [];
  for (const [i, config] of configs.entries()) {
    if (JSON.stringify(known[i]) !== JSON.stringify(config)) break;
    const read = (name: string) => file.read(`member${i + 1}/${name}`);
    const objective = await read("objective");
    const patchCounts = await read("patchCounts");
    dictionaries.push({
      mean: await read("mean"),
      matrix: await read("matrix"),
      centroids: await read("centroids"),
      objective: Float64Array.from(objective.data),
      patchCounts: Uint32Array.from(patchCounts.data),
    });
  }
  return dictionaries;
}
