/** Listeners of synthetic songs: counts, popularity, taste and the gap. */
import { assert, assertEquals } from "@std/assert";
import { rowLengths, rowOf } from "../../../../recsys/interactions.ts";
import { drawMusic, type SyntheticMusic } from "../../../../tasks/music/synthetic_set.ts";
import { refuses } from "../../../refusals.ts";

const MUSIC = { seed: 1, songs: 200, artists: 40, listeners: 600 };

/** Slope of the logarithm of listeners over that of the rank. */
function popularitySlope(music: SyntheticMusic): number {
  const { songs, audience: { plays } } = drawMusic(music);
  const listeners = rowLengths(plays.byItem);
  const points = songs.map(({ rank }, i) => [Math.log(rank), Math.log(listeners[i] + 0.5)]);
  const mean = (at: number) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const joint = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return joint / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

/** Mean over all plays of how well the song's audible parameters fit its listener's taste. */
function fit(music: SyntheticMusic): number {
  const { songs, audience: { plays, taste } } = drawMusic(music);
  const columns = taste.shape[1];
  const means = Array.from(
    { length: columns },
    (_, p) => songs.reduce((sum, { parameters }) => sum + parameters[p] / songs.length, 0),
  );
  let [sum, count] = [0, 0];
  for (let user = 0; user < plays.users; user++) {
    for (const item of rowOf(plays.byUser, user).indices) {
      for (let p = 0; p < columns; p++) {
        sum += taste.data[user * columns + p] * (songs[item].parameters[p] - means[p]);
      }
      count++;
    }
  }
  return sum / count;
}

Deno.test("listeners have 10 to 150 songs or three eighths of all, each played 2.5 times", () => {
  const { audience: { plays, names } } = drawMusic(MUSIC);
  const lengths = rowLengths(plays.byUser).toSorted();
  assertEquals([names[0], names[599]], ["listener0001", "listener0600"]);
  assert(lengths[0] >= 10 && lengths[599] <= 75, `${lengths[0]} to ${lengths[599]}`);
  assert(Math.abs(lengths[300] - 20) <= 2, `median ${lengths[300]}`);
  const { counts } = plays.byUser;
  const mean = counts.reduce((a, b) => a + b) / counts.length;
  assert(counts.every((count) => count >= 1) && Math.abs(mean - 2.5) < 0.1, `mean ${mean}`);
});

Deno.test("popularity falls with rank, faster with a larger exponent, and not at all without", () => {
  const taste = { beta: 0 };
  const slope = (zeta: number) => popularitySlope({ ...MUSIC, ...taste, zeta });
  const [none, one, more] = [slope(0), slope(1), slope(1.3)];
  assert(Math.abs(none) < 0.05 && one < -0.6 && one > -1.1 && more < one, `${[none, one, more]}`);
});

Deno.test("plays follow taste; what cannot be heard draws them away from it", () => {
  const [open, gap, wide] = [0, 1, 2].map((gap) => fit({ ...MUSIC, gap }));
  const deaf = fit({ ...MUSIC, beta: 0 });
  assert(open > gap && gap > wide && wide > deaf, `${[open, gap, wide, deaf]}`);
});

Deno.test("underground songs lose listeners", () => {
  const plain = rowLengths(drawMusic(MUSIC).audience.plays.byItem);
  const other = rowLengths(drawMusic({ ...MUSIC, underground: 0.1 }).audience.plays.byItem);
  const lost = plain.filter((count, song) => other[song] < count / 2 - 2).length;
  assert(lost >= 10 && lost <= 20, `${lost} of 200`);
});

Deno.test("songs of a genre are equally many, artists stay in theirs, names differ", () => {
  const { songs } = drawMusic(MUSIC);
  const genres = new Map<string, number>();
  const genreOf = new Map<string, string>();
  for (const { genre, artist } of songs) {
    genres.set(genre, (genres.get(genre) ?? 0) + 1);
    assertEquals(genreOf.get(artist) ?? genre, genre);
    genreOf.set(artist, genre);
  }
  assertEquals([...genres.values()], Array(8).fill(25));
  assertEquals([genreOf.size, new Set(songs.map(({ title }) => title)).size], [40, 200]);
  assertEquals(songs.map(({ rank }) => rank).sort((a, b) => a - b).at(-1), 200);
});

Deno.test("settings out of range are refused by name", () => {
  const refused = (music: Partial<SyntheticMusic>, message: string) =>
    refuses(() => drawMusic({ ...MUSIC, ...music }), message);
  refused({ songs: 7 }, "songs is 7");
  refused({ artists: 201 }, "artists is 201, expected a whole number from 8 to 200");
  refused({ seconds: 0 }, "seconds is 0");
  refused({ listeners: 0.5 }, "listeners is 0.5");
  refused({ underground: 2 }, "underground is 2");
  refused({ beta: NaN }, "beta is NaN");
});
