/**
 * How far synthetic galaxies are like real ones: the errors of the baselines, the share of chance in
 * the votes, the mean answers. Run as a program it prints the table.
 *
 * @module
 */
import { take } from "../../../gpu/rows.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import {
  colourFeatures,
  fitRidgeBaseline,
  meanBaseline,
  pixelFeatures,
  predictRidgeBaseline,
  zerosBaseline,
} from "../baselines.ts";
import { ANSWER_COLUMNS } from "../questions.ts";
import { rootMeanSquareError } from "../score.ts";
import { syntheticVotes } from "./galaxy.ts";
import { SIDE } from "./observation.ts";
import { streamGalaxies } from "./stream.ts";

const WIDTH = ANSWER_COLUMNS.length;

/** Figures of the votes alone. */
export interface VoteCalibration {
  /** Root mean square of the targets. */
  readonly zeros: number;
  /** Root mean square error of their mean. */
  readonly mean: number;
  /** Root mean square difference of targets and ideal votes: what no method can get below. */
  readonly floor: number;
  /** Mean of each of the 37 columns. */
  readonly means: Float64Array;
  /** Share of galaxies with an answer to question 1 above 0.9. */
  readonly certain: number;
  /** Axis ratio at the percentiles 5, 25, 50, 75, 95. */
  readonly axisRatios: readonly number[];
}

/** Errors of the baselines on pictures, 3-fold. */
export interface PictureCalibration {
  readonly mean: number;
  readonly colourRidge: number;
  readonly pixelRidge: number;
}

/** Measures the votes of `count` galaxies. */
export function calibrateVotes(seed: number, count: number): VoteCalibration {
  const targets = new Float64Array(count * WIDTH);
  const ideals = new Float64Array(count * WIDTH);
  const ratios: number[] = [];
  let certain = 0;
  for (let k = 0; k < count; k++) {
    const { target, ideal, evidence } = syntheticVotes(seed, k);
    targets.set(target, k * WIDTH);
    ideals.set(ideal, k * WIDTH);
    ratios.push(evidence.q);
    if (Math.max(target[0], target[1], target[2]) > 0.9) certain++;
  }
  ratios.sort((a, b) => a - b);
  const percentile = (p: number) => ratios[Math.floor(p * (count - 1) / 100)];
  return {
    zeros: rootMeanSquareError(zerosBaseline(count), targets),
    mean: rootMeanSquareError(meanBaseline(targets, count), targets),
    floor: rootMeanSquareError(ideals, targets),
    means: meanBaseline(targets, 1),
    certain: certain / count,
    axisRatios: [5, 25, 50, 75, 95].map(percentile),
  };
}

/** Measures the baselines on the pictures of `count` galaxies, at least 15. */
export async function calibratePictures(seed: number, count: number): Promise<PictureCalibration> {
  const targets = new Float64Array(count * WIDTH);
  const colours = new Float64Array(count * 3);
  const blocks = new Float64Array(count * 768);
  const size = { height: SIDE, width: SIDE };
  let k = 0;
  for await (const { bytes, target } of streamGalaxies({ seed, count }, "pixels")) {
    targets.set(target, k * WIDTH);
    colours.set(colourFeatures(bytes, size).data, k * 3);
    blocks.set(pixelFeatures(bytes, size).data, k * 768);
    k++;
  }
  const answers = ndarray([count, WIDTH], targets);
  const features = {
    colourRidge: ndarray([count, 3], colours),
    pixelRidge: ndarray([count, 768], blocks),
  };
  const squares = { mean: 0, colourRidge: 0, pixelRidge: 0 };
  for (let fold = 0; fold < 3; fold++) {
    const rows = Array.from({ length: count }, (_, i) => i);
    const train = rows.filter((i) => i % 3 !== fold);
    const test = rows.filter((i) => i % 3 === fold);
    const known = take(answers, train).data;
    const truth = take(answers, test).data;
    const square = (predicted: Float64Array) =>
      rootMeanSquareError(predicted, truth) ** 2 * test.length / count;
    squares.mean += square(meanBaseline(known, test.length));
    for (const name of ["colourRidge", "pixelRidge"] as const) {
      const ridge = fitRidgeBaseline(take(features[name], train), known);
      squares[name] += square(predictRidgeBaseline(ridge, take(features[name], test)));
    }
  }
  return {
    mean: Math.sqrt(squares.mean),
    colourRidge: Math.sqrt(squares.colourRidge),
    pixelRidge: Math.sqrt(squares.pixelRidge),
  };
}

if (import.meta.main) {
  const [votes = "2000", pictures = "400", seed = "3"] = Deno.args;
  const { means, axisRatios, ...figures } = calibrateVotes(Number(seed), Number(votes));
  console.table(figures);
  console.log("b/a at 5 25 50 75 95 %:", axisRatios.map((q) => q.toFixed(2)).join(" "));
  console.table(Object.fromEntries(ANSWER_COLUMNS.map((name, c) => [name, means[c].toFixed(3)])));
  console.table(await calibratePictures(Number(seed), Number(pictures)));
}
