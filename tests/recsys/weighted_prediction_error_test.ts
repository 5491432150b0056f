import { assert, assertEquals, assertThrows } from "@std/assert";
import { key } from "../../gpu/random.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { arrays } from "../../nn/data.ts";
import { dense } from "../../nn/dense.ts";
import { fit } from "../../nn/fit.ts";
import type { Pass } from "../../nn/layer.ts";
import { Model } from "../../nn/model.ts";
import { adam } from "../../nn/optimizer.ts";
import { cosineRate } from "../../nn/schedule.ts";
import { packState, STATE_WORDS } from "../../nn/state.ts";
import { surplus } from "../../recsys/confidence.ts";
import { type Interactions, makeInteractions, rowOf } from "../../recsys/interactions.ts";
import { weightedPredictionError, wpeTargets } from "../../recsys/weighted_prediction_error.ts";
import {
  type WeightedPredictionErrorInputs,
  weightedPredictionErrorRef,
} from "../../recsys/weighted_prediction_error_ref.ts";
import { drawnPlays } from "../../tasks/doctor/drawn_plays.ts";
import { checkWeightedPredictionError } from "../../tasks/doctor/latent_checks.ts";
import { assertClose, checkGradient, randomArray, sharedGpu, test, testCheck } from "../check.ts";
import { runLoss } from "../nn/run_loss.ts";
import { refuses } from "../refusals.ts";

/** Predictions of b songs, and what they are compared with. */
function inputsOf(b: number, k: number, count: number): WeightedPredictionErrorInputs {
  const plays = drawnPlays(7, b);
  return { ...wpeTargets(plays, randomArray([7, k], 2)), y: randomArray([b, k], 1), count };
}

/** The definition: a sum over all users, each with its confidence. */
function denseError(plays: Interactions, users: NdArray, song: number, y: Float64Array): number {
  const k = users.shape[1];
  const { indices, counts } = rowOf(plays.byItem, song);
  const surpluses = surplus(counts);
  let sum = 0;
  for (let user = 0; user < plays.users; user++) {
    const at = indices.indexOf(user);
    let product = 0;
    for (let j = 0; j < k; j++) product += users.data[user * k + j] * y[j];
    sum += at < 0 ? product ** 2 : (1 + surpluses[at]) * (1 - product) ** 2;
  }
  return sum;
}

testCheck("the shader agrees with float64 and ignores padding", checkWeightedPredictionError);

Deno.test("the weighted prediction error equals its sum over all users", () => {
  const [users, songs, k] = [11, 6, 5];
  const plays = drawnPlays(users, songs);
  const factors = randomArray([users, k], 1);
  const y = randomArray([songs, k], 2);
  const targets = wpeTargets(plays, factors);
  const { perExample } = weightedPredictionErrorRef({ ...targets, y, count: songs });
  const expected = Float64Array.from(
    { length: songs },
    (_, song) => denseError(plays, factors, song, y.data.slice(song * k, (song + 1) * k)),
  );
  assertEquals(rowOf(plays.byItem, 1).indices.length, 0); // a song without plays is among them
  assertClose(perExample, ndarray([songs], expected), { relative: 1e-6, absolute: 1e-5 });
});

Deno.test("the weighted prediction error is that of scaled confidence options", () => {
  const plays = makeInteractions({ users: [0], items: [0], counts: [3] }, { users: 2, items: 1 });
  const users = ndarray([2, 1], new Float32Array([2, 1]));
  const { target, weights } = wpeTargets(plays, users, { alpha: 1, epsilon: 3 / (Math.E - 1) });
  assertClose(target, ndarray([1, 1], new Float32Array([4]))); // confidence 2
  assertClose(weights, ndarray([1, 2], new Float32Array([9, 2]))); // 4 + 1 + 1 * 4
});

Deno.test("its gradient in float64 agrees with finite differences of the mean loss", () => {
  const inputs = { ...inputsOf(4, 5, 3), scale: 2.5 };
  const mean = () => {
    const { perExample } = weightedPredictionErrorRef(inputs);
    return perExample.data.reduce((sum, value) => sum + value, 0) / inputs.count;
  };
  const { dy } = weightedPredictionErrorRef(inputs);
  checkGradient(mean, inputs.y as NdArray<Float64Array>, dy, { absolute: 1e-6 });
});

Deno.test("the same inputs give the same bits", async () => {
  const inputs = inputsOf(65, 50, 60);
  const run = () => runLoss(weightedPredictionError(), inputs);
  assertEquals(await run(), await run());
});

Deno.test("fit() on it comes to the factors that solve A y = b", async () => {
  const [users, songs, k] = [30, 6, 2];
  const targets = wpeTargets(drawnPlays(users, songs), randomArray([users, k], 1));
  const identity = ndarray([songs, songs], new Float32Array(songs * songs));
  for (let song = 0; song < songs; song++) identity.data[song * (songs + 1)] = 1;
  const data = arrays({ x: identity, ...targets });
  const options = { inputShape: [songs], key: key(1) };
  using model = new Model(await sharedGpu(), dense({ units: k }), options);
  const slope = async () => {
    const y = await model.predict(data);
    const { dy } = weightedPredictionErrorRef({ ...targets, y, count: songs, scale: users });
    return Math.max(...dy.data.map(Math.abs));
  };
  const before = await slope();
  const loss = weightedPredictionError({ scale: users });
  const plan = {
    steps: 300,
    batchSize: 4,
    key: key(2),
    schedule: cosineRate({ rate: 0.1, total: 300 }),
  };
  for await (const _ of fit(model, { data, loss, optimizer: adam(), ...plan }));
  const after = await slope();
  assert(after < before / 100, `${before} before, ${after} after`);
});

test("weightedPredictionError() and wpeTargets() refuse what does not fit", ({ scope }) => {
  for (const scale of [0, -1, NaN, Infinity]) {
    refuses(() => weightedPredictionError({ scale }), `scale is ${scale}`);
  }
  const words = packState({ step: 1, learningRate: 0, key: key(1), count: 2 });
  const state = scope.upload({ shape: [STATE_WORDS], data: words });
  const pass: Pass = { context: scope, train: true, state };
  const y = scope.upload(randomArray([2, 3]));
  const loss = weightedPredictionError();
  assertThrows(() => loss(pass, y, y), TypeError, "weights is undefined, expected [b, 10]");
  refuses(() => loss(pass, y, y, y), "weights is [2, 3], expected [b, 10]");
  const plays = drawnPlays(5, 4);
  refuses(() => wpeTargets(plays, randomArray([4, 3])), "expected [5, k]");
  const { shape, data } = randomArray([5, 3]);
  refuses(
    () => wpeTargets(plays, { shape, data: data.with(7, NaN) }),
    "row 2, column 1 of user factors is NaN, expected a finite number",
  );
  const many = makeInteractions({ users: [], items: [], counts: [] }, { users: 1, items: 70_000 });
  const wide = { shape: [1, 256], data: new Float32Array(256) };
  refuses(() => wpeTargets(many, wide), "expected at most 4294967295");
});
