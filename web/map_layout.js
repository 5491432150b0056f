// @ts-check
/**
 * Places on the map in pixels, and which mark lies where an arrow points.
 *
 * @module
 */

/** @typedef {readonly [x: number, y: number]} Point */

/**
 * From the map's numbers to pixels: one scale for both axes, upwards is up, all within the margin.
 *
 * @param {readonly { readonly x: number, readonly y: number }[]} places
 * @param {{ readonly width: number, readonly height: number, readonly margin: number }} box
 * @returns {(x: number, y: number) => Point} places outside of the map stay in the box
 */
export function placement(places, { width, height, margin }) {
  const [left, right] = range(places.map(({ x }) => x));
  const [bottom, top] = range(places.map(({ y }) => y));
  const scale = Math.min(
    (width - 2 * margin) / (right - left || 1),
    (height - 2 * margin) / (top - bottom || 1),
  );
  const [middleX, middleY] = [(left + right) / 2, (bottom + top) / 2];
  const within = (/** @type {number} */ value, /** @type {number} */ size) =>
    Math.min(size - margin / 2, Math.max(margin / 2, value));
  return (x, y) => [
    within(width / 2 + (x - middleX) * scale, width),
    within(height / 2 - (y - middleY) * scale, height),
  ];
}

/** @param {readonly number[]} values */
function range(values) {
  return [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
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
