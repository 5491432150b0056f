/**
 * The settings of a music run and its presets. Flat, so that `--set key=value` reaches each.
 *
 * @module
 */
import type { CommandLine } from "../run/cli.ts";
import { checkSettings, presetOf, type SettingLimits } from "../run/presets.ts";

/** Networks from sound to factors. */
export const NETWORKS = ["convnet", "convnet2013", "convnet2014"] as const;

/** What a network learns to make small. */
export const OBJECTIVES = ["mse", "wpe", "contrastive"] as const;

/** Everything that decides a music run, besides the data and the seed. */
export interface MusicConfig {
  /** Synthetic songs, where there are no data. */
  readonly songs: number;
  /** Seconds of a synthetic song. */
  readonly seconds: number;
  /** Artists of the synthetic songs. */
  readonly artists: number;
  /** Synthetic listeners. */
  readonly listeners: number;
  /** Whether synthetic sound suffers equalisers, rooms and low-pass filters. */
  readonly hard: boolean;
  /** Share of the songs whose plays are hidden. */
  readonly cold: number;
  /** Whether an artist's songs are all hidden or all known. */
  readonly coldByArtist: boolean;
  /** Songs that a real listener must have played. */
  readonly leastPlays: number;
  /** Listeners that a real song must have had. */
  readonly leastListeners: number;
  /** Latent factors. */
  readonly factors: number;
  /** Weight of plays in the confidence 1 + alpha log(1 + plays / epsilon). */
  readonly alpha: number;
  /** Plays at which confidence turns from linear to logarithmic. */
  readonly epsilon: number;
  /** Weight of the squared factors. */
  readonly regularisation: number;
  /** Most sweeps of the factorisation. */
  readonly sweeps: number;
  /** Samples of a frame, at 22,050 Hz. */
  readonly windowLength: number;
  /** Samples from frame to frame. */
  readonly hopLength: number;
  /** Mel bands. */
  readonly bands: number;
  /** C of ln(1 + C power). */
  readonly compression: number;
  /** Frames that the network takes at once. */
  readonly frames: number;
  /** `convnet`, `convnet2013` or `convnet2014`. */
  readonly network: string;
  /** `mse`, `wpe` (weighted prediction error) or `contrastive`. */
  readonly objective: string;
  /** Targets of `mse`: `unit` rows of length 1, or `raw` factors. */
  readonly target: string;
  /** Part of the hidden units that dropout leaves out. */
  readonly dropout: number;
  /** Passes over the songs. */
  readonly epochs: number;
  /** Windows of a song in a pass. */
  readonly windowsPerSong: number;
  /** Windows a step. */
  readonly batchSize: number;
  /** Learning rate of Adam at the start; it falls to 0 along a cosine. */
  readonly learningRate: number;
  /** Code words of the bag of words. */
  readonly codeWords: number;
  /** Most iterations of the map. */
  readonly mapIterations: number;
}

const SMALL: MusicConfig = {
  songs: 400,
  seconds: 6,
  artists: 80,
  listeners: 1500,
  hard: false,
  cold: 0.2,
  coldByArtist: false,
  leastPlays: 5,
  leastListeners: 5,
  factors: 24,
  alpha: 2,
  epsilon: 1,
  regularisation: 1,
  sweeps: 10,
  windowLength: 1024,
  hopLength: 512,
  bands: 128,
  compression: 1e4,
  frames: 128,
  network: "convnet",
  objective: "mse",
  target: "unit",
  dropout: 0.3,
  epochs: 40,
  windowsPerSong: 2,
  batchSize: 64,
  learningRate: 1e-3,
  codeWords: 256,
  mapIterations: 1000,
};

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

const CHOICES: SettingLimits["choices"] = {
  network: NETWORKS,
  objective: OBJECTIVES,
  target: ["unit", "raw"],
};

const RANGES: SettingLimits["ranges"] = {
  songs: [16, 1e6, "whole"],
  seconds: [3, 600],
  artists: [8, 1e6, "whole"],
  listeners: [10, 1e7, "whole"],
  cold: [0.01, 0.9],
  leastPlays: [1, 1e6, "whole"],
  leastListeners: [1, 1e6, "whole"],
  factors: [1, 512, "whole"],
  alpha: [0, 1e6],
  epsilon: [1e-12, 1e9],
  regularisation: [0, 1e9],
  sweeps: [1, 1000, "whole"],
  windowLength: [64, 8192, "whole"],
  hopLength: [16, 8192, "whole"],
  bands: [8, 512, "whole"],
  compression: [1e-3, 1e9],
  frames: [32, 4096, "whole"],
  dropout: [0, 0.95],
  epochs: [1, 100_000, "whole"],
  windowsPerSong: [1, 1000, "whole"],
  batchSize: [2, 4096, "whole"],
  learningRate: [1e-9, 10],
  codeWords: [2, 65_536, "whole"],
  mapIterations: [1, 100_000, "whole"],
};

const LIMITS: SettingLimits = { choices: CHOICES, ranges: RANGES };

/** The configuration of a command line: a preset with its settings changed, checked. */
export function musicConfig(line: Pick<CommandLine, "preset" | "settings">): MusicConfig {
  const config = presetOf(MUSIC_PRESETS, line);
  checkConfig(config);
  return config;
}

/** @throws {UsageError} naming the setting, what came and what was expected */
export function checkConfig(config: MusicConfig): void {
  checkSettings(config, LIMITS);
}
