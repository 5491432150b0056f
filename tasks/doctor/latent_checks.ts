/**
 * Checks of the losses in `recsys/`, from which networks learn latent factors.
 *
 * @module
 */
import { key } from "../../gpu/random.ts";
import { contrastiveLoss } from "../../recsys/contrastive_loss.ts";
import { contrastiveLossRef } from "../../recsys/contrastive_loss_ref.ts";
import { makeInteractions } from "../../recsys/interactions.ts";
import { weightedPredictionError, wpeTargets } from "../../recsys/weighted_prediction_error.ts";
import { weightedPredictionErrorRef } from "../../recsys/weighted_prediction_error_ref.ts";
import type { Bench, Check } from "./bench.ts";

const STEP = { step: 1, learningRate: 0.1, key: key(1) };

/** One example and factor; two rows of padding; more factors than a workgroup has lanes. */
const SHAPES = [[1, 1, 1], [67, 24, 65], [3, 67, 3]] as const;

function checkWeightedPredictionError(bench: Bench): void {
  for (const [b, k, count] of SHAPES) {
    const users = 5;
    const pairs = Array.from({ length: users * b }, (_, pair) => pair).filter((pair) =>
      pair % 3 > 0
    );
    const plays = makeInteractions({
      users: pairs.map((pair) => Math.floor(pair / b)),
      items: pairs.map((pair) => pair % b),
      counts: pairs.map((pair) => 1 + pair % 7),
    }, { users, items: b });
    const targets = wpeTargets(plays, bench.normal([users, k], 1, 0.3).host);
    const y = bench.normal([b, k], 2, 0.3);
    const [target, weights] = [bench.both(targets.target), bench.both(targets.weights)];
    const pass = { context: bench, train: true, state: bench.state({ ...STEP, count }) };
    const loss = weightedPredictionError({ scale: 3 });
    const { perExample, dy } = loss(pass, y.device, target.device, weights.device);
    const expected = weightedPredictionErrorRef({
      y: y.host,
      target: target.host,
      weights: weights.host,
      count,
      scale: 3,
    });
    // Sums of up to 67 squared terms of some hundreds, which cancel.
    bench.compareAll([
      [perExample, expected.perExample, { relative: 2e-6, absolute: 5e-5 }],
      [dy, expected.dy, { relative: 2e-6, absolute: 2e-5 / count }],
    ]);
  }
}

function checkContrastiveLoss(bench: Bench): void {
  for (const [b, k, count] of SHAPES) {
    const [y, target] = [bench.normal([b, k], 1), bench.normal([b, k], 2)];
    const pass = { context: bench, train: true, state: bench.state({ ...STEP, count }) };
    const { perExample, dy } = contrastiveLoss()(pass, y.device, target.device);
    const inputs = { y: y.host, target: target.host, count, temperature: 0.1 };
    const expected = contrastiveLossRef(inputs);
    // Cosines are divided by 0.1, and so are their roundings.
    bench.compareAll([
      [perExample, expected.perExample, { relative: 2e-6, absolute: 4e-6 }],
      [dy, expected.dy, { relative: 2e-6, absolute: 2e-5 / count }],
    ]);
  }
}

/** Checks of the losses in `recsys/`. */
export const latentChecks: readonly Check[] = [checkWeightedPredictionError, checkContrastiveLoss];
