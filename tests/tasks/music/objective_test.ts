/**
 * A teacher that the default network can learn: the mean spectrum of a song decides its factors, by a
 * matrix, and the factors decide who plays it. Windows of few frames and bands, seconds an objective.
 */
import { take } from "../../../gpu/rows.ts";
import { assert, assertEquals } from "@std/assert";
import { matmulTransposedBRef } from "../../../gpu/matmul_ref.ts";
import { fold, key, normal } from "../../../gpu/random.ts";
import { type NdArray, ndarray } from "../../../gpu/tensor.ts";
import { fit } from "../../../nn/fit.ts";
import { Model } from "../../../nn/model.ts";
import { adam } from "../../../nn/optimizer.ts";
import { cosineRate } from "../../../nn/schedule.ts";
import { makeInteractions } from "../../../recsys/interactions.ts";
import { latentConvnet } from "../../../recsys/latent_networks.ts";
import {
  bandStatistics,
  meanOverWindows,
  predictionWindows,
  trainingWindows,
} from "../../../recsys/sound_windows.ts";
import { wpeTargets } from "../../../recsys/weighted_prediction_error.ts";
import { MUSIC_PRESETS, type MusicConfig, OBJECTIVES } from "../../../tasks/music/config.ts";
import { objectiveOf } from "../../../tasks/music/objective.ts";
import { byFactors, makeTrial, randomFactors, scoreTrial } from "../../../tasks/music/scores.ts";
import { randomArray, sharedGpu } from "../../check.ts";

const [SONGS, LISTENERS, FACTORS, BANDS, FRAMES] = [160, 60, 4, 8, 64];

/** Songs that are validated on, as many as a batch, and those that are learnt from. */
const HELD_OUT = Uint32Array.from({ length: 32 }, (_, i) => i);
const LEARNT = Uint32Array.from({ length: SONGS - HELD_OUT.length }, (_, i) => HELD_OUT.length + i);

/** Songs of noise about a mean spectrum of their own. */
function teacherSongs() {
  const means = randomArray([SONGS, BANDS], 11);
  const spectrograms = Array.from({ length: SONGS }, (_, song) => {
    const noise = fold(key(12), `song ${song}`);
    const value = (i: number) => means.data[song * BANDS + i % BANDS] + normal(noise, i) / 2;
    return ndarray([80, BANDS], Float32Array.from({ length: 80 * BANDS }, (_, i) => value(i)));
  });
  const songs = f32(matmulTransposedBRef(means, randomArray([FACTORS, BANDS], 13)));
  return { spectrograms, songs };
}

/** Listeners who play the third of the songs that suit them best. */
function teacherListeners(songs: NdArray) {
  const listeners = f32(randomArray([LISTENERS, FACTORS], 14));
  const scores = matmulTransposedBRef(listeners, songs);
  const pairs = Array.from({ length: LISTENERS }, (_, user) => {
    const row = scores.data.subarray(user * SONGS, (user + 1) * SONGS);
    const least = row.toSorted()[Math.floor(SONGS * 2 / 3)];
    return Array.from(row.keys().filter((item) => row[item] >= least), (item) => [user, item]);
  }).flat();
  const columns = {
    users: pairs.map(([user]) => user),
    items: pairs.map(([, item]) => item),
    counts: pairs.map(() => 1),
  };
  return { listeners, plays: makeInteractions(columns, { users: LISTENERS, items: SONGS }) };
}

function f32({ shape, data }: NdArray): NdArray<Float32Array> {
  return ndarray(shape, Float32Array.from(data));
}

const { spectrograms, songs } = teacherSongs();
const { listeners, plays } = teacherListeners(songs);
const statistics = bandStatistics(spectrograms, LEARNT);

const cold = Uint8Array.from({ length: SONGS }, (_, song) => song < HELD_OUT.length ? 1 : 0);
const trial = makeTrial(plays, cold);

/** Area under the ROC curve of the held-out songs. */
const auc = (factors: NdArray) =>
  scoreTrial(trial, byFactors(listeners, factors, trial.candidates)).auc;

/** Examples of some songs, by the objective. */
function examplesOf(objective: MusicConfig["objective"], chosen: Uint32Array) {
  const config = { ...MUSIC_PRESETS.small, objective };
  const { fields, loss, examples } = objectiveOf(config, {
    factors: { listeners, songs },
    plays,
    songs: chosen,
  });
  const options = { frames: FRAMES, statistics, perSong: 1, fields };
  const windows = trainingWindows(spectrograms, chosen, options);
  return { data: examples?.(windows) ?? windows, loss };
}

/** Mean square of some rows. */
function meanSquare(rows: NdArray<Float32Array>, of: Uint32Array): number {
  const { data } = take(rows, of);
  return data.reduce((sum, value) => sum + value * value, 0) / data.length;
}

/** Weighted error of zeros, per song, over the mean curvature of the songs learnt from. */
function emptyError(): number {
  const { alpha, epsilon } = MUSIC_PRESETS.small;
  const { weights: { data } } = wpeTargets(plays, listeners, { alpha, epsilon });
  const width = FACTORS ** 2 + 1;
  const mean = (of: Uint32Array, term: number) =>
    of.reduce((sum, song) => sum + data[song * width + term], 0) / of.length;
  const diagonal = Array.from({ length: FACTORS }, (_, i) => mean(LEARNT, i * FACTORS + i));
  return mean(HELD_OUT, width - 1) / (diagonal.reduce((a, b) => a + b) / FACTORS);
}

/**
 * Held-out losses of outputs that say nothing, and the part of them that may be left. Much stays by
 * plays: they are no linear function of factors, and of the third of the songs that a listener plays
 * nothing tells which one was drawn.
 */
const CASES: Record<(typeof OBJECTIVES)[number], { empty: number; left: number }> = {
  mse: { empty: 1 / FACTORS, left: 0.2 }, // targets have length 1
  "mse-raw": { empty: meanSquare(songs, HELD_OUT), left: 0.2 },
  wpe: { empty: emptyError(), left: 0.6 },
  contrastive: { empty: Math.log(HELD_OUT.length), left: 0.88 },
};

for (const objective of OBJECTIVES) {
  Deno.test(`the default network learns a linear teacher by ${objective}`, async () => {
    const { data, loss } = examplesOf(objective, LEARNT);
    const model = new Model(await sharedGpu(), latentConvnet({ factors: FACTORS }), {
      inputShape: [FRAMES, BANDS],
      key: key(15),
    });
    using _model = model;
    const steps = 300;
    let left = NaN;
    const reports = fit(model, {
      data,
      loss,
      optimizer: adam(),
      schedule: cosineRate({ rate: 3e-3, total: steps }),
      steps,
      batchSize: HELD_OUT.length,
      key: key(16),
      validation: { data: examplesOf(objective, HELD_OUT).data, every: steps },
    });
    for await (const { validationLoss } of reports) if (validationLoss) left = validationLoss;
    const windows = predictionWindows(spectrograms, { frames: FRAMES, statistics });
    const predicted = meanOverWindows(await model.predict(windows.data), windows.songOf, SONGS);
    const { empty, left: most } = CASES[objective];
    assert(left < most * empty, `a loss of ${left} is left of ${empty}, expected ${most} of it`);
    assert(auc(predicted) > 0.75, `AUC ${auc(predicted)}`);
  });
}

Deno.test("the teacher's own factors find all, and random ones nothing", () => {
  assertEquals(auc(songs), 1);
  const chance = auc(randomFactors([SONGS, FACTORS], key(1)));
  assert(Math.abs(chance - 0.5) < 0.15, `AUC ${chance}`);
});
