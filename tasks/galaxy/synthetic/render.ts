/**
 * Light of a synthetic galaxy on a grid of pixels, before air, telescope and noise. Beside the sum
 * in three bands it keeps the light of arms, bar, ring and so on apart, so that what each of them
 * does to the picture can be measured.
 *
 * @module
 */
import { luminance } from "./colour.ts";
import {
  armPhase,
  type Arms,
  type Bar,
  type Bulge,
  bulgeProfile,
  type Clump,
  type Colour,
  type Companion,
  type Disk,
  diskProfile,
  type GalaxyStructure,
  radialLight,
  type Tails,
} from "./structure.ts";

/** The grid a galaxy is drawn on. */
export interface Grid {
  /** Rows and columns. */
  readonly side: number;
  /** Side of a pixel, in R90. */
  readonly pixel: number;
  /** Column of the centre, in pixels; pixel centres at integers. */
  readonly x: number;
  /** Row of the centre. */
  readonly y: number;
}

/** Parts whose light is kept apart. */
export const LAYERS = ["arms", "bar", "ring", "clumps", "companion", "dust", "arc"] as const;

/** One of {@linkcode LAYERS}. */
export type Layer = (typeof LAYERS)[number];

/** A galaxy's light per pixel; the galaxy without its companion gives 1 in r. */
export interface Rendered {
  readonly g: Float64Array;
  readonly r: Float64Array;
  readonly i: Float64Array;
  /** What each part adds to (or takes from) the luminance; parts that are there only. */
  readonly layers: Readonly<Partial<Record<Layer, Float64Array>>>;
}

/** Beyond this radius, in R90, nothing is drawn. */
const EDGE = 3.6;

/** Extinction of the bands over that in the visual. */
const REDDENING = { g: 1.2, r: 0.87, i: 0.64 };

/** Components of the light at a point. */
const BULGE = 0;
const DISK = 1;
const YOUNG = 2;
const BAR = 3;
const RING = 4;
const COMPANION = 5;
const TAILS = 6;
const ARC = 7;
/** Not a component: the part of DISK that arms take away. */
const GAPS = 8;
const COMPONENTS = 9;

/** Draws a galaxy. */
export function renderGalaxy(structure: GalaxyStructure, grid: Grid): Rendered {
  return new Renderer(structure, grid).render();
}

class Renderer {
  readonly #structure: GalaxyStructure;
  readonly #grid: Grid;
  readonly #light: (x: number, y: number, out: Float64Array) => void;
  readonly #colours: readonly Colour[];
  readonly #luminances: readonly number[];
  readonly #g: Float64Array;
  readonly #r: Float64Array;
  readonly #i: Float64Array;
  readonly #layers: Partial<Record<Layer, Float64Array>> = {};

  constructor(structure: GalaxyStructure, grid: Grid) {
    this.#structure = structure;
    this.#grid = grid;
    this.#light = lightOf(structure);
    const { bulge, disk, young } = structure.colours;
    const between = (a: Colour, b: Colour) => ({ g: (a.g + b.g) / 2, i: (a.i + b.i) / 2 });
    const bar = between(bulge, disk);
    this.#colours = [bulge, disk, young, bar, between(disk, young), bar, disk, young];
    this.#luminances = this.#colours.map(luminance);
    const length = grid.side ** 2;
    [this.#g, this.#r, this.#i] = [0, 1, 2].map(() => new Float64Array(length));
    for (const layer of this.#present()) this.#layers[layer] = new Float64Array(length);
  }

  render(): Rendered {
    if (this.#structure.artifact !== "star") this.#paint();
    for (const clump of this.#structure.clumps) this.#paintClump(clump);
    return { g: this.#g, r: this.#r, i: this.#i, layers: this.#layers };
  }

  #present(): Layer[] {
    const { arms, bar, ring, clumps, companion, dust, arc } = this.#structure;
    const present = { arms, bar, ring, clumps: clumps.length > 0, companion, dust, arc };
    return LAYERS.filter((layer) => present[layer]);
  }

  #paint(): void {
    const { side, pixel, x: cx, y: cy } = this.#grid;
    const sums = new Float64Array(COMPONENTS);
    const point = new Float64Array(COMPONENTS);
    const fine = 0.9 / pixel;
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const distance = Math.hypot(column - cx, row - cy);
        if (distance * pixel > EDGE) continue;
        const parts = distance < 3 ? 7 : distance < 8 ? 3 : distance < fine && side < 170 ? 2 : 1;
        sums.fill(0);
        for (let v = 0; v < parts; v++) {
          const y = (row - cy + (v + 0.5) / parts - 0.5) * pixel;
          for (let u = 0; u < parts; u++) {
            this.#light((column - cx + (u + 0.5) / parts - 0.5) * pixel, y, point);
            for (let c = 0; c < COMPONENTS; c++) sums[c] += point[c];
          }
        }
        const area = pixel * pixel / (parts * parts);
        this.#add(row * side + column, sums, area, this.#dustDepth(column, row));
      }
    }
  }

  /** Optical depth of the dust lane at a pixel. */
  #dustDepth(column: number, row: number): number {
    const { dust, disk, angle } = this.#structure;
    if (!dust || !disk) return 0;
    const { pixel, x, y } = this.#grid;
    const dx = (column - x) * pixel;
    const dy = (row - y) * pixel;
    const along = Math.abs(dx * Math.cos(angle) + dy * Math.sin(angle));
    const above = dy * Math.cos(angle) - dx * Math.sin(angle) - dust.offset;
    const end = 1 / (1 + Math.exp((along - 2.2 * disk.scale) / (0.3 * disk.scale)));
    return dust.depth * end * Math.exp(-0.5 * (above / dust.height) ** 2);
  }

  #add(k: number, sums: Float64Array, area: number, depth: number): void {
    let [g, r, i, brightness] = [0, 0, 0, 0];
    for (let c = 0; c < GAPS; c++) {
      const light = sums[c] * area;
      if (light === 0) continue;
      g += light * this.#colours[c].g;
      r += light;
      i += light * this.#colours[c].i;
      brightness += light * this.#luminances[c];
    }
    const { arms, bar, ring, companion, dust, arc } = this.#layers;
    if (dust) {
      // A fifth of the light stands before the dust.
      g *= 0.2 + 0.8 * Math.exp(-REDDENING.g * depth);
      r *= 0.2 + 0.8 * Math.exp(-REDDENING.r * depth);
      i *= 0.2 + 0.8 * Math.exp(-REDDENING.i * depth);
      dust[k] = luminance({ g: g / r, i: i / r }) * r - brightness;
    }
    this.#g[k] += g;
    this.#r[k] += r;
    this.#i[k] += i;
    const part = (c: number, colour = c) => sums[c] * area * this.#luminances[colour];
    if (arms) arms[k] = part(YOUNG) + part(GAPS, DISK);
    if (bar) bar[k] = part(BAR);
    if (ring) ring[k] = part(RING);
    if (companion) companion[k] = part(COMPANION) + part(TAILS);
    if (arc) arc[k] = part(ARC);
  }

  #paintClump({ x, y, sigma, share }: Clump): void {
    const { side, pixel, x: cx, y: cy } = this.#grid;
    const { angle, q, disk, colours } = this.#structure;
    const v = disk && disk.height > 0 ? y : y * q;
    const column = cx + (x * Math.cos(angle) - v * Math.sin(angle)) / pixel;
    const row = cy + (x * Math.sin(angle) + v * Math.cos(angle)) / pixel;
    // A knot smaller than a pixel would fall between the grid's points.
    const size = Math.max(0.6, sigma / pixel);
    const reach = Math.ceil(3.5 * size);
    const top = Math.max(0, Math.round(row) - reach);
    const left = Math.max(0, Math.round(column) - reach);
    const bright = luminance(colours.young);
    for (let b = top; b <= Math.min(side - 1, Math.round(row) + reach); b++) {
      for (let a = left; a <= Math.min(side - 1, Math.round(column) + reach); a++) {
        const square = ((a - column) ** 2 + (b - row) ** 2) / (size * size);
        const light = share / (2 * Math.PI * size * size) * Math.exp(-0.5 * square);
        const k = b * side + a;
        this.#g[k] += light * colours.young.g;
        this.#r[k] += light;
        this.#i[k] += light * colours.young.i;
        this.#layers.clumps![k] += light * bright;
      }
    }
  }
}

/** The light per R90² at a point of the sky, by component. */
function lightOf(structure: GalaxyStructure): (x: number, y: number, out: Float64Array) => void {
  const { angle, q, waves, companion, arc, tails, disk } = structure;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const bulge = bulgeLight(structure);
  const plane = disk &&
    (disk.height > 0 ? edgeOnLight(structure, disk) : planeLight(structure, disk));
  const second = companion && companionLight(companion);
  return (x, y, out) => {
    out.fill(0);
    let [a, b] = [x, y];
    for (const { kx, ky, phase, dx, dy } of waves) {
      const wave = Math.sin(kx * x + ky * y + phase);
      a += dx * wave;
      b += dy * wave;
    }
    const u = a * cos + b * sin;
    const v = b * cos - a * sin;
    out[BULGE] = bulge(u, v);
    plane?.(u, v, out);
    if (second) out[COMPANION] = second(x, y);
    if (tails) out[TAILS] = tailLight(tails, u, v / q);
    if (arc) {
      const turn = wrap(Math.atan2(y, x) - arc.angle);
      const across = (Math.hypot(x, y) - arc.radius) / arc.width;
      const peak = arc.share / (5 * arc.radius * arc.width * arc.halfLength);
      out[ARC] = peak * Math.exp(-0.5 * across * across - (turn / arc.halfLength) ** 4);
    }
  };
}

/** An angle put between -pi and pi. */
function wrap(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}

function bulgeLight({ bulge, bulgeShare }: GalaxyStructure): (u: number, v: number) => number {
  const { q, boxiness, twist } = bulge;
  const peak = bulgeShare / (q * radialLight((s) => bulgeProfile(bulge, s)));
  const exponent = 2 + boxiness;
  return (u, v) => {
    const r = Math.hypot(u, v) + 1e-3;
    const turn = twist === 0 ? 0 : twist * Math.log(r);
    const [c, s] = twist === 0 ? [1, 0] : [Math.cos(turn), Math.sin(turn)];
    const a = Math.abs(u * c + v * s);
    const b = Math.abs(v * c - u * s) / q;
    const radius = boxiness < 0.01
      ? Math.hypot(a, b)
      : (a ** exponent + b ** exponent) ** (1 / exponent);
    return peak * bulgeProfile(bulge, radius + 1e-3);
  };
}

function edgeOnLight({ bulgeShare }: GalaxyStructure, disk: Disk) {
  // A disk of stars e^(-r/scale) seen from its side: x K1(x), here within 1 % of it.
  const along = (u: number) => {
    const x = u / disk.scale;
    const soft = 1 / (1 + Math.exp((u - disk.cut) / (0.1 * disk.cut)));
    return soft * Math.sqrt(1 + Math.PI * x / 2) * Math.exp(-x);
  };
  let light = 0;
  for (let k = 0; k < 200; k++) light += along((k + 0.5) * disk.cut / 100) * disk.cut / 100;
  const peak = (1 - bulgeShare) / (2 * light * 2 * disk.height);
  return (u: number, v: number, out: Float64Array) => {
    const cosh = Math.cosh(Math.min(20, Math.abs(v) / disk.height));
    out[DISK] = peak * along(Math.abs(u)) / (cosh * cosh);
  };
}

/** Disk, arms, bar and ring of a disk seen at an angle. */
function planeLight(structure: GalaxyStructure, disk: Disk) {
  const { q, bulgeShare, arms, bar, ring, lopsided, clumps } = structure;
  const clumped = clumps.reduce((sum, { share }) => sum + share, 0);
  const light = q * radialLight((s) => diskProfile(disk, s));
  const barShare = bar?.share ?? 0;
  const share = (1 - bulgeShare) * Math.max(0.3, 1 - clumped);
  const peak = share * (1 - barShare) / light;
  const arm = arms && armLight(arms, disk);
  const ringPeak = ring ? ring.contrast * peak * diskProfile(disk, ring.radius) : 0;
  const barPeak = bar ? barLightPeak(bar, share * barShare, q) : 0;
  return (u: number, v: number, out: Float64Array) => {
    const w = v / q;
    const s = Math.hypot(u, w) + 1e-6;
    const side = 1 + lopsided * u / (s + disk.scale);
    const smooth = peak * diskProfile(disk, s) * side;
    out[DISK] = smooth;
    if (arm) {
      const { crest, gap } = arm(u, w, s);
      out[YOUNG] = smooth * crest;
      out[GAPS] = -smooth * gap;
      out[DISK] += out[GAPS];
    }
    if (bar) out[BAR] = barPeak * barShape(bar, u, w);
    if (ring) out[RING] = ringPeak * Math.exp(-0.5 * ((s - ring.radius) / ring.width) ** 2);
  };
}

/** Crests and what the disk loses to them on average, in units of the disk's light. */
function armLight(arms: Arms, disk: Disk) {
  const { count, contrast, sharpness, start } = arms;
  let mean = 0;
  for (let k = 0; k < 64; k++) mean += Math.exp(sharpness * (Math.cos(k * Math.PI / 32) - 1)) / 64;
  return (u: number, w: number, s: number) => {
    const rise = 1 / (1 + Math.exp(-(s - start) / (0.15 * start)));
    const fall = 1 / (1 + Math.exp((s - 0.9 * disk.cut) / (0.15 * disk.cut)));
    const strength = contrast * rise * fall;
    if (strength < 1e-3) return { crest: 0, gap: 0 };
    const turn = count * Math.atan2(w, u) - armPhase(arms, Math.log(s));
    const crest = strength * Math.exp(sharpness * (Math.cos(turn) - 1));
    return { crest, gap: Math.min(0.9, strength * mean) };
  };
}

function barLightPeak(bar: Bar, share: number, q: number): number {
  return share / (q * Math.PI * bar.length ** 2 * bar.q / 3); // (1 - t²)² over an ellipse: a third
}

function barShape(bar: Bar, u: number, w: number): number {
  const [cos, sin] = [Math.cos(bar.angle), Math.sin(bar.angle)];
  const a = Math.abs(u * cos + w * sin) / bar.length;
  const b = Math.abs(w * cos - u * sin) / (bar.length * bar.q);
  if (a >= 1 || b >= 1) return 0;
  const t = (a ** 2.5 + b ** 2.5) ** 0.4;
  return t < 1 ? (1 - t * t) ** 2 : 0;
}

function companionLight(companion: Companion): (x: number, y: number) => number {
  const { n, radius, q, angle, ratio } = companion;
  const bulge: Bulge = { n, radius, q, twist: 0, boxiness: 0 };
  const peak = ratio / (q * radialLight((s) => bulgeProfile(bulge, s)));
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => {
    const u = (x - companion.x) * cos + (y - companion.y) * sin;
    const v = (y - companion.y) * cos - (x - companion.x) * sin;
    const s = Math.hypot(u, v / q) + 0.03; // a softer cusp: only the main core is oversampled
    return s > 8 * radius ? 0 : peak * bulgeProfile(bulge, s);
  };
}

/** Tails: two crests of an open spiral, brightest at 1.3 R90. */
function tailLight(tails: Tails, u: number, w: number): number {
  const s = Math.hypot(u, w) + 1e-6;
  const along = (s - 1.3) / 0.45;
  if (Math.abs(along) > 3) return 0;
  const turn = Math.atan2(w, u) - tails.sense * Math.log(s) / Math.tan(tails.pitch) - tails.phase;
  const one = Math.exp(-0.5 * (wrap(turn) / 0.3) ** 2);
  const two = 0.4 * Math.exp(-0.5 * (wrap(turn + Math.PI) / 0.3) ** 2);
  return 0.1 * tails.contrast * (one + two) * Math.exp(-0.5 * along * along);
}
