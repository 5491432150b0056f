/**
 * Nearest items: the k of highest cosine or inner product, exactly, on the device. Scores are made in
 * tiles, each of which is merged into a list a query, so that the matrix of all scores never exists.
 *
 * @module
 */
import { check, whole } from "../gpu/check.ts";
import { checkRows, type Hooks } from "../gpu/fitting.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Context, EagerContext } from "../gpu/kernel.ts";
import { matmul } from "../gpu/matmul.ts";
import { slice } from "../gpu/rows.ts";
import { type NdArray, ndarray, type Tensor } from "../gpu/tensor.ts";
import {
  addToBest,
  type BestLists,
  exclude,
  LOWEST,
  makeBestLists,
  MOST_NEAREST,
} from "./nearest_step.ts";

/** What is looked for. */
export interface NearestOptions extends Hooks {
  /** Items a query, 1 to 768. */
  readonly k: number;
  /** The score: cosine, 0 with a vector of zeros, or inner product. Default "cosine". */
  readonly by?: "cosine" | "innerProduct";
  /** For each query the items that it must not find, such as those a user has played; q lists. */
  readonly exclude?: readonly ArrayLike<number>[];
  /** Whether query i is item i, and does not find itself. Default false. */
  readonly excludeSelf?: boolean;
}

/** The nearest items of each query. */
export interface Nearest {
  /** [q, k]: items, best first, of equal scores the lower one first; 0 past `counts`. */
  readonly indices: NdArray<Uint32Array>;
  /** [q, k]: their scores, in f32; minus infinity past `counts`. */
  readonly scores: NdArray<Float32Array>;
  /** [q]: how many were found, k unless there are fewer candidates. */
  readonly counts: Uint32Array;
}

const ATTEMPT = "Cannot find the nearest items";
/** Queries answered at a time. */
const MOST_ROWS = 1024;
/** Scores of a tile: 32 MiB. */
const TILE_SCORES = 8 * 2 ** 20;
/** Bytes of a tile of items, within any device's binding. */
const TILE_BYTES = 64 * 2 ** 20;
/** Workgroups that keep a device busy. */
const WORKGROUPS = { software: 4, card: 512 } as const;
/** A part of a tile has at least so many items a place of its list, so that lists stay the lesser work. */
const ITEMS_PER_PLACE = 8;

/**
 * The k items of highest score for each query, exactly. The same input gives the same bits.
 *
 * Takes memory for the items, for 32 MiB of scores, and for the lists. Scores are sums in f32, so that
 * items whose scores agree to some 1e-7 may come in the other order than exact arithmetic has them.
 *
 * @param queries [q, f]
 * @param items [n, f]
 * @throws {RangeError} when shapes or k do not fit, an item does not exist, or numbers are not finite
 * or so large that f32 cannot hold a score
 *
 * @example
 * ```ts
 * import { ndarray, openGpu } from "../mod.ts";
 * import { nearest } from "./nearest.ts";
 *
 * await using gpu = await openGpu();
 * const songs = ndarray([3, 2], Float32Array.of(1, 0, 0, 1, 2, 1));
 * const { indices } = await nearest(gpu, songs, songs, { k: 1, excludeSelf: true });
 * if (indices.data.join() !== "2,2,0") throw new Error("wrong neighbours");
 * ```
 */
export async function nearest(
  gpu: Gpu,
  queries: NdArray,
  items: NdArray,
  options: NearestOptions,
): Promise<Nearest> {
  checkOptions(queries, items, options);
  const { k, by = "cosine", signal, progress } = options;
  const [q, n] = [queries.shape[0], items.shape[0]];
  const left = scaleRows(queries, by);
  const right = scaleRows(items, by);
  checkRange(left.longest * right.longest);
  const found = {
    indices: ndarray([q, k], new Uint32Array(q * k)),
    scores: ndarray([q, k], new Float32Array(q * k)),
    counts: new Uint32Array(q),
  };
  const block = Math.min(q, MOST_ROWS);
  using scope = gpu.scope();
  const tiles = uploadTiles(scope, right, tileItems(block, items.shape[1]));
  for (let first = 0; first < q; first += block) {
    signal?.throwIfAborted();
    const rows = slice(left.rows, first, Math.min(q, first + block));
    using blockScope = gpu.scope();
    const excluded = excludedPairs(options, n, first, rows.shape[0]);
    const lists = search(blockScope, rows, tiles, k, excluded);
    const [score, item] = await gpu.readAll([lists.score, lists.item]);
    mergeParts(found, score, item.data, first);
    progress?.(first + rows.shape[0], q);
  }
  return found;
}

/** Rows as they are multiplied. */
interface Scaled {
  readonly rows: NdArray<Float32Array>;
  /** Length of the longest row. */
  readonly longest: number;
}

/** Rows in f32; unit vectors for the cosine. */
function scaleRows({ shape: [n, f], data }: NdArray, by: string): Scaled {
  const scaled = new Float32Array(n * f);
  let longest = 0;
  for (let row = 0; row < n; row++) {
    let sum = 0;
    for (let at = row * f; at < (row + 1) * f; at++) sum += data[at] * data[at];
    const length = Math.sqrt(sum);
    const factor = by === "cosine" ? (length > 0 ? 1 / length : 0) : 1;
    for (let at = row * f; at < (row + 1) * f; at++) scaled[at] = factor * data[at];
    longest = Math.max(longest, factor * length);
  }
  return { rows: ndarray([n, f], scaled), longest };
}

/** Items a tile, so that neither its scores for a block of queries nor itself grow too large. */
function tileItems(block: number, f: number): number {
  return 4 * Math.floor(Math.min(TILE_SCORES / block, TILE_BYTES / (4 * f)) / 4);
}

/** Some of the items on the device. */
interface Tile {
  /** [f, columns], columns the items rounded up to a multiple of four. */
  readonly tensor: Tensor;
  readonly items: number;
  readonly firstItem: number;
}

/** The items on the device. */
function uploadTiles(context: EagerContext, { rows }: Scaled, size: number): Tile[] {
  const n = rows.shape[0];
  const tiles: Tile[] = [];
  for (let firstItem = 0; firstItem < n; firstItem += size) {
    const part = slice(rows, firstItem, Math.min(n, firstItem + size));
    tiles.push({
      tensor: context.upload(turned(part), "nearest items"),
      items: part.shape[0],
      firstItem,
    });
  }
  return tiles;
}

/** Columns for rows, padded with zeros to a multiple of four. */
function turned({ shape: [n, f], data }: NdArray<Float32Array>): NdArray<Float32Array> {
  const columns = Math.ceil(n / 4) * 4;
  const result = new Float32Array(f * columns);
  for (let row = 0; row < n; row++) {
    for (let c = 0; c < f; c++) result[c * columns + row] = data[row * f + c];
  }
  return ndarray([f, columns], result);
}

/** The lists of a block of queries. */
function search(
  context: EagerContext,
  rows: NdArray,
  tiles: readonly Tile[],
  k: number,
  excluded: readonly Pair[],
): BestLists {
  const queries = context.upload(rows, "queries");
  const parts = partsOf(context, rows.shape[0], tiles[0].items, k);
  const lists = makeBestLists(context, { rows: rows.shape[0], parts, k });
  let next = 0;
  for (const { tensor, items, firstItem } of tiles) {
    const scores = matmul(context, queries, tensor);
    const start = next;
    while (next < excluded.length && excluded[next].item < firstItem + items) next++;
    if (next > start) {
      const marks = excluded.slice(start, next).flatMap(({ row, item }) => [row, item - firstItem]);
      exclude(context, scores, context.upload(ndarray([next - start, 2], Uint32Array.from(marks))));
    }
    addToBest(context, scores, lists, { items, firstItem, fresh: firstItem === 0 });
    context.release(scores);
  }
  return lists;
}

/** Lists a query: enough to keep the device busy where queries are few. */
function partsOf(context: Context, rows: number, columns: number, k: number): number {
  const wanted = Math.ceil(WORKGROUPS[context.profile] / rows);
  return Math.max(1, Math.min(wanted, Math.floor(columns / (ITEMS_PER_PLACE * k))));
}

/** An item that a query of a block must not find. */
interface Pair {
  readonly row: number;
  readonly item: number;
}

/** What the queries of a block must not find, by rising item. */
function excludedPairs(
  { exclude, excludeSelf }: NearestOptions,
  n: number,
  first: number,
  count: number,
): Pair[] {
  const pairs: Pair[] = [];
  for (let row = 0; row < count; row++) {
    if (excludeSelf) pairs.push({ row, item: first + row });
    const list = exclude?.[first + row] ?? [];
    for (let at = 0; at < list.length; at++) {
      const inside = Number.isInteger(list[at]) && list[at] >= 0 && list[at] < n;
      if (!inside) {
        whole(ATTEMPT, { [`an item that query ${first + row} excludes`]: list[at] }, 0, n - 1);
      }
      pairs.push({ row, item: list[at] });
    }
  }
  return pairs.sort((a, b) => a.item - b.item);
}

/** One list a query out of those of its parts: the best of their next entries, again and again. */
function mergeParts(
  { indices, scores, counts }: Nearest,
  { shape: [rows, parts, k], data: score }: NdArray,
  item: ArrayLike<number>,
  first: number,
): void {
  const heads = new Uint32Array(parts);
  for (let row = 0; row < rows; row++) {
    heads.forEach((_, part) => heads[part] = (row * parts + part) * k);
    for (let place = 0; place < k; place++) {
      let best = -1;
      for (let part = 0; part < parts; part++) {
        const at = heads[part];
        if (at === (row * parts + part + 1) * k || score[at] === LOWEST) continue;
        const leader = best < 0 ? -Infinity : score[heads[best]];
        const isEarlier = score[at] === leader && item[at] < item[heads[best]];
        if (score[at] > leader || isEarlier) best = part;
      }
      const into = (first + row) * k + place;
      scores.data[into] = best < 0 ? -Infinity : score[heads[best]];
      if (best < 0) continue;
      indices.data[into] = item[heads[best]++];
      counts[first + row]++;
    }
  }
}

function checkOptions(queries: NdArray, items: NdArray, options: NearestOptions): void {
  const { k, exclude, excludeSelf } = options;
  checkRows(ATTEMPT, queries, { name: "queries" });
  checkRows(ATTEMPT, items, { name: "items", width: queries.shape[1] });
  const [[q], [n]] = [queries.shape, items.shape];
  whole(ATTEMPT, { k }, 1, MOST_NEAREST);
  const count = { "the number of lists to exclude": exclude?.length };
  check((exclude?.length ?? q) === q, ATTEMPT, count, `${q}, one a query`);
  if (excludeSelf) whole(ATTEMPT, { "the number of queries, each an item,": q }, 1, n);
}

/** By Cauchy and Schwarz no score, nor a part of its sum, is larger than the longest rows allow. */
function checkRange(largest: number): void {
  const came = { "the largest possible score": largest };
  check(largest < -LOWEST, ATTEMPT, came, `less than ${(-LOWEST).toExponential(1)}`);
}
