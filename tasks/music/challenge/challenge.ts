/**
 * The protocol of the Million Song Dataset Challenge: half of a listener's songs is to be found from
 * the other half and from everybody else's plays. Source: McFee, Bertin-Mahieux, Ellis and Lanckriet
 * 2012, "The Million Song Dataset Challenge".
 *
 * @module
 */
import { fold, key } from "../../../gpu/random.ts";
import { fitFactors } from "../../../recsys/als.ts";
import { OutputFile } from "../../../files/disk/output_file.ts";
import { openDevice, type WorkOptions } from "../../run/work.ts";
import { indented } from "../../run/table.ts";
import { duration, Pace, Progress, tenths } from "../../run/progress.ts";
import { defaultsOf, type TaskSettings } from "../../run/settings.ts";
import type { ValuesOf } from "../../run/value.ts";
import { MUSIC_TABLE } from "../config.ts";
import { readChallenge } from "./files.ts";
import { scoreHidden } from "./scores.ts";
import { submissionForm, writeSubmission } from "./submission.ts";

/**
 * How plays are factorised; see `fitFactors`. The defaults were chosen on validation users of the Last.fm
 * plays of HetRec 2011 (1,892 listeners, 17,632 artists).
 */
export const CHALLENGE_TABLE = {
  factors: MUSIC_TABLE.factors.or(128),
  alpha: MUSIC_TABLE.alpha.or(2),
  epsilon: MUSIC_TABLE.epsilon.or(1),
  regularisation: MUSIC_TABLE.regularisation.or(40),
  sweeps: MUSIC_TABLE.sweeps.or(15),
};

/** How plays are factorised; see `fitFactors`. */
export type ChallengeConfig = ValuesOf<typeof CHALLENGE_TABLE>;

/** Settings where none are given. */
export const CHALLENGE_CONFIG: ChallengeConfig = defaultsOf(CHALLENGE_TABLE);

/** The settings of `evaluate`. */
export const CHALLENGE_SETTINGS: TaskSettings<typeof CHALLENGE_TABLE> = {
  about: "settings of evaluate",
  task: "music",
  table: CHALLENGE_TABLE,
};

/** What an evaluation by the challenge's protocol is given. */
export interface ChallengeOptions extends WorkOptions {
  /** Folder with `train_triplets.txt`, `eval_triplets_visible.txt` and perhaps the hidden half. */
  readonly data: string;
  /** Submission file, which is there only when it is whole. Default none. */
  readonly out?: string;
  /** Replaces a submission file that is there already instead of refusing. Default false. */
  readonly force?: boolean;
  /** How plays are factorised. Default {@linkcode CHALLENGE_CONFIG}, also for what is left out. */
  readonly config?: Partial<ChallengeConfig>;
  /** Seed of the factors' start and of the random ranking. */
  readonly seed: number;
}

/** The figures of the challenge. */
export interface ChallengeResult {
  /** Users of the training and visible plays. */
  readonly users: number;
  /** Users that are recommended to. */
  readonly evaluationUsers: number;
  /** Items of the training and visible plays; no others are recommended. */
  readonly items: number;
  /** Lines of the training file. */
  readonly trainTriplets: number;
  /** Mean average precision at 500, over users with hidden plays; none without the hidden file. */
  readonly map?: number;
  /** Normalised discounted cumulative gain at 500. */
  readonly ndcg?: number;
  /** Area under the ROC curve of all places. */
  readonly auc?: number;
  /** Mean average precision at 500 of rankings that know nothing of the user. */
  readonly baselines?: { readonly popularity: number; readonly random: number };
  /** The submission file, where one was asked for. */
  readonly submission?: string;
  /** The objective of the factors; see `fitFactors`. */
  readonly objective: number;
  /** Sweeps done. */
  readonly sweeps: number;
  /** How long it took. */
  readonly seconds: number;
  /** The device. */
  readonly adapter: string;
}

/**
 * Factorises training and visible plays together, recommends to each user of the visible file what is
 * not among the plays known of them, writes a submission where asked to, and where the hidden half is
 * there says how well it is found. Submissions are the same with the hidden half there or not.
 *
 * Two forms of submission, 500 items a user or as many as there are:
 * - `user<TAB>item item … item`, best first, ids as in the files, a line an evaluation user in the
 *   order in which they first appear in the visible file;
 * - where `kaggle_songs.txt` (`id index` a line) and `kaggle_users.txt` (an id a line) are in the
 *   folder, that of the contest: a line a user in the order of `kaggle_users.txt`, indices of the
 *   songs with spaces between.
 *
 * Files may be gzip, with `.gz` behind. Items that are only in the hidden half cannot be recommended
 * and count as not found. Same files, options and device: same bits.
 *
 * @throws {InputError} for a file that is missing, empty or damaged, a hidden user without visible
 * plays, a hidden item that the user is known to play, a place that cannot be written to, a submission
 * file that is there already without `force`; before any work on the device
 *
 * @example
 * ```ts
 * import { evaluateChallenge } from "./challenge.ts";
 *
 * // It takes the Taste Profile, which nobody may pass on, so that the tests only check its types.
 * async function score(): Promise<void> {
 *   const { map, baselines } = await evaluateChallenge({ data: "taste_profile", seed: 1 });
 *   console.log(map, baselines);
 * }
 * ```
 */
export async function evaluateChallenge(options: ChallengeOptions): Promise<ChallengeResult> {
  const { data, out, force = false, seed, progress = new Progress(), signal } = options;
  const pace = new Pace();
  const config = { ...CHALLENGE_CONFIG, ...options.config };
  await using opened = new AsyncDisposableStack();
  const file = out === undefined
    ? undefined
    : opened.use(await OutputFile.open(out, { force, reads: [data] }));
  const plays = await readChallenge(data, { progress, signal });
  const form = file && await submissionForm(data, plays);
  const gpu = await openDevice(options, opened);
  const counting = (what: string) => (done: number, total: number) =>
    progress.update(`${what}: ${done} of ${total} users`);
  const factors = await fitFactors(gpu, plays.known, {
    ...config,
    key: fold(key(seed), "challenge factors"),
    signal,
    report: ({ sweep, objective }) =>
      progress.update(`sweep ${sweep} of ${config.sweeps}: objective ${objective.toPrecision(6)}`),
  });
  const { hidden } = plays;
  const scores = hidden && await scoreHidden(gpu, { ...plays, hidden }, factors, {
    key: fold(key(seed), "challenge ranking"),
    signal,
    progress: counting("looking for hidden plays"),
  });
  if (file && form) {
    const writing = { signal, progress: counting("recommending") };
    await writeSubmission(gpu, file, plays, factors, form, writing);
  }
  return {
    users: plays.known.users,
    evaluationUsers: plays.evaluationUsers.length,
    items: plays.known.items,
    trainTriplets: plays.trainTriplets,
    ...(scores && {
      ...scores.factors,
      baselines: { popularity: scores.popularity.map, random: scores.random.map },
    }),
    ...(form && { submission: out }),
    objective: factors.objective.at(-1)!,
    sweeps: factors.objective.length,
    seconds: tenths(pace.seconds),
    adapter: gpu.name,
  };
}

/** The result as a table for the terminal. */
export function challengeTable(result: ChallengeResult): string {
  const { users, evaluationUsers, items, trainTriplets, map, ndcg, auc, baselines } = result;
  const rows = baselines
    ? [
      ["mAP@500", map!.toFixed(4)],
      ["  by popularity", baselines.popularity.toFixed(4)],
      ["  random", baselines.random.toFixed(4)],
      ["nDCG@500", ndcg!.toFixed(4)],
      ["AUC", auc!.toFixed(4)],
    ]
    : [["no hidden half, so no figures"]];
  const { sweeps, objective, seconds, adapter, submission } = result;
  return [
    `half of the plays of ${evaluationUsers} listeners, among ${items} items`,
    ...indented(rows),
    "",
    `${trainTriplets} training plays, ${users} listeners in all`,
    `${sweeps} sweeps, objective ${objective.toPrecision(6)}`,
    `${duration(seconds)} on ${adapter}`,
    ...(submission === undefined ? [] : [submission]),
  ].join("\n");
}
