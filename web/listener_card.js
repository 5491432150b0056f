// @ts-check
/// <reference lib="dom" />
/**
 * A listener: songs that they may like, by a mix of sources, and what they played.
 *
 * @module
 */
import { counted, element } from "./elements.js";
import { mixOf, mixWords } from "./mix.js";
import { askHidden, askListener, askRecommended } from "./server.js";
import { songList } from "./song_list.js";

/** @import { CatalogueAnswer, RecommendAnswer, HiddenAnswer, ListenerAnswer } from "../tasks/music/demo/api.ts" */
/** @import { ListParts } from "./song_list.js" */

/**
 * Puts the card of listeners on the page.
 *
 * @param {HTMLElement} card
 * @param {ListParts} parts
 * @param {CatalogueAnswer["listeners"]} listeners
 * @param {{ choose: (listener: string) => void, complain: (error: unknown) => void }} actions
 */
export function listenerCard(card, parts, listeners, { choose, complain }) {
  let listener = "";
  let asked = 0;
  const hasNew = [...parts.songs.values()].some((song) => song.listeners === 0 && !song.silent);
  const heading = element("h3");
  const field = element("input", {
    id: "listener-field",
    list: "listener-names",
    placeholder: "Name of a listener",
    autocomplete: "off",
    spellcheck: "false",
    onchange: () => take(field.value.trim()),
  });
  const names = element(
    "datalist",
    { id: "listener-names" },
    ...listeners.map(({ id, songs }) => element("option", { value: id }, counted(songs, "song"))),
  );
  const answer = element("div", { class: "listener-answer" });
  const hits = element("p", { class: "hits", role: "status" });
  const list = element("div");
  const played = element("div", { class: "played" });
  const [sound, popularity] = [
    slider("sound", 100, "plays of similar people", "sound"),
    slider("popularity", 0, "their own taste", "popularity"),
  ];
  const words = element("p", { class: "mix-words", id: "mix-words" });
  const unit =
    "Scores are standard deviations above the average of the songs to choose from, weighted.";
  const scope = element(
    "fieldset",
    { class: "scope" },
    element("legend", { class: "sr-only" }, "Which songs"),
    choice("new", "songs that nobody has played", hasNew),
    choice("unheard", "all songs they have not played", !hasNew),
    choice("hidden", "a test: songs whose plays were hidden", false),
  );
  const controls = element(
    "div",
    { class: "controls" },
    scope,
    sound.row,
    popularity.row,
    words,
    element("p", { class: "note" }, unit),
  );
  card.replaceChildren(
    element("h2", { id: "listener-heading" }, "Songs for a listener"),
    element(
      "div",
      { class: "picker" },
      element("label", { for: "listener-field", class: "sr-only" }, "Listener"),
      field,
      names,
      element("button", { type: "button", class: "plain", onclick: takeNext }, "Take another"),
    ),
    answer,
  );
  showNone("Choose a listener to see which songs suit them, those that nobody has played too.");

  /**
   * @param {string} name
   * @param {number} value
   * @param {string} left
   * @param {string} right
   */
  function slider(name, value, left, right) {
    const input = element("input", {
      type: "range",
      id: `${name}-slider`,
      min: 0,
      max: 100,
      step: 5,
      value,
      "aria-label": `From ${left} to ${right}`,
      "aria-describedby": "mix-words",
      oninput: () => void recommend(),
    });
    const ends = [left, right].map((text) => element("span", { "aria-hidden": "true" }, text));
    return { input, row: element("div", { class: "slider" }, ends[0], input, ends[1]) };
  }

  /**
   * @param {string} value
   * @param {string} text
   * @param {boolean} checked
   */
  function choice(value, text, checked) {
    const radio = element("input", {
      type: "radio",
      name: "scope",
      value,
      checked,
      onchange: () => void recommend(),
    });
    return element("label", {}, radio, text);
  }

  function showNone(/** @type {string} */ text) {
    answer.replaceChildren(element("p", { class: "empty" }, text));
  }

  function takeNext() {
    const at = listeners.findIndex(({ id }) => id === listener);
    field.value = listeners[(at + 1) % listeners.length].id;
    void take(field.value);
  }

  async function take(/** @type {string} */ name) {
    if (name === listener && name) return;
    const known = listeners.some(({ id }) => id === name);
    listener = known ? name : "";
    field.setAttribute("aria-invalid", `${Boolean(name) && !known}`);
    choose(listener);
    if (!known) {
      asked++; // an answer on its way is not waited for
      return showNone(
        name ? `There is no listener “${name}” in this run.` : "No listener is chosen.",
      );
    }
    answer.replaceChildren(
      controls,
      element(
        "div",
        { class: "lists" },
        element("div", {}, heading, hits, list),
        played,
      ),
    );
    await Promise.all([recommend(), showPlayed()]);
  }

  async function showPlayed() {
    const own = listener;
    try {
      const answer = await askListener(own);
      if (own === listener) played.replaceChildren(...playedList(answer));
    } catch (error) {
      complain(error);
    }
  }

  function playedList(/** @type {ListenerAnswer} */ { played }) {
    const heading = element("h3", {}, "They played");
    if (played.length === 0) {
      return [heading, element("p", { class: "empty" }, "Nothing.")];
    }
    const rows = played.map(({ id, count }) => ({ id, note: `${count} ×` }));
    const label = `Songs that ${listener} played`;
    return [
      heading,
      element("p", { class: "note" }, counted(played.length, "song")),
      element(
        "div",
        { class: "scroll", tabindex: 0, role: "region", "aria-label": label },
        songList(rows, parts, { label, ordered: false }),
      ),
    ];
  }

  async function recommend() {
    if (!listener) return;
    const turn = ++asked;
    const mix = mixOf(Number(sound.input.value), Number(popularity.input.value));
    const among = chosenScope();
    words.textContent = mixWords(mix);
    try {
      const found = among === "hidden"
        ? testWords(await askHidden(listener, mix))
        : offerWords(await askRecommended(listener, { mix, among }), among);
      if (turn === asked) showFound(found, among !== "unheard" && mix.content === 0);
    } catch (error) {
      complain(error);
    }
  }

  function chosenScope() {
    const chosen = scope.querySelector("input:checked");
    return chosen instanceof HTMLInputElement ? chosen.value : "unheard";
  }

  /**
   * @param {Found} found
   * @param {boolean} allAlike
   */
  function showFound(found, allAlike) {
    heading.textContent = found.heading;
    hits.textContent = allAlike && found.rows.length > 0
      ? "Plays say nothing of these songs: all score the same, in the order of the catalogue."
      : found.note;
    list.replaceChildren(songList(found.rows, parts, { label: `Songs for ${listener}` }));
  }
}

/**
 * @typedef {object} Found
 * @property {string} heading
 * @property {string} note
 * @property {readonly { readonly id: string, readonly note: string, readonly good?: boolean }[]} rows
 */

/**
 * @param {RecommendAnswer} answer
 * @param {string} among
 * @returns {Found}
 */
function offerWords({ songs }, among) {
  const none = among === "new"
    ? "Each song has been played by somebody: none is new."
    : "They have played each of the songs.";
  return {
    heading: "They may like",
    note: songs.length === 0 ? none : "",
    rows: songs.map(({ id, score }) => ({ id, note: score.toFixed(2) })),
  };
}

/**
 * @param {HiddenAnswer} answer
 * @returns {Found}
 */
function testWords({ songs }) {
  const right = songs.filter(({ played }) => played).length;
  return {
    heading: "Found among hidden songs",
    note: heard(right, songs.length),
    rows: songs.map(({ id, score, played }) => ({
      id,
      note: played ? "✓ played" : score.toFixed(2),
      good: played,
    })),
  };
}

/**
 * @param {number} right
 * @param {number} of
 */
function heard(right, of) {
  return right === 0
    ? `They played none of these ${of}.`
    : `They did play ${right} of these ${of} (✓), which the network was not told.`;
}
