// @ts-check
/// <reference lib="dom" />
/**
 * A listener: songs that they may like, by a mix of sources, and what they played.
 *
 * @module
 */
import { counted, element } from "./elements.js";
import { mixOf, mixWords } from "./mix.js";
import { askListener, askRecommended } from "./server.js";
import { songList } from "./song_list.js";

/** @import { CatalogueAnswer, RecommendAnswer, ListenerAnswer } from "../tasks/music/demo/api.ts" */
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
    choice("cold", "new songs only", true),
    choice("all", "all songs they have not played", false),
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
  showNone("Choose a listener to see which songs suit them, new ones too.");

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
        element("div", {}, element("h3", {}, "They may like"), hits, list),
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
      return [heading, element("p", { class: "empty" }, "Nothing that the network knows of.")];
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
    const coldOnly = scope.querySelector("input")?.checked ?? true;
    words.textContent = mixWords(mix);
    try {
      const found = await askRecommended(listener, { mix, coldOnly });
      if (turn === asked) showFound(found, coldOnly && mix.content === 0, coldOnly);
    } catch (error) {
      complain(error);
    }
  }

  /**
   * @param {RecommendAnswer} found
   * @param {boolean} allAlike
   * @param {boolean} coldOnly
   */
  function showFound({ songs }, allAlike, coldOnly) {
    const rows = songs.map(({ id, score, played }) => ({
      id,
      note: played ? "✓ played" : score.toFixed(2),
      good: played,
    }));
    const right = songs.filter(({ played }) => played).length;
    hits.textContent = allAlike
      ? "Plays say nothing of new songs: all score the same, in the order of the catalogue."
      : songs.length === 0
      ? "There is no song left for them."
      : coldOnly || right > 0
      ? heard(right, songs.length)
      : "";
    list.replaceChildren(songList(rows, parts, { label: `Songs for ${listener}` }));
  }
}

/**
 * @param {number} right
 * @param {number} of
 */
function heard(right, of) {
  return right === 0
    ? `They played none of these ${of}, as far as anybody knows.`
    : `They did play ${right} of these ${of} (✓), which the network was not told.`;
}
