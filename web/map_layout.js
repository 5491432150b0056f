// @ts-check
/**
 * Places on the map in pixels, and which mark lies where an arrow points.
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
