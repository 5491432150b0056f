/**
 * Limited-memory BFGS on the host in float64, for functions whose value and gradient come from
 * elsewhere and are not exact: Nocedal 1980, "Updating Quasi-Newton Matrices with Limited Storage";
 * the line search ends by the approximate Wolfe conditions of Hager and Zhang 2005, "A New Conjugate
 * Gradient Method with Guaranteed Descent and an Efficient Line Search". They look at slopes, which
 * close to a minimum are known better than differences of values.
 *
 * @module
 */

import { check } from "../../gpu/check.ts";
import type { OnProgress } from "../../gpu/fitting.ts";
import { addScaled, dot, lengthOf } from "../../gpu/rows.ts";

/** A function's value and gradient at a point. */
export interface Evaluation {
  /** The value. */
  readonly value: number;
  /** The derivatives, as many as the point has coordinates. */
  readonly gradient: Float64Array;
}

/** How far a minimisation goes. */
export interface LbfgsOptions {
  /** Ends when the length of the gradient is this part of the first one. Default 1e-4. */
  readonly tolerance?: number;
  /**
   * How many steps are remembered to tell the curvature. Default 20: classifiers of 1000 features
   * took 40 to 230 evaluations by 20 steps where they took 60 to 500 by 10.
   */
  readonly memory?: number;
  /** Ends after this many evaluations. Default 1000. */
  readonly mostEvaluations?: number;
  /** Ends it by an error before the next evaluation. */
  readonly signal?: AbortSignal;
  /** Told of the evaluations, and of how many there may be. */
  readonly progress?: OnProgress;
  /** What is tried, for errors. Default `Cannot minimise`. */
  readonly attempt?: string;
}

/** Where a minimisation ended. */
export interface Minimum {
  /** The point. */
  readonly point: Float64Array;
  /** The value there. */
  readonly value: number;
  /** Length of the gradient there, as part of the first one. */
  readonly gradientRatio: number;
  /** How often value and gradient were asked for. */
  readonly evaluations: number;
  /**
   * Why it ended: the gradient met the `tolerance`; rounding in the evaluations, or a kink, left no
   * descent to be seen (`precision`); or there were too many `evaluations`.
   */
  readonly ended: "tolerance" | "precision" | "evaluations";
}

/** A point and what was found there. */
interface Place extends Evaluation {
  readonly point: Float64Array;
}

/** A step taken, and how the gradient changed. */
interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** Their product, > 0. */
  readonly product: number;
}

/** A step is long enough where at most this part of the slope is left, … */
const MOST_SLOPE = 0.9;
/** … and not too long where the slope has not turned to more than this part of it, upwards. */
const MOST_RISE = 0.8;
/** By this part the value may rise: rounding in f32. */
const VALUE_NOISE = 1e-6;
const MOST_TRIALS = 12;
/** In the first line nothing tells how long a step is: from 1 down to what float64 holds of features. */
const MOST_FIRST_TRIALS = 300;
/** Ends when neither value nor gradient got smaller in this many steps. */
const PATIENCE = 20;

/**
 * Minimises a smooth function.
 *
 * @param evaluate Value and gradient at a point; it may keep neither array
 * @param start Where to begin
 * @throws {RangeError} when the value or gradient at the start is not finite
 *
 * @example
 * ```ts
 * const square = (x: Float64Array) => ({ value: (x[0] - 3) ** 2, gradient: x.map((v) => 2 * (v - 3)) });
 * const { point } = await lbfgs(square, Float64Array.of(0));
 * console.log(point[0]); // 3
 * ```
 */
export async function lbfgs(
  evaluate: (point: Float64Array) => Evaluation | Promise<Evaluation>,
  start: Float64Array,
  options: LbfgsOptions = {},
): Promise<Minimum> {
  const { tolerance = 1e-4, memory = 20, mostEvaluations = 1000 } = options;
  const { signal, progress, attempt = "Cannot minimise" } = options;
  let evaluations = 0;
  const visit = async (point: Float64Array): Promise<Place> => {
    signal?.throwIfAborted();
    const found = { ...await evaluate(point), point };
    if (++evaluations < mostEvaluations) progress?.(evaluations, mostEvaluations);
    return found;
  };
  let at = await visit(start);
  const first = lengthOf(at.gradient);
  checkStart(attempt, at.value, first);
  const pairs: Pair[] = [];
  const trend = new Trend();
  const end = (ended: Minimum["ended"]): Minimum => {
    progress?.(mostEvaluations, mostEvaluations);
    const gradientRatio = first === 0 ? 0 : lengthOf(at.gradient) / first;
    return { point: at.point, value: at.value, gradientRatio, evaluations, ended };
  };
  while (lengthOf(at.gradient) > tolerance * first) {
    if (evaluations >= mostEvaluations) return end("evaluations");
    if (trend.hasStalled(at)) return end("precision");
    const direction = directionOf(at.gradient, pairs);
    const trials = evaluations === 1 ? MOST_FIRST_TRIALS : MOST_TRIALS;
    const next = await searchLine(visit, at, direction, { isScaled: pairs.length > 0, trials });
    if (next === undefined) {
      if (pairs.length === 0) return end("precision");
      pairs.length = 0; // what was remembered misleads: once more, straight downhill
      continue;
    }
    remember(pairs, at, next, memory);
    at = next;
  }
  return end("tolerance");
}

function checkStart(attempt: string, value: number, gradient: number): void {
  check(Number.isFinite(value), attempt, { "the value at the start": value }, "a finite number");
  const length = { "the length of the gradient at the start": gradient };
  check(Number.isFinite(gradient), attempt, length, "a finite number");
}

/** Tells when steps only follow rounding. */
class Trend {
  #value = Infinity;
  #gradient = Infinity;
  #idle = 0;

  hasStalled({ value, gradient }: Evaluation): boolean {
    const length = lengthOf(gradient);
    const better = value < this.#value - 0.1 * VALUE_NOISE * Math.abs(value) ||
      length < this.#gradient;
    this.#idle = better ? 0 : this.#idle + 1;
    this.#value = Math.min(this.#value, value);
    this.#gradient = Math.min(this.#gradient, length);
    return this.#idle > PATIENCE;
  }
}

function remember(pairs: Pair[], from: Place, to: Place, memory: number): void {
  const step = to.point.map((value, i) => value - from.point[i]);
  const change = to.gradient.map((value, i) => value - from.gradient[i]);
  const product = dot(step, change);
  if (!(product > 0)) return;
  pairs.push({ step, change, product });
  if (pairs.length > memory) pairs.shift();
}

/** Minus the inverse of the curvature, as far as it is remembered, times the gradient. */
function directionOf(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((g) => -g);
  const factors = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, product } = pairs[i];
    factors[i] = dot(step, direction) / product;
    addScaled(direction, -factors[i], change);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = last.product / dot(last.change, last.change);
    direction.forEach((value, i) => direction[i] = scale * value);
  }
  pairs.forEach(({ step, change, product }, i) => {
    addScaled(direction, factors[i] - dot(change, direction) / product, step);
  });
  return direction;
}

/**
 * A place downhill along a direction where the slope is mostly gone: Newton's length first, then
 * where a line through two slopes is zero, between the places that are known to enclose one.
 */
async function searchLine(
  visit: (point: Float64Array) => Promise<Place>,
  from: Place,
  direction: Float64Array,
  { isScaled, trials }: { readonly isScaled: boolean; readonly trials: number },
): Promise<Place | undefined> {
  const slope = dot(from.gradient, direction);
  if (!(slope < 0)) return undefined;
  const ceiling = from.value + VALUE_NOISE * Math.abs(from.value);
  let low = { length: 0, slope };
  let high: { length: number; slope: number } | undefined;
  let length = isScaled ? 1 : Math.min(1, 1 / lengthOf(direction));
  for (let trial = 0; trial < trials; trial++) {
    const place = await visit(from.point.map((value, i) => value + length * direction[i]));
    const there = { length, slope: dot(place.gradient, direction) };
    const isLow = place.value <= ceiling; // false for NaN
    if (!isLow || !(there.slope <= -MOST_RISE * slope)) high = there;
    else if (there.slope < MOST_SLOPE * slope) low = there;
    else return place;
    length = nextLength(low, high, there, slope);
  }
  return undefined;
}

interface Slope {
  readonly length: number;
  readonly slope: number;
}

function nextLength(low: Slope, high: Slope | undefined, last: Slope, first: number): number {
  if (!high) {
    const zero = last.length * first / (first - last.slope);
    return clamp(zero, 2 * last.length, 20 * last.length);
  }
  const zero = low.length - low.slope * (high.length - low.length) / (high.slope - low.slope);
  const width = high.length - low.length;
  const isSensible = high.slope > 0 && Number.isFinite(zero);
  return isSensible
    ? clamp(zero, low.length + 0.05 * width, high.length - 0.05 * width)
    : low.length + width / 2;
}

/** The bound where the number is none, or points backwards. */
function clamp(value: number, least: number, most: number): number {
  return value > 0 ? Math.min(most, Math.max(least, value)) : most;
}
