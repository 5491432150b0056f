// @ts-check
/// <reference lib="dom" />
/**
 * How songs look: a colour and a shape a genre, hollow where it is new. Colours are in
 * `style.css`, once for light and once for dark pages; shapes tell them apart without colours.
 *
 * @module
 */
import { svgElement } from "./elements.js";

/** @import { SongAnswer } from "../tasks/music/demo/api.ts" */

/** Colours of `style.css`, `.genre0` and so on. */
const COLOURS = 8;

/**
 * Corners of a regular polygon as a path, the first one upwards.
 *
 * @param {number} corners
 * @param {number} radius
 * @param {number} [turn] of a whole turn
 */
function polygon(corners, radius, turn = 0) {
  const points = Array.from({ length: corners }, (_, i) => {
    const angle = 2 * Math.PI * (i / corners + turn);
    return `${(radius * Math.sin(angle)).toFixed(2)},${(-radius * Math.cos(angle)).toFixed(2)}`;
  });
  return `M${points.join("L")}Z`;
}

// Of about the same area, within a circle of radius 6.
const SHAPES = [
  "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0Z",
  polygon(4, 6.2, 1 / 8),
  polygon(3, 6.6),
  polygon(4, 6.4),
  polygon(3, 6.6, 1 / 2),
  "M-2,-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z",
  polygon(5, 5.9),
  "M0,-3L3.2,-6L6,-3.2L3,0L6,3.2L3.2,6L0,3L-3.2,6L-6,3.2L-3,0L-6,-3.2L-3.2,-6Z",
];

/** A star of five points: where a dropped file lands. */
export const STAR = (() => {
  const points = Array.from({ length: 10 }, (_, i) => {
    const [angle, radius] = [Math.PI * i / 5, i % 2 === 0 ? 12 : 5];
    return `${(radius * Math.sin(angle)).toFixed(2)},${(-radius * Math.cos(angle)).toFixed(2)}`;
  });
  return `M${points.join("L")}Z`;
})();

/** Genres in the order of their colours. */
export class Look {
  /** @param {readonly SongAnswer[]} songs */
  constructor(songs) {
    /** @type {readonly string[]} */
    this.genres = [...new Set(songs.map(({ genre }) => genre))].sort();
  }

  /**
   * Class and path of a song's mark.
   *
   * @param {{ readonly genre: string, readonly cold: boolean }} song
   */
  markOf({ genre, cold }) {
    const at = Math.max(0, this.genres.indexOf(genre));
    return {
      class: `genre${at % COLOURS}${cold ? " cold" : ""}`,
      // Beyond eight genres a colour comes again with another shape.
      d: SHAPES[(at + Math.floor(at / COLOURS)) % SHAPES.length],
    };
  }

  /**
   * A small picture of a song's mark, for lists and the legend.
   *
   * @param {{ readonly genre: string, readonly cold: boolean }} song
   */
  glyph(song) {
    const { class: name, d } = this.markOf(song);
    return svgElement(
      "svg",
      { class: "glyph", viewBox: "-8 -8 16 16", width: 16, height: 16, "aria-hidden": "true" },
      svgElement("path", { class: `mark ${name}`, d }),
    );
  }
}

/**
 * A genre in words.
 *
 * @param {string} genre
 */
export function genreName(genre) {
  return genre || "no genre";
}

/**
 * Title and artist in one line.
 *
 * @param {{ readonly title: string, readonly artist: string }} song
 */
export function songName({ title, artist }) {
  return artist ? `${title} by ${artist}` : title;
}
