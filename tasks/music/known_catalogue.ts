/**
 * A catalogue without some of its songs, as if they did not exist.
 *
 * @module
 */
import { type Interactions, makeInteractions } from "../../recsys/interactions.ts";
import type { Catalogue } from "./catalogue.ts";

/**
 * The catalogue without the songs that are marked: neither their sound nor their plays can be reached
 * through it. Listeners stay, also those who are left without plays; what only the maker of synthetic
 * songs knows goes.
 *
 * @param catalogue songs and plays
 * @param marks not 0 for songs to leave out, `[songs]`
 *
 * @example
 * ```ts
 * import { makeInteractions } from "../../recsys/interactions.ts";
 * import { withoutSongs } from "./known_catalogue.ts";
 *
 * const song = (id: string) => ({ id, artist: "", title: id, genre: "" });
 * const columns = { users: [0, 0], items: [0, 1], counts: [5, 7] };
 * const { songs, plays } = withoutSongs({
 *   songs: [song("a"), song("b")],
 *   listeners: ["me"],
 *   plays: makeInteractions(columns, { users: 1, items: 2 }),
 *   synthetic: false,
 *   badFiles: [],
 *   samples: () => Promise.resolve(new Float32Array(1)),
 * }, Uint8Array.of(1, 0));
 * if (songs[0].id !== "b" || plays.byUser.counts[0] !== 7) throw new Error("b and its 7 plays");
 * ```
 */
export function withoutSongs(catalogue: Catalogue, marks: Uint8Array): Catalogue {
  const kept = Uint32Array.from(marks.keys().filter((song) => marks[song] === 0));
  const { songs, listeners, plays, synthetic, badFiles } = catalogue;
  return {
    songs: Array.from(kept, (song) => songs[song]),
    listeners,
    plays: playsOf(plays, kept),
    synthetic,
    badFiles,
    samples: (song) => catalogue.samples(kept[song]),
  };
}

/** The plays of some songs, numbered in their order. */
function playsOf({ users: listeners, items: songs, byUser }: Interactions, kept: Uint32Array) {
  const places = new Int32Array(songs).fill(-1);
  kept.forEach((song, place) => places[song] = place);
  const [users, items, counts]: [number[], number[], number[]] = [[], [], []];
  for (let listener = 0; listener < listeners; listener++) {
    for (let entry = byUser.starts[listener]; entry < byUser.starts[listener + 1]; entry++) {
      const place = places[byUser.indices[entry]];
      if (place < 0) continue;
      users.push(listener);
      items.push(place);
      counts.push(byUser.counts[entry]);
    }
  }
  return makeInteractions({ users, items, counts }, { users: listeners, items: kept.length });
}
