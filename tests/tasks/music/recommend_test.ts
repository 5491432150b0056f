import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { rowOf } from "../../../recsys/interactions.ts";
import { Recommender } from "../../../tasks/music/recommend.ts";
import { SAMPLE, sampleRun } from "./sample_run.ts";

const run = sampleRun();
const recommender = new Recommender(run);
const { factors: f, listeners: u } = SAMPLE;

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

Deno.test("recommendations leave out what was played, and all but cold songs where asked", () => {
  const played = new Set(rowOf(recommender.known.byUser, 2).indices);
  const all = recommender.recommend(2, { count: 60 });
  assertEquals(all.length, run.songs.length - played.size);
  assert(all.every(({ song }) => !played.has(song)));
  const cold = recommender.recommend(2, { count: 60, coldOnly: true });
  assertEquals(cold.length, 12);
  assert(cold.every(({ song }) => run.cold[song] === 1));
});

Deno.test("each source of a mix alone gives its own order", () => {
  const of = (mix: { popularity: number; usage: number; content: number }) =>
    recommender.recommend(1, { mix, count: 5 }).map(({ song }) => song);
  const popular = of({ popularity: 1, usage: 0, content: 0 });
  const listeners = (song: number) => rowOf(recommender.known.byItem, song).indices.length;
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
