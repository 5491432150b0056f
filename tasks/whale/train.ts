/**
 * The whale run: clips in, a folder with a trained detector, its predictions and its figures out.
 *
 * @module
 */
import { writeTable } from "../../files/table.ts";
import type { RunFolder } from "../run/run_folder.ts";
import { runSeeds, type SeedsOptions, type SeedsResult } from "../run/seeds.ts";
import { type RunOptions, runSettings, runTask, type TaskRun } from "../run/task_run.ts";
import { BASELINE_NAMES, baselineFeatures, type BaselineName, scoreBaseline } from "./baselines.ts";
import { needProbabilities, probabilitiesOf } from "./classifier.ts";
import { PREPARED_SAMPLES, type WhaleConfig } from "./config.ts";
import { leakProbe, scoresWithOrder } from "./leaks.ts";
import { clipMarks, writeModel } from "./model.ts";
import {
  type Auc,
  aucInterval,
  aucOf,
  blockedRepeat,
  callShare,
  judgedScores,
  meanScores,
  pick,
  type Repeat,
  repeatsOf,
  scoredRowsOf,
} from "./protocol.ts";
import { openRecordings } from "./recordings.ts";
import type { Recordings } from "./clips.ts";
import type { BlendedScores, MemberResult, Scored, WhaleResult } from "./result.ts";
import { runPage } from "./run_page.ts";
import { measuredOn } from "./words.ts";
import { WHALE, type WhalePhase } from "./task.ts";
import {
  learntFrom,
  scoredClassifiers,
  type TrainedMember,
  trainMembers,
} from "./train_members.ts";
import { PREDICTION_TABLE } from "./words.ts";

/** What a run is given. The seed names the synthetic recordings, too; folds have seeds of their own. */
export interface WhaleTrainOptions extends RunOptions<WhaleConfig> {
  /** Whether the blend is also scored with the help of its neighbours' labels. Default false. */
  readonly allowOrderLeak?: boolean;
}

/**
 * Learns, scores and writes the folder of a run. One that is interrupted keeps the dictionaries learnt
 * so far.
 *
 * @throws {InputError} when the data or the folder cannot be used
 * @throws {Interrupted} when the signal ended it
 */
export async function trainWhale(options: WhaleTrainOptions): Promise<WhaleResult> {
  const { config, allowOrderLeak = false } = options;
  if (allowOrderLeak) needProbabilities("--allow-order-leak", config.classifier);
  const settings = runSettings(WHALE, options, { allowOrderLeak });
  return await runTask(WHALE, options, settings, {
    open: async (run) => {
      const { progress } = run;
      const recordings = await run.time("clips", () => openRecordings({ ...options, progress }));
      return { recordings, repeats: repeatsOf(recordings, config) };
    },
    work: async (run, { recordings, repeats }) => {
      await run.folder.truncateMetrics(-1); // a resumed run writes its few lines again
      describeClips(run, recordings);
      const blocked = recordings.testCount ? undefined : blockedRepeat(recordings.labels, config);
      const baselines = await run.time("baselines", () => scoreBaselines(run, recordings, repeats));
      const all = blocked ? [...repeats, blocked] : repeats;
      const members = await trainMembers({ run, recordings, config, repeats: all });
      const blended = blendScores(config, members);
      await writeModel(run.folder.file("model.safetensors"), {
        members: members.map(({ member }) => member),
        zeroPhase: config.zeroPhase,
        trainedOn: clipMarks(learntFrom(recordings), PREPARED_SAMPLES),
      });
      await writePredictions(run.folder, recordings, repeats, blended[config.classifier]!);
      const scored = { recordings, config, repeats, blocked, baselines, members, blended };
      const result: WhaleResult = {
        ...figures(run, scored),
        ...(allowOrderLeak && {
          withOrder: aucOf(
            repeats,
            recordings.labels,
            scoresWithOrder(
              recordings,
              repeats,
              blended[config.classifier]!.map((each) => probabilitiesOf(config.classifier, each)),
            ),
          ),
        }),
        seconds: run.seconds,
        timings: run.timings,
        adapter: run.gpu.name,
      };
      return {
        result,
        page: await runPage({ run, result, recordings, repeats, members, blended }),
      };
    },
  });
}

/** Areas of a run: of the blend, and by the name of the baseline or classifier. */
export interface WhaleAreas {
  /** Of the blend, by the classifier that predicts. */
  readonly auc: number;
  /** Of the baselines. */
  readonly baselines: Readonly<Record<string, number>>;
  /** Of the first member. */
  readonly single: Readonly<Record<string, number>>;
  /** Of the blend. */
  readonly blend: Readonly<Record<string, number>>;
}

function areasOf({ auc, baselines, single, blend }: WhaleResult): WhaleAreas {
  const areas = (of: Readonly<Record<string, Auc>>) =>
    Object.fromEntries(Object.entries(of).map(([name, { auc }]) => [name, auc]));
  return { auc, baselines: areas(baselines), single: areas(single), blend: areas(blend) };
}

/** Areas over several runs. */
export type WhaleSeedsResult = SeedsResult<WhaleResult, WhaleAreas>;

/** Trains with several seeds, see {@linkcode runSeeds}. */
export async function trainWhaleSeeds(
  options: SeedsOptions<WhaleTrainOptions>,
): Promise<WhaleSeedsResult> {
  return await runSeeds(WHALE, options, trainWhale, areasOf);
}

/** What a run has learnt and scored. */
interface Scoring {
  readonly recordings: Recordings;
  readonly config: WhaleConfig;
  readonly repeats: readonly Repeat[];
  readonly blocked?: Repeat;
  readonly baselines: Readonly<Record<BaselineName, Auc>>;
  readonly members: readonly TrainedMember[];
  readonly blended: BlendedScores;
}

function blendScores(config: WhaleConfig, members: readonly TrainedMember[]): BlendedScores {
  return Object.fromEntries(
    scoredClassifiers(config).map((name) => {
      const [first] = members.map(({ scores }) => scores[name]!);
      return [name, first.map((_, r) => meanScores(members.map(({ scores }) => scores[name]![r])))];
    }),
  );
}

/** The figures but for those of the run itself. */
function figures(
  { key }: TaskRun,
  { recordings, config, repeats, blocked, baselines, members, blended }: Scoring,
): Omit<WhaleResult, "withOrder" | "seconds" | "timings" | "adapter"> {
  const { labels, testCount, calls, silentCount, badFiles, synthetic } = recordings;
  const scored = (scores: BlendedScores, of: readonly Repeat[] = repeats, from = 0): Scored =>
    Object.fromEntries(
      scoredClassifiers(config).map((name) => [name, aucOf(of, labels, scores[name]!.slice(from))]),
    );
  const { classifier } = config;
  const blend = scored(blended);
  const best = blended[classifier]!;
  const rows = scoredRowsOf(repeats[0]);
  const counts = { trainCount: labels.length - testCount, scoredCount: rows.length };
  return {
    auc: blend[classifier]!.auc,
    measuredOn: measuredOn({ synthetic, ...counts }, repeats),
    interval: aucInterval(judgedScores(repeats[0], labels, best[0]), key).interval,
    baselines,
    single: scored(members[0].scores),
    blend,
    members: members.map(({ member, learnt, scores }): MemberResult => ({
      config: member.config,
      components: learnt.matrix.shape[1],
      objective: learnt.objective.at(-1)!,
      auc: scored(scores),
    })),
    ...(blocked && { blocked: scored(blended, [blocked], repeats.length) }),
    ...(calls && { againstTruth: aucOf(repeats, calls, best) }),
    leakProbe: leakProbe(recordings, repeats),
    repeats: repeats.map(({ name }) => name),
    synthetic,
    ...counts,
    callShare: callShare(labels),
    classifier,
    silentCount,
    badFiles,
  };
}

async function scoreBaselines(
  { gpu, progress, signal }: TaskRun<WhalePhase>,
  { samples, labels }: Recordings,
  repeats: readonly Repeat[],
): Promise<Record<BaselineName, Auc>> {
  progress.update("baselines: spectrograms");
  const features = await baselineFeatures(gpu, samples, signal);
  const found: Partial<Record<BaselineName, Auc>> = {};
  for (const name of BASELINE_NAMES) {
    const scores: Float64Array[] = [];
    for (const repeat of repeats) {
      progress.update(`baselines: ${name}, ${repeat.name}`);
      scores.push(await scoreBaseline(gpu, name, features, labels, repeat, signal));
    }
    found[name] = aucOf(repeats, labels, scores);
  }
  return found as Record<BaselineName, Auc>;
}

/** Held-out scores, of several repeats their mean. */
async function writePredictions(
  folder: RunFolder,
  { names }: Recordings,
  repeats: readonly Repeat[],
  scores: readonly Float64Array[],
): Promise<void> {
  const mean = meanScores(scores.slice(0, repeats.length));
  const rows = scoredRowsOf(repeats[0]);
  const text = writeTable(
    Array.from(rows, (row) => names[row]),
    pick(mean, rows),
    PREDICTION_TABLE,
  );
  await folder.write("predictions.csv", text);
}

function describeClips(
  { progress, gpu }: TaskRun<WhalePhase>,
  { labels, testCount, silentCount, synthetic }: Recordings,
): void {
  const kind = synthetic ? "synthetic clips" : "labelled clips";
  const aside = testCount ? `, ${testCount} of them put aside` : "";
  const silent = silentCount ? `, ${silentCount} silent` : "";
  progress.line(`${labels.length} ${kind}${aside}${silent}; running on ${gpu.name}`);
}
