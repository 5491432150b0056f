/** Cold songs: shares of every genre, artists kept together. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { key } from "../../../gpu/random.ts";
import { makeInteractions } from "../../../recsys/interactions.ts";
import type { Song } from "../../../tasks/music/catalogue.ts";
import { learntSongs, stratifiedSongs } from "../../../tasks/music/split.ts";
import { refuses, refusesFile } from "../../refusals.ts";

const GENRES = ["folk", "rock", "jazz"];

/** 300 songs, 100 a genre, 5 an artist. */
const SONGS: Song[] = Array.from({ length: 300 }, (_, i) => ({
  id: `S${i}`,
  artist: `A${i % 60}`,
  title: "",
  genre: GENRES[i % 3],
}));

const genresOf = (rows: Uint32Array) =>
  GENRES.map((genre) => rows.filter((row) => SONGS[row].genre === genre).length);

Deno.test("each part has its share of every genre, and each song is in one", () => {
  const parts = stratifiedSongs(SONGS, { key: key(1), test: 0.2, validation: 0.1 });
  assertEquals(genresOf(parts.test), [20, 20, 20]);
  assertEquals(parts.validation.length, 30);
  assert(genresOf(parts.validation).every((count) => Math.abs(count - 10) <= 1));
  const all = [...parts.train, ...parts.validation, ...parts.test].sort((a, b) => a - b);
  assertEquals(all, SONGS.map((_, i) => i));
});

Deno.test("artists are never divided when they are kept together", () => {
  const { train, test } = stratifiedSongs(SONGS, { key: key(1), byArtist: true });
  const learnt = new Set(Array.from(train, (row) => SONGS[row].artist));
  assert(test.every((row) => !learnt.has(SONGS[row].artist)));
  assertEquals(genresOf(test), [20, 20, 20]);
});

Deno.test("the key decides, not the order of the songs; rare genres still add up", () => {
  const named = (songs: readonly Song[], seed: number) =>
    Array.from(stratifiedSongs(songs, { key: key(seed) }).test, (row) => songs[row].id).sort();
  assertEquals(named(SONGS.toReversed(), 1), named(SONGS, 1));
  assertNotEquals(named(SONGS, 2), named(SONGS, 1));
  const rare = SONGS.map((song, i) => ({ ...song, genre: `genre ${i}` }));
  assertEquals(named(rare, 1).length, 60);
});

Deno.test("nothing or everything may be held out; other shares are refused", () => {
  assertEquals(stratifiedSongs(SONGS, { key: key(1), test: 0 }).test.length, 0);
  assertEquals(stratifiedSongs(SONGS, { key: key(1), test: 1 }).train.length, 0);
  refuses(() => stratifiedSongs(SONGS, { key: key(1), test: 1.1 }), "1.1");
  const both = { key: key(1), test: 0.6, validation: 0.6 };
  refuses(() => stratifiedSongs(SONGS, both), "together");
});

Deno.test("songs are learnt from where they have known plays and are not silent, and two are needed", () => {
  const columns = { users: [0, 0, 0, 1], items: [0, 1, 3, 3], counts: [1, 1, 1, 1] };
  const known = makeInteractions(columns, { users: 2, items: 5 });
  assertEquals([...learntSongs(known, new Uint8Array(5))], [0, 1, 3]);
  assertEquals([...learntSongs(known, Uint8Array.of(0, 1, 0, 0, 1))], [0, 3]);
  refusesFile(
    () => learntSongs(known, Uint8Array.of(1, 1, 0, 0, 0)),
    "1 of 5 have both sound and known plays, expected at least 2",
  );
});
