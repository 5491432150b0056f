/**
 * The classifiers that tell calls from other clips by their features.
 *
 * @module
 */
import type { Gpu } from "../../gpu/gpu.ts";
import type { Key } from "../../gpu/random.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { fitGradientBoosting } from "../../nn/classifiers/gradient_boosting.ts";
import { fitLinear } from "../../nn/classifiers/linear.ts";
import { type Linear, linearScores } from "../../nn/classifiers/linear_model.ts";
import { fitRandomForest } from "../../nn/classifiers/random_forest.ts";
import { type TreeEnsemble, treeScores } from "../../nn/classifiers/tree_ensemble.ts";
import { ensembleFrom, ensembleTensors } from "../../nn/classifiers/tree_file.ts";
import { mismatch } from "../../gpu/check.ts";
import { UsageError } from "../run/usage_error.ts";
import { InputError } from "../../files/input_error.ts";
import type { ClassifierName, WhaleConfig } from "./config.ts";

/** Settings of the classifiers. */
export type ClassifierConfig = Pick<
  WhaleConfig,
  "cost" | "trees" | "rounds" | "rate" | "depth" | "splitFeatures"
>;

/** A fitted classifier. */
export interface Fitted {
  /** Which one. */
  readonly name: ClassifierName;
  /**
   * Scores of rows, higher for calls: probabilities of the forest, decision values of the others.
   */
  scores(x: NdArray): Float64Array;
  /** Its figures for a file. */
  tensors(): Readonly<Record<string, NdArray>>;
}

/** What a fit needs besides the rows. */
export interface FitContext {
  /** The device. */
  readonly gpu: Gpu;
  /** Key of the trees' draws. */
  readonly key: Key;
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** Fits a classifier to rows that are on one scale. */
export async function fitClassifier(
  name: ClassifierName,
  x: NdArray,
  labels: Uint8Array,
  config: ClassifierConfig,
  { gpu, key, signal }: FitContext,
): Promise<Fitted> {
  const { cost, trees, rounds, rate, depth, splitFeatures } = config;
  switch (name) {
    case "svm":
    case "logistic": {
      const loss = name === "svm" ? "squared-hinge" : "logistic";
      return linear(name, await fitLinear(gpu, x, { labels, loss, cost, signal }));
    }
    case "forest":
      return treeEnsemble(name, await fitRandomForest(gpu, x, { labels, trees, key, signal }));
    case "boosting": {
      const maxFeatures = Math.min(splitFeatures, x.shape[1]);
      const options = { labels, rounds, rate, depth, maxFeatures, key, signal };
      return treeEnsemble(name, await fitGradientBoosting(gpu, x, options));
    }
  }
}

/** Classifiers whose scores are probabilities, or are turned into them. */
const WITH_PROBABILITIES: readonly ClassifierName[] = ["forest", "logistic", "boosting"];

/**
 * Refuses a classifier whose scores are no probabilities: the support vector machine's lie on a scale
 * of their own, and there are no clips left to calibrate them by.
 *
 * @param why what asks for probabilities
 * @throws {UsageError} naming the classifier
 */
export function needProbabilities(why: string, classifier: ClassifierName): void {
  if (WITH_PROBABILITIES.includes(classifier)) return;
  const words = `${WITH_PROBABILITIES.join(" or ")} with ${why}, which is made for probabilities`;
  throw new UsageError(mismatch("classifier", classifier, words));
}

/** Scores as probabilities: the forest's are, those of the others are logarithms of odds. */
export function probabilitiesOf(classifier: ClassifierName, scores: Float64Array): Float64Array {
  needProbabilities("probabilities", classifier);
  return classifier === "forest" ? scores : scores.map((score) => 1 / (1 + Math.exp(-score)));
}

function linear(name: "svm" | "logistic", model: Linear): Fitted {
  return {
    name,
    scores: (x) => linearScores(model, x),
    tensors: () => ({
      weights: ndarray([model.weights.length], model.weights),
      intercept: ndarray([1], Float64Array.of(model.intercept)),
    }),
  };
}

function treeEnsemble(name: "forest" | "boosting", model: TreeEnsemble): Fitted {
  return {
    name,
    scores: (x) => treeScores(model, x),
    tensors: () => ensembleTensors(model),
  };
}

/**
 * A classifier from the figures of a file.
 *
 * @param source what it was read from, for messages
 * @param columns features that it must know
 * @throws {InputError} when the figures are not its own
 */
export function classifierFrom(
  name: ClassifierName,
  tensors: Readonly<Record<string, NdArray>>,
  columns: number,
  source: string,
): Fitted {
  if (name === "forest" || name === "boosting") {
    const model = treesFrom(tensors, source);
    if (model.kind === name && model.columns === columns) return treeEnsemble(name, model);
    throw new InputError(
      `Cannot read ${source}`,
      `it holds a ${model.kind} of ${model.columns} features, expected a ${name} of ${columns}`,
    );
  }
  const { weights, intercept } = tensors;
  if (weights?.shape.join() !== `${columns}` || intercept?.shape.join() !== "1") {
    throw new InputError(
      `Cannot read ${source}`,
      `its ${name} has ${weights?.shape[0] ?? "no"} weights, expected ${columns}`,
    );
  }
  const loss = name === "svm" ? "squared-hinge" : "logistic";
  return linear(name, {
    loss,
    weights: Float64Array.from(weights.data),
    intercept: intercept.data[0],
  });
}

function treesFrom(tensors: Readonly<Record<string, NdArray>>, source: string): TreeEnsemble {
  try {
    return ensembleFrom(tensors);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`Cannot read ${source}`, `its trees: ${error.reason}`, { cause: error });
  }
}
