/**
 * The figures of a run, and of an ensemble.
 *
 * @module
 */
import type { Interval } from "../../nn/metrics/bootstrap.ts";
import type { BaselineName } from "./baselines.ts";
import type { ClassifierName, FeatureConfig } from "./config.ts";
import type { Auc } from "./protocol.ts";
import type { WhalePhase } from "./task.ts";
import type { BadFile } from "../../files/bad_file.ts";

/** One of the models of a blend. */
export interface MemberResult {
  /** Its settings. */
  readonly config: FeatureConfig;
  /** Directions that whitening kept. */
  readonly components: number;
  /** Mean squared distance of a whitened patch from its code, after the last pass but one. */
  readonly objective: number;
  /** Its areas. */
  readonly auc: Scored;
}

/** Areas by classifier: the support vector machine's, and those of the classifier that predicts. */
export type Scored = Readonly<Partial<Record<ClassifierName, Auc>>>;

/** The figures of a run, as `result.json` holds them. All areas are of clips that were held out. */
export interface WhaleResult {
  /** Area of the blend by the run's classifier: the run's figure. */
  readonly auc: number;
  /** On what the areas were measured, in words. */
  readonly measuredOn: string;
  /** 95 % bootstrap interval of `auc`, of the first repeat. */
  readonly interval: Interval;
  /** What simpler means reach. */
  readonly baselines: Readonly<Record<BaselineName, Auc>>;
  /** The first member alone. */
  readonly single: Scored;
  /** The mean of the members' scores. */
  readonly blend: Scored;
  /** The members. */
  readonly members: readonly MemberResult[];
  /** The blend in folds of consecutive clips: neighbours in time do not help each other. */
  readonly blocked?: Scored;
  /** The blend against what is in the clips, whatever their labels say. Synthetic clips only. */
  readonly againstTruth?: Auc;
  /** The blend helped by the labels of neighbours in time; only where it was asked for. */
  readonly withOrder?: Auc;
  /** What order and level alone give away. */
  readonly leakProbe: { readonly order: Auc; readonly level: Auc };
  /** What was repeated, such as `folds 1`. */
  readonly repeats: readonly string[];
  /** Whether the clips are synthetic. */
  readonly synthetic: boolean;
  /** Clips learnt from (in folds: all of them). */
  readonly trainCount: number;
  /** Clips held out and scored. */
  readonly scoredCount: number;
  /** Part of the clips that are labelled as calls. */
  readonly callShare: number;
  /** The classifier that predicts. */
  readonly classifier: ClassifierName;
  /** Clips without any sound. */
  readonly silentCount: number;
  /** Files that were left out, and why. */
  readonly badFiles: readonly BadFile[];
  /** Wall-clock seconds of this process, from the clips to the result. */
  readonly seconds: number;
  /** The same by phase, of all members together. */
  readonly timings: Readonly<Record<WhalePhase, number>>;
  /** The adapter that ran it. */
  readonly adapter: string;
}

/** Scores of the blend by classifier and repeat; the blocked repeat, where there is one, is last. */
export type BlendedScores = Readonly<Partial<Record<ClassifierName, readonly Float64Array[]>>>;

/** A trial in a blend. */
export interface BlendedTrial {
  /** Number of its round. */
  readonly round: number;
  /** Its number in the round. */
  readonly index: number;
  /** Its area by the support vector machine over all folds: it was chosen by it, which flatters. */
  readonly auc: number;
  /** Its settings. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/** The figures of an ensemble, as `result.json` holds them. */
export interface WhaleEnsembleResult {
  /** Area of the blend by the classifier that predicts, chosen and scored on different folds. */
  readonly auc: number;
  /** On what it was measured, in words. */
  readonly measuredOn: string;
  /** The same over the repeats. */
  readonly blend: Auc;
  /** The same for the best n models, n = 1 to `best`. */
  readonly curve: readonly Auc[];
  /** The same by the support vector machine, n = 1 to 50 or the number of trials. */
  readonly svmCurve: readonly Auc[];
  /** The classifier that predicts. */
  readonly classifier: ClassifierName;
  /** Trials that the model file blends: the best by the area over all folds. */
  readonly members: readonly BlendedTrial[];
  /** Trials of the search. */
  readonly trials: number;
  /** Clips learnt from and scored in folds. */
  readonly count: number;
  /** Whether the clips are synthetic. */
  readonly synthetic: boolean;
  /** Wall-clock seconds. */
  readonly seconds: number;
  /** The adapter that ran it. */
  readonly adapter: string;
}
