/**
 * What the page asks and the run answers, without HTTP.
 *
 * @module
 */
import { rowOf } from "../../../recsys/interactions.ts";
import { AMONG, type Among, type Mix, type Recommended, type Recommender } from "../recommend.ts";
import type {
  CatalogueAnswer,
  HiddenAnswer,
  ListenerAnswer,
  NeighboursAnswer,
  RankedSong,
  RecommendAnswer,
  RunFacts,
  WithoutPlaysAnswer,
} from "./api.ts";
import { RequestError } from "./responses.ts";

/** Longest list. */
const MOST = 100;
/** Length of a list that was not asked for. */
const COUNT = 10;

/** Answers from a run to the parameters of a request. */
export class Answers {
  readonly #recommender: Recommender;
  readonly #facts: RunFacts;
  readonly #songs: ReadonlyMap<string, number>;
  readonly #listeners: ReadonlyMap<string, number>;

  /** Makes tables of the names. */
  constructor(recommender: Recommender, facts: RunFacts) {
    const { songs, listeners } = recommender.run;
    this.#recommender = recommender;
    this.#facts = facts;
    this.#songs = new Map(songs.map(({ id }, song) => [id, song]));
    this.#listeners = new Map(listeners.map((name, listener) => [name, listener]));
  }

  /** Songs, listeners and what is known of the run. */
  catalogue(): CatalogueAnswer {
    const { run: { songs, listeners, cold, played, use, silent, map } } = this.#recommender;
    return {
      run: this.#facts,
      songs: songs.map(({ id, title, artist, genre }, song) => {
        const [x, y] = map.data.subarray(2 * song, 2 * song + 2);
        return {
          ...{ id, title, artist, genre, x, y },
          cold: cold[song] === 1,
          silent: silent[song] === 1,
          ...use[song],
        };
      }),
      listeners: listeners.map((id, listener) => ({
        id,
        songs: rowOf(played.byUser, listener).indices.length,
      })),
    };
  }

  /** Songs like `song`. */
  neighbours(asked: URLSearchParams): NeighboursAnswer {
    const [song, count] = [this.#song(asked), countOf(asked)];
    return {
      content: this.ranked(this.#recommender.contentNeighbours(song, count)),
      usage: this.ranked(this.#recommender.usageNeighbours(song, count)),
    };
  }

  /** Songs for `listener`; sources and songs default to those of the command line. */
  recommend(asked: URLSearchParams): RecommendAnswer {
    const [listener, count] = [this.#listener(asked), countOf(asked)];
    const found = this.#recommender.recommend(listener, {
      mix: mixOf(asked),
      among: amongOf(asked),
      count,
    });
    return { songs: this.ranked(found) };
  }

  /** Songs whose plays were hidden, as they are found for `listener`. */
  hidden(asked: URLSearchParams): HiddenAnswer {
    const [listener, count] = [this.#listener(asked), countOf(asked)];
    const { run } = this.#recommender;
    const found = this.#recommender.findHidden(listener, { mix: mixOf(asked), count });
    return {
      songs: found.map(({ song, score, played }) => ({ id: run.songs[song].id, score, played })),
    };
  }

  /** All that `listener` played. */
  listener(asked: URLSearchParams): ListenerAnswer {
    const { run } = this.#recommender;
    const { indices, counts } = rowOf(run.played.byUser, this.#listener(asked));
    const played = Array.from(indices, (song, at) => ({
      id: run.songs[song].id,
      count: counts[at],
    }));
    return { played: played.sort((a, b) => b.count - a.count) };
  }

  /** Where `song` stands for `listener` with and without its plays. */
  withoutPlays(asked: URLSearchParams): WithoutPlaysAnswer {
    return this.#recommender.withoutPlays(this.#song(asked), this.#listener(asked));
  }

  /** A list by names. */
  ranked(found: readonly Recommended[]): RankedSong[] {
    return found.map(({ song, score }) => ({ id: this.#recommender.run.songs[song].id, score }));
  }

  /** Place of a song by its name; none where there is no such song. */
  songNamed(id: string): number | undefined {
    return this.#songs.get(id);
  }

  #song(asked: URLSearchParams): number {
    return placeOf("song", this.#songs, asked);
  }

  #listener(asked: URLSearchParams): number {
    return placeOf("listener", this.#listeners, asked);
  }
}

function placeOf(kind: string, places: ReadonlyMap<string, number>, asked: URLSearchParams) {
  const id = asked.get(kind);
  if (!id) throw new RequestError(400, `Cannot answer: ${kind} is absent, expected ${kind}=ID`);
  const place = places.get(id);
  if (place === undefined) throw new RequestError(404, `Cannot find ${kind} "${id}" in this run`);
  return place;
}

function countOf(asked: URLSearchParams): number {
  const text = asked.get("count") ?? `${COUNT}`;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST) return count;
  throw new RequestError(
    400,
    `Cannot answer: count is "${text}", expected a whole number from 1 to ${MOST}`,
  );
}

/** The sources' weights; sound alone where none is named. */
function mixOf(asked: URLSearchParams): Mix {
  const named = ["popularity", "usage", "content"].some((name) => asked.has(name));
  return {
    popularity: weightOf(asked, "popularity", 0),
    usage: weightOf(asked, "usage", 0),
    content: weightOf(asked, "content", named ? 0 : 1),
  };
}

function amongOf(asked: URLSearchParams): Among {
  const text = asked.get("among") ?? "new";
  const among = AMONG.find((name) => name === text);
  if (among) return among;
  throw new RequestError(
    400,
    `Cannot answer: among is "${text}", expected ${AMONG.join(" or ")}`,
  );
}

function weightOf(asked: URLSearchParams, name: string, missing: number): number {
  const text = asked.get(name);
  if (text === null) return missing;
  const weight = Number(text);
  if (text.trim() !== "" && weight >= 0 && weight <= 1) return weight;
  throw new RequestError(400, `Cannot answer: ${name} is "${text}", expected a number from 0 to 1`);
}
