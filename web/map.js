// @ts-check
/// <reference lib="dom" />
/**
 * The map: a mark a song, one of which takes the focus; arrow keys go from mark to mark. Wheel,
 * drag, pinch, buttons and the keys + - 0 move its window; marks and words keep their size.
 *
 * @module
 */
import { element, svgElement } from "./elements.js";
import { listenToGestures } from "./gestures.js";
import { genreName, songName, STAR } from "./look.js";
import { bestTurn, emptiestCorner, markTowards, nearestMark, placement } from "./map_layout.js";
import { MapWindow, ZOOM_STEP, zoomButtons } from "./map_window.js";
import { isInWindow } from "./view.js";

/** @import { SongAnswer } from "../tasks/music/demo/api.ts" */
/** @import { Look } from "./look.js" */
/** @import { Point } from "./map_layout.js" */

/** Pixels around a mark in which the pointer means it. */
const REACH = 14;
/** Of the whole map: a mark and the ring around it. */
const MARGIN = 16;
/** The buttons and a mark beside them, in pixels. */
const CONTROLS = { width: 116, height: 48 };
/** Beyond the window no place matters, and the page is not to scroll to a mark far away. */
const BEYOND = 40;

/** @type {Readonly<Record<string, number>>} */
const ZOOM_KEYS = {
  "+": ZOOM_STEP,
  "=": ZOOM_STEP,
  "-": 1 / ZOOM_STEP,
  "_": 1 / ZOOM_STEP,
  "0": 0,
};

/** What the mark of a song says to those who do not see it. */
function label(/** @type {SongAnswer} */ song) {
  const cold = song.cold ? ", plays hidden" : "";
  return `${songName(song)}, ${genreName(song.genre)}${cold}`;
}

/** Songs as marks. */
export class SongMap {
  /** @type {Set<string>} */
  #hiddenGenres = new Set();
  /** Where the whole map has the marks. @type {readonly (Point | undefined)[]} */
  #places = [];
  /** Where the window has them. @type {readonly (Point | undefined)[]} */
  #points = [];
  #window = new MapWindow(() => this.#show());
  /** @type {(x: number, y: number) => Point} */
  #place = (x, y) => [x, y];
  /** Size of the marks: where many are in little room they are small. */
  #scale = 1;
  #focused = 0;
  #hovered = -1;
  #opened = -1;
  /** @type {readonly number[]} */
  #neighbours = [];
  /** @type {readonly [number, number] | undefined} */
  #star;

  /**
   * @param {HTMLElement} container
   * @param {readonly SongAnswer[]} songs
   * @param {Look} look
   * @param {{ choose: (song: number) => void, close: () => void }} actions
   */
  constructor(container, songs, look, { choose, close }) {
    this.container = container;
    this.songs = songs;
    this.choose = choose;
    this.close = close;
    this.marks = songs.map((song) => {
      const { class: name, d } = look.markOf(song);
      return svgElement("path", {
        class: `mark ${name}`,
        d,
        role: "option",
        tabindex: -1,
        "aria-label": label(song),
        "aria-selected": "false",
      });
    });
    this.lines = svgElement("g", { class: "lines", "aria-hidden": "true" });
    this.ring = svgElement("circle", { class: "ring", r: 10, "aria-hidden": "true" });
    this.openedRing = svgElement("circle", { class: "ring opened", r: 11, "aria-hidden": "true" });
    this.title = svgElement("text", { class: "title", "aria-hidden": "true" });
    this.star = svgElement("path", {
      class: "star",
      d: STAR,
      role: "img",
      "aria-label": "Your file",
    });
    this.tip = element("div", { class: "tip", "aria-hidden": "true", hidden: true });
    this.svg = svgElement(
      "svg",
      {
        role: "listbox",
        "aria-label":
          `Map of ${songs.length} songs. Arrow keys go from song to song, Enter plays, ` +
          "plus and minus zoom, 0 shows the whole map.",
        onpointermove: (/** @type {PointerEvent} */ event) => this.#hover(event),
        onpointerleave: () => this.#hoverAt(undefined),
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      },
      this.lines,
      this.openedRing,
      ...this.marks,
      this.ring,
      this.title,
      this.star,
    );
    this.buttons = zoomButtons((factor) => this.#zoomBy(factor));
    container.append(this.svg, this.tip, this.buttons.group);
    listenToGestures(this.svg, {
      drag: (by) => this.#drag(by),
      zoom: (factor, at) => this.#zoomAt(factor, at),
      click: (event) => this.#click(event),
    });
    container.addEventListener("keydown", (event) => this.#zoomKey(event));
    // Not on the svg: one that listens for the focus would take it in Chromium.
    container.addEventListener("focusin", (event) => this.#focusIn(event));
    container.addEventListener("focusout", () => this.#drawPointer());
    new ResizeObserver(() => this.#resize()).observe(container);
    this.#resize();
  }

  /**
   * Shows a song and its neighbours; -1 for none.
   *
   * @param {number} song
   * @param {readonly number[]} neighbours
   */
  open(song, neighbours) {
    const isNew = song !== this.#opened;
    this.#opened = song;
    this.#neighbours = neighbours;
    if (song >= 0) this.#focused = song;
    this.#draw();
    if (isNew) this.#window.surround(this.#places[song]);
  }

  /**
   * Shows where a file lands.
   *
   * @param {readonly [number, number] | undefined} position
   */
  showStar(position) {
    this.#star = position;
    this.#draw();
    this.#window.surround(position && this.#place(...position));
  }

  /**
   * Shows or hides the songs of a genre.
   *
   * @param {string} genre
   * @param {boolean} shown
   */
  showGenre(genre, shown) {
    if (shown) this.#hiddenGenres.delete(genre);
    else this.#hiddenGenres.add(genre);
    this.#layOut();
  }

  /** Puts the focus on a mark. */
  focus() {
    this.#focusMark(this.#focused);
  }

  #focusMark(/** @type {number} */ song) {
    this.#window.bringIntoView(this.#places[song]);
    this.marks[song]?.focus({ preventScroll: this.#window.isZoomed });
  }

  #resize() {
    const width = this.container.clientWidth;
    if (width === 0) return;
    const height = Math.round(Math.min(width * 0.86, Math.max(300, innerHeight - 410)));
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("width", `${width}`);
    this.svg.setAttribute("height", `${height}`);
    this.#window.resize({ width, height });
    const room = Math.sqrt(width * height / this.songs.length);
    this.#scale = Math.min(1.2, Math.max(0.5, room / 25));
    const box = { width, height, margin: MARGIN };
    this.#place = placement(this.songs, box, bestTurn(this.songs, box));
    this.#layOut();
  }

  #layOut() {
    this.#places = this.songs.map(({ x, y, genre }) =>
      this.#hiddenGenres.has(genre) ? undefined : this.#place(x, y)
    );
    if (!this.#places[this.#focused]) {
      this.#focused = Math.max(0, this.#places.findIndex((place) => place));
    }
    const corner = emptiestCorner(this.#places, this.#window.size, CONTROLS);
    this.buttons.group.className = `zoom ${corner}`;
    this.#show();
    this.#draw();
  }

  /** Moves everything to where the window has it. */
  #show() {
    this.#points = this.#places.map((place) => place && this.#window.pointOf(place));
    this.marks.forEach((mark, song) => {
      putAt(mark, this.#nearWindow(this.#points[song]), this.#scale);
    });
    this.svg.classList.toggle("zoomed", this.#window.isZoomed);
    this.buttons.update(this.#window.goalScale);
    this.#drawOpened();
  }

  /** @returns {Point | undefined} */
  #nearWindow(/** @type {Point | undefined} */ point) {
    const near = (/** @type {number} */ value, /** @type {number} */ length) =>
      Math.max(-BEYOND, Math.min(length + BEYOND, value));
    const { width, height } = this.#window.size;
    return point && [near(point[0], width), near(point[1], height)];
  }

  #drag(/** @type {Point} */ by) {
    this.#hoverAt(undefined);
    this.#window.drag(by);
  }

  #zoomAt(/** @type {number} */ factor, /** @type {Point} */ at) {
    const zoomed = this.#window.zoomAt(factor, at);
    if (zoomed) this.#hoverAt(at);
    return zoomed;
  }

  /** Zooms about the song that matters, if it is seen; 0 shows the whole map. */
  #zoomBy(/** @type {number} */ factor) {
    this.#hoverAt(undefined);
    this.#window.zoomBy(factor, [this.#active(), this.#opened].map((song) => this.#places[song]));
  }

  #zoomKey(/** @type {KeyboardEvent} */ event) {
    const factor = ZOOM_KEYS[event.key];
    // With these it is the browser's zoom.
    if (factor === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#zoomBy(factor);
  }

  #draw() {
    const opened = this.#points[this.#opened];
    this.svg.classList.toggle("has-song", Boolean(opened));
    this.marks.forEach((mark, song) => {
      mark.setAttribute("tabindex", song === this.#focused ? "0" : "-1");
      mark.setAttribute("aria-selected", `${song === this.#opened}`);
      mark.classList.toggle("near", song === this.#opened || this.#neighbours.includes(song));
    });
    this.#drawOpened();
  }

  #drawOpened() {
    const opened = this.#points[this.#opened];
    this.lines.replaceChildren(...this.#neighbours.flatMap((song) => {
      const point = this.#points[song];
      if (!opened || !point) return [];
      const [x1, y1] = opened;
      return [svgElement("line", { x1, y1, x2: point[0], y2: point[1] })];
    }));
    putAt(this.openedRing, opened);
    putAt(this.star, this.#star && this.#window.pointOf(this.#place(...this.#star)));
    this.#drawPointer();
  }

  /** What follows focus and pointer, without a look at all the marks. */
  #drawPointer() {
    const opened = this.#points[this.#opened];
    const active = this.#active();
    putAt(this.ring, this.#points[active]);
    const told = this.#hovered >= 0 ? this.#hovered : active;
    this.#drawTitle(told === this.#opened ? undefined : opened);
    this.#drawTip(told);
  }

  /** The song whose mark has the focus; -1 for none. */
  #active() {
    return this.marks[this.#focused] === document.activeElement ? this.#focused : -1;
  }

  #drawTitle(/** @type {Point | undefined} */ point) {
    this.title.textContent = point ? this.songs[this.#opened].title : "";
    if (!point) return;
    const end = point[0] > this.#window.size.width / 2;
    this.title.setAttribute("x", `${point[0] + (end ? -16 : 16)}`);
    this.title.setAttribute("y", `${point[1] + 5}`);
    this.title.setAttribute("text-anchor", end ? "end" : "start");
  }

  #drawTip(/** @type {number} */ song) {
    const point = this.#points[song];
    const shown = point && isInWindow(point, this.#window.size);
    this.tip.hidden = !shown;
    if (!shown) return;
    const { title, artist, genre, cold } = this.songs[song];
    this.tip.replaceChildren(
      element("strong", {}, title),
      element("span", {}, artist),
      element("span", {}, `${genreName(genre)}${cold ? " · plays hidden" : ""}`),
    );
    const { offsetWidth: width, offsetHeight: height } = this.tip;
    const left = Math.min(this.#window.size.width - width, Math.max(0, point[0] - width / 2));
    const above = point[1] - height - 14;
    this.tip.style.left = `${left}px`;
    this.tip.style.top = `${above >= 0 ? above : point[1] + 16}px`;
  }

  /**
   * A point of an event in pixels of the window.
   *
   * @returns {Point}
   */
  #pointOf(/** @type {MouseEvent} */ event) {
    const { left, top } = this.svg.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  /** The song that a point means; -1 for none. */
  #under(/** @type {Point} */ point) {
    return nearestMark(this.#points, point, REACH);
  }

  #hover(/** @type {PointerEvent} */ event) {
    const pressed = event.buttons !== 0;
    this.#hoverAt(pressed ? undefined : this.#pointOf(event));
  }

  #hoverAt(/** @type {Point | undefined} */ point) {
    const song = point ? this.#under(point) : -1;
    this.svg.classList.toggle("pointing", song >= 0);
    if (song === this.#hovered) return;
    this.#hovered = song;
    this.#drawPointer();
  }

  #click(/** @type {MouseEvent} */ event) {
    const song = this.#under(this.#pointOf(event));
    if (song < 0) return;
    this.#focused = song;
    this.choose(song);
  }

  #focusIn(/** @type {FocusEvent} */ event) {
    const song = this.marks.findIndex((mark) => mark === event.target);
    if (song >= 0) this.#focused = song;
    this.#draw();
    // One that is pressed with the pointer is seen, and must not slip away under it.
    const point = this.#points[song];
    if (point && !isInWindow(point, this.#window.size)) {
      this.#window.bringIntoView(this.#places[song]);
    }
  }

  #key(/** @type {KeyboardEvent} */ event) {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.choose(this.#focused);
      return;
    }
    if (event.key === "Escape") return this.close();
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const next = markTowards(this.#points, this.#focused, event.key);
    if (next >= 0) this.#focusMark(next);
  }
}

/**
 * @param {SVGElement} shape
 * @param {Point | undefined} point
 * @param {number} [scale]
 */
function putAt(shape, point, scale = 1) {
  shape.classList.toggle("gone", !point);
  if (!point) return;
  const [x, y] = point.map((pixels) => pixels.toFixed(1));
  shape.setAttribute(
    "transform",
    `translate(${x},${y})${scale === 1 ? "" : ` scale(${scale.toFixed(2)})`}`,
  );
}
