/**
 * Scores of clips without labels, in the formats of the two challenges.
 *
 * @module
 */
import { OutputFile } from "../../files/disk/output_file.ts";
import { writeTable } from "../../files/table.ts";
import { InputError } from "../../files/input_error.ts";
import { openDevice, type PredictOptions, type PredictResult } from "../run/work.ts";
import { Progress } from "../run/progress.ts";
import { RunFolder } from "../run/run_folder.ts";
import { predictScores, readModel, type WhaleModel } from "./model.ts";
import { openClips } from "./recordings.ts";
import { PREDICTION_TABLE } from "./words.ts";

/** `redux`: a table of clip and probability; `2013`: one score a line, in the order of numbers. */
export const PREDICTION_FORMATS = ["redux", "2013"] as const;

/** One of {@linkcode PREDICTION_FORMATS}. */
export type PredictionFormat = (typeof PREDICTION_FORMATS)[number];

/** What a prediction by a finished run or ensemble is given. */
export interface WhalePredictOptions extends PredictOptions {
  /** How the file is laid out. Default `redux`. */
  readonly format?: PredictionFormat;
}

/**
 * Scores every clip and writes a file, whole or not at all. Scores of the forest are probabilities;
 * those of other classifiers rank clips, and the area under the curve asks for no more.
 *
 * @throws {InputError} for a run or a clip that cannot be used, an `out` that cannot be written or is
 * there already
 */
export async function predictWhales(options: WhalePredictOptions): Promise<PredictResult> {
  const { run, data, out, force, format = "redux", progress = new Progress(), signal } = options;
  if (format === "2013" && options.onBad === "skip") {
    throw new InputError("Cannot leave out clips", "lines of format 2013 have no names");
  }
  await using file = await OutputFile.open(out, { force, reads: [data] });
  const model = await loadDetector(run);
  const { onBad } = options;
  const clips = await openClips(data, { onBad, zeroPhase: model.zeroPhase, progress, signal });
  if (!clips.names.length) {
    throw new InputError(`Cannot predict ${data}`, "no clip could be read");
  }
  await using opened = new AsyncDisposableStack();
  const gpu = await openDevice(options, opened);
  const scores = await predictScores(gpu, model, clips.samples, {
    progress: (what, done, total) => progress.update(`${what}: ${done} of ${total}`),
    signal,
  });
  const text = format === "2013"
    ? Array.from(scores, (score) => `${score}\n`).join("")
    : writeTable(clips.names, scores, PREDICTION_TABLE);
  await file.write(text);
  await file.finish();
  progress.line(`predicted ${clips.names.length} clips`);
  return { count: clips.names.length, out, badFiles: clips.badFiles };
}

/** The detector of a finished run. */
export async function loadDetector(run: string): Promise<WhaleModel> {
  const { folder, config } = await RunFolder.read(run);
  if (config.task !== "whale") {
    throw new InputError(`Cannot use the run ${run}`, "it is no whale run");
  }
  if (await folder.has("model.safetensors")) {
    return await readModel(folder.file("model.safetensors"));
  }
  const advice = config.seeds ? "name one of its parts, such as seed1" : "train it to its end";
  throw new InputError(`Cannot use the run ${run}`, `it holds no model.safetensors: ${advice}`);
}
