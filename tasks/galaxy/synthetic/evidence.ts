/**
 * What can be seen of a galaxy: measurements on its noise-free, blurred picture. The votes follow
 * these, so an arm that air and distance have washed out convinces nobody.
 *
 * @module
 */
import { clamp } from "../../study/draws.ts";
import type { Grid, Layer } from "./render.ts";

/** A galaxy's blurred picture in luminance, as the display scales it. */
export interface SeenGalaxy {
  readonly grid: Grid;
  /** All of its light, `[side, side]`. */
  readonly total: Float64Array;
  /** What parts of it add or take away. */
  readonly layers: Readonly<Partial<Record<Layer, Float64Array>>>;
  /** Noise of the sky in the luminance. */
  readonly noise: number;
  /** Direction of the long axis and axis ratio of the disk: the plane that arms lie in. */
  readonly plane: { readonly angle: number; readonly q: number };
}

/** Measurements; contrasts are relative to the brightness around, 0 where a part is not there. */
export interface Evidence {
  /** Axis ratio of the outline of what stands out from the sky, by second moments. */
  readonly q: number;
  /** 5 log10(r80 / r20): about 2.7 for a disk, 4 for a spheroid at good resolution. */
  readonly concentration: number;
  /** Difference from the picture turned by half a turn, 0 to 1. */
  readonly asymmetry: number;
  /** Root of the power in the modes m = 1 to 5 around the circle. */
  readonly arms: number;
  /** Greatest m = 2 mode. */
  readonly bar: number;
  /** Crest over the mean of all radii. */
  readonly ring: number;
  /** Root mean square around the circle. */
  readonly clumps: number;
  /** Greatest share of the light at a point. */
  readonly companion: number;
  /** Greatest share of the light taken away at a point. */
  readonly dust: number;
  /** Greatest share of the light at a point. */
  readonly arc: number;
  /** Mean brightness within R90 over the noise of a pixel. */
  readonly signal: number;
}

/** Radii of the circles, in R90. */
const RADII = Array.from({ length: 12 }, (_, k) => 0.12 + 0.09 * k);

/** Points on a circle. */
const ANGLES = 48;

const COSINES = Float64Array.from({ length: ANGLES }, (_, k) => Math.cos(2 * Math.PI * k / ANGLES));
const SINES = Float64Array.from({ length: ANGLES }, (_, k) => Math.sin(2 * Math.PI * k / ANGLES));

/** Measures a galaxy. */
export function measureEvidence(seen: SeenGalaxy): Evidence {
  const circles = circlesOf(seen);
  const { arms, bar, ring, clumps, companion, dust, arc } = seen.layers;
  return {
    ...shapeOf(seen),
    asymmetry: asymmetryOf(seen),
    arms: arms ? modePower(seen, circles, arms) : 0,
    bar: bar ? barMode(seen, circles, bar) : 0,
    ring: ring ? ringCrest(seen, circles, ring) : 0,
    clumps: clumps ? roughness(seen, circles, clumps) : 0,
    companion: companion ? greatestShare(seen, companion, 1) : 0,
    dust: dust ? greatestShare(seen, dust, -1) : 0,
    arc: arc ? greatestShare(seen, arc, 1) : 0,
  };
}

/** One circle in the plane of the disk, as the picture shows it. */
interface Circle {
  /** Places of its points on the grid. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** The light there. */
  readonly total: Float64Array;
  /** How well its mean light stands out from the noise, 0 to 1. */
  readonly visible: number;
}

function circlesOf({ grid, total, noise, plane }: SeenGalaxy): Circle[] {
  const [cos, sin] = [Math.cos(plane.angle), Math.sin(plane.angle)];
  const q = Math.max(0.2, plane.q);
  return RADII.map((radius) => {
    const r = radius / grid.pixel;
    const x = COSINES.map((c, k) => grid.x + r * (c * cos - q * SINES[k] * sin));
    const y = COSINES.map((c, k) => grid.y + r * (c * sin + q * SINES[k] * cos));
    const light = x.map((_, k) => sample(total, grid.side, x[k], y[k]));
    return { x, y, total: light, visible: visibility(mean(light), noise) };
  });
}

/** Sinks to a half where the light is one and a half times the noise of a pixel. */
function visibility(light: number, noise: number): number {
  return light * light / (light * light + (1.5 * noise) ** 2);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The picture between its pixels, bilinear; 0 outside. */
function sample(picture: Float64Array, side: number, x: number, y: number): number {
  const [u, v] = [Math.floor(x), Math.floor(y)];
  if (u < 0 || v < 0 || u >= side - 1 || v >= side - 1) return 0;
  const [a, b] = [x - u, y - v];
  const k = v * side + u;
  return (1 - b) * ((1 - a) * picture[k] + a * picture[k + 1]) +
    b * ((1 - a) * picture[k + side] + a * picture[k + side + 1]);
}

/** A layer's share of the light along a circle. */
function shares({ grid }: SeenGalaxy, { x, y, total }: Circle, layer: Float64Array): Float64Array {
  return total.map((light, k) => sample(layer, grid.side, x[k], y[k]) / Math.max(1e-9, light));
}

/** Amplitude of cos(m angle + phase) in values around a circle. */
function mode(values: Float64Array, m: number): number {
  let [real, imaginary] = [0, 0];
  for (let k = 0; k < ANGLES; k++) {
    real += values[k] * COSINES[(k * m) % ANGLES];
    imaginary += values[k] * SINES[(k * m) % ANGLES];
  }
  return 2 / ANGLES * Math.hypot(real, imaginary);
}

function modePower(seen: SeenGalaxy, circles: readonly Circle[], layer: Float64Array): number {
  let [power, weight] = [0, 0];
  circles.forEach((circle, k) => {
    if (RADII[k] < 0.25) return;
    const values = shares(seen, circle, layer);
    for (let m = 1; m <= 5; m++) power += circle.visible ** 2 * mode(values, m) ** 2 / 2;
    weight += 1;
  });
  return Math.sqrt(power / weight);
}

function barMode(seen: SeenGalaxy, circles: readonly Circle[], layer: Float64Array): number {
  return Math.max(
    ...circles.map((circle) => circle.visible * mode(shares(seen, circle, layer), 2)),
  );
}

function ringCrest(seen: SeenGalaxy, circles: readonly Circle[], layer: Float64Array): number {
  const levels = circles.map((circle) => circle.visible * mean(shares(seen, circle, layer)));
  return Math.max(...levels) - levels.reduce((a, b) => a + b) / levels.length;
}

function roughness(seen: SeenGalaxy, circles: readonly Circle[], layer: Float64Array): number {
  let sum = 0;
  for (const circle of circles) {
    const values = shares(seen, circle, layer);
    const level = mean(values);
    sum += circle.visible ** 2 * mean(values.map((value) => (value - level) ** 2));
  }
  return Math.sqrt(sum / circles.length);
}

/** Calls for each pixel within a radius in R90, with its offset from the centre in pixels. */
function eachWithin(
  { side, pixel, x, y }: Grid,
  radius: number,
  visit: (k: number, dx: number, dy: number) => void,
): void {
  const reach = radius / pixel;
  for (let v = Math.max(0, Math.ceil(y - reach)); v <= Math.min(side - 1, y + reach); v++) {
    for (let u = Math.max(0, Math.ceil(x - reach)); u <= Math.min(side - 1, x + reach); u++) {
      const [dx, dy] = [u - x, v - y];
      if (dx * dx + dy * dy <= reach * reach) visit(v * side + u, dx, dy);
    }
  }
}

function greatestShare(seen: SeenGalaxy, layer: Float64Array, sign: 1 | -1): number {
  let greatest = 0;
  eachWithin(seen.grid, 2, (k) => {
    // Dust is judged against the light it hides.
    const light = sign === 1 ? seen.total[k] : seen.total[k] - layer[k];
    const share = sign * layer[k] / Math.max(1e-9, light) * visibility(light, seen.noise);
    greatest = Math.max(greatest, share);
  });
  return greatest;
}

/** Axis ratio, concentration and signal. */
function shapeOf(seen: SeenGalaxy) {
  const { grid, total, noise } = seen;
  const bins = new Float64Array(Math.ceil(1.5 / grid.pixel) + 2);
  eachWithin(grid, 1.5, (k, dx, dy) => bins[Math.floor(Math.hypot(dx, dy) + 0.5)] += total[k]);
  const inner = bins.subarray(0, Math.ceil(1 / grid.pixel)).reduce((a, b) => a + b, 0);
  return {
    q: outlineRatio(seen),
    concentration: 5 * Math.log10(radiusOfLight(bins, 0.8) / radiusOfLight(bins, 0.2)),
    signal: inner * grid.pixel ** 2 / Math.PI / noise,
  };
}

/** Where the eye draws the outline, in units of the noise of a pixel. */
const OUTLINE = 5;

/**
 * Axis ratio of the outline. Every pixel inside counts the same: a thin disk looks thin even around
 * a bright bulge.
 */
function outlineRatio({ grid, total, noise }: SeenGalaxy): number {
  let [sum, sx, sy, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  eachWithin(grid, 2.4, (k, dx, dy) => {
    if (total[k] < OUTLINE * noise) return;
    sum += 1;
    sx += dx;
    sy += dy;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  });
  if (sum < 2) return 1;
  const [a, b] = [xx / sum - (sx / sum) ** 2, yy / sum - (sy / sum) ** 2];
  const c = xy / sum - sx * sy / sum ** 2;
  const spread = Math.hypot((a - b) / 2, c);
  return Math.sqrt(clamp(((a + b) / 2 - spread) / ((a + b) / 2 + spread + 1e-12), 0.0025, 1));
}

/** Radius that holds a share of the light of rings one pixel wide, in pixels. */
function radiusOfLight(bins: Float64Array, share: number): number {
  let left = share * Math.max(1e-12, bins.reduce((a, b) => a + b, 0));
  for (let k = 0; k < bins.length; k++) {
    if (bins[k] >= left) return Math.max(0.3, k - 0.5 + left / bins[k]);
    left -= bins[k];
  }
  return bins.length;
}

function asymmetryOf({ grid, total, noise }: SeenGalaxy): number {
  let [difference, sum] = [0, 0];
  eachWithin(grid, 1.4, (k, dx, dy) => {
    if (total[k] < 0.6 * noise) return;
    const turned = Math.asinh(2 * sample(total, grid.side, grid.x - dx, grid.y - dy));
    const light = Math.asinh(2 * total[k]);
    difference += Math.abs(light - turned);
    sum += light + turned;
  });
  return sum === 0 ? 0 : difference / sum;
}
