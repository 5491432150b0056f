/**
 * The files of the Million Song Dataset Challenge, read and checked together.
 *
 * @module
 */
import { quoted } from "../../../files/claims.ts";
import { openArchive } from "../../../files/disk/archive.ts";
import { InputError } from "../../../files/input_error.ts";
import { IdTable } from "../../../recsys/id_table.ts";
import { type Interactions, makeInteractions, rowOf } from "../../../recsys/interactions.ts";
import { playsOf } from "../../../recsys/plays_of.ts";
import type { Triplets } from "../../../recsys/triplets.ts";
import { HIDDEN_PLAYS, TRAINING_PLAYS, VISIBLE_PLAYS } from "../layout.ts";
import { Warnings } from "../../run/warnings.ts";
import { readPlays, type ReadPlaysOptions } from "../plays.ts";

/** Plays to learn from, and listeners to evaluate with. */
export interface ChallengePlays {
  /** Training and visible plays, `[users, items]`. */
  readonly known: Interactions;
  /** Ids of the users, by number. */
  readonly userIds: IdTable;
  /** Ids of the items, by number; those that are only hidden come last and are not in `known`. */
  readonly itemIds: IdTable;
  /** Lines of the training file. */
  readonly trainTriplets: number;
  /** Numbers of the evaluation users, in the order of the visible file. */
  readonly evaluationUsers: Uint32Array;
  /** What is to be found: `[evaluation users, all items]`. None without the file. */
  readonly hidden?: Interactions;
}

/**
 * Reads `train_triplets.txt`, `eval_triplets_visible.txt` and, where it is there,
 * `eval_triplets_hidden.txt`; each may be gzip, with `.gz` behind.
 *
 * @throws {InputError} for a file that is missing, empty or damaged, a hidden user without visible
 * plays, and a hidden item that the same user is known to play; with file and line
 */
export async function readChallenge(
  data: string,
  options: Pick<ReadPlaysOptions, "progress" | "signal">,
): Promise<ChallengePlays> {
  const warnings = new Warnings(options.progress);
  const warn = warnings.tell;
  using archive = await openArchive(data, { warn });
  const [userIds, itemIds] = [new IdTable(), new IdTable()];
  const read = (name: string) => readPlays(archive, name, { ...options, warn, userIds, itemIds });
  const [train, visible] = [await read(TRAINING_PLAYS), await read(VISIBLE_PLAYS)];
  for (const [name, plays] of [[TRAINING_PLAYS, train], [VISIBLE_PLAYS, visible]] as const) {
    if (!plays) {
      throw new InputError(
        `Cannot evaluate on ${data}`,
        `expected ${name} or ${name}.gz in it, found neither`,
      );
    }
  }
  const known = playsOf([train!, visible!]);
  const evaluationUsers = Uint32Array.from(new Set(visible!.users));
  const hidden = await read(HIDDEN_PLAYS);
  warnings.conclude();
  return {
    known,
    userIds,
    itemIds,
    trainTriplets: train!.users.length,
    evaluationUsers,
    hidden: hidden && hiddenPlays(data, hidden, known, evaluationUsers),
  };
}

/** The hidden plays by place among the evaluation users. */
function hiddenPlays(
  data: string,
  { users, items, userIds, itemIds }: Triplets,
  known: Interactions,
  evaluationUsers: Uint32Array,
): Interactions {
  const places = new Map(Array.from(evaluationUsers, (user, place) => [user, place]));
  const fail = (row: number, reason: string): never => {
    // Blank lines stand only at the end, so that a row is a line.
    throw new InputError(`Cannot use ${data}/${HIDDEN_PLAYS}`, `line ${row + 1}, ${reason}`);
  };
  const rows = users.map((user, row) =>
    places.get(user) ??
      fail(
        row,
        `user ${quoted(userIds.id(user))} has no plays in ${VISIBLE_PLAYS}, expected some`,
      )
  );
  items.forEach((item, row) => {
    if (!rowOf(known.byUser, users[row]).indices.includes(item)) return;
    const [user, name] = [userIds.id(users[row]), itemIds.id(item)].map(quoted);
    fail(
      row,
      `item ${name} of user ${user} is in ${VISIBLE_PLAYS} or ${TRAINING_PLAYS} too, ` +
        "expected items that are only hidden",
    );
  });
  const counts = new Uint32Array(rows.length).fill(1); // any number of plays is relevant
  return makeInteractions({ users: rows, items, counts }, {
    users: evaluationUsers.length,
    items: itemIds.size,
  });
}
