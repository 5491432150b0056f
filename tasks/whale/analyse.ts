/**
 * The page of a trained detector on clips that it has not learnt from: how well it does there, which
 * calls it finds and misses, and what it takes for calls.
 *
 * @module
 */
import { OutputFile } from "../../files/disk/output_file.ts";
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
  /** Overwrite `out`. Default false: what is there is refused, before any work. */
  readonly force?: boolean;
}

/**
 * Scores a detector as `evaluateWhales` does, and writes a page of it.
 *
 * @throws {InputError} for a run or clips that cannot be used, an `out` that cannot be written or is
 * there already
 */
export async function analyseWhales(options: WhaleAnalyseOptions): Promise<WhaleEvaluation> {
  const { out, force, run, data, progress = new Progress() } = options;
  await using file = await OutputFile.open(out, { force, reads: [data] });
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
  await file.write(page);
  await file.finish();
  progress.line(`report: ${out}`);
  return result;
}
