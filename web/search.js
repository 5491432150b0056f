// @ts-check
/// <reference lib="dom" />
/**
 * Search by title or artist: a field, and what matches below it.
 *
 * @module
 */
import { element } from "./elements.js";

/** @import { SongAnswer } from "../tasks/music/demo/api.ts" */
/** @import { Look } from "./look.js" */

const SHOWN = 8;

/**
 * Puts a search field into a container.
 *
 * @param {HTMLElement} container
 * @param {readonly SongAnswer[]} songs
 * @param {Look} look
 * @param {(id: string) => void} choose
 */
export function searchField(container, songs, look, choose) {
  const texts = songs.map(({ title, artist }) => `${title} ${artist}`.toLowerCase());
  const field = element("input", {
    type: "search",
    id: "search-field",
    placeholder: "Search title or artist",
    "aria-label": "Search title or artist",
    autocomplete: "off",
    spellcheck: "false",
    oninput: show,
    onkeydown: key,
  });
  const results = element("div", { class: "results", hidden: true, onkeydown: key });
  const status = element("p", { class: "sr-only", role: "status" });
  container.append(field, results, status);
  container.addEventListener("focusout", (event) => {
    if (!container.contains(/** @type {Node | null} */ (event.relatedTarget))) close();
  });
  field.addEventListener("focus", show);

  function show() {
    const words = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return close();
    const found = songs.filter((_, at) => words.every((word) => texts[at].includes(word)));
    const more = found.length - SHOWN;
    results.replaceChildren(
      ...found.slice(0, SHOWN).map((song) =>
        element(
          "button",
          { type: "button", class: "open", onclick: () => take(song.id) },
          look.glyph(song),
          element(
            "span",
            { class: "names" },
            element("span", { class: "name" }, song.title),
            element("span", { class: "artist" }, song.artist),
          ),
        )
      ),
      ...(more > 0 ? [element("p", { class: "note" }, `and ${more} more`)] : []),
      ...(found.length === 0
        ? [
          element(
            "p",
            { class: "note" },
            `No song or artist has “${field.value.trim()}” in its name.`,
          ),
        ]
        : []),
    );
    status.textContent = found.length === 1 ? "1 song found" : `${found.length} songs found`;
    results.hidden = false;
  }

  function close() {
    results.hidden = true;
    status.textContent = "";
  }

  function take(/** @type {string} */ id) {
    field.value = "";
    field.focus();
    close();
    choose(id);
  }

  function key(/** @type {KeyboardEvent} */ event) {
    const buttons = [...results.querySelectorAll("button")];
    const at = buttons.findIndex((button) => button === document.activeElement);
    if (event.key === "Escape") {
      if (results.hidden) return;
      event.stopPropagation();
      field.focus();
      close();
    } else if (event.key === "Enter" && at < 0) buttons[0]?.click();
    else if (event.key === "ArrowDown") buttons[Math.min(at + 1, buttons.length - 1)]?.focus();
    else if (event.key === "ArrowUp" && at >= 0) (buttons[at - 1] ?? field).focus();
    else return;
    event.preventDefault();
  }
}
