/**
 * Training examples that are pairs of a song and one of its listeners.
 *
 * @module
 */
import { check } from "../gpu/check.ts";
import { fold, uniform } from "../gpu/random.ts";
import type { NdArray } from "../gpu/tensor.ts";
import type { Dataset } from "../nn/data.ts";
import { type Interactions, rowOf } from "./interactions.ts";

/** Who listens to the examples' songs. */
export interface ListenerOptions {
  /** Who played what; how often does not count. */
  readonly plays: Interactions;
  /** The item of each example. */
  readonly songs: ArrayLike<number>;
  /** Vectors of the users, [users, k]. */
  readonly users: NdArray;
}

const ATTEMPT = "Cannot draw listeners";

/**
 * A data set with a field `target` [k]: the vector of one listener of the example's song. In
 * training each batch draws anew, each listener of a song as likely as any other, by the batch's
 * key and the example's place in the batch; without a key it is the listener of the lowest number.
 * A field `target` of the data set is replaced, the others stay.
 *
 * @param data examples of songs, such as `x` of sound
 * @throws {RangeError} when shapes do not fit, or a song is no item of the plays or has no listener
 *
 * @example
 * ```ts
 * import { ndarray } from "../gpu/tensor.ts";
 * import { arrays } from "../nn/data.ts";
 * import { makeInteractions } from "./interactions.ts";
 * import { withListeners } from "./listener_draws.ts";
 *
 * const columns = { users: [1], items: [0], counts: [1] };
 * const plays = makeInteractions(columns, { users: 2, items: 1 });
 * const users = ndarray([2, 1], new Float32Array([3, 2]));
 * const sound = arrays({ x: ndarray([1, 4], new Float32Array(4)) });
 * const data = withListeners(sound, { plays, songs: [0], users });
 * const { target } = await data.read(Uint32Array.of(0), 1);
 * if (target[0] !== 2) throw new Error("user 1 is the only listener");
 * ```
 */
export function withListeners(data: Dataset, options: ListenerOptions): Dataset {
  checkListeners(data, options);
  const { plays: { byItem }, users } = options;
  const songs = Uint32Array.from(options.songs);
  const k = users.shape[1];
  return {
    length: data.length,
    fields: { ...data.fields, target: { shape: [k], dtype: "f32" } },
    read: async (indices, size, key) => {
      const fields = await data.read(indices, size, key);
      const stream = key && fold(key, "listener");
      const target = new Float32Array(size * k);
      indices.forEach((example, place) => {
        const { indices: listeners } = rowOf(byItem, songs[example]);
        const drawn = stream ? Math.floor(uniform(stream, place) * listeners.length) : 0;
        const first = listeners[drawn] * k;
        for (let i = 0; i < k; i++) target[place * k + i] = users.data[first + i];
      });
      return { ...fields, target };
    },
  };
}

function checkListeners(data: Dataset, { plays, songs, users: { shape } }: ListenerOptions): void {
  const count = { "the number of songs": songs.length };
  check(songs.length === data.length, ATTEMPT, count, `one for each of ${data.length} examples`);
  if (shape.length !== 2 || shape[0] !== plays.users) {
    throw new RangeError(
      `${ATTEMPT}: user vectors are [${shape.join(", ")}], expected [${plays.users}, k] for ` +
        `${plays.users} users`,
    );
  }
  for (let example = 0; example < songs.length; example++) {
    const song = songs[example];
    if (!Number.isInteger(song) || song < 0 || song >= plays.items) {
      throw new RangeError(
        `${ATTEMPT}: example ${example} is of song ${song}, expected a whole number from 0 to ` +
          `${plays.items - 1}`,
      );
    }
    if (rowOf(plays.byItem, song).indices.length > 0) continue;
    throw new RangeError(
      `${ATTEMPT}: song ${song} of example ${example} has no listener, expected at least one`,
    );
  }
}
