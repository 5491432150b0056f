// @ts-check
/// <reference lib="dom" />
/**
 * A file of the user's: heard by the network, put on the map, and compared with the songs.
 *
 * @module
 */
import { element } from "./elements.js";
import { songName } from "./look.js";
import { sendFile } from "./server.js";
import { songList } from "./song_list.js";

/** @import { DropAnswer } from "../tasks/music/demo/api.ts" */
/** @import { ListParts } from "./song_list.js" */

/** From this cosine on a file is the song itself. */
const SAME_SONG = 0.9999;

/**
 * Puts the card for files on the page, and lets files be dropped anywhere.
 *
 * @param {HTMLElement} card
 * @param {ListParts} parts
 * @param {{ land: (position: DropAnswer["position"] | undefined) => void,
 *   complain: (error: unknown) => void, say: (words: string) => void }} actions
 */
export function dropCard(card, parts, { land, complain, say }) {
  let turn = 0;
  let address = "";
  const field = element("input", {
    type: "file",
    id: "file-field",
    class: "sr-only",
    accept: "audio/*,.wav,.wave,.bwf,.rf64,.bw64,.aif,.aiff,.aifc,.mp3",
    onchange: () => {
      if (field.files?.[0]) void hear(field.files[0]);
      field.value = ""; // the same file may be chosen again
    },
  });
  const answer = element("div", { class: "drop-answer" });
  card.replaceChildren(
    element("h2", { id: "drop-heading" }, "A song of your own"),
    element(
      "div",
      { class: "zone" },
      field,
      element("label", { for: "file-field", class: "plain" }, "Choose a WAV or MP3 file"),
      element("span", {}, "or drop one anywhere on the page"),
    ),
    answer,
  );
  showNone();

  // Entering a child leaves its parent, so that entries are counted.
  let inside = 0;
  const mark = (/** @type {number} */ step) => {
    inside = Math.max(0, inside + step);
    document.body.classList.toggle("dropping", inside > 0);
  };
  addEventListener("dragenter", () => mark(1));
  addEventListener("dragleave", () => mark(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    mark(-inside);
    const file = event.dataTransfer?.files[0];
    if (file) void hear(file);
  });

  function showNone() {
    answer.replaceChildren(element(
      "p",
      { class: "note" },
      "The network hears it on this machine; a star shows where it lands on the map.",
    ));
  }

  function forget() {
    turn++;
    if (address) URL.revokeObjectURL(address);
    address = "";
    land(undefined);
  }

  async function hear(/** @type {File} */ file) {
    forget();
    const own = turn;
    answer.replaceChildren(element("p", { class: "note busy" }, `Listening to ${file.name} …`));
    say(`Listening to ${file.name}`);
    try {
      const found = await sendFile(file);
      if (own !== turn) return;
      address = URL.createObjectURL(file);
      land(found.position);
      show(file.name, found);
    } catch (error) {
      if (own !== turn) return;
      const message = /** @type {Error} */ (error).message;
      answer.replaceChildren(element("p", { class: "wrong", role: "alert" }, message));
      complain(error);
    }
  }

  function show(
    /** @type {string} */ name,
    /** @type {DropAnswer} */ { neighbours, seconds, warnings },
  ) {
    const [first] = neighbours;
    const song = first && parts.songs.get(first.id);
    const verdict = song && first.score >= SAME_SONG
      ? `To the network this is ${songName(song)}: the star is on its mark.`
      : "The star on the map shows where it lands.";
    say(song ? `${name} sounds like ${songName(song)}` : verdict);
    const rows = neighbours.map(({ id, score }) => ({ id, note: score.toFixed(2) }));
    answer.replaceChildren(
      element(
        "div",
        { class: "song-title" },
        parts.player.buttonForFile(address, name),
        element(
          "div",
          {},
          element("h3", {}, name),
          element("p", { class: "note" }, `${seconds.toFixed(1)} s. ${verdict}`),
          ...warnings.map((warning) => element("p", { class: "note" }, `A warning: ${warning}.`)),
        ),
        element(
          "button",
          {
            type: "button",
            class: "close",
            "aria-label": "Take the file off the map",
            onclick: () => {
              forget();
              showNone();
              field.focus();
            },
          },
          "×",
        ),
      ),
      element("h3", {}, "Sounds like"),
      songList(rows, parts, { label: `Songs that sound like ${name}` }),
    );
  }
}
