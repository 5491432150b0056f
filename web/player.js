// @ts-check
/// <reference lib="dom" />
/**
 * The one player of the page, and the play buttons of all lists.
 *
 * @module
 */
import { element } from "./elements.js";
import { songName } from "./look.js";
import { soundOf } from "./server.js";

/** @import { SongAnswer } from "../tasks/music/demo/api.ts" */

/** Plays a song at a time. */
export class Player {
  /** What plays: id of a song, or the address of a dropped file. */
  #playing = "";

  /**
   * @param {HTMLAudioElement} audio
   * @param {HTMLElement} words
   * @param {(message: string) => void} complain
   */
  constructor(audio, words, complain) {
    this.audio = audio;
    this.words = words;
    for (const event of ["play", "pause", "ended", "emptied"]) {
      audio.addEventListener(event, () => this.#showButtons());
    }
    audio.addEventListener("error", () => {
      if (audio.getAttribute("src")) complain(`Cannot play ${words.textContent}`);
    });
  }

  /**
   * Plays a song from its start.
   *
   * @param {SongAnswer} song
   */
  playSong(song) {
    this.#play(song.id, soundOf(song.id), songName(song));
  }

  /**
   * A button that plays a song, and pauses it while it plays.
   *
   * @param {SongAnswer} song
   */
  buttonFor(song) {
    return this.#button(song.id, songName(song), () => this.playSong(song));
  }

  /**
   * A button that plays a file of the user's.
   *
   * @param {string} address a blob's
   * @param {string} name
   */
  buttonForFile(address, name) {
    return this.#button(address, name, () => this.#play(address, address, name));
  }

  /**
   * @param {string} id
   * @param {string} name
   * @param {() => void} start
   */
  #button(id, name, start) {
    const button = element("button", {
      type: "button",
      class: "play",
      "data-plays": id,
      "data-name": name,
      onclick: () => {
        if (this.#playing !== id) start();
        else if (this.audio.paused) void this.audio.play();
        else this.audio.pause();
      },
    });
    this.#showButton(button);
    return button;
  }

  /**
   * @param {string} id
   * @param {string} address
   * @param {string} name
   */
  #play(id, address, name) {
    this.#playing = id;
    this.words.textContent = name;
    this.audio.src = address;
    // A new song ends the wait for the one before; a file that cannot be played has an event of its own.
    this.audio.play().catch(() => {});
    this.#showButtons();
  }

  #showButtons() {
    document.querySelectorAll("[data-plays]").forEach((button) => this.#showButton(button));
  }

  #showButton(/** @type {Element} */ button) {
    const plays = button.getAttribute("data-plays") === this.#playing && !this.audio.paused;
    button.classList.toggle("playing", plays);
    button.setAttribute(
      "aria-label",
      `${plays ? "Pause" : "Play"} ${button.getAttribute("data-name")}`,
    );
  }
}
