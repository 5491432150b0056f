/**
 * Which plays of a folder are learnt from, and what else is known of who played what.
 *
 * @module
 */
import { InputError } from "../../files/input_error.ts";
import {
  filterInteractions,
  type Interactions,
  makeInteractions,
  rowLengths,
} from "../../recsys/interactions.ts";
import { playsOf } from "../../recsys/plays_of.ts";
import type { Triplets } from "../../recsys/triplets.ts";
import type { Watched } from "../run/work.ts";
import { type Catalogue, songUse } from "./catalogue.ts";

/** Plays and listeners of a catalogue. */
export type CataloguePlays = Pick<Catalogue, "listeners" | "plays" | "played" | "use">;

/** Whose plays, and of what, are learnt from. */
export interface PlayLimits extends Watched {
  /** The folder, for messages. */
  readonly data: string;
  /** Listeners of fewer songs are left out. Default 5. */
  readonly leastPlays?: number;
  /** Plays of songs with fewer listeners are left out. Default 5. */
  readonly leastListeners?: number;
}

/**
 * The plays of songs with sound: those that are learnt from, as both limits leave them, and all that
 * the listeners who are left played, so that nobody is offered what they know.
 *
 * @param ids of the songs, in their order
 * @throws {InputError} where no plays are left
 */
export function playsWithin(
  triplets: Triplets,
  ids: readonly string[],
  { data, progress, leastPlays = 5, leastListeners = 5 }: PlayLimits,
): CataloguePlays {
  const place = new Map(ids.map((id, song) => [id, song]));
  const songOf = triplets.itemIds.ids().map((id) => place.get(id.normalize("NFC")) ?? -1);
  const silent = songOf.filter((song) => song < 0).length;
  if (silent > 0) progress.line(`${silent} songs have plays but no sound and are left out`);
  const all = playsOf([triplets], { count: ids.length, numberOf: songOf });
  const kept = withLimits(all, leastPlays, leastListeners);
  const active = Array.from(rowLengths(kept.byUser).entries())
    .filter(([, length]) => length > 0).map(([user]) => user);
  if (active.length === 0) {
    throw new InputError(
      `Cannot use ${data}`,
      `none of ${all.users} listeners has ${leastPlays} or more of ${ids.length} songs that have ` +
        `sound and ${leastListeners} or more listeners, expected some`,
    );
  }
  const idle = all.users - active.length;
  if (idle > 0) progress.line(`${idle} listeners of fewer than ${leastPlays} songs are left out`);
  const names = triplets.userIds.ids();
  return {
    plays: onlyUsers(kept, active),
    played: onlyUsers(all, active),
    use: songUse(all),
    listeners: active.map((user) => names[user]),
  };
}

/** Takes listeners and songs out until all that are left keep both limits. */
function withLimits(all: Interactions, leastPlays: number, leastListeners: number): Interactions {
  let kept = all;
  for (let before = -1; before !== kept.byUser.indices.length;) {
    before = kept.byUser.indices.length;
    const [songs, listeners] = [rowLengths(kept.byUser), rowLengths(kept.byItem)];
    kept = filterInteractions(
      kept,
      (user, item) => songs[user] >= leastPlays && listeners[item] >= leastListeners,
    );
  }
  return kept;
}

/** The plays of some users, ascending, numbered in their order. */
function onlyUsers(all: Interactions, users: readonly number[]): Interactions {
  const place = new Map(users.map((user, at) => [user, at]));
  const { byUser: { starts, indices, counts } } = filterInteractions(
    all,
    (user) => place.has(user),
  );
  const numbers = users.flatMap((user, at) =>
    Array<number>(starts[user + 1] - starts[user]).fill(at)
  );
  return makeInteractions({ users: numbers, items: indices, counts }, {
    users: users.length,
    items: all.items,
  });
}
