/**
 * The blend of a search's best models, chosen and scored on different folds.
 *
 * @module
 */
import { type Gpu, openGpu } from "../../gpu/gpu.ts";
import { fold } from "../../gpu/random.ts";
import { readSafetensors } from "../../files/disk/safetensors.ts";
import { InputError } from "../../files/input_error.ts";
import { Pace, Progress, tenths } from "../run/progress.ts";
import { RunFolder, VERSION } from "../run/run_folder.ts";
import { studyId, type StudyPlan } from "../study/plan.ts";
import { trialOf } from "../study/problem.ts";
import { type ListedTrial, listTrials } from "../study/search.ts";
import { StudyFolder } from "../study/study_folder.ts";
import { type BlendCurve, blendCurve, type Candidate, rankings } from "./blend.ts";
import { type ClassifierName, PREPARED_SAMPLES, type WhaleConfig } from "./config.ts";
import { ensembleContent } from "./ensemble_page.ts";
import type { LearntDictionary } from "./features.ts";
import { fitRows } from "./fit_rows.ts";
import { type Repeat, repeatsOf } from "./protocol.ts";
import { clipMarks, type Member, writeModel } from "./model.ts";
import type { Recordings } from "./clips.ts";
import type { BlendedTrial, WhaleEnsembleResult } from "./result.ts";
import { whaleReport } from "./report/page.ts";
import { allRows } from "./scaling.ts";
import { configOfPlan, openStudyClips, trialConfig, trialFeatures } from "./search_problem.ts";

/** Most models that a blend is reported for. */
const MOST_BLENDED = 50;

/** What an ensemble is given. */
export interface WhaleEnsembleOptions {
  /** Folder of a finished search. */
  readonly study: string;
  /** Models that are blended. Default 10. */
  readonly best?: number;
  /** Folder of the ensemble. */
  readonly out: string;
  /** Where the clips are now. Default: where the search found them. */
  readonly data?: string;
  /** Folder where synthetic clips are kept. */
  readonly cache: string;
  /** Overwrite what is in `out`. */
  readonly force?: boolean;
  /** Go on with what is in `out`. */
  readonly resume?: boolean;
  /** Where progress is shown. Default stderr. */
  readonly progress?: Progress;
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** The device; opened and closed where there is none. */
  readonly gpu?: Gpu;
}

interface Ensemble {
  readonly gpu: Gpu;
  readonly recordings: Recordings;
  readonly repeats: readonly Repeat[];
  readonly config: WhaleConfig;
  readonly trials: readonly ListedTrial[];
  /** By repeat and fold the trials from the best down. */
  readonly ranked: readonly (readonly (readonly number[])[])[];
  readonly best: number;
  readonly study: StudyFolder;
  readonly plan: StudyPlan;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Blends the best models of a search and writes a folder that `predict` and `evaluate` take as a run.
 *
 * For the figures, each outer fold's clips are scored by models that were chosen, and by classifiers
 * that were fitted, without that fold's labels. The dictionaries were learnt without any labels, from
 * all clips, as in 2013.
 */
export async function ensembleWhales(options: WhaleEnsembleOptions): Promise<WhaleEnsembleResult> {
  const { out, progress = new Progress(), signal } = options;
  const clock = new Pace();
  const study = new StudyFolder(options.study);
  const plan = await study.plan();
  if (plan.task !== "whale") {
    throw new InputError(
      `Cannot use ${options.study}`,
      `it is a search of the task "${plan.task}"`,
    );
  }
  const config = configOfPlan(plan);
  const trials = await listTrials(options.study);
  const best = Math.min(options.best ?? 10, trials.length);
  if (!best) throw new InputError(`Cannot use ${options.study}`, "none of its trials is done");
  const settings = {
    task: "whale",
    version: VERSION,
    seed: plan.seed,
    data: options.data ?? plan.data,
    study: studyId(plan),
    trials: trials.length,
    best,
    ...config,
  };
  const runs = { resume: options.resume ?? false, force: options.force ?? false };
  const folder = await RunFolder.open(out, settings, runs);
  const data = options.data ?? plan.data;
  const recordings = await openStudyClips(plan, { data, cache: options.cache, progress, signal });
  const repeats = repeatsOf(recordings, config);
  const candidates = await readCandidates(trials, repeats, recordings.labels.length);
  const ranked = repeats.map((_, r) => rankings(candidates, r));
  const { curve: svmCurve } = blendCurve(
    repeats,
    recordings.labels,
    ranked,
    (candidate, r) => candidates[candidate].scores[r],
    Math.min(MOST_BLENDED, trials.length),
  );
  await using opened = new AsyncDisposableStack();
  const gpu = options.gpu ?? opened.use(await openGpu());
  const ensemble: Ensemble = {
    gpu,
    recordings,
    repeats,
    config,
    trials,
    ranked,
    best,
    study,
    plan,
    progress,
    signal,
  };
  const { curve, scores, members, learnt } = await refit(ensemble);
  await writeModel(folder.file("model.safetensors"), {
    members,
    zeroPhase: config.zeroPhase,
    trainedOn: clipMarks(recordings.samples, PREPARED_SAMPLES),
  });
  const result: WhaleEnsembleResult = {
    auc: curve[best - 1].auc,
    blend: curve[best - 1],
    curve,
    svmCurve,
    classifier: config.classifier as ClassifierName,
    members: trials.slice(0, best).map(describeTrial),
    trials: trials.length,
    count: recordings.labels.length,
    synthetic: recordings.synthetic,
    seconds: tenths(clock.seconds),
    adapter: gpu.name,
  };
  const run = { folder, study: options.study, settings, plan, trials, recordings };
  const page = await ensembleContent({ ...run, result, gpu }, {
    repeat: repeats[0],
    scores: scores[0],
    learnt,
  });
  await folder.write("report.html", whaleReport(page));
  progress.line(`report: ${folder.file("report.html")}`);
  await folder.writeJson("result.json", result); // last: a folder with a result is a whole one
  return result;
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
  ensemble: Ensemble,
): Promise<BlendCurve & { readonly members: Member[]; readonly learnt: LearntDictionary }> {
  const { gpu, recordings: { labels }, repeats, ranked, best, trials, progress } = ensemble;
  const { config, signal } = ensemble;
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
    const { learnt, features, settings, key } = await featuresOf(ensemble, trials[candidate]);
    const fit = (rows: Uint32Array, label: string) =>
      fitRows(features, labels, rows, {
        name: config.classifier as ClassifierName,
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
  { gpu, study, plan, config, recordings, signal }: Ensemble,
  { round, index }: ListedTrial,
) {
  const trial = trialOf(plan, await study.round(round), index);
  const settings = trialConfig(config, trial.settings);
  const made = await trialFeatures(gpu, recordings.samples, settings, trial.key, signal);
  gpu.pool.trim(); // the next model's tensors have other sizes
  return { ...made, settings, key: trial.key };
}
