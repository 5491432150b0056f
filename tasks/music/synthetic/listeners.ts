/**
 * Listeners of synthetic songs: what they like, and what they play. Taste has a part that follows
 * the audible parameters and one, the semantic gap, that no sound tells of.
 *
 * @module
 */
import { dot } from "../../../gpu/rows.ts";
import { fold, type Key, key, permutation } from "../../../gpu/random.ts";
import { type NdArray, ndarray } from "../../../gpu/tensor.ts";
import { type Interactions, makeInteractions } from "../../../recsys/interactions.ts";
import { clamp, Draws } from "../../study/draws.ts";
import { type DrawnSong, INAUDIBLE } from "./discography.ts";
import { GENRES, PARAMETERS, type ParameterVector } from "./genres.ts";
import type { ListenerSettings } from "./settings.ts";

/** Distinct songs of a listener: log-normal about 20, cut at 10 and 150. */
const SONGS = { median: 20, deviation: 0.7, least: 10, most: 150 };

/** A listener plays at most this share of a small catalogue: something is left to recommend. */
const LARGEST_SHARE = 3 / 8;

/** Chance that a play of a song is the last: the mean count is 2.5. */
const LAST_PLAY = 0.4;

/** Genres that a listener likes, at most, and how far taste scatters about their mixture. */
const MOST_GENRES = 3;
const TASTE_SPREAD = 0.5;

/** Logits that an underground song lacks. */
const UNDERGROUND = 2;

/** Listeners, what they like and what they play. */
export interface Audience {
  /** Names: `listener0001`, … */
  readonly names: readonly string[];
  /** Likes in standardised audible parameters, `[listeners, 10]`. */
  readonly taste: NdArray<Float64Array>;
  /** How often who played what, `[listeners, songs]`. */
  readonly plays: Interactions;
}

/**
 * Draws listeners and their plays. The logit of a song is
 * `beta (t·a / sqrt(10) + gap h·H / sqrt(6)) - zeta ln(rank)` with the standardised audible
 * parameters `a`, the inaudible vector `H`, and a listener's tastes `t` and `h`; songs are drawn
 * without replacement by adding Gumbel noise, and each played a geometric number of times.
 *
 * @param songs The catalogue
 * @param options Settings, and the seed
 */
export function drawListeners(
  songs: readonly DrawnSong[],
  options: ListenerSettings & { readonly seed: number },
): Audience {
  const { listeners: count, seed } = options;
  const stream = fold(key(seed), "music/listeners");
  const scale = standardScale(songs);
  const centres = GENRES.map(({ centre }) => scale(centre));
  const audible = songs.map(({ parameters }) => scale(parameters));
  const fame = popularity(songs, options, stream);
  const taste = new Float64Array(count * PARAMETERS.length);
  const [users, items, counts]: number[][] = [[], [], []];
  for (let user = 0; user < count; user++) {
    const own = fold(fold(stream, "listener"), user);
    const likes = drawTaste(fold(own, "taste"), centres);
    taste.set(likes, user * PARAMETERS.length);
    const logits = songLogits(own, likes, { songs, audible, fame, options });
    for (const { item, plays } of drawPlays(fold(own, "plays"), logits)) {
      users.push(user);
      items.push(item);
      counts.push(plays);
    }
  }
  const digits = Math.max(4, String(count).length);
  return {
    names: Array.from(
      { length: count },
      (_, u) => `listener${String(u + 1).padStart(digits, "0")}`,
    ),
    taste: ndarray([count, PARAMETERS.length], taste),
    plays: makeInteractions({ users, items, counts }, { users: count, items: songs.length }),
  };
}

/** Brings parameters to mean 0 and deviation 1 over the songs. */
function standardScale(songs: readonly DrawnSong[]): (vector: ParameterVector) => number[] {
  const columns = PARAMETERS.map((_, p) => songs.map(({ parameters }) => parameters[p]));
  const means = columns.map((column) => column.reduce((a, b) => a + b) / column.length);
  const deviations = columns.map((column, p) =>
    Math.sqrt(column.reduce((sum, x) => sum + (x - means[p]) ** 2, 0) / column.length)
  );
  return (vector) => vector.map((x, p) => (x - means[p]) / deviations[p]);
}

/** Logits that do not depend on the listener. */
function popularity(
  songs: readonly DrawnSong[],
  { zeta, underground }: ListenerSettings,
  stream: Key,
): number[] {
  const order = permutation(fold(stream, "underground"), songs.length);
  const hidden = new Set(order.subarray(0, Math.round(underground * songs.length)));
  return songs.map(({ rank }, i) => -zeta * Math.log(rank) - (hidden.has(i) ? UNDERGROUND : 0));
}

/** One to three genres, mixed by a flat Dirichlet distribution, and a listener's own deviation. */
function drawTaste(stream: Key, centres: readonly ParameterVector[]): number[] {
  const draws = new Draws(stream);
  const liked = permutation(fold(stream, "genres"), centres.length)
    .subarray(0, 1 + Math.floor(draws.uniform(0, MOST_GENRES)));
  const weights = Array.from(liked, () => draws.gamma(1));
  const sum = weights.reduce((a, b) => a + b);
  return PARAMETERS.map((_, p) => {
    const mixed = weights.reduce((value, w, g) => value + w / sum * centres[liked[g]][p], 0);
    return mixed + draws.normal(0, TASTE_SPREAD);
  });
}

interface SongSpace {
  readonly songs: readonly DrawnSong[];
  readonly audible: readonly ParameterVector[];
  readonly fame: readonly number[];
  readonly options: ListenerSettings;
}

function songLogits(
  listener: Key,
  likes: ParameterVector,
  { songs, audible, fame, options: { beta, gap } }: SongSpace,
): Float64Array {
  const draws = new Draws(fold(listener, "scenes"));
  const scenes = Array.from({ length: INAUDIBLE }, () => draws.normal());
  return Float64Array.from(songs, ({ inaudible }, i) => {
    const heard = dot(likes, audible[i]) / Math.sqrt(PARAMETERS.length);
    const unheard = dot(scenes, inaudible) / Math.sqrt(INAUDIBLE);
    return beta * (heard + gap * unheard) + fame[i];
  });
}

function* drawPlays(stream: Key, logits: Float64Array) {
  const draws = new Draws(stream);
  const wanted = Math.round(SONGS.median * Math.exp(SONGS.deviation * draws.normal()));
  const most = Math.min(SONGS.most, Math.max(1, Math.floor(LARGEST_SHARE * logits.length)));
  const count = Math.min(most, clamp(wanted, SONGS.least, SONGS.most));
  // Adding Gumbel noise and taking the largest draws without replacement in proportion to exp(logit).
  const noisy = logits.map((logit) =>
    logit - Math.log(-Math.log(1 - draws.uniform(0, 1 - 2 ** -25)))
  );
  const order = Array.from(noisy.keys()).sort((a, b) => noisy[b] - noisy[a] || a - b);
  for (const item of order.slice(0, count)) {
    const plays = 1 + Math.floor(Math.log(1 - draws.uniform()) / Math.log(1 - LAST_PLAY));
    yield { item, plays };
  }
}
