/**
 * How well hidden halves are found: by factors, by popularity, by chance. Users are scored in blocks
 * on the device, so that the matrix of all scores never exists.
 *
 * @module
 */
import type { Hooks } from "../../../gpu/fitting.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import type { EagerContext } from "../../../gpu/kernel.ts";
import { matmulTransposedB } from "../../../gpu/matmul.ts";
import { bits, fold, type Key, uniform } from "../../../gpu/random.ts";
import { slice, take } from "../../../gpu/rows.ts";
import type { NdArray, Tensor } from "../../../gpu/tensor.ts";
import { evaluateRanking, type ScoreItems } from "../../../recsys/evaluation.ts";
import {
  type Interactions,
  makeInteractions,
  rowLengths,
  rowOf,
} from "../../../recsys/interactions.ts";
import type { ChallengePlays } from "./files.ts";

/** Means over the users with hidden plays, of the first 500 places. */
export interface ChallengeFigures {
  /** Mean average precision. */
  readonly map: number;
  /** Normalised discounted cumulative gain. */
  readonly ndcg: number;
  /** Area under the ROC curve, of all places. */
  readonly auc: number;
}

/** The figures of three ways to rank. */
export interface ChallengeScores {
  /** By inner products of factors. */
  readonly factors: ChallengeFigures;
  /** By the users of an item in the known plays. */
  readonly popularity: ChallengeFigures;
  /** By chance. */
  readonly random: ChallengeFigures;
}

/** How hidden halves are looked for. */
export interface ScoreHiddenOptions extends Hooks {
  /** Key of the random ranking. */
  readonly key: Key;
  /** Most scores of a block of users. Default 2^24: 64 MiB on the device, and as much on the host. */
  readonly mostScores?: number;
  /** Most bytes of a tile of item factors. Default 64 MiB, within any device's binding. */
  readonly tileBytes?: number;
}

const MOST_SCORES = 2 ** 24;
const TILE_BYTES = 64 * 2 ** 20;

/**
 * Ranks all items but a user's known ones. Items that are only hidden come last: nothing is known of
 * them, and they count as not found.
 *
 * @param users Factors of all users, `[users, f]`
 * @param items Factors of the known items, `[items, f]`
 */
export async function scoreHidden(
  gpu: Gpu,
  plays: ChallengePlays & { readonly hidden: Interactions },
  { users, items }: {
    readonly users: NdArray<Float32Array>;
    readonly items: NdArray<Float32Array>;
  },
  options: ScoreHiddenOptions,
): Promise<ChallengeScores> {
  const { key, signal, progress, mostScores = MOST_SCORES, tileBytes = TILE_BYTES } = options;
  const { hidden, known } = plays;
  const lengths = rowLengths(hidden.byUser);
  const scored = Uint32Array.from(lengths.keys().filter((place) => lengths[place] > 0));
  const size = Math.max(1, Math.floor(mostScores / known.items));
  using scope = gpu.scope();
  const tiles = uploadTiles(scope, items, tileBytes);
  const [factors, popularity, random] = [new Means(), new Means(), new Means()];
  const byPopularity = padded(rowLengths(known.byItem), hidden.items);
  const byChance = chance(key, known.items, hidden.items);
  for (let first = 0; first < scored.length; first += size) {
    signal?.throwIfAborted();
    const block = scored.subarray(first, first + size);
    const rows = block.map((place) => plays.evaluationUsers[place]);
    const test = rowsOf(hidden, block, hidden.items);
    const exclude = rowsOf(known, rows, hidden.items);
    const judge = (scores: ScoreItems) => evaluateRanking(test, scores, { exclude });
    factors.add(judge(await blockScores(gpu, take(users, rows), tiles, hidden.items)));
    popularity.add(judge(() => byPopularity));
    random.add(judge((user) => byChance(block[user])));
    progress?.(first + block.length, scored.length);
  }
  return {
    factors: factors.figures(),
    popularity: popularity.figures(),
    random: random.figures(),
  };
}

/** Sums means of blocks, weighted by their users. */
class Means {
  readonly #sums = { map: 0, ndcg: 0, auc: 0 };
  #users = 0;
  #aucUsers = 0;

  add({ users, aucUsers, meanAveragePrecision, ndcg, auc }: ReturnType<typeof evaluateRanking>) {
    this.#users += users;
    this.#sums.map += users * meanAveragePrecision;
    this.#sums.ndcg += users * ndcg;
    if (aucUsers === 0) return;
    this.#aucUsers += aucUsers;
    this.#sums.auc += aucUsers * auc;
  }

  figures(): ChallengeFigures {
    const { map, ndcg, auc } = this.#sums;
    return { map: map / this.#users, ndcg: ndcg / this.#users, auc: auc / this.#aucUsers };
  }
}

/** Some rows as a table of their own. */
function rowsOf({ byUser }: Interactions, rows: Uint32Array, items: number): Interactions {
  const users: number[] = [];
  const columns: number[] = [];
  rows.forEach((row, place) => {
    for (const item of rowOf(byUser, row).indices) {
      users.push(place);
      columns.push(item);
    }
  });
  const counts = new Uint32Array(users.length).fill(1);
  return makeInteractions({ users, items: columns, counts }, { users: rows.length, items });
}

function uploadTiles(
  context: EagerContext,
  items: NdArray<Float32Array>,
  tileBytes: number,
): Tensor[] {
  const [n, f] = items.shape;
  const size = Math.max(1, Math.floor(tileBytes / (4 * f)));
  const tiles: Tensor[] = [];
  for (let first = 0; first < n; first += size) {
    const end = Math.min(n, first + size);
    tiles.push(context.upload(slice(items, first, end), "item factors"));
  }
  return tiles;
}

/** Scores of a block of users; the same array each time, refilled. */
async function blockScores(
  gpu: Gpu,
  users: NdArray<Float32Array>,
  tiles: readonly Tensor[],
  items: number,
): Promise<ScoreItems> {
  using scope = gpu.scope();
  const rows = scope.upload(users, "user factors");
  const parts = await gpu.readAll(tiles.map((tile) => matmulTransposedB(scope, rows, tile)));
  const scores = new Float32Array(items).fill(-Infinity);
  return (user) => {
    let at = 0;
    for (const { shape: [, n], data } of parts) {
      scores.set(data.subarray(user * n, (user + 1) * n), at);
      at += n;
    }
    return scores;
  };
}

/**
 * One drawn score an item, dealt to the users by keyed turns: a draw for every pair would take longer
 * than all else.
 */
function chance(key: Key, known: number, items: number): ScoreItems {
  const [draws, turns] = [fold(key, "random scores"), fold(key, "turns")];
  const drawn = Float64Array.from({ length: known }, (_, item) => uniform(draws, item));
  const scores = padded(drawn, items);
  return (user) => {
    const turn = bits(turns, user) % known;
    scores.set(drawn.subarray(turn));
    scores.set(drawn.subarray(0, turn), known - turn);
    return scores;
  };
}

function padded(scores: ArrayLike<number>, items: number): Float64Array {
  const all = new Float64Array(items).fill(-Infinity);
  all.set(scores);
  return all;
}
