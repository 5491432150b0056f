/**
 * What a task hands to a search, and what a trial is.
 *
 * A trial is a pure function of (study, round record, index): whoever computes it, in whatever
 * order and on whatever machine, gets the same settings and the same key.
 *
 * @module
 */
import { check, finite, whole } from "../../gpu/check.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { fold, type Key, key } from "../../gpu/random.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { openDevice, type Watched } from "../run/work.ts";
import type { Goal, StudyPlan } from "./plan.ts";
import { sampleSettings, type SearchSpace, type Settings } from "./space.ts";

/** A task that can be searched. Its module exports one as `problem`. */
export interface StudyProblem {
  /** Name of the task, as in `tasks/study/problems.ts`. */
  readonly task: string;
  /** The figure that decides. */
  readonly goal: Goal;
  /** Ranges of the first round. */
  space(config: StudyPlan["config"]): SearchSpace;
  /** The setting that a name of the space stands for. Default: the one of that name. */
  settingOf?(name: string): string;
  /**
   * Refuses what no trial could be run with, before the first one is: settings that do not go with
   * the data, say.
   *
   * @param data path of the data; nothing where the task makes synthetic ones
   * @throws {InputError} saying what was expected
   */
  check?(data: string | undefined, config: StudyPlan["config"]): void;
  /** Names the data by what decides them. Where a worker's have another name it is refused. */
  fingerprint(data: string): Promise<string>;
  /** Opens data and device, once a worker. */
  open(study: StudyPlan, options: OpenOptions): Promise<OpenProblem>;
}

/** What a problem is opened with. */
export interface OpenOptions extends Watched {
  /** Path of the data on this machine. Default: the study's. */
  readonly data?: string;
  /** Folder for what can be made again, such as synthetic data. Default `cache`. */
  readonly cache?: string;
}

/** A problem with its data and its device at hand. */
export interface OpenProblem extends AsyncDisposable {
  /**
   * Runs a trial. Everything random comes from `trial.key`.
   *
   * @param signal ends the trial early; its reason is thrown and the trial given back
   */
  run(trial: Trial, signal?: AbortSignal): Promise<TrialOutcome>;
}

/**
 * Opens a problem on a device of its own.
 *
 * @param open opens the data, and gives what runs a trial; what it puts on the stack is closed with
 * the device
 */
export async function openOnDevice(
  open: (gpu: Gpu, opened: AsyncDisposableStack) => Promise<OpenProblem["run"]>,
): Promise<OpenProblem> {
  await using opened = new AsyncDisposableStack();
  const run = await open(await openDevice({}, opened), opened);
  const kept = opened.move();
  return { run, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** What is frozen of a round before its first trial starts. */
export interface RoundRecord {
  /** Identity of the study, from {@linkcode studyId}. */
  readonly study: string;
  /** Number of the round, from 0. */
  readonly round: number;
  /** Number of trials. */
  readonly trials: number;
  /** What their settings are drawn from. */
  readonly space: SearchSpace;
}

/** One trial. */
export interface Trial {
  /** The study that it belongs to. */
  readonly study: StudyPlan;
  /** Number of its round, from 0. */
  readonly round: number;
  /** Its number in the round, from 0. */
  readonly index: number;
  /** Its settings. */
  readonly settings: Settings;
  /** Source of everything random in it: `fold(fold(key(study.seed), round), index)`. */
  readonly key: Key;
}

/** What a trial found. */
export interface TrialOutcome {
  /** Finite figures by name, among them the goal's. */
  readonly figures: Readonly<Record<string, number>>;
  /** Arrays by name, such as out-of-fold scores; at most {@linkcode ARRAYS_LIMIT} bytes together. */
  readonly arrays?: Readonly<Record<string, NdArray>>;
}

/** Most bytes of a trial's arrays: they travel through the queue as text, a third longer. */
export const ARRAYS_LIMIT = 8 * 2 ** 20;

/** A trial from its round record. */
export function trialOf(study: StudyPlan, record: RoundRecord, index: number): Trial {
  const { round, trials, space } = record;
  whole(`Cannot make a trial of round ${round}`, { index }, 0, trials - 1);
  const own = fold(fold(key(study.seed), round), index);
  // A stream of its own for the settings, so that the trial may draw what it likes from `key`.
  return { study, round, index, key: own, settings: sampleSettings(space, fold(own, "settings")) };
}

/**
 * Checks an outcome: figures are finite and hold the goal's, arrays are not too large.
 *
 * @throws {RangeError} saying what is wrong; the trial counts as failed
 */
export function checkOutcome(outcome: TrialOutcome, goal: Goal): void {
  checkFigures(outcome.figures, goal);
  const arrays = Object.values(outcome.arrays ?? {});
  const bytes = arrays.reduce((sum, { data }) => sum + data.byteLength, 0);
  whole("Cannot keep a trial", { "bytes of its arrays": bytes }, 0, ARRAYS_LIMIT);
}

/** @throws {RangeError} where a figure is not finite, or the goal's is missing */
export function checkFigures(figures: TrialOutcome["figures"], goal: Goal): void {
  for (const [name, value] of Object.entries(figures)) {
    finite("Cannot keep a trial", { [`figure ${name}`]: value });
  }
  const names = Object.keys(figures);
  check(
    names.includes(goal.figure),
    "Cannot keep a trial",
    { figures: names },
    `${goal.figure} too`,
  );
}
