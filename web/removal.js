// @ts-check
/// <reference lib="dom" />
/**
 * What becomes of a song for a listener when all its plays are removed.
 *
 * @module
 */
import { element } from "./elements.js";

/** @import { SongAnswer, WithoutPlaysAnswer, Places } from "../tasks/music/demo/api.ts" */

/**
 * Both ranks before and after, and a sentence.
 *
 * @param {WithoutPlaysAnswer} answer
 * @param {SongAnswer} song
 * @param {string} listener
 */
export function removalTable({ usage, content, of }, song, listener) {
  const places = (/** @type {string} */ name, /** @type {Places} */ { before, after }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, name),
      element("td", {}, place(before)),
      element("td", {}, place(after)),
      element("td", { class: "track-cell" }, track(before, after, of)),
    );
  return element(
    "div",
    { class: "removal-answer" },
    element(
      "table",
      {},
      element(
        "caption",
        {},
        `Place among ${of} songs for ${listener}; 1 is the best`,
      ),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("td", {}),
          element("th", { scope: "col" }, song.cold ? "with hidden plays" : "with its plays"),
          element("th", { scope: "col" }, "without"),
          element("td", { class: "track-cell" }),
        ),
      ),
      element("tbody", {}, places("by plays", usage), places("by sound", content)),
    ),
    element("p", { class: "why" }, sentence(usage, content)),
  );
}

/**
 * @param {Places} usage
 * @param {Places} content
 */
function sentence(usage, content) {
  const move = usage.after > usage.before
    ? `falls from place ${place(usage.before)} to ${place(usage.after)}`
    : usage.after < usage.before
    ? `rises from place ${place(usage.before)} to ${place(usage.after)}`
    : `stays at place ${place(usage.before)}`;
  return `By plays it ${move}: a song without plays has no factors, so its score is 0 for everybody. ` +
    `By sound it stays at ${place(content.before)}, for it sounds the same.`;
}

const place = (/** @type {number} */ at) => at.toLocaleString("en");

/**
 * A line from the first place to the last, with both places on it.
 *
 * @param {number} before
 * @param {number} after
 * @param {number} of
 */
function track(before, after, of) {
  const at = (/** @type {number} */ rank) => (rank - 1) / Math.max(1, of - 1);
  const [from, to] = [Math.min(at(before), at(after)), Math.max(at(before), at(after))];
  const made = element(
    "span",
    { class: "track", "aria-hidden": "true" },
    element("span", { class: "moved" }),
    element("span", { class: "was" }),
    element("span", { class: "is" }),
  );
  made.style.setProperty("--from", `${from}`);
  made.style.setProperty("--to", `${to}`);
  made.style.setProperty("--was", `${at(before)}`);
  made.style.setProperty("--is", `${at(after)}`);
  return made;
}
