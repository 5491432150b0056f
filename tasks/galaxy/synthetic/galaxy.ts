/**
 * One synthetic galaxy, from its place in a sequence to pixels and votes.
 *
 * @module
 */
import { whole } from "../../../gpu/check.ts";
import { fold, type Key, key, permuted } from "../../../gpu/random.ts";
import { enlarge, SCALES, stretch } from "./colour.ts";
import { type Evidence, measureEvidence } from "./evidence.ts";
import {
  addNeighbour,
  addNoise,
  addTrail,
  BANDS,
  centreOf,
  distanceOf,
  drawNeighbours,
  drawObservation,
  drawStar,
  luminanceNoise,
  nativePixels,
  type Neighbour,
  type Observation,
  type ObservationChanges,
  pixelOf,
  SIDE,
} from "./observation.ts";
import { blur, sigmaOfWidth, spread } from "./psf.ts";
import { type Grid, type Layer, type Rendered, renderGalaxy } from "./render.ts";
import { drawStructure, type GalaxyStructure } from "./structure.ts";
import { answerChances, idealVotes, sampledVotes } from "./votes.ts";

/** A finished galaxy. */
export interface SyntheticGalaxy {
  /** Six digits, different for every index of a seed. */
  readonly id: string;
  /** The picture before it is written as a JPEG, `[424, 424, 3]`. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** Votes of 44 volunteers, 37 columns. */
  readonly target: Float64Array;
  /** What infinitely many volunteers would have voted. */
  readonly ideal: Float64Array;
  /** Quality for its JPEG file, 85 to 92. */
  readonly quality: number;
}

/** A galaxy's votes, and what led to them. */
export interface GalaxyVotes extends Omit<SyntheticGalaxy, "pixels"> {
  /** What it is made of. */
  readonly structure: GalaxyStructure;
  /** How it was observed. */
  readonly observation: Observation;
  /** What can be seen of it. */
  readonly evidence: Evidence;
}

/** Scaled light at which the camera is full, so that bright stars have white middles. */
const FULL_WELL = 400;

/** Six-digit numbers that ids are taken from: 100000 to 999999. */
const ID_COUNT = 900_000;

/** Indices that have an id of their own. */
export const MOST_GALAXIES: number = ID_COUNT;

function checkIndex(index: number): void {
  whole("Cannot make a galaxy", { index }, 0, ID_COUNT - 1);
}

/**
 * The id of a galaxy: a permutation of the six-digit numbers, so that the order of files says
 * nothing.
 */
export function syntheticId(seed: number, index: number): string {
  checkIndex(index);
  return String(100_000 + permuted(fold(key(seed), "galaxy/ids"), ID_COUNT, index));
}

/**
 * Makes a galaxy. The same seed and index give the same bytes on every machine.
 *
 * @param seed A whole number, 0 or more
 * @param index Place in the seed's sequence, 0 to 899,999
 *
 * @example
 * ```ts
 * import { syntheticGalaxy } from "./galaxy.ts";
 *
 * const { pixels, target } = syntheticGalaxy(1, 0);
 * if (pixels.length !== 424 * 424 * 3 || target.length !== 37) throw new Error("wrong size");
 * ```
 */
export function syntheticGalaxy(seed: number, index: number): SyntheticGalaxy {
  const { galaxy, scene } = lookAt(seed, index);
  const { id, target, ideal, quality } = galaxy;
  return { id, target, ideal, quality, pixels: scene.photograph() };
}

/**
 * Makes a galaxy's votes without its picture, in a third of the time.
 *
 * @param seed A whole number, 0 or more
 * @param index Place in the seed's sequence, 0 to 899,999
 * @param changes For experiments: another structure or other circumstances than those drawn
 */
export function syntheticVotes(
  seed: number,
  index: number,
  changes: ObservationChanges & { readonly structure?: GalaxyStructure } = {},
): GalaxyVotes {
  return lookAt(seed, index, changes).galaxy;
}

function lookAt(
  seed: number,
  index: number,
  changes: ObservationChanges & { readonly structure?: GalaxyStructure } = {},
): { galaxy: GalaxyVotes; scene: Scene } {
  const id = syntheticId(seed, index);
  const own = fold(fold(key(seed), "galaxy/image"), index);
  const structure = changes.structure ?? drawStructure(fold(own, "structure"));
  const observation = drawObservation(fold(own, "observation"), changes);
  const scene = new Scene(own, structure, observation);
  const { evidence, overlapped } = scene;
  const chances = answerChances({ structure, evidence, radius: observation.radius, overlapped });
  const galaxy = {
    id,
    structure,
    observation,
    evidence,
    ideal: idealVotes(chances),
    target: sampledVotes(chances, fold(own, "votes")),
    quality: observation.quality,
  };
  return { galaxy, scene };
}

/** A galaxy under the sky: what the volunteers judge by, and the picture they get. */
class Scene {
  readonly evidence: Evidence;
  readonly #key: Key;
  readonly #structure: GalaxyStructure;
  readonly #observation: Observation;
  readonly #neighbours: readonly Neighbour[];
  /** Blurred light of the galaxy in i, r, g, in nanomaggies per pixel. */
  readonly #bands: readonly Float64Array[];

  constructor(own: Key, structure: GalaxyStructure, observation: Observation) {
    this.#key = own;
    this.#structure = structure;
    this.#observation = observation;
    this.#neighbours = drawNeighbours(fold(own, "neighbours"), observation);
    const { side, radius, trueRadius } = observation;
    const [x, y] = centreOf(observation);
    // The structure's R90 is the one without blur.
    const grid = { side, pixel: pixelOf(observation) / trueRadius, x, y };
    const rendered = renderGalaxy(structure, grid);
    const pixel = pixelOf(observation);
    this.#bands = BANDS.map((band) => {
      const seen = spread(rendered[band], side, observation.seeing[band] / pixel);
      return seen.map((light) => light * observation.flux);
    });
    this.evidence = this.#measure(rendered, { ...grid, pixel: pixel / radius });
  }

  /** Whether another object lies over the galaxy. */
  get overlapped(): boolean {
    return this.#neighbours.some((one) => distanceOf(one, this.#observation) < 0.6);
  }

  #measure(rendered: Rendered, grid: Grid): Evidence {
    const observation = this.#observation;
    const scale = 1 / nativePixels(observation);
    const [i, r, g] = this.#bands;
    const total = r.map((light, k) =>
      scale * (SCALES.r * light + SCALES.i * i[k] + SCALES.g * g[k])
    );
    const sigma = sigmaOfWidth(1.1 * observation.seeing.r) / pixelOf(observation);
    const layers: Partial<Record<Layer, Float64Array>> = {};
    for (const [name, layer] of Object.entries(rendered.layers)) {
      const seen = blur(layer, observation.side, sigma);
      layers[name as Layer] = seen.map((light) => light * observation.flux * scale);
    }
    const { angle, q } = this.#structure;
    const noise = luminanceNoise(observation);
    return measureEvidence({ grid, total, layers, noise, plane: { angle, q } });
  }

  /** The picture, `[424, 424, 3]`. */
  photograph(): Uint8Array<ArrayBuffer> {
    const observation = this.#observation;
    const { side, pedestal } = observation;
    const { artifact } = this.#structure;
    const noise = fold(this.#key, "noise");
    const objects = artifact === "star"
      ? [...this.#neighbours, drawStar(fold(this.#key, "star"), observation)]
      : this.#neighbours;
    const channels = BANDS.map((band, c) => {
      // A missing band leaves the noise of its sky.
      const light = artifact === "band" && band === "r"
        ? new Float64Array(side * side)
        : this.#bands[c].slice();
      for (const object of objects) addNeighbour(light, band, object, observation);
      if (artifact === "trail" && band === "r") {
        addTrail(light, fold(this.#key, "trail"), observation);
      }
      addNoise(light, band, fold(noise, band), observation);
      const scale = SCALES[band] / nativePixels(observation);
      return light.map((value) => Math.min(FULL_WELL, value * scale));
    });
    return enlarge(stretch(channels, pedestal), side, SIDE);
  }
}
