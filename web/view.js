// @ts-check
/**
 * The part of the map that its window shows.
 *
 * @module
 */

/** @import { Point, Size } from "./map_layout.js" */

/**
 * What part of the map is seen: a pixel p of the whole map stands at `scale * p + [x, y]`.
 *
 * @typedef {{ readonly scale: number, readonly x: number, readonly y: number }} View
 */

/** @type {View} */
export const WHOLE = { scale: 1, x: 0, y: 0 };
/** Where the nearest of neighbours in a tight cluster lie apart. */
export const LARGEST_SCALE = 40;

/**
 * Where a view shows a point of the whole map.
 *
 * @param {View} view
 * @param {Point} point
 * @returns {Point}
 */
export function seen({ scale, x, y }, point) {
  return [scale * point[0] + x, scale * point[1] + y];
}

/**
 * A view nearer or farther by a factor; the point `at` of the window stays where it is.
 *
 * @param {View} view
 * @param {number} factor
 * @param {{ readonly at: Point, readonly size: Size }} window
 */
export function zoomed(view, factor, { at, size }) {
  const scale = Math.min(LARGEST_SCALE, Math.max(1, view.scale * factor));
  const ratio = scale / view.scale;
  const [x, y] = [at[0] - (at[0] - view.x) * ratio, at[1] - (at[1] - view.y) * ratio];
  return withinMap({ scale, x, y }, size);
}

/**
 * A view moved by a drag.
 *
 * @param {View} view
 * @param {Point} by
 * @param {Size} size
 */
export function panned({ scale, x, y }, by, size) {
  return withinMap({ scale, x: x + by[0], y: y + by[1] }, size);
}

/**
 * The least move after which a point of the whole map is seen, `margin` away from the edges where
 * the map goes on beyond them.
 *
 * @param {View} view
 * @param {Point} point
 * @param {{ readonly margin: number, readonly size: Size }} window
 */
export function broughtIntoView(view, point, { margin, size }) {
  const move = (/** @type {number} */ value, /** @type {number} */ length) => {
    const inset = Math.min(margin, length / 2);
    return Math.max(inset, Math.min(length - inset, value)) - value;
  };
  const [x, y] = seen(view, point);
  return panned(view, [move(x, size.width), move(y, size.height)], size);
}

/**
 * Whether a point of the window is within it.
 *
 * @param {Point} point
 * @param {Size} size
 * @param {number} [inset] pixels to the edge that it keeps at least
 */
export function isInWindow([x, y], { width, height }, inset = 0) {
  return x >= inset && y >= inset && x <= width - inset && y <= height - inset;
}

/**
 * A view on the way to another; what both show at one place stays there.
 *
 * @param {View} from
 * @param {View} to
 * @param {number} part 0 to 1
 * @returns {View}
 */
export function between(from, to, part) {
  const mixed = (/** @type {number} */ a, /** @type {number} */ b) => a + (b - a) * part;
  return {
    scale: mixed(from.scale, to.scale),
    x: mixed(from.x, to.x),
    y: mixed(from.y, to.y),
  };
}

/**
 * Moved so that the window shows nothing beside the map.
 *
 * @param {View} view
 * @param {Size} size
 * @returns {View}
 */
function withinMap({ scale, x, y }, { width, height }) {
  const held = (/** @type {number} */ offset, /** @type {number} */ length) =>
    Math.min(0, Math.max(length * (1 - scale), offset));
  return { scale, x: held(x, width), y: held(y, height) };
}
