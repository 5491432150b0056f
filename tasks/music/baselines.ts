/**
 * What the network has to beat: rows that hear nothing, and the 2013 paper's ways to hear, by bags of
 * words of the sound.
 *
 * @module
 */
import { fold } from "../../gpu/random.ts";
import { take } from "../../gpu/rows.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { arrays } from "../../nn/data.ts";
import { fit } from "../../nn/fit.ts";
import { mse } from "../../nn/loss.ts";
import { Model } from "../../nn/model.ts";
import { adam } from "../../nn/optimizer.ts";
import { cosineRate } from "../../nn/schedule.ts";
import { latentMlp } from "../../recsys/latent_networks.ts";
import { applyMetric, fitMetric, metricScores } from "../../recsys/metric_learning.ts";
import { unitRows } from "../../recsys/sound_windows.ts";
import type { Row } from "./result.ts";
import { ridgeFactors } from "./ridge_regressor.ts";
import { byFactors, byPopularity, randomFactors, scoreRow } from "./scores.ts";
import type { MusicTraining } from "./training.ts";
import { wordBags } from "./word_bags.ts";

/** Rows of a run's result that need no network. */
export type BaselineRows =
  & Readonly<Record<"random" | "popularity" | "popularityOracle" | "bound", Row>>
  & Readonly<Record<"ridge" | "mlp" | "metric", Row>>
  & { readonly parameters?: Row };

/** Scores all baselines. */
export async function scoreBaselines(training: MusicTraining): Promise<BaselineRows> {
  const { run, config, key, catalogue, trial, known, strict, all, learnt, sounds } = training;
  const { progress, signal } = run;
  const score = (listeners: NdArray, songs: NdArray) =>
    scoreRow(trial, byFactors(listeners, songs, trial.candidates));
  const targets = unitRows(strict.songs);
  const byRidge = (features: NdArray) =>
    score(strict.listeners, ridgeFactors(features, targets, { songs: learnt, key }));
  const deaf = {
    random: score(strict.listeners, randomFactors(strict.songs.shape, key)),
    popularity: scoreRow(trial, byPopularity(known)),
    popularityOracle: scoreRow(trial, byPopularity(trial.test)),
    bound: score(all.listeners, all.songs),
    ...(catalogue.truth && { parameters: byRidge(catalogue.truth.audible) }),
  };
  progress.update("baselines: bag of words");
  const { codeWords } = config;
  const words = await wordBags(run.gpu, sounds, { codeWords, key, learnt, signal });
  progress.update("baselines: ridge, perceptron, metric");
  const ridge = byRidge(words);
  const mlp = score(strict.listeners, await perceptronFactors(training, words, targets));
  const metric = await fitMetric(run.gpu, words, {
    plays: known,
    key: fold(key, "metric"),
    signal,
  });
  const points = await applyMetric(run.gpu, metric, words);
  return { ...deaf, ridge, mlp, metric: scoreRow(trial, metricScores(points, known)) };
}

/** Factors of all songs by the one hidden layer of the 2013 paper. */
async function perceptronFactors(
  { run: { gpu, signal }, config, key, learnt }: MusicTraining,
  words: NdArray<Float32Array>,
  targets: NdArray,
): Promise<NdArray> {
  const { factors, dropout, epochs, learningRate } = config;
  const scaled = unitScaled(words, learnt);
  using model = new Model(gpu, latentMlp({ factors, dropout }), {
    inputShape: [words.shape[1]],
    key: fold(key, "perceptron"),
  });
  const data = arrays({ x: take(scaled, learnt), target: take(targets, learnt) });
  const batchSize = Math.min(config.batchSize, data.length);
  const steps = epochs * Math.ceil(data.length / batchSize);
  const reports = fit(model, {
    data,
    loss: mse(),
    optimizer: adam(),
    schedule: cosineRate({ rate: learningRate, total: steps }),
    steps,
    batchSize,
    key: fold(key, "perceptron training"),
    signal,
  });
  for await (const { ended } of reports) if (ended === "signal") signal?.throwIfAborted();
  return await model.predict(scaled, { signal });
}

/** Features as a perceptron likes them: divided by the root mean square of all, over `rows`. */
function unitScaled(features: NdArray<Float32Array>, rows: Uint32Array): NdArray<Float32Array> {
  const { data } = take(features, rows);
  const square = data.reduce((sum, value) => sum + value * value, 0) / data.length;
  const scale = square > 0 ? 1 / Math.sqrt(square) : 1;
  return ndarray(features.shape, features.data.map((value) => value * scale));
}
