/**
 * A trained detector: dictionaries with their classifiers, and the file that they are kept in.
 *
 * @module
 */
import type { Gpu } from "../../gpu/gpu.ts";
import { quoted } from "../../files/claims.ts";
import { readSafetensors, writeSafetensors } from "../../files/disk/safetensors.ts";
import { hostTensor } from "../../files/safetensors.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { InputError } from "../../files/input_error.ts";
import { VERSION } from "../run/run_folder.ts";
import { classifierFrom, type Fitted } from "./classifier.ts";
import { CLASSIFIERS, type FeatureConfig, featureConfig, isClassifier, SLICES } from "./config.ts";
import { encodeClips, type FeatureHooks, type WhaleDictionary } from "./features.ts";
import { meanScores } from "./protocol.ts";
import { allRows, scaledRows, type Scaling } from "./scaling.ts";

/** One of the models whose scores are averaged. */
export interface Member {
  /** How its dictionary was learnt. */
  readonly config: FeatureConfig;
  /** Its dictionary. */
  readonly dictionary: WhaleDictionary;
  /** What brings its features to one scale. */
  readonly scaling: Scaling;
  /** Its classifier. */
  readonly classifier: Fitted;
}

/** A trained detector. */
export interface WhaleModel {
  /** At least one. */
  readonly members: readonly Member[];
  /** Whether clips are filtered both ways before they are decimated. */
  readonly zeroPhase: boolean;
  /** Marks of the clips that it was trained on, `[n, 2]`, see {@linkcode clipMarks}. */
  readonly trainedOn: Uint32Array;
}

/** Scores of clips: the mean of the members' scores. */
export async function predictScores(
  gpu: Gpu,
  { members }: Pick<WhaleModel, "members">,
  samples: Float32Array<ArrayBuffer>,
  hooks: FeatureHooks = {},
): Promise<Float64Array> {
  const scores: Float64Array[] = [];
  for (const { config, dictionary, scaling, classifier } of members) {
    const features = await encodeClips(gpu, samples, dictionary, config, hooks);
    scores.push(classifier.scores(scaledRows(features, allRows(features), scaling)));
  }
  return meanScores(scores);
}

/**
 * A mark of 64 bits for each clip, of its samples alone: the same recording has the same mark under
 * any name.
 *
 * @param samples prepared clips, `[n, length]`
 * @returns `[n, 2]`
 */
export function clipMarks(samples: Float32Array<ArrayBuffer>, length: number): Uint32Array {
  const bits = new Uint32Array(samples.buffer, samples.byteOffset, samples.length);
  const marks = new Uint32Array(2 * bits.length / length);
  for (let clip = 0; clip < marks.length / 2; clip++) {
    let [a, b] = [0x811c9dc5, 0x9747b28c]; // FNV-1a with words for bytes, and a second one apart
    for (let i = clip * length; i < (clip + 1) * length; i++) {
      a = Math.imul(a ^ bits[i], 0x01000193);
      b = Math.imul(b ^ bits[i] ^ (a >>> 15), 0x85ebca6b);
    }
    marks[2 * clip] = a;
    marks[2 * clip + 1] = b;
  }
  return marks;
}

/** Writes a detector, whole or not at all. */
export async function writeModel(path: string, model: WhaleModel): Promise<void> {
  const { members, zeroPhase, trainedOn } = model;
  const tensors = members.flatMap(({ dictionary, scaling, classifier }, i) => {
    const { mean, matrix, centroids, patchCounts } = dictionary;
    const columns = scaling.offset.length;
    const arrays: Record<string, NdArray> = {
      mean,
      matrix,
      centroids,
      patchCounts: ndarray([patchCounts.length], patchCounts),
      offset: ndarray([columns], scaling.offset),
      factor: ndarray([columns], scaling.factor),
    };
    for (const [name, tensor] of Object.entries(classifier.tensors())) {
      arrays[`classifier/${name}`] = tensor;
    }
    return Object.entries(arrays).map(([name, array]) =>
      hostTensor(`member${i + 1}/${name}`, array)
    );
  });
  await writeSafetensors(path, {
    metadata: {
      task: "whale",
      version: VERSION,
      members: JSON.stringify(members.map(({ config }) => config)),
      classifier: members[0].classifier.name,
      zeroPhase: `${zeroPhase}`,
    },
    tensors: [
      ...tensors,
      hostTensor("trainedOn", ndarray([trainedOn.length / 2, 2], trainedOn)),
    ],
  });
}

/**
 * Reads a detector.
 *
 * @throws {InputError} naming what is wrong with the file
 */
export async function readModel(path: string): Promise<WhaleModel> {
  using file = await readSafetensors(path);
  const { task, classifier, zeroPhase } = file.metadata;
  const fail = (reason: string): never => {
    throw new InputError(`Cannot read ${path}`, reason);
  };
  if (task !== "whale") fail(`it is no whale detector, its task is ${shown(task)}`);
  if (!isClassifier(classifier)) {
    return fail(`its classifier is ${shown(classifier)}, expected ${CLASSIFIERS.join(", ")}`);
  }
  const configs = memberConfigsOf(file.metadata.members, path);
  const members: Member[] = [];
  for (const [i, config] of configs.entries()) {
    const prefix = `member${i + 1}/`;
    const columns = (SLICES + 1) * config.filters;
    const d = config.patchFrames * config.patchBins;
    const read = async (name: string, shape: (number | undefined)[]) => {
      const array = await file.read(prefix + name);
      const fits = array.shape.length === shape.length &&
        shape.every((extent, axis) => extent === undefined || extent === array.shape[axis]);
      if (!fits) {
        fail(
          `${prefix}${name} is [${array.shape.join(", ")}], expected [${
            shape.map((extent) => extent ?? "any").join(", ")
          }]`,
        );
      }
      return array;
    };
    const matrix = await read("matrix", [d, undefined]);
    const dictionary = {
      mean: await read("mean", [d]),
      matrix,
      centroids: await read("centroids", [config.filters, matrix.shape[1]]),
      patchCounts: Uint32Array.from((await read("patchCounts", [config.filters])).data),
    };
    const scaling = {
      offset: Float64Array.from((await read("offset", [columns])).data),
      factor: Float64Array.from((await read("factor", [columns])).data),
    };
    const own = `${prefix}classifier/`;
    const names = [...file.tensors.keys()].filter((name) => name.startsWith(own));
    const tensors: Record<string, NdArray> = {};
    for (const name of names) tensors[name.slice(own.length)] = await file.read(name);
    const fitted = classifierFrom(classifier, tensors, columns, path);
    members.push({ config, dictionary, scaling, classifier: fitted });
  }
  const trainedOn = (await file.read("trainedOn")).data as Uint32Array;
  return { members, zeroPhase: zeroPhase === "true", trainedOn };
}

/** A note of a file, as messages repeat it. */
function shown(note: string | undefined): string {
  return note === undefined ? "missing" : quoted(note);
}

/** Settings of the members, as the notes of a file hold them. @throws {InputError} naming it */
export function memberConfigsOf(text: string | undefined, path: string): FeatureConfig[] {
  const fail = (reason: string): never => {
    throw new InputError(`Cannot read ${path}`, `members: ${reason}`);
  };
  if (text === undefined) return fail("it names none");
  let configs: unknown;
  try {
    configs = JSON.parse(text);
  } catch {
    return fail("they are not JSON, or cut short");
  }
  if (!Array.isArray(configs) || !configs.length) return fail("it names none");
  try {
    return configs.map(featureConfig);
  } catch (error) {
    return fail((error as Error).message);
  }
}
