/**
 * The page of a finished run, from what it has in memory.
 *
 * @module
 */
import type { Gpu } from "../../gpu/gpu.ts";
import { percent } from "../report/html.ts";
import type { TaskRun } from "../run/task_run.ts";
import type { ClassifierName, FeatureConfig } from "./config.ts";
import { pickClips } from "./evaluate.ts";
import type { WhaleDictionary } from "./features.ts";
import {
  type JudgedScores,
  judgedScores,
  partsOf,
  pick,
  type Repeat,
  rowsOf,
  scoredRowsOf,
} from "./protocol.ts";
import type { Recordings } from "./clips.ts";
import { chooseClips } from "./report/clips_section.ts";
import type {
  ReportClip,
  ReportClipGroup,
  ReportFeatures,
  ReportScores,
} from "./report/content.ts";
import { whaleReport } from "./report/page.ts";
import { inputPatches, spectrogramImages, spectrogramScale } from "./report/pictures.ts";
import { reportRows } from "./report/rows.ts";
import { classifierWords, counted, scoreWords } from "./words.ts";
import type { BlendedScores, WhaleResult } from "./result.ts";
import type { TrainedMember } from "./train_members.ts";

/** What a page is made from. */
export interface FinishedWhaleRun {
  /** The run. */
  readonly run: TaskRun;
  /** Its figures. */
  readonly result: WhaleResult;
  /** Its clips. */
  readonly recordings: Recordings;
  /** What is scored. */
  readonly repeats: readonly Repeat[];
  /** Its models, with their scores of each repeat. */
  readonly members: readonly TrainedMember[];
  /** Scores of the blend by classifier and repeat. */
  readonly blended: BlendedScores;
}

/** Clips of each kind that are shown. */
const SHOWN = 8;

/** The page of a run; spectrograms are made of the clips shown, and no others. */
export async function runPage(finished: FinishedWhaleRun): Promise<string> {
  const { run: { folder, settings, gpu }, result, recordings, members } = finished;
  const [{ member, learnt }] = members;
  return whaleReport({
    title: `Whale calls: run ${folder.path.split(/[\\/]/).at(-1)}`,
    config: settings,
    figures: { ...result, models: members.length },
    rows: reportRows(result),
    scores: curves(finished),
    scoreLabel: scoreWords(result.classifier),
    features: reportFeatures(learnt, member.config),
    objectives: members.map(({ learnt }, i) => ({
      name: `model ${i + 1}`,
      values: learnt.objective,
    })),
    clips: await shownClips(gpu, recordings, firstScores(finished)),
  });
}

/** A dictionary as the page takes it. */
export function reportFeatures(
  learnt: WhaleDictionary,
  config: FeatureConfig,
): ReportFeatures {
  return {
    patches: inputPatches(learnt),
    frames: config.patchFrames,
    bins: config.patchBins,
    counts: learnt.patchCounts,
    scale: spectrogramScale(config),
  };
}

/** Rows that are scored, and their scores. */
export interface RowScores {
  /** Places among the recordings, ascending. */
  readonly rows: Uint32Array;
  /** `[rows.length]` */
  readonly scores: Float64Array;
  /** The part whose model gave each score, `[rows.length]`. Default: one model gave all. */
  readonly parts?: Uint32Array;
}

/** Scores of the first repeat, by the classifier that predicts. */
function firstScores(run: FinishedWhaleRun): RowScores {
  const { result, blended } = run;
  return scoresOfRows(run, blended[result.classifier]![0]);
}

function scoresOfRows({ repeats }: FinishedWhaleRun, scores: Float64Array): RowScores {
  const rows = scoredRowsOf(repeats[0]);
  return { rows, scores: pick(scores, rows), parts: partsOf(repeats[0], rows) };
}

/** The blend by the classifier that predicts, and the first model alone by each. */
function curves(run: FinishedWhaleRun): ReportScores[] {
  const { result: { classifier }, recordings, repeats, members, blended } = run;
  const made = (name: string, of: Float64Array): ReportScores => {
    return { name, ...judgedScores(repeats[0], recordings.labels, of) };
  };
  const single = Object.entries(members[0].scores) as [ClassifierName, readonly Float64Array[]][];
  const alone = single.map(([name, [first]]) => made(`one model, ${classifierWords(name)}`, first));
  if (members.length === 1) {
    return alone.toSorted((a, b) => rank(a.name, classifier) - rank(b.name, classifier));
  }
  const words = `blend of ${members.length}, ${classifierWords(classifier)}`;
  return [made(words, blended[classifier]![0]), ...alone];
}

/** The predicting classifier's curve comes first. */
function rank(name: string, classifier: ClassifierName): number {
  return name.endsWith(classifierWords(classifier)) ? 0 : 1;
}

/** What decides whether a clip was found or missed. */
export type ShownRecordings = Pick<Recordings, "names" | "samples" | "labels" | "calls">;

/**
 * Clips that were found, missed and taken for calls, with their spectrograms. Of synthetic clips it is
 * known what is in them, and their labels are not asked.
 */
export async function shownClips(
  gpu: Gpu,
  recordings: ShownRecordings,
  { rows, scores, parts }: RowScores,
): Promise<ReportClipGroup[]> {
  const { labels, calls } = recordings;
  const truth = rowsOf(calls ?? labels, rows);
  const { found, missed, falseAlarms } = chooseClips(truth, scores, SHOWN);
  const make = (places: readonly number[]) =>
    reportClips(gpu, recordings, { rows, scores, parts }, places);
  const judged = calls ? "by what was put into them, not by their labels" : "by their labels";
  return [
    {
      heading: "Found: the surest calls",
      text: `The calls of the highest scores, ${judged}.`,
      clips: await make(found),
    },
    {
      heading: "Missed: the calls of the lowest scores",
      text: `The calls of the lowest scores, ${judged}; they are often faint, masked or cut off.`,
      clips: await make(missed),
    },
    {
      heading: "False alarms: other clips of the highest scores",
      text: `Clips without a call, ${judged}, that sound most like one to the detector.`,
      clips: await make(falseAlarms),
    },
  ];
}

async function reportClips(
  gpu: Gpu,
  { names, samples, labels, calls }: ShownRecordings,
  { rows, scores, parts }: RowScores,
  places: readonly number[],
): Promise<ReportClip[]> {
  const shown = Uint32Array.from(places, (place) => rows[place]);
  const images = await spectrogramImages(gpu, pickClips(samples, shown));
  const truth = rowsOf(calls ?? labels, rows);
  return places.map((place, i) => ({
    name: names[rows[place]],
    score: scores[place],
    note: clipNote(place, { labels: truth, scores, parts }, labels[rows[place]]),
    image: images[i],
  }));
}

/**
 * Where a clip's score lies among those of the other kind by the same model, and whether its label is
 * wrong.
 */
function clipNote(
  place: number,
  { labels: truth, scores, parts }: JudgedScores,
  label: number,
): string {
  const others = scores.filter((_, other) =>
    truth[other] !== truth[place] && parts?.[other] === parts?.[place]
  );
  const below = others.filter((score) => score < scores[place]).length;
  const kind = truth[place] === 1 ? "other clip" : "call";
  const share = below === others.length
    ? `all ${counted(below, kind)}`
    : `${percent(below / others.length)} of the ${kind}s`;
  return `above ${share}${label === truth[place] ? "" : "; its label is wrong"}`;
}
