/**
 * The models of a blend: each learns a dictionary, describes the clips by it, and is scored.
 *
 * @module
 */
import { fold, type Key } from "../../gpu/random.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import type { TaskRun } from "../run/task_run.ts";
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
import type { WhalePhase } from "./task.ts";

/** What the members share. */
export interface MemberContext {
  /** The run. Its folder keeps the dictionaries, for when it is resumed. */
  readonly run: TaskRun<WhalePhase>;
  /** The clips. */
  readonly recordings: Recordings;
  /** The run's settings. */
  readonly config: WhaleConfig;
  /** What is scored. */
  readonly repeats: readonly Repeat[];
}

/** A member with its scores. */
export interface TrainedMember {
  /** For the model file; its classifier is fitted to all clips to learn from. */
  readonly member: Member;
  /** How its dictionary came about. */
  readonly learnt: LearntDictionary;
  /** Scores of each repeat by classifier, see `scoreRepeat`. */
  readonly scores: Readonly<Partial<Record<ClassifierName, readonly Float64Array[]>>>;
}

/** The classifiers that a run scores: always the support vector machine, which searches rank by. */
export function scoredClassifiers({ classifier }: WhaleConfig): ClassifierName[] {
  return classifier === "svm" ? ["svm"] : ["svm", classifier];
}

/** Trains and scores the members one after the other. */
export async function trainMembers(context: MemberContext): Promise<TrainedMember[]> {
  const { run, recordings, config } = context;
  const { gpu, folder, progress, signal } = run;
  const configs = memberConfigs(config);
  const path = folder.file("checkpoint.safetensors");
  const { value: kept, warning } = await readDictionaries(path, configs);
  if (warning !== undefined) progress.line(warning);
  if (kept.length) {
    progress.line(`${kept.length} of ${configs.length} dictionaries are there already`);
  }
  const trained: TrainedMember[] = [];
  for (const [i, member] of configs.entries()) {
    const label = configs.length > 1 ? `model ${i + 1} of ${configs.length}: ` : "";
    const hooks: FeatureHooks = {
      progress: (what, done, total) => progress.update(`${label}${what} ${done} of ${total}`),
      signal,
    };
    const key = fold(fold(run.key, "whale"), `member${i + 1}`);
    const before = { ...run.spent };
    const learnt = await run.time(
      "dictionaries",
      () => kept[i] ?? learnDictionary(gpu, learntFrom(recordings), member, key, hooks),
    );
    if (!kept[i]) await writeDictionaries(path, configs, [...trained.map((m) => m.learnt), learnt]);
    trained.push(await scoreMember(context, member, learnt, key, hooks));
    await folder.log({
      member: i + 1,
      dictionary: run.spent.dictionaries - before.dictionaries,
      encoding: run.spent.encoding - before.encoding,
      classifiers: run.spent.classifiers - before.classifiers,
    });
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
): Promise<TrainedMember> {
  const { run, recordings: { samples } } = context;
  const encoding = () => encodeClips(run.gpu, samples, learnt, config, hooks);
  const features = await run.time("encoding", encoding);
  run.gpu.trim(); // the next member's tensors have other sizes
  const fitting = () => fitClassifiers(context, features, key, hooks);
  const { scores, final: { classifier, scaling } } = await run.time("classifiers", fitting);
  return { member: { config, dictionary: learnt, scaling, classifier }, learnt, scores };
}

/** Scores of every classifier in every repeat, and the one that predicts, fitted to all it may see. */
async function fitClassifiers(
  { run: { gpu, signal }, recordings: { labels, testCount }, config, repeats }: MemberContext,
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
  const chosen = config.classifier;
  return { scores, final: await fit(chosen, allRows(features), fold(key, "final")) };
}
