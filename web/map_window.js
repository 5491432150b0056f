// @ts-check
/// <reference lib="dom" />
/**
 * The window of the map while it moves: where it is, where a glide takes it, and its buttons.
 *
 * @module
 */
import { element, svgElement } from "./elements.js";
import { glide } from "./gestures.js";
import {
  between,
  broughtIntoView,
  isInWindow,
  LARGEST_SCALE,
  panned,
  seen,
  WHOLE,
  zoomed,
} from "./view.js";

/** @import { Point, Size } from "./map_layout.js" */
/** @import { View } from "./view.js" */

/** Pixels to the edge at which a mark is well in view. */
const INSET = 48;
/** Pixels to the edge at which a mark is seen at all. */
const SEEN = 8;
/** The part of the window beside a song that its neighbours get. */
const SURROUNDINGS = 0.45;
/** Of a press of a button or a key. */
export const ZOOM_STEP = 1.6;

const ICONS = {
  plus: "M-6,0H6M0,-6V6",
  minus: "M-6,0H6",
  corners: "M-6,-2V-6H-2M2,-6H6V-2M6,2V6H2M-2,6H-6V2",
};

/** Which part of the map is shown. Places are in pixels of the whole map, points in the window's. */
export class MapWindow {
  /** @type {Size} */
  #size = { width: 0, height: 0 };
  #view = WHOLE;
  /** The view that a glide ends in. */
  #goal = WHOLE;
  #stopGlide = () => {};

  /** @param {() => void} show told after each move */
  constructor(show) {
    this.show = show;
  }

  get size() {
    return this.#size;
  }

  get isZoomed() {
    return this.#view.scale > 1;
  }

  /** The scale in which a glide ends. */
  get goalScale() {
    return this.#goal.scale;
  }

  /**
   * Where a place is shown.
   *
   * @param {Point} place
   */
  pointOf(place) {
    return seen(this.#view, place);
  }

  /**
   * Shows the same part of the map in a window of another size.
   *
   * @param {Size} size
   */
  resize(size) {
    const before = this.#size;
    this.#size = size;
    if (before.width === 0) return;
    const { scale, x, y } = this.#goal;
    this.#stopGlide();
    this.#goal = { scale, x: x * size.width / before.width, y: y * size.height / before.height };
    this.#view = this.#goal;
  }

  /** @param {Point} by */
  drag(by) {
    this.#jumpTo(panned(this.#view, by, this.#size));
  }

  /**
   * Zooms about a point of the window.
   *
   * @param {number} factor
   * @param {Point} at
   * @returns {boolean} whether there was anything to zoom: the whole map is as small as it gets
   */
  zoomAt(factor, at) {
    if (factor < 1 && !this.isZoomed) return false;
    this.#jumpTo(zoomed(this.#view, factor, { at, size: this.#size }));
    return true;
  }

  /**
   * Zooms about the first place that is seen, and moves it towards the middle; else about the middle.
   *
   * @param {number} factor 0 shows the whole map
   * @param {readonly (Point | undefined)[]} places
   */
  zoomBy(factor, places) {
    const size = this.#size;
    const place = places.find((place) => place && isInWindow(seen(this.#goal, place), size));
    /** @type {Point} */
    const at = place ? seen(this.#goal, place) : [size.width / 2, size.height / 2];
    const view = zoomed(this.#goal, factor, { at, size });
    const margin = this.#surroundings();
    this.#glideTo(place ? broughtIntoView(view, place, { margin, size }) : view);
  }

  /**
   * @param {Point | undefined} place
   * @param {number} [margin]
   */
  bringIntoView(place, margin = INSET) {
    if (!place || this.#goal.scale === 1) return;
    this.#glideTo(broughtIntoView(this.#goal, place, { margin, size: this.#size }));
  }

  /**
   * Shows a place with what is around it; one that is seen stays where it is.
   *
   * @param {Point | undefined} place
   */
  surround(place) {
    if (!place || isInWindow(seen(this.#goal, place), this.#size, SEEN)) return;
    this.bringIntoView(place, this.#surroundings());
  }

  #surroundings() {
    return SURROUNDINGS * Math.min(this.#size.width, this.#size.height);
  }

  #jumpTo(/** @type {View} */ view) {
    this.#stopGlide();
    this.#goal = view;
    this.#view = view;
    this.show();
  }

  #glideTo(/** @type {View} */ view) {
    const from = this.#view;
    this.#stopGlide();
    this.#goal = view;
    this.#stopGlide = glide((part) => {
      this.#view = between(from, view, part);
      this.show();
    });
  }
}

/**
 * The buttons of a window.
 *
 * @param {(factor: number) => void} zoomBy
 * @returns {{ group: HTMLElement, update: (scale: number) => void }} `update` greys those out that
 * would change nothing
 */
export function zoomButtons(zoomBy) {
  const nearer = zoomButton("Zoom in", ICONS.plus, () => zoomBy(ZOOM_STEP));
  const farther = zoomButton("Zoom out", ICONS.minus, () => zoomBy(1 / ZOOM_STEP));
  const whole = zoomButton("Whole map", ICONS.corners, () => zoomBy(0));
  const attributes = { role: "group", "aria-label": "Zoom of the map" };
  return {
    group: element("div", attributes, nearer, farther, whole),
    update(scale) {
      nearer.setAttribute("aria-disabled", `${scale >= LARGEST_SCALE}`);
      for (const button of [farther, whole]) {
        button.setAttribute("aria-disabled", `${scale <= 1}`);
      }
    },
  };
}

/**
 * @param {string} label
 * @param {string} icon
 * @param {() => void} zoom
 */
function zoomButton(label, icon, zoom) {
  return element(
    "button",
    { type: "button", "aria-label": label, title: label, onclick: zoom },
    svgElement(
      "svg",
      { viewBox: "-8 -8 16 16", width: 16, height: 16, "aria-hidden": "true" },
      svgElement("path", { d: icon }),
    ),
  );
}
