/**
 * Items for users: those that factors say they would like, and that they have not played.
 *
 * @module
 */
import { whole } from "../gpu/check.ts";
import { checkRows, type Hooks } from "../gpu/fitting.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { take } from "../gpu/rows.ts";
import type { Factors } from "./als.ts";
import { type Interactions, rowOf } from "./interactions.ts";
import { type Nearest, nearest } from "./nearest.ts";

/** What is recommended, and to whom. */
export interface RecommendOptions extends Hooks {
  /** Items a user, 1 to 768. Default 10. */
  readonly k?: number;
  /** Users to recommend to. Default all. */
  readonly users?: Uint32Array | readonly number[];
  /** Items that nobody is recommended, whoever has played them. Default none. */
  readonly exclude?: readonly number[];
}

const ATTEMPT = "Cannot recommend items";

/**
 * The k items of highest inner product for each user, best first, without those that the user has
 * played.
 *
 * @param factors from `fitFactors`, or of any other making
 * @param plays that are known, of all users and items
 * @returns items, scores and how many were found, a row a user
 * @throws {RangeError} when factors and plays differ in users or items, or an option does not fit
 *
 * @example
 * ```ts
 * import { fitFactors, key, makeInteractions, openGpu, recommend } from "jsr:@cetus/cetus";
 *
 * await using gpu = await openGpu();
 * const columns = { users: [0, 0, 1], items: [0, 1, 1], counts: [3, 1, 2] };
 * const plays = makeInteractions(columns, { users: 2, items: 3 });
 * const factors = await fitFactors(gpu, plays, { factors: 8, key: key(7) });
 * const { indices, counts } = await recommend(gpu, factors, plays, { k: 2 });
 * console.log(indices, counts); // user 0 has one item left, user 1 two
 * ```
 */
export async function recommend(
  gpu: Gpu,
  { users, items }: Pick<Factors, "users" | "items">,
  plays: Interactions,
  options: RecommendOptions = {},
): Promise<Nearest> {
  const { k = 10, exclude = [], signal, progress } = options;
  checkRows(ATTEMPT, users, { name: "the users' factors", rows: plays.users });
  checkRows(ATTEMPT, items, { name: "the items' factors", rows: plays.items });
  const chosen = options.users ?? Uint32Array.from({ length: plays.users }, (_, user) => user);
  whole(ATTEMPT, { "the number of users to recommend to": chosen.length }, 1);
  for (let at = 0; at < chosen.length; at++) {
    whole(ATTEMPT, { [`user ${at} to recommend to`]: chosen[at] }, 0, plays.users - 1);
  }
  const played = Array.from(chosen, (user) => rowOf(plays.byUser, user).indices);
  return await nearest(gpu, take(users, chosen), items, {
    k,
    by: "innerProduct",
    exclude: exclude.length === 0 ? played : played.map((own) => [...own, ...exclude]),
    signal,
    progress,
  });
}
