/**
 * Affine maps from output pixels to input positions, in float64 on the host. An image is warped by
 * one composed map and one lookup, so nothing is interpolated twice.
 *
 * Positions are (x, y): column, then row; pixel centres are at integers. A positive rotation turns
 * from x to y. Source: the order and the conventions of Dieleman et al. 2015, arXiv:1503.07077, and
 * its code (github.com/benanne/kaggle-galaxies).
 */
import { check, positive } from "../gpu/check.ts";

/** x = a u + b v + tx, y = c u + d v + ty as `[a, b, tx, c, d, ty]`: the upper rows of a matrix. */
export type AffineMap = readonly [
  a: number,
  b: number,
  tx: number,
  c: number,
  d: number,
  ty: number,
];

/** A position: column, row. */
export type Point = readonly [x: number, y: number];

/** How an image is turned, scaled and moved before the network sees it. */
export interface Perturbation {
  /** Degrees, from x to y. Default 0. */
  readonly rotation?: number;
  /** Degrees added to the angle of the y axis. Default 0. */
  readonly shear?: number;
  /** Above 1 the object appears larger. Default 1. */
  readonly zoom?: number;
  /** Whether the output is mirrored in x before the rotation. Default false. */
  readonly flip?: boolean;
  /** Input pixels by which the sampled window moves to the right. Default 0. */
  readonly translateX?: number;
  /** Input pixels by which the sampled window moves down. Default 0. */
  readonly translateY?: number;
}

/** Geometry of a downsampled centre crop; all images are square. */
export interface Crop {
  /** Input pixels along a side. */
  readonly inputSize: number;
  /** Output pixels along a side. */
  readonly outputSize: number;
  /** Input pixels from one output pixel to the next. */
  readonly factor: number;
}

/** Every position to itself. */
export const IDENTITY_MAP: AffineMap = [1, 0, 0, 0, 1, 0];

/** The position that a map gives a position. */
export function mapPoint([a, b, tx, c, d, ty]: AffineMap, [u, v]: Point): Point {
  return [a * u + b * v + tx, c * u + d * v + ty];
}

/** One map after another; the first argument acts first. */
export function compose(...maps: readonly AffineMap[]): AffineMap {
  return maps.reduce(([a, b, tx, c, d, ty], [e, f, ux, g, h, uy]) => [
    e * a + f * c,
    e * b + f * d,
    e * tx + f * ty + ux,
    g * a + h * c,
    g * b + h * d,
    g * tx + h * ty + uy,
  ], IDENTITY_MAP);
}

/** A shift. */
export function translation(x: number, y: number): AffineMap {
  return [1, 0, x, 0, 1, y];
}

/** Centre of a square image: between its two middle pixels when the size is even. */
export function centreOf(size: number): Point {
  return [size / 2 - 0.5, size / 2 - 0.5];
}

/** A map that acts as if `centre` were the origin. */
function about([x, y]: Point, map: AffineMap): AffineMap {
  return compose(translation(-x, -y), map, translation(x, y));
}

/**
 * Downsampling and cropping to the centre: output pixel (u, v) to its input position, with the
 * centres of both images on each other.
 *
 * @example
 * ```ts
 * import { downsampleMap } from "./affine.ts";
 *
 * // x = 3 u + 109.5: each output pixel is the mean of a 2 x 2 block
 * const [scale, , offset] = downsampleMap({ inputSize: 424, outputSize: 69, factor: 3 });
 * if (scale !== 3 || Math.abs(offset - 109.5) > 1e-9) throw new Error("another crop");
 * ```
 */
export function downsampleMap({ inputSize, outputSize, factor }: Crop): AffineMap {
  const shift = inputSize / (2 * factor) - outputSize / 2;
  const offset = factor * (shift + 0.5) - 0.5;
  return [factor, 0, offset, 0, factor, offset];
}

/**
 * A perturbation about a centre. With s = 1 / zoom, rotation r and shear k it is
 *
 *     [ s cos r   -s sin(r + k)   translateX ]
 *     [ s sin r    s cos(r + k)   translateY ]
 *
 * and a flip adds 180 degrees to both r and k, which negates the first column.
 */
export function perturbation(options: Perturbation, centre: Point): AffineMap {
  const { rotation = 0, shear = 0, zoom = 1, flip = false } = options;
  const { translateX = 0, translateY = 0 } = options;
  positive("Cannot perturb an image", { zoom });
  const r = radians(rotation);
  const rk = radians(rotation + shear);
  const mirror = flip ? -1 : 1;
  return about(centre, [
    mirror * Math.cos(r) / zoom,
    -Math.sin(rk) / zoom,
    translateX,
    mirror * Math.sin(r) / zoom,
    Math.cos(rk) / zoom,
    translateY,
  ]);
}

/** An object found in an image: where it is and how it should be scaled. */
export interface Placement {
  /** Column of its centre, in input pixels. */
  readonly x: number;
  /** Row of its centre, in input pixels. */
  readonly y: number;
  /** Above 1 it is enlarged. */
  readonly zoom: number;
}

/** Brings a found object to the centre at a common size; acts last. */
export function recentre({ x, y, zoom }: Placement, centre: Point): AffineMap {
  return perturbation({ zoom, translateX: x - centre[0], translateY: y - centre[1] }, centre);
}

/**
 * The maps of all views of all examples, as `augment` takes them. A view is the crop, its turn, then
 * the perturbation, which the views of an example share.
 *
 * @param perturbations one an example
 * @param options the crop; `turns`, degrees, one a view (default one view, upright); `placements`,
 *   one an example, re-centres
 * @returns `[examples, views, 6]` rounded to f32
 */
export function viewMatrices(
  perturbations: readonly Perturbation[],
  options: Crop & {
    readonly turns?: readonly number[];
    readonly placements?: readonly Placement[];
  },
): Float32Array {
  const { turns = [0], placements } = options;
  const count = placements?.length ?? perturbations.length;
  const expected = `${perturbations.length}, one a perturbation`;
  check(count === perturbations.length, "Cannot compose maps", { placements: count }, expected);
  const centre = centreOf(options.inputSize);
  const crop = downsampleMap(options);
  const starts = turns.map((rotation) => compose(crop, perturbation({ rotation }, centre)));
  const matrices = perturbations.map((options, i) => {
    const perturb = perturbation(options, centre);
    const end = placements ? compose(perturb, recentre(placements[i], centre)) : perturb;
    return starts.map((start) => compose(start, end));
  });
  return Float32Array.from(matrices.flat(2));
}

function radians(degrees: number): number {
  return degrees * Math.PI / 180;
}
