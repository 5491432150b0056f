/**
 * What the page of whale detectors is made of: plain data, so that a training run, an ensemble of a
 * search and an analysis of new recordings share it.
 *
 * @module
 */
import { check, finite } from "../../../gpu/check.ts";
import type { SearchSpace, Settings } from "../../study/space.ts";
import type { Auc, JudgedScores } from "../protocol.ts";
import type { WhaleResult } from "../result.ts";
import type { PatchTable, SpectrogramImage, SpectrogramScale } from "./pictures.ts";

/** Figures of the head of the page; `auc` is absent where no labels are known. */
export interface WhaleReportFigures
  extends
    Pick<WhaleResult, "classifier" | "trainCount" | "scoredCount" | "synthetic" | "adapter">,
    Partial<Pick<WhaleResult, "auc" | "interval" | "callShare" | "repeats" | "measuredOn">>,
    Partial<Pick<WhaleResult, "silentCount" | "badFiles">> {
  /** Models whose scores were averaged. */
  readonly models: number;
  /** Wall-clock seconds by phase, such as `clips` or `encoding`. */
  readonly timings: Readonly<Record<string, number>>;
}

/** A line of the table of figures. */
export interface ReportRow {
  /** What was scored. */
  readonly name: string;
  /** Its area. */
  readonly auc: Auc;
  /** 95 % interval, where it is known. */
  readonly interval?: { readonly low: number; readonly high: number };
  /**
   * `baseline` is what simpler means reach, `model` one model, `main` the page's figure, `blend` a
   * blend besides it, `check` a figure under other conditions, `leak` what no detector may use.
   */
  readonly kind: "baseline" | "model" | "main" | "blend" | "check" | "leak";
}

/** Scores with the labels they are judged by. */
export interface ReportScores extends JudgedScores {
  /** What gave them. */
  readonly name: string;
}

/** A dictionary of learnt features. */
export interface ReportFeatures extends PatchTable {
  /** Patches that each entry won in the last pass of K-means, `[k]`. */
  readonly counts: Uint32Array;
  /** Scale of the spectrograms that the patches come from. */
  readonly scale: Pick<SpectrogramScale, "frameSeconds" | "binHz">;
}

/** A clip that is shown. */
export interface ReportClip {
  /** Its name. */
  readonly name: string;
  /** Its score. */
  readonly score: number;
  /** What is said of it below the score. */
  readonly note?: string;
  /** Its spectrogram. */
  readonly image: SpectrogramImage;
}

/** Clips that are shown together. */
export interface ReportClipGroup {
  /** Above them. */
  readonly heading: string;
  /** Which clips they are, in a sentence or two. */
  readonly text: string;
  /** The clips; a group of none is left out. */
  readonly clips: readonly ReportClip[];
}

/** The objective of K-means of one dictionary. */
export interface ReportObjective {
  /** Such as `model 1`. */
  readonly name: string;
  /** Before each pass. */
  readonly values: Float64Array;
}

/** A trial of a search. */
export interface ReportTrial {
  /** Its settings. */
  readonly settings: Settings;
  /** Its area in cross-validation. */
  readonly auc: number;
}

/** A search for good settings. */
export interface ReportSearch {
  /** Its trials. */
  readonly trials: readonly ReportTrial[];
  /** What they were drawn from in the first round: it decides the axes. */
  readonly space: SearchSpace;
}

/** What {@linkcode whaleReport} turns into a page. Sections whose data are absent are left out. */
export interface WhaleReportContent {
  /** Title of the page. Default "Whale run". */
  readonly title?: string;
  /** The run's settings, as `config.json` holds them. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The command that repeats the run. Default: made from `config`. */
  readonly command?: string;
  /** Figures of the head. */
  readonly figures: WhaleReportFigures;
  /** Lines of the table, in its order. */
  readonly rows?: readonly ReportRow[];
  /** Scores for the curves; the first are the page's. */
  readonly scores?: readonly ReportScores[];
  /** What a score is, with its unit. Default `score`. */
  readonly scoreLabel?: string;
  /** The dictionary of the first model. */
  readonly features?: ReportFeatures;
  /** Objectives of K-means. */
  readonly objectives?: readonly ReportObjective[];
  /** Clips to look at. */
  readonly clips?: readonly ReportClipGroup[];
  /** The search that the models come from. */
  readonly search?: ReportSearch;
  /** Areas of the blends of the best 1, 2, 3, … models. */
  readonly blendCurve?: readonly Auc[];
}

/** Refuses what is no number, and parts that do not fit together. */
export function checkContent(content: WhaleReportContent): void {
  const { figures, rows = [], scores = [], features, objectives = [], clips = [] } = content;
  const { auc, interval } = figures;
  for (const [name, value] of Object.entries({ auc, low: interval?.low, high: interval?.high })) {
    if (value !== undefined) checkNumber(`figure "${name}"`, value);
  }
  for (const { name, auc } of rows) {
    [auc.auc, auc.deviation ?? 0].forEach((value) => checkNumber(`the area of "${name}"`, value));
  }
  for (const { name, labels, scores: values } of scores) {
    const many = { [`number of scores of "${name}"`]: values.length };
    check(labels.length === values.length, ATTEMPT, many, `${labels.length}, as of labels`);
    values.forEach((value, i) => checkNumber(`score ${i} of "${name}"`, value));
  }
  for (const { name, values } of objectives) {
    values.forEach((value) => checkNumber(`the objective of ${name}`, value));
  }
  if (features) {
    const [patches] = features.patches.shape;
    const many = { "number of counts": features.counts.length };
    check(features.counts.length === patches, ATTEMPT, many, `${patches}, as of features`);
  }
  for (const { name, score } of clips.flatMap((group) => group.clips)) {
    checkNumber(`the score of ${name}`, score);
  }
  for (const { auc } of content.search?.trials ?? []) checkNumber("the area of a trial", auc);
  for (const { auc } of content.blendCurve ?? []) checkNumber("the area of a blend", auc);
}

const ATTEMPT = "Cannot make a report";

function checkNumber(what: string, value: number): void {
  finite(ATTEMPT, { [what]: value });
}
