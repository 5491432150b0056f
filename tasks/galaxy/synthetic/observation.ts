/**
 * What a survey's camera makes of a galaxy: its distance and brightness, the blur of the air, other
 * objects in the field, noise, and where the galaxy lies in the frame. Fluxes in nanomaggies
 * (magnitude 22.5 is 1), angles on the sky in arcseconds.
 *
 * @module
 */
import { type Key, threefry } from "../../../gpu/random.ts";
import { SCALES } from "./colour.ts";
import { clamp, Draws } from "../../study/draws.ts";
import { sigmaOfWidth, WIDE_RATIO, WIDE_SHARE } from "./psf.ts";
import { type Colour, colourOf } from "./structure.ts";

/** Side of the finished picture, in pixels. */
export const SIDE = 424;

/** Half of the finished picture's side, in R90: Kaggle's frames are cut that way. */
const FRAME = 4.24;

/** Side of a pixel of the SDSS camera, in arcseconds. */
const NATIVE_PIXEL = 0.396;

/** The bands, in the order red, green, blue of the picture. */
export const BANDS = ["i", "r", "g"] as const;

/** Noise of the sky in one native pixel, in nanomaggies. */
const SKY_NOISE = { i: 0.035, r: 0.025, g: 0.019 } as const;

/** Electrons counted for one nanomaggy. */
const GAIN = 900;

/** How a galaxy was observed. */
export interface Observation {
  /** R90 in arcseconds, as observed. */
  readonly radius: number;
  /** R90 in arcseconds without the blur. */
  readonly trueRadius: number;
  /** Light in r. */
  readonly flux: number;
  /** Full width at half maximum of the blur by band, in arcseconds. */
  readonly seeing: { readonly i: number; readonly r: number; readonly g: number };
  /** Place of the centre off the middle of the finished picture, in its pixels. */
  readonly offset: readonly [x: number, y: number];
  /** What is left of the sky in red, green, blue, 0 to 1. */
  readonly pedestal: readonly number[];
  /** Rows and columns of the grid the camera's light is made on, at most {@linkcode SIDE}. */
  readonly side: number;
  /** Quality of the JPEG file, 85 to 92. */
  readonly quality: number;
}

/** Settings that tests may change. */
export interface ObservationChanges {
  /** R90 in arcseconds. */
  readonly radius?: number;
  /** Factor on the width of the blur. */
  readonly seeing?: number;
}

/** Draws the circumstances of an observation. */
export function drawObservation(key: Key, changes: ObservationChanges = {}): Observation {
  const draws = new Draws(key);
  const drawn = clamp(Math.exp(draws.normal(Math.log(6.6), 0.42)), 3, 40);
  const radius = changes.radius ?? drawn;
  // Bigger ones are brighter; the survey's limit cuts the faint side.
  const faint = draws.normal(15.6 - 3.4 * Math.log10(drawn / 6.6), 0.45);
  const magnitude = clamp(faint > 17 ? 17 - 0.3 * draws.uniform() : faint, 12.5, 17);
  const blur = (width: number) => Math.max(0.9, draws.normal(width, 0.12)) * (changes.seeing ?? 1);
  const seeing = { r: blur(1.35), g: blur(1.45), i: blur(1.3) };
  const scatter = draws.chance(0.05) ? 7 : 1.5;
  return {
    radius,
    trueRadius: 1.17 * Math.sqrt(Math.max(1, radius ** 2 - (0.8 * seeing.r) ** 2)),
    flux: 10 ** (0.4 * (22.5 - magnitude)),
    seeing,
    offset: [draws.normal(2.7, scatter), draws.normal(2.8, scatter)],
    pedestal: [0.013, 0.014, 0.008].map((level) => level + 0.003 * draws.normal()),
    side: Math.min(SIDE, Math.ceil(2 * FRAME * radius / NATIVE_PIXEL)),
    quality: 85 + Math.floor(draws.uniform(0, 8)),
  };
}

/** Side of a grid pixel, in arcseconds. */
export function pixelOf({ radius, side }: Observation): number {
  return 2 * FRAME * radius / side;
}

/** Column and row of the galaxy's centre on the grid. */
export function centreOf({ offset, side }: Observation): [x: number, y: number] {
  const scale = side / SIDE;
  return [
    ((SIDE - 1) / 2 + offset[0] + 0.5) * scale - 0.5,
    ((SIDE - 1) / 2 + offset[1] + 0.5) * scale - 0.5,
  ];
}

/** Native pixels in a pixel of the grid: 1, and more where the finished picture is the coarser. */
export function nativePixels(observation: Observation): number {
  return (pixelOf(observation) / NATIVE_PIXEL) ** 2;
}

/** Noise of the sky in the luminance, in the units of the display. */
export function luminanceNoise(observation: Observation): number {
  const scaled = BANDS.map((band) => SCALES[band] * SKY_NOISE[band]);
  return Math.hypot(...scaled) / Math.sqrt(nativePixels(observation));
}

/** Another object in the field. */
export interface Neighbour {
  /** Column and row on the grid. */
  readonly x: number;
  readonly y: number;
  readonly flux: number;
  readonly colour: Colour;
  /** Half-light radius, in arcseconds; 0 for a star. */
  readonly radius: number;
  readonly q: number;
  readonly angle: number;
  /** Strength of the halo and spikes of a star too bright for the camera; 0 for none. */
  readonly glare: number;
}

/** Objects brighter than magnitude 22.3 on a square arcminute. */
const NEIGHBOUR_DENSITY = 11;

/** Chance that one lies over the galaxy without belonging to it. */
const OVERLAP_CHANCE = 0.02;

/** Draws the other objects of a field. */
export function drawNeighbours(key: Key, observation: Observation): Neighbour[] {
  const draws = new Draws(key);
  const area = (2 * FRAME * observation.radius / 60) ** 2;
  const count = draws.poisson(Math.min(120, NEIGHBOUR_DENSITY * area));
  const found = Array.from({ length: count }, () => {
    const neighbour = drawNeighbour(draws, observation);
    return distanceOf(neighbour, observation) < 0.6 ? undefined : neighbour;
  }).filter((neighbour) => neighbour !== undefined);
  if (draws.chance(OVERLAP_CHANCE)) found.push(drawOverlap(draws, observation));
  if (draws.chance(Math.min(0.2, 0.02 * area))) found.push(drawBrightStar(draws, observation));
  return found;
}

/** Distance from the galaxy, in R90. */
export function distanceOf({ x, y }: Neighbour, observation: Observation): number {
  const [cx, cy] = centreOf(observation);
  return Math.hypot(x - cx, y - cy) * pixelOf(observation) / observation.radius;
}

function drawNeighbour(draws: Draws, { side }: Observation): Neighbour {
  const isStar = draws.chance(0.35);
  const magnitude = draws.magnitude(15, 22.3, isStar ? 0.2 : 0.4);
  const reddish = draws.chance(0.55);
  const gr = isStar ? draws.uniform(0.2, reddish ? 1.5 : 0.8) : draws.normal(0.85, 0.35);
  const ri = isStar ? (gr > 1.2 ? draws.uniform(0.4, 1.4) : 0.4 * gr - 0.05) : 0.42 * gr + 0.04;
  return {
    x: draws.uniform(-3, side + 3),
    y: draws.uniform(-3, side + 3),
    flux: 10 ** (0.4 * (22.5 - magnitude)),
    colour: colourOf(gr, ri),
    radius: isStar ? 0 : 0.7 * Math.exp(draws.normal(0.22 * (20 - magnitude), 0.35)),
    q: draws.uniform(0.3, 1),
    angle: draws.uniform(0, Math.PI),
    glare: 0,
  };
}

function drawOverlap(draws: Draws, observation: Observation): Neighbour {
  const [cx, cy] = centreOf(observation);
  const away = draws.uniform(0.2, 0.6) * observation.radius / pixelOf(observation);
  const direction = draws.uniform(0, 2 * Math.PI);
  return {
    ...drawNeighbour(draws, observation),
    x: cx + away * Math.cos(direction),
    y: cy + away * Math.sin(direction),
    flux: observation.flux * 10 ** draws.uniform(-1.6, -0.5),
  };
}

function drawBrightStar(draws: Draws, observation: Observation): Neighbour {
  const { side } = observation;
  const along = draws.uniform(0, side);
  const across = draws.uniform(-0.05, 0.3) * side;
  const [x, y] = draws.chance(0.5) ? [along, across] : [side - across, along];
  return { ...starOf(draws, draws.magnitude(9, 14, 0.2)), x, y };
}

function starOf(draws: Draws, magnitude: number): Neighbour {
  const gr = draws.uniform(0.3, 1.4);
  return {
    x: 0,
    y: 0,
    flux: 10 ** (0.4 * (22.5 - magnitude)),
    colour: colourOf(gr, 0.4 * gr + draws.uniform(0, 0.4)),
    radius: 0,
    q: 1,
    angle: draws.uniform(-0.3, 0.3),
    glare: 1,
  };
}

/** The star that stands where a galaxy was expected. */
export function drawStar(key: Key, observation: Observation): Neighbour {
  const draws = new Draws(key);
  const [x, y] = centreOf(observation);
  return { ...starOf(draws, draws.uniform(11, 15)), x, y };
}

/** Light of three Gaussians that stand for an exponential disk: share, and sigma over its radius. */
const DISK_GAUSSIANS = [[0.2, 0.3], [0.5, 0.75], [0.3, 1.45]] as const;

/**
 * Adds an object to a band, blurred already: a sum of Gaussians stays one under a Gaussian blur.
 *
 * @param target Light `[side, side]` of the band
 * @param band Which
 */
export function addNeighbour(
  target: Float64Array,
  band: (typeof BANDS)[number],
  neighbour: Neighbour,
  observation: Observation,
): void {
  const pixel = pixelOf(observation);
  const light = neighbour.flux * (band === "r" ? 1 : neighbour.colour[band]);
  const seeing = sigmaOfWidth(observation.seeing[band]) / pixel;
  const widths = [[1 - WIDE_SHARE, seeing], [WIDE_SHARE, seeing * WIDE_RATIO]] as const;
  const bodies = neighbour.radius === 0 ? [[1, 0]] as const : DISK_GAUSSIANS;
  for (const [share, width] of widths) {
    for (const [part, ratio] of bodies) {
      const size = ratio * neighbour.radius / pixel;
      addGaussian(target, observation.side, neighbour, light * share * part, size, width);
    }
  }
  if (neighbour.glare === 0) return;
  addGaussian(target, observation.side, neighbour, 0.012 * light, 0, 5.5 * seeing);
  addGlare(target, band, neighbour, observation, light);
}

/** An ellipse of light with a long-axis sigma `size`, blurred by `width`. */
function addGaussian(
  target: Float64Array,
  side: number,
  { x, y, q, angle }: Neighbour,
  light: number,
  size: number,
  width: number,
): void {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const a = 1 / (size * size + width * width);
  const b = 1 / ((size * q) ** 2 + width * width);
  const xx = a * cos * cos + b * sin * sin;
  const yy = a * sin * sin + b * cos * cos;
  const xy = (a - b) * cos * sin;
  const peak = light * Math.sqrt(a * b) / (2 * Math.PI);
  const reach = Math.ceil(Math.sqrt(2 * Math.log(1 + peak / 2e-4) / Math.min(a, b)));
  for (let v = Math.max(0, Math.floor(y - reach)); v <= Math.min(side - 1, y + reach); v++) {
    for (let u = Math.max(0, Math.floor(x - reach)); u <= Math.min(side - 1, x + reach); u++) {
      const [dx, dy] = [u - x, v - y];
      target[v * side + u] += peak *
        Math.exp(-0.5 * (xx * dx * dx + 2 * xy * dx * dy + yy * dy * dy));
    }
  }
}

/** The halo, strongest in red, and the four spikes of a bright star. */
function addGlare(
  target: Float64Array,
  band: (typeof BANDS)[number],
  { x, y, angle, glare }: Neighbour,
  observation: Observation,
  light: number,
): void {
  const { side } = observation;
  const pixel = pixelOf(observation);
  const [cos, sin] = [Math.cos(angle + Math.PI / 4), Math.sin(angle + Math.PI / 4)];
  const haze = glare * light * pixel * pixel * { i: 5e-5, r: 1.4e-5, g: 0.8e-5 }[band];
  const spike = glare * light * pixel * pixel * 1.2e-4;
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      const dx = (u - x) * pixel;
      const dy = (v - y) * pixel;
      const r = Math.hypot(dx, dy);
      const a = Math.abs(dx * cos + dy * sin);
      const b = Math.abs(dy * cos - dx * sin);
      const rays = Math.exp(-0.5 * (b / 0.5) ** 2 - a / 6) +
        Math.exp(-0.5 * (a / 0.5) ** 2 - b / 6);
      target[v * side + u] += haze / (1 + (r / 9) ** 2) ** 1.5 + spike * rays;
    }
  }
}

/** A satellite's or meteor's trail through the middle, in one band. */
export function addTrail(target: Float64Array, key: Key, observation: Observation): void {
  const draws = new Draws(key);
  const { side } = observation;
  const [cx, cy] = centreOf(observation);
  const angle = draws.uniform(0, Math.PI);
  const peak = draws.uniform(0.6, 2.5);
  const width = draws.uniform(1.5, 3);
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      const across = ((u - cx) * Math.sin(angle) - (v - cy) * Math.cos(angle)) / width;
      target[v * side + u] += peak * Math.exp(-0.5 * across * across);
    }
  }
}

/** Adds the noise of sky and light to a band, in place. */
export function addNoise(
  target: Float64Array,
  band: (typeof BANDS)[number],
  key: Key,
  observation: Observation,
): void {
  const sky = SKY_NOISE[band] ** 2 * nativePixels(observation);
  // As `normal` of gpu/random.ts, whose elements 2i and 2i + 1 share their pair of bits.
  for (let k = 0; k < target.length; k += 2) {
    const [a, b] = threefry(key, k >>> 1, 0);
    const radius = Math.sqrt(-2 * Math.log(((a >>> 8) + 1) * 2 ** -24));
    const angle = 2 * Math.PI * (b >>> 8) * 2 ** -24;
    target[k] += Math.sqrt(sky + Math.max(0, target[k]) / GAIN) * radius * Math.cos(angle);
    if (k + 1 === target.length) break;
    target[k + 1] += Math.sqrt(sky + Math.max(0, target[k + 1]) / GAIN) * radius * Math.sin(angle);
  }
}
