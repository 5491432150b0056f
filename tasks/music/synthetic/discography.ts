/**
 * Songs before they sound: who plays them, where they lie in the space of audible parameters, and
 * what about them cannot be heard.
 *
 * @module
 */
import { fold, type Key, key, permutation } from "../../../gpu/random.ts";
import { clamp, Draws } from "../../study/draws.ts";
import type { Song } from "../catalogue.ts";
import { GENRES, PARAMETERS, type ParameterVector } from "./genres.ts";
import type { SongSettings } from "./settings.ts";
import { artistName, songTitle } from "./words.ts";

/** Deviation of an artist's centre from its genre's, and of a song from its own centre. */
const SPREAD = 0.1;

/** Scenes: where and when an artist belongs, which no song lets hear. */
const SCENES = 24;

/** Length of the vector of what cannot be heard. */
export const INAUDIBLE = 6;

/** Shares of scene and of the song itself in that vector: its variance is 1. */
const SCENE_SHARE = 0.8;
const OWN_SHARE = 0.6;

/** A song to be rendered. */
export interface SongRecipe {
  /** Audible parameters. */
  readonly parameters: ParameterVector;
  /** Decides key, start, progression, drum noise, gain and recording: what taste does not know of. */
  readonly nuisance: Key;
}

/** A drawn song. */
export interface DrawnSong extends Song, SongRecipe {
  /** What cannot be heard, `[6]`. */
  readonly inaudible: readonly number[];
  /** 1 for the most popular song; half the artist's, half its own luck. */
  readonly rank: number;
}

interface Artist {
  readonly name: string;
  readonly genre: number;
  readonly centre: ParameterVector;
  readonly scene: readonly number[];
  readonly fame: number;
}

/**
 * Draws the songs of a catalogue. Genres have equally many, and so have the artists of a genre, within
 * one. A song scatters around the middle between its genre's centre and its artist's.
 *
 * @returns In the order of the catalogue, which says nothing about genre or artist
 */
export function drawSongs({ seed, songs, artists }: SongSettings): DrawnSong[] {
  const stream = fold(key(seed), "music/songs");
  const roster = drawArtists(stream, artists);
  const slots = permutation(fold(stream, "order"), songs);
  const drawn = Array.from(slots, (slot, i) => {
    const artist = artistOf(roster, slot);
    return { artist, ...drawSong(fold(fold(stream, "song"), i), artist) };
  });
  const byFame = drawn.map((_, i) => i).sort((a, b) => drawn[b].fame - drawn[a].fame);
  const ranks = new Uint32Array(songs);
  byFame.forEach((song, place) => ranks[song] = place + 1);
  const digits = Math.max(4, String(songs).length);
  return drawn.map(({ artist, parameters, inaudible, nuisance }, i) => ({
    id: `SYN${String(i + 1).padStart(digits, "0")}`,
    artist: artist.name,
    title: songTitle(stream, i),
    genre: GENRES[artist.genre].name,
    parameters,
    inaudible,
    nuisance,
    rank: ranks[i],
  }));
}

function drawArtists(stream: Key, count: number): Artist[] {
  const normals = (draws: Draws) => Array.from({ length: INAUDIBLE }, () => draws.normal());
  const scenes = new Draws(fold(stream, "scenes"));
  const table = Array.from({ length: SCENES }, () => normals(scenes));
  return Array.from({ length: count }, (_, a) => {
    const draws = new Draws(fold(fold(stream, "artist"), a));
    const genre = a % GENRES.length;
    const centre = GENRES[genre].centre.map((value) => value + draws.normal(0, SPREAD));
    const scene = table[Math.floor(draws.uniform(0, SCENES))];
    return { name: artistName(stream, a), genre, centre, scene, fame: draws.normal() };
  });
}

/** Genres take turns over the slots, and within a genre its artists. */
function artistOf(roster: readonly Artist[], slot: number): Artist {
  const genre = slot % GENRES.length;
  const ofGenre = Math.ceil((roster.length - genre) / GENRES.length);
  const turn = Math.floor(slot / GENRES.length) % ofGenre;
  return roster[genre + turn * GENRES.length];
}

function drawSong(stream: Key, artist: Artist) {
  const draws = new Draws(fold(stream, "parameters"));
  const centre = GENRES[artist.genre].centre.map((value, p) => (value + artist.centre[p]) / 2);
  const parameters = PARAMETERS.map((_, p) => clamp(centre[p] + draws.normal(0, SPREAD), 0, 1));
  const hidden = new Draws(fold(stream, "inaudible"));
  const inaudible = artist.scene.map((s) => SCENE_SHARE * s + OWN_SHARE * hidden.normal());
  const fame = artist.fame + new Draws(fold(stream, "fame")).normal();
  return { parameters, inaudible, fame, nuisance: fold(stream, "nuisance") };
}
