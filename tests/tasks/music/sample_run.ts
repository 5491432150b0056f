/** A run that nobody trained: factors drawn by key, for tests of what is made of a run. */
import { key, normal, uniform } from "../../../gpu/random.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import { type Interactions, makeInteractions } from "../../../recsys/interactions.ts";
import { type Catalogue, songUse } from "../../../tasks/music/catalogue.ts";
import type { MusicRun } from "../../../tasks/music/run_files.ts";

/** Songs and listeners of the sample. */
export const SAMPLE = { songs: 60, listeners: 12, factors: 4 } as const;

/** Sixty songs of four genres, every fifth cold; twelve listeners with about ten songs each. */
export function sampleRun(): MusicRun {
  const { songs: n, listeners: u, factors: f } = SAMPLE;
  const matrix = (rows: number, columns: number, seed: number) =>
    ndarray(
      [rows, columns],
      Float32Array.from({ length: rows * columns }, (_, i) => normal(key(seed), i)),
    );
  const pairs = Array.from({ length: u * n }, (_, i) => i).filter((i) =>
    uniform(key(9), i) < 1 / 6
  );
  const plays = makeInteractions({
    users: pairs.map((i) => Math.floor(i / n)),
    items: pairs.map((i) => i % n),
    counts: pairs.map((i) => 1 + i % 3),
  }, { users: u, items: n });
  const cold = Uint8Array.from({ length: n }, (_, song) => song % 5 === 0 ? 1 : 0);
  const strict = { listeners: matrix(u, f, 1), songs: matrix(n, f, 2) };
  cold.forEach((isCold, song) => isCold && strict.songs.data.fill(0, song * f, (song + 1) * f));
  return {
    config: { task: "music", seed: 1 },
    songs: Array.from({ length: n }, (_, i) => ({
      id: `SONG${i}`,
      artist: `Artist ${i % 7}`,
      title: `Title ${i}`,
      genre: ["folk", "rock", "house", "jazz"][i % 4],
    })),
    listeners: Array.from({ length: u }, (_, i) => `listener${i}`),
    cold,
    ...allPlayed(plays),
    strict,
    all: { listeners: matrix(u, f, 3), songs: matrix(n, f, 4) },
    predicted: matrix(n, f, 5),
    map: matrix(n, 2, 6),
  };
}

/** The plays of a catalogue from which no limit took any, and whose songs all sound. */
export function allPlayed(
  plays: Interactions,
): Pick<Catalogue, "plays" | "played" | "use" | "silent"> {
  return { plays, played: plays, use: songUse(plays), silent: new Uint8Array(plays.items) };
}
