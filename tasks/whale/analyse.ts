/**
 * The page of a trained detector on clips that it has not learnt from: how well it does there, which
 * calls it finds and misses, and what it takes for calls.
 *
 * @module
 */
import { writeText } from "../../files/disk/atomic_file.ts";
import { type EvaluateOptions, openDevice } from "../run/work.ts";
import { Pace, Progress, tenths } from "../run/progress.ts";
import { RunFolder } from "../run/run_folder.ts";
import { evaluationOf, scoreUnheard, type WhaleEvaluation } from "./evaluate.ts";
import { rowsOf } from "./protocol.ts";
import { whaleReport } from "./report/page.ts";
import { classifierWords, scoreWords } from "./words.ts";
import { reportFeatures, shownClips } from "./run_page.ts";

/** What an analysis is given. */
export interface WhaleAnalyseOptions extends EvaluateOptions {
  /** The page to write. */
  readonly out: string;
}

/** Scores a detector as `evaluateWhales` does, and writes a page of it. */
export async function analyseWhales(options: WhaleAnalyseOptions): Promise<WhaleEvaluation> {
  const { out, run, progress = new Progress() } = options;
  const clock = new Pace();
  await using opened = new AsyncDisposableStack();
  const gpu = await openDevice(options, opened);
  const { model, recordings, rows, scores } = await scoreUnheard({ ...options, progress, gpu });
  const result = evaluationOf(recordings, rows, scores);
  const { config } = await RunFolder.read(run);
  const [{ config: features, dictionary, classifier: { name } }] = model.members;
  const labels = rowsOf(recordings.labels, rows);
  const page = whaleReport({
    title: `Whale calls: what ${run.split(/[\\/]/).at(-1)} finds`,
    config,
    command: `deno task whale analyse --run ${run} --out ${out}`,
    figures: {
      ...result,
      classifier: name,
      models: model.members.length,
      trainCount: model.trainedOn.length / 2,
      scoredCount: result.count,
      silentCount: recordings.silentCount,
      adapter: gpu.name,
      timings: { analysis: tenths(clock.seconds) },
    },
    scores: [{ name: classifierWords(name), labels, scores }],
    scoreLabel: scoreWords(name),
    features: reportFeatures(dictionary, features),
    clips: await shownClips(gpu, recordings, { rows, scores }),
  });
  await writeText(out, page);
  progress.line(`report: ${out}`);
  return result;
}
