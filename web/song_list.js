// @ts-check
/// <reference lib="dom" />
/**
 * Lists of songs: each can be played, and opened on the map.
 *
 * @module
 */
import { element } from "./elements.js";

/** @import { SongAnswer } from "../tasks/music/demo/api.ts" */
/** @import { Look } from "./look.js" */
/** @import { Player } from "./player.js" */

/**
 * @typedef {object} ListParts
 * @property {ReadonlyMap<string, SongAnswer>} songs by id
 * @property {Look} look
 * @property {Player} player
 * @property {(id: string) => void} open
 */

/**
 * A list of songs.
 *
 * @param {readonly { readonly id: string, readonly note: string, readonly good?: boolean }[]} rows
 * `note` stands at the end of the row
 * @param {ListParts} parts
 * @param {{ readonly label: string, readonly ordered?: boolean }} options
 */
export function songList(rows, { songs, look, player, open }, { label, ordered = true }) {
  const items = rows.flatMap(({ id, note, good }) => {
    const song = songs.get(id);
    if (!song) return [];
    return [element(
      "li",
      { "data-song": id },
      player.buttonFor(song),
      element(
        "button",
        { type: "button", class: "open", onclick: () => open(id) },
        look.glyph(song),
        element(
          "span",
          { class: "names" },
          element("span", { class: "name" }, song.title),
          element("span", { class: "artist" }, song.artist),
        ),
      ),
      element("span", { class: good ? "value good" : "value" }, note),
    )];
  });
  return element(ordered ? "ol" : "ul", { class: "songs", "aria-label": label }, ...items);
}
