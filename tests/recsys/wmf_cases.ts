/** Small tables of plays for the tests of weighted matrix factorisation. */
import { bernoulli, bits, fold, key } from "../../gpu/random.ts";
import { type Interactions, makeInteractions, type SparseRows } from "../../recsys/interactions.ts";
import { surplus } from "../../recsys/confidence.ts";
import type { WeightedRows } from "../../recsys/conjugate_gradient_ref.ts";

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

/** Even users play even items twice each, odd users odd ones; user 0 has not played item 2. */
export function checkerboard(users: number, items: number): Interactions {
  const columns = { users: [] as number[], items: [] as number[], counts: [] as number[] };
  for (let user = 0; user < users; user++) {
    for (let item = user % 2; item < items; item += 2) {
      if (user === 0 && item === 2) continue;
      columns.users.push(user);
      columns.items.push(item);
      columns.counts.push(2);
    }
  }
  return makeInteractions(columns, { users, items });
}

/** Rows with their default weights, as the references take them. */
export function weighted(rows: SparseRows): WeightedRows {
  return { ...rows, weights: surplus(rows.counts) };
}
