/**
 * Names for songs and artists that nobody has heard of.
 *
 * @module
 */
import { fold, type Key, permuted } from "../../../gpu/random.ts";

const words = (text: string) => text.split(" ");

const MOODS = words(
  "Amber Broken Burning Crooked Distant Electric Empty Endless Fading Frozen Gentle Golden Hidden " +
    "Hollow Hungry Idle Last Little Lonely Lost Lucky Midnight Narrow Northern Open Paper Pale " +
    "Quiet Restless Secret Silver Sleeping Slow Southern Strange Sudden Violet Wandering Wild Winter",
);

const THINGS = words(
  "Avenue Bell Bridge Candle Circle City Cloud Coast Engine Feather Fever Field Fire Garden Ghost " +
    "Harbour Highway Horizon Island Kite Lantern Letter Meadow Mirror Morning Ocean Orchard Parade " +
    "Planet Promise Rain River Satellite Shadow Signal Station Summer Tower Valley Window",
);

const KINDS = words(
  "Brass Cedar Cobalt Copper Coral Cotton Crystal Ember Granite Ivory Jade Linen Marble Mercury " +
    "Neon Oak Opal Pepper Plastic Raven Ruby Saffron Velvet Willow",
);

const BANDS = words(
  "Antlers Architects Brothers Cadets Choir Company Drifters Foxes Gardeners Hours Kingdom Lions " +
    "Machines Magpies Orchestra Pilots Quartet Riders Sailors Sisters Society Strangers Union Wolves",
);

/**
 * The title of song `index`: titles of a catalogue differ from each other.
 *
 * @example
 * ```ts
 * import { key } from "../../../gpu/random.ts";
 * import { songTitle } from "./words.ts";
 *
 * const titles = new Set(Array.from({ length: 3000 }, (_, i) => songTitle(key(1), i)));
 * if (titles.size !== 3000) throw new Error("two songs of one title");
 * ```
 */
export function songTitle(stream: Key, index: number): string {
  return nameOf(fold(stream, "titles"), index, MOODS, THINGS);
}

/** The name of artist `index`: artists of a catalogue differ from each other. */
export function artistName(stream: Key, index: number): string {
  return `The ${nameOf(fold(stream, "artist names"), index, KINDS, BANDS)}`;
}

/** Pairs in random order; once all are used up they come again, numbered. */
function nameOf(
  stream: Key,
  index: number,
  first: readonly string[],
  second: readonly string[],
): string {
  const pairs = first.length * second.length;
  const pair = permuted(stream, pairs, index % pairs);
  const name = `${first[Math.floor(pair / second.length)]} ${second[pair % second.length]}`;
  return index < pairs ? name : `${name} ${Math.floor(index / pairs) + 1}`;
}
