/**
 * The page of an ensemble: the search that its models come from, the blends of the best n, and what
 * the best model learnt.
 *
 * @module
 */
import type { TaskRun } from "../run/task_run.ts";
import type { StudyPlan } from "../study/plan.ts";
import type { ListedTrial } from "../study/search.ts";
import type { LearntDictionary } from "./features.ts";
import { aucInterval, callShare, judgedScores, type Repeat, scoredRowsOf } from "./protocol.ts";
import type { Recordings } from "./clips.ts";
import { whaleReport } from "./report/page.ts";
import type { WhaleEnsembleResult } from "./result.ts";
import { classifierWords, scoreWords } from "./words.ts";
import { configOfPlan, trialConfig } from "./search_problem.ts";
import { reportFeatures, shownClips } from "./run_page.ts";

/** An ensemble as its page takes it. */
export interface FinishedEnsemble {
  /** The ensemble's own run. */
  readonly run: TaskRun;
  /** Its figures. */
  readonly result: WhaleEnsembleResult;
  /** Folder of the search. */
  readonly study: string;
  /** The search. */
  readonly plan: StudyPlan;
  /** Its trials, the best first. */
  readonly trials: readonly ListedTrial[];
  /** The clips. */
  readonly recordings: Recordings;
}

/** The blend's scores in one repeat, and the best model's dictionary. */
export interface BlendedClips {
  /** What was scored. */
  readonly repeat: Repeat;
  /** `[n]` */
  readonly scores: Float64Array;
  /** The best model's. */
  readonly learnt: LearntDictionary;
}

/** The page of an ensemble. */
export async function ensemblePage(
  { run: { folder, settings, gpu, key }, study, result, plan, trials, recordings }:
    FinishedEnsemble,
  { repeat, scores: all, learnt }: BlendedClips,
): Promise<string> {
  const { classifier, members, curve, svmCurve, synthetic, adapter } = result;
  const rows = scoredRowsOf(repeat);
  const judged = judgedScores(repeat, recordings.labels, all);
  const { scores, labels, parts } = judged;
  const { interval } = aucInterval(judged, key);
  const words = `blend of ${members.length}, ${classifierWords(classifier)}`;
  return whaleReport({
    title: `Whale calls: blend ${folder.path.split(/[\\/]/).at(-1)}`,
    config: settings,
    command: `deno task whale ensemble --study ${study} --best ${members.length}`,
    figures: {
      auc: result.auc,
      measuredOn: result.measuredOn,
      interval,
      classifier,
      models: members.length,
      trainCount: rows.length,
      scoredCount: rows.length,
      callShare: callShare(labels),
      synthetic,
      adapter,
      timings: { blending: result.seconds },
    },
    rows: [
      { name: "best model, linear SVM", auc: svmCurve[0], kind: "model" },
      { name: `best model, ${classifierWords(classifier)}`, auc: curve[0], kind: "model" },
      {
        name: `blend of ${members.length}, linear SVM`,
        auc: svmCurve[members.length - 1],
        kind: "blend",
      },
      { name: words, auc: result.blend, interval, kind: "main" },
    ],
    scores: [{ name: words, ...judged }],
    scoreLabel: scoreWords(classifier),
    features: reportFeatures(learnt, trialConfig(configOfPlan(plan), trials[0].settings)),
    objectives: [{ name: "the best model", values: learnt.objective }],
    clips: await shownClips(gpu, recordings, { rows, scores, parts }),
    search: {
      trials: trials.map(({ settings, figures }) => ({ settings, auc: figures!.auc })),
      space: plan.space,
    },
    blendCurve: svmCurve,
  });
}
