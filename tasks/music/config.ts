/**
 * The settings of a music run and its presets.
 *
 * @module
 */
import { defaultsOf, type Need, needs, type TaskSettings } from "../run/settings.ts";
import { decimal, flag, oneOf, type ValuesOf, whole } from "../run/value.ts";

/** Networks from sound to factors. */
export const NETWORKS = ["convnet", "convnet2013", "convnet2014"] as const;

/** What a network learns to make small. */
export const OBJECTIVES = ["mse", "mse-raw", "wpe", "contrastive"] as const;

/** The most latent factors that there may be. */
export const MOST_FACTORS = 512;

/** Every setting, with the preset `small` as default. */
export const MUSIC_TABLE = {
  songs: whole(16, 1e6, "synthetic songs, where there are no data").or(400),
  seconds: decimal(3, 600, "seconds of a synthetic song").or(6),
  artists: whole(8, 1e6, "artists of the synthetic songs").or(80),
  listeners: whole(10, 1e7, "synthetic listeners").or(1500),
  hard: flag("whether synthetic sound suffers equalisers, rooms and low-pass filters"),
  cold: decimal(0.01, 0.9, "share of the songs whose plays are hidden").or(0.2),
  coldByArtist: flag("whether an artist's songs are all hidden or all known"),
  leastPlays: whole(1, 1e6, "songs that a real listener must have played").or(5),
  leastListeners: whole(1, 1e6, "listeners that a real song must have had").or(5),
  factors: whole(1, MOST_FACTORS, "latent factors").or(24),
  alpha: decimal(0, 1e6, "weight of plays in the confidence 1 + alpha log(1 + plays / epsilon)")
    .or(2),
  epsilon: decimal(1e-12, 1e9, "plays at which confidence turns from linear to logarithmic").or(1),
  regularisation: decimal(0, 1e9, "weight of the squared factors").or(1),
  sweeps: whole(1, 1000, "most sweeps of the factorisation").or(10),
  windowLength: whole(64, 8192, "samples of a frame, at 22,050 Hz").or(1024),
  hopLength: whole(16, 8192, "samples from frame to frame").or(512),
  bands: whole(8, 512, "mel bands").or(128),
  compression: decimal(1e-3, 1e9, "C of ln(1 + C power)").or(1e4),
  frames: whole(32, 4096, "frames that the network takes at once").or(128),
  network: oneOf(NETWORKS, "from sound to factors").or("convnet"),
  objective: oneOf(
    OBJECTIVES,
    "what the network makes small: mse of factors of length 1, mse-raw of factors as they are, wpe is " +
      "weighted prediction error",
  ).or("mse"),
  dropout: decimal(0, 0.95, "part of the hidden units that is left out in training").or(0.3),
  epochs: whole(1, 100_000, "passes over the songs").or(40),
  windowsPerSong: whole(1, 1000, "windows of a song in a pass").or(2),
  batchSize: whole(2, 4096, "windows a step").or(64),
  learningRate: decimal(1e-9, 10, "of Adam at the start; it falls to 0 along a cosine").or(1e-3),
  codeWords: whole(2, 65_536, "code words of the bag of words").or(256),
  mapIterations: whole(1, 100_000, "most iterations of the map").or(1000),
};

/** Everything that decides a music run, besides the data and the seed. */
export type MusicConfig = ValuesOf<typeof MUSIC_TABLE>;

const SMALL = defaultsOf(MUSIC_TABLE);

/** The presets by name. */
export const MUSIC_PRESETS: Readonly<Record<string, MusicConfig>> = {
  smoke: {
    ...SMALL,
    songs: 48,
    seconds: 3.1,
    artists: 12,
    listeners: 150,
    factors: 8,
    epochs: 3,
    codeWords: 32,
    mapIterations: 250,
  },
  small: SMALL,
  paper: {
    ...SMALL,
    factors: 40,
    windowLength: 2205, // 100 ms and 50 ms give the 599 frames of 30 s in the figure
    hopLength: 1102,
    frames: 599,
    seconds: 30,
    network: "convnet2014",
    dropout: 0.5,
    codeWords: 4000,
  },
};

const SYNTHETIC = needs("--data", [undefined], "none, and so synthetic songs");
const OF_DATA: Need = (_, options) =>
  Reflect.get(options, "data") === undefined ? "--data is not given" : undefined;
const IN_RUN: Need = (_, options) =>
  "trials" in options ? "a trial has no baselines and no map" : undefined;

/** The settings of the music task. */
export const MUSIC_SETTINGS: TaskSettings<typeof MUSIC_TABLE> = {
  about: "settings of train and search",
  task: "music",
  table: MUSIC_TABLE,
  presets: MUSIC_PRESETS,
  needs: {
    songs: SYNTHETIC,
    seconds: SYNTHETIC,
    artists: SYNTHETIC,
    listeners: SYNTHETIC,
    hard: SYNTHETIC,
    leastPlays: OF_DATA,
    leastListeners: OF_DATA,
    codeWords: IN_RUN,
    mapIterations: IN_RUN,
  },
  sizes: "smoke takes seconds, small minutes on two cores, paper has the network of 2014",
};

const { songs, seconds, artists, listeners, hard } = MUSIC_TABLE;
/** The settings that synthetic songs and listeners have. */
const SYNTHESIS_TABLE = { songs, seconds, artists, listeners, hard };

/** The settings of `synthesise`, with the presets of a run. */
export const SYNTHESIS_SETTINGS: TaskSettings<typeof SYNTHESIS_TABLE> = {
  about: "settings of synthesise",
  task: "music",
  table: SYNTHESIS_TABLE,
  presets: Object.fromEntries(
    Object.entries(MUSIC_PRESETS).map(([name, { songs, seconds, artists, listeners, hard }]) => [
      name,
      { songs, seconds, artists, listeners, hard },
    ]),
  ),
};
