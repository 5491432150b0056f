/**
 * A random search in rounds: trials, narrower ranges around the best, trials.
 *
 * @module
 */
import { FolderLock } from "../../files/disk/folder_lock.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import type { Watched } from "../run/work.ts";
import type { FolderOptions } from "../run/task_run.ts";
import { InputError } from "../../files/input_error.ts";
import { readJson } from "../../files/disk/text_file.ts";
import { NUMBER } from "../../files/json.ts";
import { duration, Pace, type Progress } from "../run/progress.ts";
import { Interrupted } from "../run/run_folder.ts";
import { bestTable, bestTrials } from "./best.ts";
import { Ledger, type LedgerTrial } from "./ledger.ts";
import { ledgerCsv, trialsCsv } from "./ledger_csv.ts";
import { studyId, type StudyPlan } from "./plan.ts";
import { type RoundRecord, type Trial, trialOf } from "./problem.ts";
import { checkReply, decodeArrays, type TrialReply } from "./reply.ts";
import { BadReply, type TrialEvents, type TrialRunner } from "./runner.ts";
import { bestCount, describeRange, refineSpace } from "./space.ts";
import { arraysName, StudyFolder } from "./study_folder.ts";
import { writeArrays } from "./trial_file.ts";

/** How a study is run. When the signal ends it, running trials are given back. */
export interface StudyOptions extends Omit<FolderOptions, "gpu" | "progress">, Watched {
  /**
   * Where the trials run; made once the folder has been opened.
   *
   * @param resumed whether the study had begun before: a queue may hold results of it
   */
  readonly runner: (resumed: boolean) => TrialRunner | Promise<TrialRunner>;
}

/** What a study found; `result.json` of a finished one. */
export interface StudyResult {
  /** Whether all rounds are closed; only collecting leaves one open. */
  readonly finished: boolean;
  /** Trials that have a result. */
  readonly done: number;
  /** Trials that failed at each attempt. */
  readonly lost: readonly {
    readonly round: number;
    readonly index: number;
    readonly error: string;
  }[];
  /** The best trials, at most ten, the best first. */
  readonly best: readonly LedgerTrial[];
  /** Trials of the open round that have no result; empty when finished. */
  readonly missing: readonly { readonly round: number; readonly index: number }[];
}

/** Trials in the table that is shown while the search runs. */
const SHOWN = 5;
/** Trials in the result. */
const KEPT = 10;

/**
 * Runs a study to its end, or as far as its trials can be had.
 *
 * @throws InputError when the folder cannot be used, or a round has no trial that worked
 * @throws Interrupted when the signal ended it
 */
export async function runStudy(plan: StudyPlan, options: StudyOptions): Promise<StudyResult> {
  const { out, resume = false, force = false, progress, signal } = options;
  await FolderLock.refuseTaken(out);
  await using lock = await FolderLock.take(out);
  const folder = await StudyFolder.open(out, plan, { resume, force });
  if (await folder.has("result.json")) {
    progress.line(`${out} is finished already`);
    return await readJson<StudyResult>(folder.file("result.json"), { done: NUMBER });
  }
  const begun = await folder.latestRound() >= 0;
  using ledger = Ledger.open(folder.file("study.sqlite"));
  await using runner = await options.runner(begun);
  const study = {
    plan,
    folder,
    ledger,
    runner,
    progress,
    signal: AbortSignal.any([lock.lost, ...(signal ? [signal] : [])]),
  };
  progress.line(
    `${plan.rounds} x ${plan.trials} trials, ${runner.description}; study ${studyId(plan)}`,
  );
  for (let round = 0; round < plan.rounds; round++) {
    if (!await runRound(study, round)) return resultOf(study, round);
  }
  const result = resultOf(study);
  await folder.writeJson("result.json", result); // last: a folder with a result is a whole one
  return result;
}

interface Study {
  readonly plan: StudyPlan;
  readonly folder: StudyFolder;
  readonly ledger: Ledger;
  readonly runner: TrialRunner;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Runs a round; false when trials of it are still missing. */
async function runRound(study: Study, round: number): Promise<boolean> {
  const { plan, folder, ledger, runner, signal } = study;
  const record = ledger.round(round) ?? nextRecord(study, round);
  const trials = Array.from({ length: record.trials }, (_, index) => trialOf(plan, record, index));
  ledger.addRound(record, trials.map(({ settings }) => settings));
  if (!await folder.has(`rounds/${round}.json`)) {
    await folder.writeJson(`rounds/${round}.json`, record);
  }
  if (ledger.isClosed(round)) return true;
  ledger.giveBack(round, ["running", "lost"]);
  const open = ledger.trials(round).filter(({ state }) => state === "waiting");
  const shown = new RoundProgress(study, round);
  try {
    await runner.run(
      record,
      open.map(({ index }) => index),
      eventsOf(study, record, shown),
      signal,
    );
  } catch (error) {
    ledger.giveBack(round, ["running"]);
    if (!signal.aborted) throw error;
    if (signal.reason instanceof InputError) throw signal.reason; // the folder is another's now
    throw new Interrupted(`stopped in round ${round + 1}; go on with --resume`);
  } finally {
    await writeTables(study);
  }
  const after = ledger.trials(round);
  if (after.some(({ state }) => state !== "done" && state !== "lost")) return false;
  if (after.every(({ state }) => state === "lost")) {
    const reasons = [...new Set(after.map(({ error }) => error))].join("; ");
    throw new InputError(
      `Cannot go on after round ${round + 1}`,
      `none of its trials worked: ${reasons}`,
    );
  }
  ledger.closeRound(round);
  shown.end();
  return true;
}

function nextRecord({ plan, ledger }: Study, round: number): RoundRecord {
  const { trials, goal } = plan;
  const before = ledger.round(round - 1);
  const ranked = before ? bestTrials(ledger.trials(round - 1), goal) : [];
  const best = ranked.slice(0, bestCount(ranked.length)).map(({ settings }) => settings);
  const space = before ? refineSpace(before.space, plan.space, best) : plan.space;
  return { study: studyId(plan), round, trials, space };
}

function eventsOf(study: Study, record: RoundRecord, shown: RoundProgress): TrialEvents {
  const { plan, folder, ledger, progress } = study;
  const { round } = record;
  return {
    started: (index, worker, attempt) => ledger.start(round, index, worker, attempt),
    async finished(index: number, reply: TrialReply) {
      const arrays = arraysOf(reply, trialOf(plan, record, index));
      if (arrays) await writeArrays(folder.file(arraysName(round, index)), arrays);
      ledger.finish(round, index, reply);
      shown.update();
    },
    failed(index, error, lost) {
      ledger.fail(round, index, error, lost);
      const what = lost ? "is lost" : "failed and is tried again";
      progress.line(`trial ${round}-${index} ${what}: ${error}`);
    },
    note: (text) => progress.line(text),
  };
}

/** The arrays of a reply that answers its trial. @throws {BadReply} */
function arraysOf(reply: TrialReply, trial: Trial): Record<string, NdArray> | undefined {
  try {
    checkReply(reply, trial);
    return reply.arrays && decodeArrays(reply.arrays);
  } catch (error) {
    throw new BadReply((error as Error).message, { cause: error });
  }
}

/** Both tables are made anew: after a crash they may be older than the ledger. */
async function writeTables({ plan, folder, ledger }: Study): Promise<void> {
  const trials = ledger.trials();
  await folder.write("ledger.csv", ledgerCsv(trials, Object.keys(plan.space)));
  await folder.write("trials.csv", trialsCsv(trials));
}

function resultOf({ plan, ledger }: Study, open?: number): StudyResult {
  const trials = ledger.trials();
  const missing = trials.filter(({ state }) => state === "waiting" || state === "running");
  return {
    finished: open === undefined,
    done: trials.filter(({ state }) => state === "done").length,
    lost: trials.filter(({ state }) => state === "lost")
      .map(({ round, index, error = "" }) => ({ round, index, error })),
    best: bestTrials(trials, plan.goal).slice(0, KEPT),
    missing: missing.map(({ round, index }) => ({ round, index })),
  };
}

/** What is shown of a round while it runs, and when it ends. */
class RoundProgress {
  readonly #study: Study;
  readonly #round: number;
  readonly #pace: Pace;

  constructor(study: Study, round: number) {
    this.#study = study;
    this.#round = round;
    this.#pace = new Pace(this.#settled());
  }

  update(): void {
    const { plan, ledger, progress } = this.#study;
    const best = bestTrials(ledger.trials(), plan.goal).slice(0, SHOWN);
    const settled = this.#settled();
    const left = this.#pace.remaining(settled, plan.trials);
    const time = settled < plan.trials && isFinite(left) ? `, ${duration(left)} left` : "";
    const place = `round ${this.#round + 1} of ${plan.rounds}: ${settled} of ${plan.trials} trials`;
    const figure = best[0]?.figures?.[plan.goal.figure];
    const lead = figure === undefined ? "" : `, best ${plan.goal.figure} ${figure.toFixed(4)}`;
    progress.update(`${place}${time}${lead}`, bestTable(best, plan.goal, plan.space));
  }

  end(): void {
    const { plan, ledger, progress } = this.#study;
    const all = ledger.trials(this.#round);
    const [best] = bestTrials(all, plan.goal);
    const lost = all.filter(({ state }) => state === "lost").length;
    const figure = `best ${plan.goal.figure} ${best.figures![plan.goal.figure].toFixed(4)}`;
    progress.line(
      `round ${this.#round + 1} of ${plan.rounds}: ${figure} of ${all.length - lost} trials` +
        `${lost ? `, ${lost} lost` : ""}, ${duration(this.#pace.seconds)}`,
    );
    if (this.#round + 1 === plan.rounds) return;
    const { space } = nextRecord(this.#study, this.#round + 1);
    for (const [name, range] of Object.entries(space)) {
      progress.line(`  ${name}: ${describeRange(range)}`);
    }
  }

  #settled(): number {
    return this.#study.ledger.trials(this.#round)
      .filter(({ state }) => state === "done" || state === "lost").length;
  }
}

/** A trial of a finished or unfinished study, for reports. */
export interface ListedTrial extends LedgerTrial {
  /** Path of its arrays, a safetensors file; nothing without arrays. */
  readonly arrays?: string;
}

/**
 * The trials of a study that are done, the best first.
 *
 * @param folder folder of the study
 */
export async function listTrials(folder: string): Promise<ListedTrial[]> {
  const { goal } = await new StudyFolder(folder).plan();
  using ledger = Ledger.open(`${folder}/study.sqlite`, { readOnly: true });
  return bestTrials(ledger.trials(), goal).map((trial) => ({
    ...trial,
    arrays: trial.hasArrays ? `${folder}/${arraysName(trial.round, trial.index)}` : undefined,
  }));
}
