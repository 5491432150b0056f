/**
 * The blend of a search's best models, chosen and scored on different folds.
 *
 * @module
 */
import { fold } from "../../gpu/random.ts";
import { regularFile } from "../../files/disk/presence.ts";
import { readSafetensors } from "../../files/disk/safetensors.ts";
import type { OnBad } from "../../files/bad_file.ts";
import { mismatch } from "../../gpu/check.ts";
import { InputError } from "../../files/input_error.ts";
import { UsageError } from "../run/usage_error.ts";
import { VERSION } from "../run/run_folder.ts";
import { type FolderOptions, runTask, type TaskRun } from "../run/task_run.ts";
import { studyId, type StudyPlan } from "../study/plan.ts";
import { trialOf } from "../study/problem.ts";
import { type ListedTrial, listTrials } from "../study/search.ts";
import { checkData } from "../study/trial_worker.ts";
import { StudyFolder } from "../study/study_folder.ts";
import { type BlendCurve, blendCurve, type Candidate, rankings } from "./blend.ts";
import { PREPARED_SAMPLES, type WhaleConfig } from "./config.ts";
import { ensemblePage } from "./ensemble_page.ts";
import type { LearntDictionary } from "./features.ts";
import { fitRows } from "./fit_rows.ts";
import { type Repeat, repeatsOf } from "./protocol.ts";
import { clipMarks, type Member, writeModel } from "./model.ts";
import type { Recordings } from "./clips.ts";
import type { BlendedTrial, WhaleEnsembleResult } from "./result.ts";
import { allRows } from "./scaling.ts";
import { WHALE } from "./task.ts";
import { blendMeasuredOn } from "./words.ts";
import {
  configOfPlan,
  openStudyClips,
  problem,
  trialConfig,
  trialFeatures,
} from "./search_problem.ts";

/** Most models that a blend is reported for. */
const MOST_BLENDED = 50;

/** What an ensemble is given. */
export interface WhaleEnsembleOptions extends FolderOptions {
  /** Folder of a finished search. */
  readonly study: string;
  /** Models that are blended. Default 10. */
  readonly best?: number;
  /** Where the clips are now. Default: where the search found them. */
  readonly data?: string;
  /** What becomes of bad files: as in the search, which is the default; another choice is refused. */
  readonly onBad?: OnBad;
  /** Folder where synthetic clips are kept. */
  readonly cache: string;
}

/** A search whose models are blended. */
interface Searched {
  readonly study: StudyFolder;
  readonly plan: StudyPlan;
  readonly config: WhaleConfig;
  readonly trials: readonly ListedTrial[];
  /** Models that are blended. */
  readonly best: number;
}

/** Its models on the clips. */
interface Ensemble extends Searched {
  readonly recordings: Recordings;
  readonly repeats: readonly Repeat[];
  /** By repeat and fold the trials from the best down. */
  readonly ranked: readonly (readonly (readonly number[])[])[];
}

/**
 * Blends the best models of a search and writes a folder that `predict` and `evaluate` take as a run.
 *
 * For the figures, each outer fold's clips are scored by models that were chosen, and by classifiers
 * that were fitted, without that fold's labels. The dictionaries were learnt without any labels, from
 * all clips, as in 2013.
 */
export async function ensembleWhales(options: WhaleEnsembleOptions): Promise<WhaleEnsembleResult> {
  const searched = await readSearch(options);
  const { plan, config, trials, best } = searched;
  const data = options.data ?? plan.data;
  const settings = {
    task: "whale",
    version: VERSION,
    seed: plan.seed,
    data,
    study: studyId(plan),
    trials: trials.length,
    best,
    ...config,
  };
  return await runTask(WHALE, { ...options, seed: plan.seed }, settings, {
    open: async ({ progress, signal }) => {
      const { cache } = options;
      await checkData(problem, plan, data);
      for (const { arrays } of searched.trials) if (arrays) await regularFile(arrays); // before hours
      const recordings = await openStudyClips(plan, { data, cache, progress, signal });
      const repeats = repeatsOf(recordings, config);
      const candidates = await readCandidates(trials, repeats, recordings.labels.length);
      return { recordings, repeats, candidates };
    },
    work: async (run, { candidates, ...clips }) => {
      const { recordings, repeats } = clips;
      const ranked = repeats.map((_, r) => rankings(candidates, r));
      const { curve: svmCurve } = blendCurve(
        repeats,
        recordings.labels,
        ranked,
        (candidate, r) => candidates[candidate].scores[r],
        Math.min(MOST_BLENDED, trials.length),
      );
      const { curve, scores, members, learnt } = await refit(run, {
        ...searched,
        ...clips,
        ranked,
      });
      await writeModel(run.folder.file("model.safetensors"), {
        members,
        zeroPhase: config.zeroPhase,
        trainedOn: clipMarks(recordings.samples, PREPARED_SAMPLES),
      });
      const clipCount = { count: recordings.labels.length, synthetic: recordings.synthetic };
      const result: WhaleEnsembleResult = {
        auc: curve[best - 1].auc,
        measuredOn: blendMeasuredOn(clipCount, repeats, plan.rounds),
        blend: curve[best - 1],
        curve,
        svmCurve,
        classifier: config.classifier,
        members: trials.slice(0, best).map(describeTrial),
        trials: trials.length,
        ...clipCount,
        seconds: run.seconds,
        adapter: run.gpu.name,
      };
      const finished = { run, study: options.study, plan, trials, recordings, result };
      const blended = { repeat: repeats[0], scores: scores[0], learnt };
      return { result, page: await ensemblePage(finished, blended) };
    },
  });
}

/** The search that models are taken from. */
async function readSearch(
  { study: path, best: wanted = 10, onBad }: WhaleEnsembleOptions,
): Promise<Searched> {
  const study = new StudyFolder(path);
  const plan = await study.plan();
  if (plan.task !== "whale") {
    throw new InputError(`Cannot use ${path}`, `it is a search of the task "${plan.task}"`);
  }
  const { onBad: before = "stop" } = plan;
  if (onBad !== undefined && onBad !== before) {
    throw new UsageError(mismatch("--on-bad", onBad, `${before}, as in the search`));
  }
  const trials = await listTrials(path);
  const best = Math.min(wanted, trials.length);
  if (!best) throw new InputError(`Cannot use ${path}`, "none of its trials is done");
  return { study, plan, config: configOfPlan(plan), trials, best };
}

function describeTrial({ round, index, settings, figures }: ListedTrial): BlendedTrial {
  return { round, index, settings, auc: figures!.auc };
}

/** The scores that the trials left behind. */
async function readCandidates(
  trials: readonly ListedTrial[],
  repeats: readonly Repeat[],
  rows: number,
): Promise<Candidate[]> {
  return await Promise.all(trials.map(async ({ round, index, arrays }) => {
    if (!arrays) {
      throw new InputError(`Cannot blend trial ${index} of round ${round}`, "it left no scores");
    }
    using file = await readSafetensors(arrays);
    const read = async (name: string, extent: number) => {
      const { shape, data } = await file.read(name);
      if (shape.join() !== `${repeats.length},${extent}`) {
        throw new InputError(
          `Cannot use ${arrays}`,
          `${name} is [${shape.join(", ")}], expected [${repeats.length}, ${extent}]: are these ` +
            "the clips of the search?",
        );
      }
      const values = Float64Array.from(data);
      return repeats.map((_, r) => values.subarray(r * extent, (r + 1) * extent));
    };
    return {
      scores: await read("scores", rows),
      selection: await read("selection", repeats[0].parts.length),
    };
  }));
}

/**
 * Learns the chosen models again, as their trials did, and fits the classifier that predicts: in each
 * fold where a model is among the best, and on all clips for those that are best over all.
 */
async function refit(
  run: TaskRun,
  ensemble: Ensemble,
): Promise<BlendCurve & { readonly members: Member[]; readonly learnt: LearntDictionary }> {
  const { gpu, progress, signal } = run;
  const { recordings: { labels }, repeats, ranked, best, trials, config } = ensemble;
  const chosen = new Set(ranked.flat().flatMap((order) => order.slice(0, best)));
  for (let i = 0; i < best; i++) chosen.add(i);
  const scores = new Map<number, Float64Array[]>();
  const members = new Map<number, Member>();
  let first: LearntDictionary | undefined;
  let done = 0;
  for (const candidate of [...chosen].sort((a, b) => a - b)) {
    progress.line(
      `model ${++done} of ${chosen.size}: trial ${trials[candidate].index} of round ${
        trials[candidate].round
      }`,
    );
    const { learnt, features, settings, key } = await featuresOf(run, ensemble, trials[candidate]);
    const fit = (rows: Uint32Array, label: string) =>
      fitRows(features, labels, rows, {
        name: config.classifier,
        config,
        gpu,
        key: fold(key, label),
        signal,
      });
    scores.set(candidate, []);
    for (const [r, { parts }] of repeats.entries()) {
      const own = new Float64Array(labels.length).fill(NaN);
      for (const [f, { train, test }] of parts.entries()) {
        if (!ranked[r][f].slice(0, best).includes(candidate)) continue;
        progress.update(`${config.classifier}: ${repeats[r].name}, fold ${f + 1}`);
        const found = (await fit(train, `fold ${r} ${f}`)).scores(test);
        test.forEach((row, i) => own[row] = found[i]);
      }
      scores.get(candidate)!.push(own);
    }
    if (candidate >= best) continue;
    first ??= learnt;
    const { classifier, scaling } = await fit(allRows(features), "final");
    members.set(candidate, { config: settings, dictionary: learnt, scaling, classifier });
  }
  const blended = blendCurve(repeats, labels, ranked, (c, r) => scores.get(c)![r], best);
  const kept = Array.from({ length: best }, (_, i) => members.get(i)!);
  return { ...blended, members: kept, learnt: first! };
}

async function featuresOf(
  { gpu, signal }: TaskRun,
  { study, plan, config, recordings }: Ensemble,
  { round, index }: ListedTrial,
) {
  const trial = trialOf(plan, await study.round(round), index);
  const settings = trialConfig(config, trial.settings);
  const made = await trialFeatures(gpu, recordings.samples, settings, trial.key, signal);
  gpu.trim(); // the next model's tensors have other sizes
  return { ...made, settings, key: trial.key };
}
