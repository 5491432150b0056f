/** A demo of the run that nobody trained: its songs are tones, which a stand-in for the network tells apart. */
import { ndarray } from "../../../../gpu/tensor.ts";
import { filterInteractions } from "../../../../recsys/interactions.ts";
import { SAMPLE_RATE } from "../../../../tasks/music/catalogue.ts";
import { createDemo, type Demo, type DemoOptions } from "../../../../tasks/music/demo/demo.ts";
import { levelled } from "../../../../tasks/music/loudness.ts";
import { Recommender } from "../../../../tasks/music/recommend.ts";
import type { MusicRun } from "../../../../tasks/music/run_files.ts";
import { allPlayed, SAMPLE, sampleRun } from "../sample_run.ts";

/** Where sounds land that are no song of the run. */
export const ELSEWHERE = [0.5, -0.25] as const;

/** A song that nobody has played, whatever was hidden. */
export const UNPLAYED = 5;

/** Hertz of the lowest song, and from song to song. */
const [LOWEST, STEP] = [300, 20];

/** The tone of a song; places between two songs are none of either. */
export function tone(song: number, seconds = 1): Float32Array<ArrayBuffer> {
  const turns = 2 * Math.PI * (LOWEST + STEP * song) / SAMPLE_RATE;
  return levelled(
    Float64Array.from({ length: seconds * SAMPLE_RATE }, (_, i) => Math.sin(turns * (i + 0.5))),
  );
}

/** The place whose tone this is, by its changes of sign. */
function heardPlace(samples: Float32Array): number {
  let changes = 0;
  for (let i = 1; i < samples.length; i++) if (samples[i] < 0 !== samples[i - 1] < 0) changes++;
  return (changes * SAMPLE_RATE / samples.length / 2 - LOWEST) / STEP;
}

/** Factors of a song for its tone, and something in between for another. */
function hear({ predicted: { shape: [n, f], data } }: MusicRun, samples: Float32Array) {
  const place = heardPlace(samples);
  const song = Math.min(n - 1, Math.max(0, Math.round(place)));
  const own = data.slice(song * f, (song + 1) * f);
  const isSong = Math.abs(place - song) < 0.1;
  return isSong ? own : own.map((value, i) => value + data[((song + 1) % n) * f + i]);
}

/** A demo, and what its answers should be made of. */
export function sampleDemo(
  options: Partial<DemoOptions> = {},
): Demo & { readonly run: MusicRun; readonly recommender: Recommender } {
  const run = playedRun();
  const recommender = new Recommender(run);
  const demo = createDemo({
    facts: { name: "music-sample-1", synthetic: true, precision: { network: 0.25, random: 0.125 } },
    recommender,
    localOnly: true,
    leastSamples: 1000,
    samples: (song) => Promise.resolve(tone(song)),
    hear: (samples) => Promise.resolve(hear(run, samples)),
    place: () => Promise.resolve(ELSEWHERE),
    ...options,
  });
  return { ...demo, run, recommender };
}

/** The sample run, where one cold song has no hidden plays either. */
function playedRun(): MusicRun {
  const run = sampleRun();
  const all = run.all.songs;
  const songs = ndarray(all.shape, all.data.slice());
  songs.data.fill(0, UNPLAYED * SAMPLE.factors, (UNPLAYED + 1) * SAMPLE.factors);
  return {
    ...run,
    all: { ...run.all, songs },
    ...allPlayed(filterInteractions(run.plays, (_, song) => song !== UNPLAYED)),
  };
}
