import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { makeInteractions, rowOf } from "../../../recsys/interactions.ts";
import { songUse } from "../../../tasks/music/catalogue.ts";
import { type Recommended, Recommender } from "../../../tasks/music/recommend.ts";
import { SAMPLE, sampleRun } from "./sample_run.ts";

const run = sampleRun();
const recommender = new Recommender(run);
const { factors: f, listeners: u } = SAMPLE;

const places = (found: readonly Recommended[]) => found.map(({ song }) => song);

/** Usage pattern of a song: a number a listener. */
function pattern(listeners: Float32Array, songs: Float32Array, song: number): number[] {
  return Array.from({ length: u }, (_, row) => {
    let sum = 0;
    for (let i = 0; i < f; i++) sum += listeners[row * f + i] * songs[song * f + i];
    return sum;
  });
}

function cosine(a: number[], b: number[]): number {
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

Deno.test("content neighbours are those of the predicted usage patterns over all listeners", () => {
  const of = (song: number) => pattern(run.strict.listeners.data, run.predicted.data, song);
  const expected = run.songs.map((_, song) => ({ song, score: cosine(of(3), of(song)) }))
    .filter(({ song }) => song !== 3).sort((a, b) => b.score - a.score).slice(0, 10);
  const found = recommender.contentNeighbours(3);
  assertEquals(found.map(({ song }) => song), expected.map(({ song }) => song));
  found.forEach(({ score }, i) => assertAlmostEquals(score, expected[i].score, 1e-6));
});

Deno.test("factors of a song find the song itself first, at cosine 1", () => {
  const [first] = recommender.contentNeighboursOf(run.predicted.data.slice(7 * f, 8 * f));
  assertEquals(first.song, 7);
  assertAlmostEquals(first.score, 1, 1e-9);
});

Deno.test("new songs are all that nobody in the data has played; nobody is offered what they played", () => {
  const unplayed = run.songs.map((_, song) => song)
    .filter((song) => rowOf(run.plays.byItem, song).indices.length === 0);
  assert(unplayed.length > 2 && unplayed.some((song) => run.cold[song] === 0));
  const listeners = run.listeners.map((_, listener) => listener);
  assert(
    listeners.some((listener) =>
      Array.from(rowOf(run.plays.byUser, listener).indices).some((song) => run.cold[song] === 1)
    ),
  );
  for (const listener of listeners) {
    const played = new Set(rowOf(run.plays.byUser, listener).indices);
    const unheard = recommender.recommend(listener, { count: 60 });
    assertEquals(unheard.length, run.songs.length - played.size);
    assert(unheard.every(({ song }) => !played.has(song)));
    const fresh = recommender.recommend(listener, { count: 60, among: "new" });
    assertEquals(places(fresh).sort((a, b) => a - b), unplayed);
  }
});

Deno.test("plays of songs with too few listeners, and of listeners of too few songs, count as plays", () => {
  const [song, other] = run.songs.map((_, song) => song)
    .filter((song) => rowOf(run.plays.byItem, song).indices.length === 0);
  const entries = run.songs.map((_, at) => Array.from(rowOf(run.plays.byItem, at).indices));
  entries[song].push(2); // which a limit took out of `plays`
  const users = entries.flat();
  const items = entries.flatMap((own, at) => own.map(() => at));
  const counts = users.map(() => 1);
  const played = makeInteractions({ users, items, counts }, { users: 12, items: 60 });
  const use = songUse(played).map((own, at) => at === other ? { listeners: 1, plays: 9 } : own);
  const limited = new Recommender({ ...run, played, use });
  const fresh = places(limited.recommend(5, { count: 60, among: "new" }));
  assert(!fresh.includes(song) && !fresh.includes(other));
  assert(!places(limited.recommend(2, { count: 60 })).includes(song));
  assert(places(limited.recommend(5, { count: 60 })).includes(song));
});

Deno.test("the run's test ranks hidden songs by what the run was told, and says which were played", () => {
  const found = recommender.findHidden(2, { count: 60 });
  assertEquals(found.length, 12);
  assert(found.every(({ song }) => run.cold[song] === 1));
  const played = new Set(rowOf(run.plays.byUser, 2).indices);
  assertEquals(found.map(({ played }) => played), found.map(({ song }) => played.has(song)));
  const popular = recommender.findHidden(2, { mix: { popularity: 1, usage: 0, content: 0 } });
  assert(popular.every(({ score }) => score === 0), "it knows no plays of them");
});

Deno.test("silent songs sound like no other and are not offered by their sound", () => {
  const silent = new Uint8Array(60);
  const fresh = recommender.recommend(2, { among: "new" }).map(({ song }) => song);
  silent[fresh[0]] = 1;
  const some = new Recommender({ ...run, silent });
  assertEquals(some.contentNeighbours(fresh[0]), []);
  const near = recommender.contentNeighbours(3, 59).map(({ song }) => song);
  assertEquals(places(some.contentNeighbours(3, 59)), near.filter((song) => song !== fresh[0]));
  const own = run.predicted.data.slice(fresh[0] * f, (fresh[0] + 1) * f);
  assert(!places(some.contentNeighboursOf(own, 60)).includes(fresh[0]));
  assert(!places(some.recommend(2, { among: "new", count: 60 })).includes(fresh[0]));
  const byPlays = { popularity: 1, usage: 0, content: 0 };
  assert(places(some.recommend(2, { mix: byPlays, count: 60 })).includes(fresh[0]));
});

Deno.test("each source of a mix alone gives its own order", () => {
  const of = (mix: { popularity: number; usage: number; content: number }) =>
    recommender.recommend(1, { mix, count: 5 }).map(({ song }) => song);
  const popular = of({ popularity: 1, usage: 0, content: 0 });
  const listeners = (song: number) => rowOf(run.plays.byItem, song).indices.length;
  const most = Math.max(
    ...recommender.recommend(1, { count: 60 }).map(({ song }) => listeners(song)),
  );
  assertEquals(listeners(popular[0]), most);
  const content = of({ popularity: 0, usage: 0, content: 1 });
  assert(content.join() !== of({ popularity: 0, usage: 1, content: 0 }).join());
  assertEquals(of({ popularity: 0, usage: 0, content: 3 }), content);
});

Deno.test("without its plays a song stands where the zero vector stands, by sound where it stood", () => {
  const { usage, content, of } = recommender.withoutPlays(11, 0);
  const score = (song: number) => pattern(run.all.listeners.data, run.all.songs.data, song)[0];
  const played = new Set(rowOf(run.plays.byUser, 0).indices);
  const others = run.songs.map((_, song) => song).filter((song) =>
    song !== 11 && !played.has(song)
  );
  assertEquals(of, others.length + 1);
  assertEquals(usage.before, 1 + others.filter((song) => score(song) > score(11)).length);
  assertEquals(usage.after, 1 + others.filter((song) => score(song) > 0).length);
  assertEquals(content.before, content.after);
});
