// @ts-check
/// <reference lib="dom" />
/**
 * The page: reads the run, and ties map, cards and player together.
 *
 * @module
 */
import { dropCard } from "./drop_card.js";
import { byId, counted, element } from "./elements.js";
import { listenerCard } from "./listener_card.js";
import { genreName, Look, songName } from "./look.js";
import { SongMap } from "./map.js";
import { Player } from "./player.js";
import { searchField } from "./search.js";
import { askCatalogue, ServerError } from "./server.js";
import { SongCard } from "./song_card.js";

/** @import { CatalogueAnswer, SongAnswer } from "../tasks/music/demo/api.ts" */

const alertBox = byId("alert");
let started = false;

/** Tells those who do not see the page what has changed on it. */
function say(/** @type {string} */ words) {
  byId("status").textContent = words;
}

/** Where the server is back, the page goes on as it is; it starts anew where it never began. */
async function tryAgain() {
  try {
    await askCatalogue();
    if (started) calm();
    else location.reload();
  } catch (error) {
    complain(error);
  }
}

/** Shows what went wrong, with a way on where the server is gone. */
function complain(/** @type {unknown} */ error) {
  const message = error instanceof Error ? error.message : `${error}`;
  const gone = error instanceof ServerError && error.gone;
  const button = gone
    ? element(
      "button",
      { type: "button", class: "plain", onclick: tryAgain },
      "Try again",
    )
    : element("button", {
      type: "button",
      class: "close",
      "aria-label": "Close the message",
      onclick: calm,
    }, "×");
  alertBox.replaceChildren(element("p", {}, message), button);
  alertBox.hidden = false;
  if (!(error instanceof ServerError) && error instanceof Error) console.error(error);
}

function calm() {
  alertBox.hidden = true;
}

/** What the run is, without a word too much. */
function describe(/** @type {CatalogueAnswer} */ { run, songs, listeners }) {
  const cold = songs.filter((song) => song.cold).length;
  const kind = run.synthetic ? "synthetic " : "";
  const found = run.precision
    ? ` It finds their hidden plays with a mean average precision of ${
      run.precision.network.toFixed(2)
    }; random order gives ${run.precision.random.toFixed(2)}.`
    : "";
  const unplayed = songs.filter((song) => song.listeners === 0).length;
  const fresh = unplayed > 0 ? ` Nobody has played ${counted(unplayed, "song")}.` : "";
  return `Run ${run.name}: ${counted(songs.length, `${kind}song`)} and ${
    counted(listeners.length, `${kind}listener`)
  }.${fresh} A network heard the songs; the plays of ${
    counted(cold, "song")
  } (hollow marks) were hidden from it, as if they were new.${found}`;
}

/**
 * @param {Look} look
 * @param {readonly SongAnswer[]} songs
 * @param {(genre: string, shown: boolean) => void} toggle
 */
function legend(look, songs, toggle) {
  const buttons = look.genres.map((genre) => {
    const button = element(
      "button",
      {
        type: "button",
        class: "genre",
        "aria-pressed": "true",
        onclick: () => {
          const shown = button.getAttribute("aria-pressed") !== "true";
          button.setAttribute("aria-pressed", `${shown}`);
          toggle(genre, shown);
        },
      },
      look.glyph({ genre, cold: false }),
      genreName(genre),
    );
    return button;
  });
  const hollow = songs.some(({ cold }) => cold)
    ? [element(
      "span",
      { class: "hollow" },
      look.glyph({ genre: look.genres[0], cold: true }),
      "hollow: plays hidden",
    )]
    : [];
  byId("legend").replaceChildren(
    element("div", { role: "group", "aria-label": "Genres that are shown" }, ...buttons),
    ...hollow,
  );
}

async function start() {
  const catalogue = await askCatalogue();
  const { songs, listeners } = catalogue;
  byId("facts").textContent = describe(catalogue);
  byId("page").hidden = false;
  const look = new Look(songs);
  const places = new Map(songs.map(({ id }, at) => [id, at]));
  const audio = /** @type {HTMLAudioElement} */ (byId("audio"));
  const player = new Player(audio, byId("playing"), (message) => complain(message));
  const parts = { songs: new Map(songs.map((song) => [song.id, song])), look, player, open };

  async function open(/** @type {string} */ id) {
    const at = places.get(id);
    if (at === undefined) return;
    map.open(at, []);
    try {
      const near = await songCard.show(songs[at]);
      if (!near) return;
      map.open(at, near.flatMap((other) => places.get(other) ?? []));
      say(`${songName(songs[at])} is open, with ${near.length} songs that sound alike`);
    } catch (error) {
      complain(error);
      close();
    }
  }

  function close() {
    songCard.clear();
    map.open(-1, []);
    if (!document.activeElement || document.activeElement === document.body) map.focus();
  }

  const map = new SongMap(byId("map"), songs, look, {
    choose: (at) => {
      player.playSong(songs[at]);
      void open(songs[at].id);
    },
    close,
  });
  const firstCold = songs.find(({ cold }) => cold)?.id;
  const songCard = new SongCard(byId("song"), parts, { close, complain, firstCold });
  legend(look, songs, (genre, shown) => map.showGenre(genre, shown));
  searchField(byId("search"), songs, look, (id) => void open(id));
  listenerCard(byId("listener"), parts, listeners, {
    choose: (listener) => void songCard.setListener(listener),
    complain,
  });
  dropCard(byId("drop"), parts, {
    land: (position) => map.showStar(position),
    say,
    // A bad file is said in the card; only a server that is gone concerns the whole page.
    complain: (error) => error instanceof ServerError && !error.gone || complain(error),
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  started = true;
}

start().catch((error) => {
  byId("facts").textContent = "";
  complain(error);
});
