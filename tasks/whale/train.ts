/**
 * The whale run: clips in, a folder with a trained detector, its predictions and its figures out.
 *
 * @module
 */
import { type Gpu, openGpu } from "../../gpu/gpu.ts";
import { fold, key } from "../../gpu/random.ts";
import { bootstrapInterval } from "../../nn/metrics/bootstrap.ts";
import { Ranking } from "../../nn/metrics/classification.ts";
import { writeTable } from "../../files/csv.ts";
import { Pace, Progress, tenths } from "../run/progress.ts";
import { Interrupted, RunFolder, VERSION } from "../run/run_folder.ts";
import { BASELINE_NAMES, baselineFeatures, type BaselineName, scoreBaseline } from "./baselines.ts";
import { type ClassifierName, PREPARED_SAMPLES, type WhaleConfig } from "./config.ts";
import { leakProbe, scoresWithOrder } from "./leak_probe.ts";
import { clipMarks, writeModel } from "./model.ts";
import {
  type Auc,
  aucOf,
  blockedRepeat,
  meanScores,
  type Repeat,
  repeatsOf,
  rowsOf,
  scoredRowsOf,
} from "./protocol.ts";
import { openRecordings } from "./recordings.ts";
import type { Recordings } from "./clips.ts";
import type { BlendedScores, MemberResult, Scored, WhaleResult } from "./result.ts";
import {
  learntFrom,
  scoredClassifiers,
  type TrainedMember,
  trainMembers,
} from "./train_members.ts";
import { PREDICTION_TABLE } from "./words.ts";
import { writeReport } from "./write_report.ts";

/** What a run is given. */
export interface WhaleTrainOptions {
  /** Folder or zip of a challenge; without it the run makes synthetic recordings, once. */
  readonly data?: string;
  /** Settings, at best from a preset. */
  readonly config: WhaleConfig;
  /** Seed of everything random but folds; it names the synthetic recordings, too. */
  readonly seed: number;
  /** Folder of the run. */
  readonly out: string;
  /** Folder where synthetic clips are kept. */
  readonly cache: string;
  /** Whether the blend is also scored with the help of its neighbours' labels. Default false. */
  readonly allowOrderLeak?: boolean;
  /** Go on with the run in `out`. */
  readonly resume?: boolean;
  /** Overwrite the run in `out`. */
  readonly force?: boolean;
  /** What to do with a bad file. Default `stop`. */
  readonly onBad?: "stop" | "skip";
  /** Where progress is shown. Default stderr. */
  readonly progress?: Progress;
  /** Ends the run; the dictionaries learnt so far are kept. */
  readonly signal?: AbortSignal;
  /** The device; opened and closed by the run where there is none. */
  readonly gpu?: Gpu;
}

/**
 * Learns, scores and writes the folder of a run.
 *
 * @throws {InputError} when the data or the folder cannot be used
 * @throws {Interrupted} when the signal ended it
 */
export async function trainWhale(options: WhaleTrainOptions): Promise<WhaleResult> {
  const { progress = new Progress(), signal } = options;
  const settings = runConfig(options);
  const runs = { resume: options.resume ?? false, force: options.force ?? false };
  await RunFolder.check(options.out, settings, runs);
  const earlier = options.resume && !options.force
    ? await RunFolder.finished<WhaleResult>(options.out)
    : undefined;
  if (earlier) {
    progress.line(`${options.out} is finished already`);
    return earlier;
  }
  try {
    return await runAll(options, settings, progress);
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
    throw new Interrupted(`Interrupted: go on with --resume (${options.out})`);
  }
}

async function runAll(
  options: WhaleTrainOptions,
  settings: Record<string, unknown>,
  progress: Progress,
): Promise<WhaleResult> {
  const { config, signal } = options;
  const clock = new Pace();
  const recordings = await openRecordings({ ...options, progress });
  const clips = clock.seconds;
  const folder = await RunFolder.open(options.out, settings, {
    resume: options.resume ?? false,
    force: options.force ?? false,
  });
  await folder.truncateMetrics(-1); // a resumed run writes its few lines again
  await using opened = new AsyncDisposableStack();
  const gpu = options.gpu ?? opened.use(await openGpu());
  describeClips(recordings, gpu, progress);
  const repeats = repeatsOf(recordings, config);
  const blocked = recordings.testCount ? undefined : blockedRepeat(recordings.labels, config);
  const baselinePace = new Pace();
  const baselines = await scoreBaselines(gpu, recordings, repeats, progress, signal);
  const baselineSeconds = baselinePace.seconds;
  const members = await trainMembers({
    gpu,
    recordings,
    config,
    key: fold(key(options.seed), "whale"),
    repeats: blocked ? [...repeats, blocked] : repeats,
    folder,
    progress,
    signal,
  });
  const scoring = { options, recordings, repeats, blocked, baselines, members, folder };
  return await finishRun(scoring, gpu, progress, clock, { clips, baselines: baselineSeconds });
}

interface Scoring {
  readonly options: WhaleTrainOptions;
  readonly recordings: Recordings;
  readonly repeats: readonly Repeat[];
  readonly blocked: Repeat | undefined;
  readonly baselines: Readonly<Record<BaselineName, Auc>>;
  readonly members: readonly TrainedMember[];
  readonly folder: RunFolder;
}

async function finishRun(
  scoring: Scoring,
  gpu: Gpu,
  progress: Progress,
  clock: Pace,
  before: { readonly clips: number; readonly baselines: number },
): Promise<WhaleResult> {
  const { options, recordings, members, folder } = scoring;
  const blended = blendScores(scoring);
  await writeModel(folder.file("model.safetensors"), {
    members: members.map(({ member }) => member),
    zeroPhase: options.config.zeroPhase,
    trainedOn: clipMarks(learntFrom(recordings), PREPARED_SAMPLES),
  });
  await writePredictions(scoring, blended[options.config.classifier as ClassifierName]!);
  const phase = (name: keyof TrainedMember["seconds"]) =>
    members.reduce((sum, { seconds }) => sum + seconds[name], 0);
  const result: WhaleResult = {
    ...figures(scoring, blended),
    seconds: tenths(clock.seconds),
    timings: {
      clips: tenths(before.clips),
      baselines: tenths(before.baselines),
      dictionaries: tenths(phase("dictionary")),
      encoding: tenths(phase("encoding")),
      classifiers: tenths(phase("classifiers")),
    },
    adapter: gpu.name,
  };
  const { config } = options;
  await writeReport({ folder, result, recordings, config, members, blended, gpu });
  progress.line(`report: ${folder.file("report.html")}`);
  await folder.writeJson("result.json", result); // last: a folder with a result is a whole one
  return result;
}

function blendScores({ options: { config }, members }: Scoring): BlendedScores {
  return Object.fromEntries(
    scoredClassifiers(config).map((name) => {
      const [first] = members.map(({ scores }) => scores[name]!);
      return [name, first.map((_, r) => meanScores(members.map(({ scores }) => scores[name]![r])))];
    }),
  );
}

function figures(
  scoring: Scoring,
  blended: BlendedScores,
): Omit<WhaleResult, "seconds" | "timings" | "adapter"> {
  const { options, recordings, repeats, blocked, baselines, members } = scoring;
  const { labels, testCount, calls, silentCount, badFiles, synthetic } = recordings;
  const { config } = options;
  const classifier = config.classifier as ClassifierName;
  const scored = (scores: BlendedScores, of: readonly Repeat[] = repeats, from = 0): Scored =>
    Object.fromEntries(
      scoredClassifiers(config).map((name) => [name, aucOf(of, labels, scores[name]!.slice(from))]),
    );
  const blend = scored(blended);
  const rows = scoredRowsOf(repeats[0]);
  const best = blended[classifier]!;
  const ranking = new Ranking(
    rowsOf(labels, rows),
    Float64Array.from(rows, (row) => best[0][row]),
  );
  const interval = bootstrapInterval(
    rowsOf(labels, rows),
    (weights) => ranking.auc(weights),
    { key: fold(key(options.seed), "bootstrap") },
  );
  return {
    auc: blend[classifier]!.auc,
    interval,
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
    ...(options.allowOrderLeak && {
      withOrder: aucOf(repeats, labels, scoresWithOrder(recordings, repeats, best)),
    }),
    leakProbe: leakProbe(recordings, repeats),
    repeats: repeats.map(({ name }) => name),
    synthetic,
    trainCount: labels.length - testCount,
    scoredCount: rows.length,
    callShare: labels.reduce((sum, label) => sum + label, 0) / labels.length,
    classifier,
    silentCount,
    badFiles,
  };
}

async function scoreBaselines(
  gpu: Gpu,
  { samples, labels }: Recordings,
  repeats: readonly Repeat[],
  progress: Progress,
  signal?: AbortSignal,
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
  { recordings: { names }, repeats, folder }: Scoring,
  scores: readonly Float64Array[],
): Promise<void> {
  const mean = meanScores(scores.slice(0, repeats.length));
  const rows = scoredRowsOf(repeats[0]);
  const text = writeTable(
    Array.from(rows, (row) => names[row]),
    Float64Array.from(rows, (row) => mean[row]),
    PREDICTION_TABLE,
  );
  await folder.write("predictions.csv", text);
}

function describeClips(
  { labels, testCount, silentCount, synthetic }: Recordings,
  gpu: Gpu,
  progress: Progress,
): void {
  const kind = synthetic ? "synthetic clips" : "labelled clips";
  const aside = testCount ? `, ${testCount} of them put aside` : "";
  const silent = silentCount ? `, ${silentCount} silent` : "";
  progress.line(`${labels.length} ${kind}${aside}${silent}; running on ${gpu.name}`);
}

/** Everything that decides the run, as `config.json` keeps it. */
export function runConfig(options: WhaleTrainOptions): Record<string, unknown> {
  const { data, config, seed, allowOrderLeak = false, onBad = "stop" } = options;
  return { task: "whale", version: VERSION, seed, data, allowOrderLeak, onBad, ...config };
}
