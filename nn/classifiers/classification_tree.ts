/**
 * One tree of a random forest: Gini impurity, features drawn anew at each split.
 *
 * Source: Breiman 2001, "Random forests", with the rules of scikit-learn's `DecisionTreeClassifier`.
 *
 * @module
 */
import { fold, type Key } from "../../gpu/random.ts";
import { type FeatureBins, MAX_BINS, thresholdBetween } from "./feature_bins.ts";
import {
  clearSplit,
  Deck,
  Draws,
  type GrownTree,
  partition,
  type Split,
  TreeNodes,
} from "./tree.ts";

/** How a forest's trees are grown. */
export interface ClassificationTreeOptions {
  /** Features drawn at a split. */
  readonly maxFeatures: number;
  /** Fewest rows of a leaf, not counting repetitions. */
  readonly minLeaf: number;
  /** Most splits between the root and a leaf. */
  readonly maxDepth: number;
  /** Whether a tree learns from rows drawn with replacement instead of all rows. */
  readonly bootstrap: boolean;
}

/** Grows trees one after the other, in the same memory. */
export class ClassificationTreeGrower {
  readonly #data: FeatureBins;
  readonly #labels: Uint8Array;
  readonly #options: ClassificationTreeOptions;
  readonly #nodes: TreeNodes;
  /** Rows that were drawn at least once, those of a node side by side. */
  readonly #order: Uint32Array;
  readonly #scratch: Uint32Array;
  /** Twice how often a row was drawn, plus its label: one look-up instead of two. */
  readonly #codes: Uint32Array;
  readonly #deck: Deck;
  /** Weights of both classes by bin. */
  readonly #weights = new Uint32Array(2 * MAX_BINS);
  /** Rows by bin, counted only for `minLeaf`. */
  readonly #rows = new Uint32Array(MAX_BINS);
  /** A bit for each bin that has rows, so that few rows need no walk through all bins. */
  readonly #occupied = new Uint32Array(MAX_BINS / 32);
  readonly #split: Split = { feature: -1, bin: 0, next: 0, score: 0 };
  /** Weights of the node in work. */
  #negative = 0;
  #positive = 0;

  /** Makes room for trees on these rows; `labels` are 0 or 1. */
  constructor(data: FeatureBins, labels: Uint8Array, options: ClassificationTreeOptions) {
    this.#data = data;
    this.#labels = labels;
    this.#options = options;
    this.#nodes = new TreeNodes(data.rows);
    this.#order = new Uint32Array(data.rows);
    this.#scratch = new Uint32Array(data.rows);
    this.#codes = new Uint32Array(data.rows);
    this.#deck = new Deck(data.columns);
  }

  /** The tree of a key. */
  grow(key: Key): GrownTree {
    const count = this.#drawRows(new Draws(fold(key, "rows")));
    this.#grow(count, new Draws(fold(key, "features")));
    return this.#nodes.copy();
  }

  #drawRows(draws: Draws): number {
    const { rows } = this.#data;
    const codes = this.#codes;
    for (let row = 0; row < rows; row++) codes[row] = this.#options.bootstrap ? 0 : 2;
    if (this.#options.bootstrap) {
      for (let k = 0; k < rows; k++) codes[draws.below(rows)] += 2;
    }
    let count = 0;
    for (let row = 0; row < rows; row++) {
      if (codes[row] === 0) continue;
      codes[row] += this.#labels[row];
      this.#order[count++] = row;
    }
    return count;
  }

  /** Depth first, the left side before the right. */
  #grow(count: number, draws: Draws): void {
    const nodes = this.#nodes;
    nodes.count = 0;
    this.#deck.reset();
    const stack = [0, count, 0, 0];
    while (stack.length > 0) {
      const depth = stack.pop()!;
      const parent = stack.pop()!;
      const end = stack.pop()!;
      const start = stack.pop()!;
      const node = nodes.add(parent);
      this.#weigh(start, end);
      if (!this.#findSplit(start, end, depth, draws)) {
        nodes.setLeaf(node, this.#positive / (this.#negative + this.#positive));
        continue;
      }
      const middle = this.#splitNode(node, start, end);
      stack.push(middle, end, -(node + 1), depth + 1);
      stack.push(start, middle, node + 1, depth + 1);
    }
  }

  #weigh(start: number, end: number): void {
    let negative = 0;
    let positive = 0;
    for (let i = start; i < end; i++) {
      const code = this.#codes[this.#order[i]];
      if ((code & 1) === 0) negative += code >>> 1;
      else positive += code >>> 1;
    }
    this.#negative = negative;
    this.#positive = positive;
  }

  /** Looks at the features drawn, and then at others until one of them has two values. */
  #findSplit(start: number, end: number, depth: number, draws: Draws): boolean {
    const { maxFeatures, minLeaf, maxDepth } = this.#options;
    const { columns } = this.#data;
    const pure = this.#negative === 0 || this.#positive === 0;
    if (pure || depth >= maxDepth || end - start < 2 * minLeaf) return false;
    clearSplit(this.#split);
    const all = maxFeatures === columns; // then the first of equal features wins
    let varied = false;
    for (let k = 0; k < columns && (k < maxFeatures || !varied); k++) {
      const feature = all ? k : this.#deck.draw(k, draws);
      this.#count(feature, start, end);
      if (this.#scan(feature, end - start)) varied = true;
    }
    return this.#split.feature >= 0;
  }

  #count(feature: number, start: number, end: number): void {
    const { rows, bins } = this.#data;
    const order = this.#order;
    const codes = this.#codes;
    const weights = this.#weights;
    const occupied = this.#occupied;
    const base = feature * rows;
    for (let i = start; i < end; i++) {
      const row = order[i];
      const bin = bins[base + row];
      const code = codes[row];
      weights[2 * bin + (code & 1)] += code >>> 1;
      occupied[bin >>> 5] |= 1 << (bin & 31);
    }
    if (this.#options.minLeaf === 1) return;
    for (let i = start; i < end; i++) this.#rows[bins[base + order[i]]]++;
  }

  /**
   * Tries the gaps between the bins that have rows, and clears them.
   *
   * @returns whether there is such a gap
   */
  #scan(feature: number, count: number): boolean {
    const weights = this.#weights;
    const rows = this.#rows;
    const { minLeaf } = this.#options;
    let last = -1; // the occupied bin before
    let negative = 0; // weights and rows up to it
    let positive = 0;
    let left = 0;
    let varied = false;
    for (let word = 0; word < MAX_BINS / 32; word++) {
      for (let bits = this.#occupied[word]; bits !== 0; bits &= bits - 1) {
        const bin = 32 * word + 31 - Math.clz32(bits & -bits);
        if (last >= 0) {
          varied = true;
          if (minLeaf === 1 || left >= minLeaf && count - left >= minLeaf) {
            this.#offer(feature, last, bin, negative, positive);
          }
        }
        negative += weights[2 * bin];
        positive += weights[2 * bin + 1];
        left += rows[bin];
        weights[2 * bin] = weights[2 * bin + 1] = rows[bin] = 0;
        last = bin;
      }
      this.#occupied[word] = 0;
    }
    return varied;
  }

  /** Keeps a split that is better than those before; the arguments weigh its left side. */
  #offer(feature: number, bin: number, next: number, negative: number, positive: number): void {
    const score = purity(negative, positive) +
      purity(this.#negative - negative, this.#positive - positive);
    const split = this.#split;
    if (!(score > split.score)) return;
    split.feature = feature;
    split.bin = bin;
    split.next = next;
    split.score = score;
  }

  #splitNode(node: number, start: number, end: number): number {
    const split = this.#split;
    const { rows, bins, low, high } = this.#data;
    const at = split.feature * MAX_BINS;
    const threshold = thresholdBetween(high[at + split.bin], low[at + split.next]);
    const gain = Math.max(0, split.score - purity(this.#negative, this.#positive));
    this.#nodes.setSplit(node, split, threshold, gain);
    const column = bins.subarray(split.feature * rows, (split.feature + 1) * rows);
    return partition(this.#order, start, end, column, split.bin, this.#scratch);
  }
}

/** Weight minus weight times Gini impurity: their sum over both sides is what a split maximises. */
function purity(negative: number, positive: number): number {
  return (negative * negative + positive * positive) / (negative + positive);
}
