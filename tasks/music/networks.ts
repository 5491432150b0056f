/**
 * The networks of a run: the one that is judged, which knows no plays of cold songs, and the one of
 * the paper's protocol, whose targets do.
 *
 * @module
 */
import { fold } from "../../gpu/random.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { TrainingLog } from "../run/training_log.ts";
import { Hearing } from "./hearing.ts";
import { objectiveOf } from "./objective.ts";
import type { Row } from "./result.ts";
import { byFactors, scoreRow, shuffledFactors } from "./scores.ts";
import type { MusicTraining } from "./training.ts";

/** What the networks found. */
export interface Heard {
  /** Their rows, and that of the first hearing the wrong songs. */
  readonly rows: Readonly<Record<"content" | "shuffled" | "paper", Row>>;
  /** What the network that is judged says of all songs, `[songs, f]`. */
  readonly predicted: NdArray<Float32Array>;
  /** What was added to the filters of its first layer. */
  readonly filters: NdArray<Float32Array>;
}

/** Learns both networks and scores them; the first is kept in `model.safetensors`. */
export async function learnNetworks(training: MusicTraining): Promise<Heard> {
  const { run: { gpu, folder }, key, sounds, trial, strict, all } = training;
  const spectrograms = sounds.map(({ logMel }) => logMel);
  const score = ({ listeners }: { readonly listeners: NdArray }, songs: NdArray) =>
    scoreRow(trial, byFactors(listeners, songs, trial.candidates));
  using hearing = await learnNetwork(training, "strict");
  await hearing.write(folder.file("model.safetensors"));
  const predicted = await hearing.predict(spectrograms);
  gpu.trim();
  using leaking = await learnNetwork(training, "paper");
  return {
    rows: {
      content: score(strict, predicted),
      shuffled: score(strict, shuffledFactors(predicted, trial.candidates, key)),
      paper: score(all, await leaking.predict(spectrograms)),
    },
    predicted,
    filters: await hearing.learntFilters(fold(key, "strict")),
  };
}

/** Learns from the factors of a protocol; an interrupted network goes on from its checkpoint. */
async function learnNetwork(
  { run, config, key, catalogue, sounds, learnt, known, strict, all }: MusicTraining,
  protocol: "strict" | "paper",
): Promise<Hearing> {
  const { gpu, folder, progress, signal, access: { resume } } = run;
  const [factors, plays] = protocol === "strict" ? [strict, known] : [all, catalogue.plays];
  const log = new TrainingLog(run, ({ step, loss }) => ({ step, loss }), { protocol });
  return await Hearing.learn(gpu, {
    spectrograms: sounds.map(({ logMel }) => logMel),
    songs: learnt,
    ...objectiveOf(config, { factors, plays, songs: learnt }),
    config,
    key: fold(key, protocol),
    checkpoint: {
      path: folder.file(`${protocol === "paper" ? "paper_" : ""}checkpoint.safetensors`),
      resume,
      resumed: log.resumed,
    },
    signal,
    progress: async (report, steps) => {
      const { step, loss } = report;
      const rounded = Number.isNaN(loss) ? "" : `, loss ${loss.toPrecision(4)}`;
      progress.update(`network, ${protocol}: step ${step} of ${steps}${rounded}`);
      await log.add(report);
    },
  });
}
