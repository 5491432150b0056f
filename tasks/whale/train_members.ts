/**
 * The models of a blend: each learns a dictionary, describes the clips by it, and is scored.
 *
 * @module
 */
import type { Gpu } from "../../gpu/gpu.ts";
import { fold, type Key } from "../../gpu/random.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { Pace, type Progress } from "../run/progress.ts";
import type { RunFolder } from "../run/run_folder.ts";
import {
  type ClassifierName,
  type FeatureConfig,
  memberConfigs,
  PREPARED_SAMPLES,
  type WhaleConfig,
} from "./config.ts";
import { readDictionaries, writeDictionaries } from "./dictionary_file.ts";
import {
  encodeClips,
  type FeatureHooks,
  learnDictionary,
  type LearntDictionary,
} from "./features.ts";
import { fitRows, type FittedRows } from "./fit_rows.ts";
import type { Member } from "./model.ts";
import { type Part, type Repeat, scoreRepeat } from "./protocol.ts";
import type { Recordings } from "./clips.ts";
import { allRows } from "./scaling.ts";

/** What the members share. */
export interface MemberContext {
  /** The device. */
  readonly gpu: Gpu;
  /** The clips. */
  readonly recordings: Recordings;
  /** The run's settings. */
  readonly config: WhaleConfig;
  /** Key of the run. */
  readonly key: Key;
  /** What is scored. */
  readonly repeats: readonly Repeat[];
  /** Where dictionaries are kept, and found when the run is resumed. */
  readonly folder: RunFolder;
  /** Where progress is shown. */
  readonly progress: Progress;
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** A member with its scores. */
export interface TrainedMember {
  /** For the model file; its classifier is fitted to all clips to learn from. */
  readonly member: Member;
  /** How its dictionary came about. */
  readonly learnt: LearntDictionary;
  /** Scores of each repeat by classifier, see `scoreRepeat`. */
  readonly scores: Readonly<Partial<Record<ClassifierName, readonly Float64Array[]>>>;
  /** Seconds of each phase. */
  readonly seconds: { dictionary: number; encoding: number; classifiers: number };
}

/** The classifiers that a run scores: always the support vector machine, which searches rank by. */
export function scoredClassifiers({ classifier }: WhaleConfig): ClassifierName[] {
  const chosen = classifier as ClassifierName;
  return chosen === "svm" ? ["svm"] : ["svm", chosen];
}

/** Trains and scores the members one after the other. */
export async function trainMembers(context: MemberContext): Promise<TrainedMember[]> {
  const { config, folder, progress, key } = context;
  const configs = memberConfigs(config);
  const path = folder.file("checkpoint.safetensors");
  const kept = await readDictionaries(path, configs);
  if (kept.length) {
    progress.line(`${kept.length} of ${configs.length} dictionaries are there already`);
  }
  const trained: TrainedMember[] = [];
  for (const [i, member] of configs.entries()) {
    const label = configs.length > 1 ? `model ${i + 1} of ${configs.length}: ` : "";
    const hooks: FeatureHooks = {
      progress: (what, done, total) => progress.update(`${label}${what} ${done} of ${total}`),
      signal: context.signal,
    };
    const memberKey = fold(key, `member${i + 1}`);
    const clock = new Pace();
    const learnt = kept[i] ??
      await learnDictionary(context.gpu, learntFrom(context.recordings), member, memberKey, hooks);
    if (!kept[i]) await writeDictionaries(path, configs, [...trained.map((m) => m.learnt), learnt]);
    trained.push(await scoreMember(context, member, learnt, memberKey, hooks, clock.seconds));
    await folder.log({ member: i + 1, ...trained[i].seconds });
  }
  return trained;
}

/** The clips that a dictionary may see: those that were put aside are not among them. */
export function learntFrom(
  { samples, testCount }: Pick<Recordings, "samples" | "testCount">,
): Float32Array<ArrayBuffer> {
  return samples.subarray(0, samples.length - testCount * PREPARED_SAMPLES);
}

async function scoreMember(
  context: MemberContext,
  config: FeatureConfig,
  learnt: LearntDictionary,
  key: Key,
  hooks: FeatureHooks,
  dictionary: number,
): Promise<TrainedMember> {
  const { gpu, recordings } = context;
  const encoding = new Pace();
  const features = await encodeClips(gpu, recordings.samples, learnt, config, hooks);
  const encodingSeconds = encoding.seconds;
  gpu.pool.trim(); // the next member's tensors have other sizes
  const fitting = new Pace();
  const { scores, final } = await fitClassifiers(context, features, key, hooks);
  const { classifier, scaling } = final;
  return {
    member: { config, dictionary: learnt, scaling, classifier },
    learnt,
    scores,
    seconds: { dictionary, encoding: encodingSeconds, classifiers: fitting.seconds },
  };
}

/** Scores of every classifier in every repeat, and the one that predicts, fitted to all it may see. */
async function fitClassifiers(
  { gpu, recordings: { labels, testCount }, config, repeats, signal }: MemberContext,
  features: NdArray,
  key: Key,
  hooks: FeatureHooks,
): Promise<{ readonly scores: TrainedMember["scores"]; readonly final: FittedRows }> {
  const fit = (name: ClassifierName, rows: Uint32Array, stream: Key) =>
    fitRows(features, labels, rows, { name, config, gpu, key: stream, signal });
  const scores: Partial<Record<ClassifierName, Float64Array[]>> = {};
  let last: FittedRows | undefined;
  for (const name of scoredClassifiers(config)) {
    scores[name] = [];
    for (const [r, repeat] of repeats.entries()) {
      const stream = fold(fold(key, name), r);
      const score = async ({ train, test }: Part, p: number) => {
        hooks.progress?.(`${name}, ${repeat.name}, part`, p + 1, repeat.parts.length);
        last = await fit(name, train, fold(stream, p));
        return last.scores(test);
      };
      scores[name].push(await scoreRepeat(repeat, features.shape[0], score));
    }
  }
  // Where clips were put aside, the last classifier was fitted to all others already.
  if (testCount && last) return { scores, final: last };
  const chosen = config.classifier as ClassifierName;
  return { scores, final: await fit(chosen, allRows(features), fold(key, "final")) };
}
