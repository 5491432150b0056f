// @ts-check
/// <reference lib="dom" />
/**
 * What pointers on an element mean, and changes that take a moment.
 *
 * @module
 */

/** @import { Point } from "./map_layout.js" */

/** Pixels that a pointer may move in a click. */
const STEADY = 4;
/** Wheel steps come in pixels, lines or pages; so many of each zoom by a factor of 2. */
const STEPS_TO_DOUBLE = [500, 20, 1];
/** Trackpads report a pinch as small wheel steps with the Ctrl key. */
const PINCH = 10;

/**
 * Tells drags, pinches of two fingers, wheel steps and clicks on an element apart. Points are in
 * pixels from its upper left corner.
 *
 * @param {SVGElement} target
 * @param {{
 *   drag: (by: Point) => void,
 *   zoom: (factor: number, at: Point) => boolean,
 *   click: (event: MouseEvent) => void,
 * }} actions `zoom` says whether it takes the wheel, which scrolls the page where not
 */
export function listenToGestures(target, { drag, zoom, click }) {
  /** @type {Map<number, Point>} */
  const held = new Map();
  let moved = false;

  /** @returns {Point} */
  function pointOf(/** @type {MouseEvent} */ event) {
    const { left, top } = target.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  function down(/** @type {PointerEvent} */ event) {
    if (event.button !== 0) return;
    if (held.size === 0) moved = false;
    held.set(event.pointerId, pointOf(event));
  }

  function move(/** @type {PointerEvent} */ event) {
    const from = held.get(event.pointerId);
    if (!from) return;
    if (event.buttons === 0) return up(event); // let go of outside of the window
    const to = pointOf(event);
    /** @type {Point} */
    const by = [to[0] - from[0], to[1] - from[1]];
    if (!moved && Math.hypot(...by) < STEADY) return;
    if (!moved) target.setPointerCapture(event.pointerId);
    moved = true;
    held.set(event.pointerId, to);
    const others = [...held].filter(([id]) => id !== event.pointerId);
    if (others.length === 0) drag(by);
    else pinch(from, to, others[0][1]);
  }

  /** One finger has moved, the other rests: what is under either of them stays there. */
  function pinch(
    /** @type {Point} */ from,
    /** @type {Point} */ to,
    /** @type {Point} */ rest,
  ) {
    const apart = (/** @type {Point} */ [x, y]) => Math.hypot(x - rest[0], y - rest[1]);
    zoom(apart(to) / Math.max(1, apart(from)), [(from[0] + rest[0]) / 2, (from[1] + rest[1]) / 2]);
    drag([(to[0] - from[0]) / 2, (to[1] - from[1]) / 2]);
  }

  function up(/** @type {PointerEvent} */ event) {
    held.delete(event.pointerId);
  }

  function wheel(/** @type {WheelEvent} */ event) {
    const doubles = -event.deltaY / STEPS_TO_DOUBLE[event.deltaMode] * (event.ctrlKey ? PINCH : 1);
    if (doubles !== 0 && zoom(2 ** doubles, pointOf(event))) event.preventDefault();
  }

  /** @param {string} type @param {(event: any) => void} listener */
  const on = (type, listener) => target.addEventListener(type, listener, { passive: false });
  on("pointerdown", down);
  on("pointermove", move);
  on("pointerup", up);
  on("pointercancel", up);
  on("wheel", wheel);
  // Two fingers are ours also where one of them scrolls the page.
  on("touchstart", (event) => event.touches.length > 1 && event.preventDefault());
  on("click", (event) => moved || click(event));
}

/** Milliseconds. */
const GLIDE = 220;

/**
 * Shows a change from part 0 to part 1 in a short time; at once to those who want less motion.
 *
 * @param {(part: number) => void} show
 * @returns {() => void} stops it
 */
export function glide(show) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    show(1);
    return () => {};
  }
  /** @type {number | undefined} */
  let start;
  let frame = requestAnimationFrame(step);
  function step(/** @type {number} */ now) {
    start ??= now;
    const part = Math.min(1, (now - start) / GLIDE);
    show(part * (2 - part));
    if (part < 1) frame = requestAnimationFrame(step);
  }
  return () => cancelAnimationFrame(frame);
}
