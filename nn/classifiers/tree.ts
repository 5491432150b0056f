/**
 * What the growing of every tree needs: nodes, the parting of rows, and the draw of features.
 *
 * @module
 */
import { type Key, threefry } from "../../gpu/random.ts";

/** Marks a leaf where the place of a child would stand. */
export const LEAF: number = -1;

/** A grown tree. Node 0 is the root; children come after their parent. */
export interface GrownTree {
  /** Column that an inner node looks at; 0 at a leaf. */
  readonly feature: Uint32Array<ArrayBuffer>;
  /** Rows at or below it go left; 0 at a leaf. */
  readonly threshold: Float32Array<ArrayBuffer>;
  /** Left child; -1 at a leaf. */
  readonly left: Int32Array<ArrayBuffer>;
  /** Right child; -1 at a leaf. */
  readonly right: Int32Array<ArrayBuffer>;
  /** What a leaf says; 0 at an inner node. */
  readonly value: Float64Array<ArrayBuffer>;
  /** Decrease of impurity, times the weight of the node's rows; 0 at a leaf. */
  readonly gain: Float32Array<ArrayBuffer>;
}

/** A split of a node's rows. Growers keep one and overwrite it, so that nodes allocate nothing. */
export interface Split {
  /** Column; -1 when there is no split. */
  feature: number;
  /** Last bin that goes left. */
  bin: number;
  /** The next bin that has rows of the node. */
  next: number;
  /** What the criterion makes of it; only its order counts. */
  score: number;
}

/** Forgets the split of the node before. */
export function clearSplit(split: Split): void {
  split.feature = -1;
  split.score = -Infinity; // a split without gain is still a split, as in scikit-learn
}

/** Nodes of the tree that is being grown; the room is used again for the next tree. */
export class TreeNodes {
  /** Nodes so far. */
  count = 0;
  /** Last bin that goes left, for inner nodes. */
  readonly splitBin: Uint8Array;
  readonly #tree: GrownTree;

  /** Makes room for trees of that many leaves. */
  constructor(leaves: number) {
    const capacity = 2 * leaves - 1;
    this.splitBin = new Uint8Array(capacity);
    this.#tree = {
      feature: new Uint32Array(capacity),
      threshold: new Float32Array(capacity),
      left: new Int32Array(capacity),
      right: new Int32Array(capacity),
      value: new Float64Array(capacity),
      gain: new Float32Array(capacity),
    };
  }

  /**
   * Adds a leaf of value 0, which may be split later.
   *
   * @param parent Its parent's number plus 1, negative for the right side; 0 for the root
   */
  add(parent: number): number {
    const node = this.count++;
    const { feature, threshold, left, right, value, gain } = this.#tree;
    feature[node] =
      threshold[node] =
      value[node] =
      gain[node] =
        0;
    left[node] = right[node] = LEAF;
    if (parent > 0) left[parent - 1] = node;
    if (parent < 0) right[-parent - 1] = node;
    return node;
  }

  /** Says what a leaf says. */
  setLeaf(node: number, value: number): void {
    this.#tree.value[node] = value;
  }

  /** Makes an inner node of a leaf. */
  setSplit(node: number, split: Split, threshold: number, gain: number): void {
    this.#tree.feature[node] = split.feature;
    this.#tree.threshold[node] = threshold;
    this.#tree.gain[node] = gain;
    this.splitBin[node] = split.bin;
  }

  /** The leaf's value for a training row, found by bins. */
  valueOfRow(row: number, bins: Uint8Array, rows: number): number {
    const { feature, left, right, value } = this.#tree;
    let node = 0;
    while (left[node] !== LEAF) {
      const bin = bins[feature[node] * rows + row];
      node = bin <= this.splitBin[node] ? left[node] : right[node];
    }
    return value[node];
  }

  /** A copy of the finished tree, in memory of its own. */
  copy(): GrownTree {
    const { feature, threshold, left, right, value, gain } = this.#tree;
    return {
      feature: feature.slice(0, this.count),
      threshold: threshold.slice(0, this.count),
      left: left.slice(0, this.count),
      right: right.slice(0, this.count),
      value: value.slice(0, this.count),
      gain: gain.slice(0, this.count),
    };
  }
}

/**
 * Parts a node's rows, each side in its old order.
 *
 * @param order Row numbers of all nodes; the node has those from `start` to `end`
 * @param column Bins of the feature by row
 * @param bin Last bin that goes left
 * @param scratch Room for `end - start` numbers
 * @returns where the right side begins
 */
export function partition(
  order: Uint32Array,
  start: number,
  end: number,
  column: Uint8Array,
  bin: number,
  scratch: Uint32Array,
): number {
  let middle = start;
  let right = 0;
  for (let i = start; i < end; i++) {
    const row = order[i];
    if (column[row] <= bin) order[middle++] = row;
    else scratch[right++] = row;
  }
  for (let k = 0; k < right; k++) order[middle + k] = scratch[k];
  return middle;
}

/** Whole numbers from a key, one after the other. */
export class Draws {
  readonly #key: Key;
  #calls = 0;
  #spare = -1;

  /** The stream of a key. */
  constructor(key: Key) {
    this.#key = key;
  }

  /** A number from 0 to `count - 1`; the odds differ by less than `count` in 2^32. */
  below(count: number): number {
    let word = this.#spare;
    if (word >= 0) this.#spare = -1;
    else [word, this.#spare] = threefry(this.#key, this.#calls++, 0);
    return Math.floor(word * count * 2 ** -32);
  }
}

/** Draws things without putting them back, by Fisher and Yates. */
export class Deck {
  /** The things; after `n` draws the first `n` are those drawn, in their order. */
  readonly cards: Uint32Array;

  /** Numbers from 0 to `count - 1`. */
  constructor(count: number) {
    this.cards = new Uint32Array(count);
    this.reset();
  }

  /** Back to the first order, so that a tree's draws do not depend on the tree before. */
  reset(): void {
    for (let i = 0; i < this.cards.length; i++) this.cards[i] = i;
  }

  /** Draws the card at a place, when those before it have been drawn. */
  draw(place: number, draws: Draws): number {
    const { cards } = this;
    const other = place + draws.below(cards.length - place);
    const card = cards[other];
    cards[other] = cards[place];
    return cards[place] = card;
  }
}
