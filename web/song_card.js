// @ts-check
/// <reference lib="dom" />
/**
 * The song that is open: what sounds like it, who else plays it, and what its plays are worth.
 *
 * @module
 */
import { counted, element } from "./elements.js";
import { genreName } from "./look.js";
import { removalTable } from "./removal.js";
import { askNeighbours, askWithoutPlays } from "./server.js";
import { songList } from "./song_list.js";

/** @import { SongAnswer, NeighboursAnswer } from "../tasks/music/demo/api.ts" */
/** @import { ListParts } from "./song_list.js" */

/** The card of a song. */
export class SongCard {
  /** @type {SongAnswer | undefined} */
  #song;
  #listener = "";
  #removed = false;

  /**
   * @param {HTMLElement} card
   * @param {ListParts} parts
   * @param {{ close: () => void, complain: (error: unknown) => void, firstCold: string | undefined }} actions
   */
  constructor(card, parts, { close, complain, firstCold }) {
    this.card = card;
    this.parts = parts;
    this.close = close;
    this.complain = complain;
    this.firstCold = firstCold;
    this.removal = element("div", { class: "removal" });
    this.#showNone();
  }

  /**
   * Shows a song; gives the ids of those that sound alike, or nothing when it was overtaken.
   *
   * @param {SongAnswer} song
   * @returns {Promise<readonly string[] | undefined>}
   */
  async show(song) {
    this.#song = song;
    const answer = await askNeighbours(song.id);
    if (this.#song !== song) return undefined;
    const hadFocus = this.card.contains(document.activeElement);
    this.card.replaceChildren(
      this.#head(song),
      element(
        "div",
        { class: "lists" },
        this.#list(
          "Sounds alike",
          answer.content,
          song.silent
            ? "It is silent, so that nothing sounds like it."
            : "the network expects the same listeners",
        ),
        this.#usageList(song, answer),
      ),
      this.removal,
    );
    if (hadFocus) this.card.querySelector("button")?.focus(); // its row is gone
    await this.#showRemoval();
    return answer.content.map(({ id }) => id);
  }

  /** Shows that no song is open. */
  clear() {
    this.#song = undefined;
    this.#showNone();
  }

  /**
   * The listener that places are counted for; empty for none.
   *
   * @param {string} listener
   */
  async setListener(listener) {
    this.#listener = listener;
    await this.#showRemoval();
  }

  #showNone() {
    const { firstCold, parts: { open } } = this;
    const button = element(
      "button",
      { type: "button", class: "plain", onclick: () => firstCold && open(firstCold) },
      "Show a hidden song",
    );
    this.card.replaceChildren(
      element("h2", { id: "song-heading" }, "No song is open"),
      element(
        "p",
        { class: "note" },
        "Choose one on the map to hear it, and to see what sounds like it and what the same people play.",
      ),
      ...(firstCold ? [button] : []),
    );
  }

  #head(/** @type {SongAnswer} */ song) {
    const people = `${counted(song.plays, "play")} by ${counted(song.listeners, "listener")}`;
    const state = song.listeners === 0
      ? "nobody has played it"
      : song.cold
      ? `its ${people} are hidden from the network`
      : people;
    return element(
      "div",
      { class: "card-head" },
      element(
        "div",
        { class: "song-title" },
        this.parts.player.buttonFor(song),
        element(
          "div",
          {},
          element("h2", { id: "song-heading" }, song.title),
          element(
            "p",
            { class: "note" },
            this.parts.look.glyph(song),
            [song.artist, genreName(song.genre), state].filter(Boolean).join(" · "),
          ),
        ),
      ),
      element(
        "button",
        { type: "button", class: "close", "aria-label": "Close the song", onclick: this.close },
        "×",
      ),
    );
  }

  /**
   * @param {string} heading
   * @param {NeighboursAnswer["content"]} songs
   * @param {string} note
   */
  #list(heading, songs, note) {
    const rows = songs.map(({ id, score }) => ({ id, note: score.toFixed(2) }));
    return element(
      "div",
      {},
      element("h3", {}, heading),
      element("p", { class: rows.length > 0 ? "note" : "empty" }, note),
      songList(rows, this.parts, { label: heading }),
    );
  }

  /**
   * @param {SongAnswer} song
   * @param {NeighboursAnswer} answer
   */
  #usageList(song, { usage }) {
    const heading = "Played by the same people";
    if (usage.length > 0) {
      const note = song.cold
        ? "for the network nobody has played it; this is what its hidden plays say"
        : "from who played what";
      return this.#list(heading, usage, note);
    }
    return element(
      "div",
      {},
      element("h3", {}, heading),
      element(
        "p",
        { class: "empty" },
        song.listeners === 0
          ? "Nobody has played it, so nobody knows by plays."
          : "Too few people play it to know by plays.",
      ),
    );
  }

  async #showRemoval() {
    const [song, listener] = [this.#song, this.#listener];
    if (!song) return;
    const box = element("input", {
      type: "checkbox",
      role: "switch",
      id: "removal-switch",
      onchange: async () => {
        this.#removed = box.checked;
        await this.#showRemoval();
        document.getElementById("removal-switch")?.focus();
      },
    });
    box.checked = this.#removed;
    const head = element("label", { class: "switch" }, box, "Remove this song's plays");
    const rest = await this.#removalAnswer(song, listener);
    if (this.#song === song && this.#listener === listener) {
      this.removal.replaceChildren(head, ...rest);
    }
  }

  /**
   * @param {SongAnswer} song
   * @param {string} listener
   */
  async #removalAnswer(song, listener) {
    if (!this.#removed) return [];
    if (!listener) {
      return [
        element(
          "p",
          { class: "empty" },
          "Choose a listener below to see where it stands for them.",
        ),
      ];
    }
    try {
      return [removalTable(await askWithoutPlays(song.id, listener), song, listener)];
    } catch (error) {
      this.complain(error);
      return [];
    }
  }
}
