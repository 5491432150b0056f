// @ts-check
/**
 * Places on the map in pixels, the window that shows a part of it, and which mark lies where an
 * arrow points.
 *
 * @module
 */

/** @typedef {readonly [x: number, y: number]} Point */
/** @typedef {{ readonly x: number, readonly y: number }} Place */
/** @typedef {{ readonly width: number, readonly height: number }} Size */
/** @typedef {Size & { readonly margin: number }} Box */

/**
 * From the map's numbers to pixels: one scale for both axes, upwards is up, all within the margin.
 *
 * @param {readonly Place[]} places
 * @param {Box} box
 * @param {number} [turn] radians by which the map is turned first
 * @returns {(x: number, y: number) => Point} places outside of the map stay in the box
 */
export function placement(places, box, turn = 0) {
  const { width, height, margin } = box;
  const { scale, middle } = fit(places, box, turn);
  const within = (/** @type {number} */ value, /** @type {number} */ size) =>
    Math.min(size - margin / 2, Math.max(margin / 2, value));
  return (x, y) => {
    const [across, up] = turned({ x, y }, turn);
    return [
      within(width / 2 + (across - middle[0]) * scale, width),
      within(height / 2 - (up - middle[1]) * scale, height),
    ];
  };
}

/** Degrees between the turns that are tried. */
const TURN_STEP = 5;
/** A turn has to be worth it: nobody wants another map for two pixels. */
const WORTH_A_TURN = 1.05;

/**
 * The turn in which a map fills a box best; its axes mean nothing, so that no side has to be up.
 *
 * @param {readonly Place[]} places
 * @param {Box} box
 * @returns {number} radians
 */
export function bestTurn(places, box) {
  let [found, most] = [0, fit(places, box, 0).scale * WORTH_A_TURN];
  for (let degrees = TURN_STEP; degrees < 180; degrees += TURN_STEP) {
    const turn = degrees * Math.PI / 180;
    const { scale } = fit(places, box, turn);
    if (scale > most) [found, most] = [turn, scale];
  }
  return found;
}

/**
 * @param {readonly Place[]} places
 * @param {Box} box
 * @param {number} turn
 * @returns {{ scale: number, middle: Point }}
 */
function fit(places, { width, height, margin }, turn) {
  const points = places.map((place) => turned(place, turn));
  const [left, right] = range(points.map(([x]) => x));
  const [bottom, top] = range(points.map(([, y]) => y));
  const scale = Math.min(
    (width - 2 * margin) / (right - left || 1),
    (height - 2 * margin) / (top - bottom || 1),
  );
  return { scale, middle: [(left + right) / 2, (bottom + top) / 2] };
}

/**
 * @param {Place} place
 * @param {number} turn
 * @returns {Point}
 */
function turned({ x, y }, turn) {
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return [x * cos - y * sin, x * sin + y * cos];
}

/** @param {readonly number[]} values */
function range(values) {
  return [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

/** Where controls may lie, the best place first. */
const CORNERS = ["bottom right", "top right", "bottom left", "top left"];

/**
 * The corner of the map in which controls hide the fewest marks.
 *
 * @param {readonly (Point | undefined)[]} points undefined ones are not there
 * @param {Size} size of the map
 * @param {Size} controls
 */
export function emptiestCorner(points, size, controls) {
  const hidden = CORNERS.map((corner) =>
    points.filter((point) => {
      if (!point) return false;
      const across = corner.endsWith("right") ? size.width - point[0] : point[0];
      const along = corner.startsWith("bottom") ? size.height - point[1] : point[1];
      return across < controls.width && along < controls.height;
    }).length
  );
  return CORNERS[hidden.indexOf(Math.min(...hidden))];
}

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

/**
 * The mark nearest to a point.
 *
 * @param {readonly (Point | undefined)[]} points undefined ones are not there
 * @param {Point} point
 * @param {number} [reach] pixels
 * @returns {number} -1 where none is within reach
 */
export function nearestMark(points, [x, y], reach = Infinity) {
  return best(points, (point) => {
    const distance = Math.hypot(point[0] - x, point[1] - y);
    return distance <= reach ? distance : Infinity;
  });
}

/** @type {Readonly<Record<string, Point>>} */
const DIRECTIONS = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/**
 * The next mark in the direction of an arrow key: near, and rather ahead than aside.
 *
 * @param {readonly (Point | undefined)[]} points undefined ones are not there
 * @param {number} from the mark to go from
 * @param {string} key
 * @returns {number} -1 where there is none, or the key is no arrow
 */
export function markTowards(points, from, key) {
  const [direction, start] = [DIRECTIONS[key], points[from]];
  if (!direction || !start) return -1;
  const [dx, dy] = direction;
  const cost = (/** @type {number} */ width) => (/** @type {Point} */ [x, y]) => {
    const ahead = (x - start[0]) * dx + (y - start[1]) * dy;
    const aside = Math.abs((x - start[0]) * dy) + Math.abs((y - start[1]) * dx);
    return ahead > 0.01 && aside <= width * ahead ? ahead + 2 * aside : Infinity;
  };
  const straight = best(points, cost(1));
  return straight >= 0 ? straight : best(points, cost(Infinity));
}

/**
 * @param {readonly (Point | undefined)[]} points
 * @param {(point: Point) => number} cost
 */
function best(points, cost) {
  let [found, least] = [-1, Infinity];
  points.forEach((point, at) => {
    const own = point ? cost(point) : Infinity;
    if (own < least) [found, least] = [at, own];
  });
  return found;
}
