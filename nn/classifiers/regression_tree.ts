/**
 * One tree of gradient boosting: the split that lowers the variance of the residuals most, and
 * leaves that take a Newton step.
 *
 * Source: Friedman 2001, "Greedy function approximation: a gradient boosting machine", section 4.4.
 * His criterion (equation 35, scikit-learn's `friedman_mse`) is the decrease of the squared error
 * times the weight of the node, so that both choose the same splits.
 *
 * @module
 */
import type { Key } from "../../gpu/random.ts";
import { type FeatureBins, MAX_BINS, thresholdBetween } from "./feature_bins.ts";
import { type Histogram, Histograms, subtract } from "./regression_histogram.ts";
import { clearSplit, Deck, Draws, partition, type Split, TreeNodes } from "./tree.ts";

/** How the trees are grown. */
export interface RegressionTreeOptions {
  /** Features drawn at a split. */
  readonly maxFeatures: number;
  /** Fewest rows of a leaf. */
  readonly minLeaf: number;
  /** Fewest rows of a node that is split. */
  readonly minSplit: number;
  /** Most splits between the root and a leaf. */
  readonly depth: number;
  /** Share of a leaf's Newton step that is taken. */
  readonly rate: number;
}

/** Below this variance a node counts as pure: float64's epsilon, as in scikit-learn. */
const PURE = 2 ** -52;
/** Below this curvature a leaf says 0 instead of dividing by it, as in scikit-learn. */
const FLAT = 1e-150;

/** Fewest rows of a node for which histograms of all features are kept. */
const MANY = 64;

/** A node still to be grown. */
interface Task {
  /** Its rows in the order. */
  readonly start: number;
  readonly end: number;
  /** As `TreeNodes.add` takes it. */
  readonly parent: number;
  readonly depth: number;
  /** Of all features, where it pays. */
  histogram?: Histogram;
}

/** Grows trees one after the other, in the same memory. */
export class RegressionTreeGrower {
  /** The last tree. */
  readonly nodes: TreeNodes;
  readonly #data: FeatureBins;
  readonly #options: RegressionTreeOptions;
  readonly #order: Uint32Array;
  readonly #scratch: Uint32Array;
  readonly #deck: Deck;
  readonly #histograms: Histograms;
  readonly #split: Split = { feature: -1, bin: 0, next: 0, score: 0 };
  /** Sum and variance of the residuals of the node in work. */
  #sum = 0;
  #variance = 0;

  /** Makes room for trees on these rows. */
  constructor(data: FeatureBins, options: RegressionTreeOptions) {
    this.#data = data;
    this.#options = options;
    this.nodes = new TreeNodes(Math.min(data.rows, 2 ** Math.min(options.depth, 31)));
    this.#order = new Uint32Array(data.rows);
    this.#scratch = new Uint32Array(data.rows);
    this.#deck = new Deck(data.columns);
    this.#histograms = new Histograms(data);
  }

  /**
   * Grows the next tree into `nodes`.
   *
   * @param rows Rows to learn from
   * @param residuals What to predict, by row
   * @param curvatures Second derivative of the loss, by row
   * @param key Names the draws of features
   */
  grow(rows: Uint32Array, residuals: Float64Array, curvatures: Float64Array, key: Key): void {
    const draws = new Draws(key);
    this.nodes.count = 0;
    this.#deck.reset();
    this.#order.set(rows);
    const histogram = this.#wantsHistogram(rows.length, 0)
      ? this.#histograms.build(this.#order, 0, rows.length, residuals)
      : undefined;
    const stack: Task[] = [{ start: 0, end: rows.length, parent: 0, depth: 0, histogram }];
    for (let task = stack.pop(); task; task = stack.pop()) {
      const { start, end, depth } = task;
      const node = this.nodes.add(task.parent);
      if (!this.#findSplit(task, residuals, draws)) {
        this.#histograms.release(task.histogram);
        this.nodes.setLeaf(node, this.#step(start, end, residuals, curvatures));
        continue;
      }
      const middle = this.#splitNode(node, start, end);
      const left: Task = { start, end: middle, parent: node + 1, depth: depth + 1 };
      const right: Task = { start: middle, end, parent: -(node + 1), depth: depth + 1 };
      if (task.histogram) this.#share(task.histogram, left, right, residuals);
      stack.push(right, left);
    }
  }

  #maySplit(count: number, depth: number): boolean {
    const { minLeaf, minSplit, depth: deepest } = this.#options;
    return depth < deepest && count >= minSplit && count >= 2 * minLeaf;
  }

  /** Histograms of all features pay where all are looked at, and rows outnumber bins. */
  #wantsHistogram(count: number, depth: number): boolean {
    const all = this.#options.maxFeatures === this.#data.columns;
    return all && count >= MANY && this.#maySplit(count, depth);
  }

  /** Counts the smaller child; the other has what the parent's histogram holds beyond it. */
  #share(parent: Histogram, left: Task, right: Task, residuals: Float64Array): void {
    const leftIsSmall = left.end - left.start <= right.end - right.start;
    const [small, large] = leftIsSmall ? [left, right] : [right, left];
    if (!this.#wantsHistogram(large.end - large.start, large.depth)) {
      this.#histograms.release(parent);
      return;
    }
    const counted = this.#histograms.build(this.#order, small.start, small.end, residuals);
    subtract(parent, counted);
    large.histogram = parent;
    if (this.#wantsHistogram(small.end - small.start, small.depth)) small.histogram = counted;
    else this.#histograms.release(counted);
  }

  #findSplit(task: Task, residuals: Float64Array, draws: Draws): boolean {
    const { start, end, histogram } = task;
    if (!this.#maySplit(end - start, task.depth)) return false;
    this.#measure(start, end, residuals);
    if (this.#variance <= PURE) return false;
    clearSplit(this.#split);
    const { maxFeatures } = this.#options;
    const { columns } = this.#data;
    const all = maxFeatures === columns; // then the first of equal features wins
    let varied = false;
    for (let k = 0; k < columns && (k < maxFeatures || !varied); k++) {
      const feature = all ? k : this.#deck.draw(k, draws);
      const [counted, offset] = histogram
        ? [histogram, feature * MAX_BINS]
        : [this.#histograms.buildOne(feature, this.#order, start, end, residuals), 0];
      if (this.#scan(counted, offset, feature, end - start)) varied = true;
    }
    return this.#split.feature >= 0;
  }

  #measure(start: number, end: number, residuals: Float64Array): void {
    let sum = 0;
    let squares = 0;
    for (let i = start; i < end; i++) {
      const residual = residuals[this.#order[i]];
      sum += residual;
      squares += residual * residual;
    }
    this.#sum = sum;
    this.#variance = squares / (end - start) - (sum / (end - start)) ** 2;
  }

  /**
   * Tries the gaps between the bins that have rows.
   *
   * @returns whether there is such a gap
   */
  #scan({ sums, counts }: Histogram, offset: number, feature: number, count: number): boolean {
    const split = this.#split;
    const { minLeaf } = this.#options;
    const total = this.#sum;
    let best = split.score;
    let last = -1; // the occupied bin before
    let left = 0; // rows and sum up to it
    let sum = 0;
    for (let bin = 0; left < count; bin++) {
      const rows = counts[offset + bin];
      if (rows === 0) continue;
      const right = count - left;
      if (last >= 0 && left >= minLeaf && right >= minLeaf) {
        const difference = right * sum - left * (total - sum);
        const score = difference * difference / (left * right);
        if (score > best) {
          best = split.score = score;
          split.feature = feature;
          split.bin = last;
          split.next = bin;
        }
      }
      sum += sums[offset + bin];
      left += rows;
      if (left === count) return last >= 0;
      last = bin;
    }
    return false;
  }

  #splitNode(node: number, start: number, end: number): number {
    const split = this.#split;
    const { rows, bins, low, high } = this.#data;
    const at = split.feature * MAX_BINS;
    const threshold = thresholdBetween(high[at + split.bin], low[at + split.next]);
    this.nodes.setSplit(node, split, threshold, split.score / (end - start));
    const column = bins.subarray(split.feature * rows, (split.feature + 1) * rows);
    return partition(this.#order, start, end, column, split.bin, this.#scratch);
  }

  /** One Newton step for a leaf's rows. */
  #step(start: number, end: number, residuals: Float64Array, curvatures: Float64Array): number {
    let sum = 0;
    let curvature = 0;
    for (let i = start; i < end; i++) {
      const row = this.#order[i];
      sum += residuals[row];
      curvature += curvatures[row];
    }
    return Math.abs(curvature) < FLAT ? 0 : this.#options.rate * (sum / curvature);
  }
}
