/** Small tables of plays for the checks of factorisation. */
import { bernoulli, bits, fold, key } from "../../gpu/random.ts";
import { surplus } from "../../recsys/confidence.ts";
import type { WeightedRows } from "../../recsys/conjugate_gradient_ref.ts";
import { type Interactions, makeInteractions, type SparseRows } from "../../recsys/interactions.ts";

/** Each pair is played with a probability, 1 to 8 times; user 2 and item 1 never. */
export function drawnPlays(users: number, items: number, probability = 0.3): Interactions {
  const [played, often] = [fold(key(3), "played"), fold(key(3), "often")];
  const columns = { users: [] as number[], items: [] as number[], counts: [] as number[] };
  for (let pair = 0; pair < users * items; pair++) {
    const [user, item] = [Math.floor(pair / items), pair % items];
    if (user === 2 || item === 1 || !bernoulli(played, pair, probability)) continue;
    columns.users.push(user);
    columns.items.push(item);
    columns.counts.push(1 + bits(often, pair) % 8);
  }
  return makeInteractions(columns, { users, items });
}

/** Rows with their default weights, as the references take them. */
export function weighted(rows: SparseRows): WeightedRows {
  return { ...rows, weights: surplus(rows.counts) };
}
