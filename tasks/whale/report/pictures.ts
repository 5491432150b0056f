/**
 * Learnt features and clips as pictures: for the page of a run, and for notebooks.
 *
 * @module
 */
import { check, finite } from "../../../gpu/check.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import { type NdArray, ndarray } from "../../../gpu/tensor.ts";
import { mapColour } from "../../report/plot/colour_map.ts";
import { heatMap } from "../../report/plot/heat_map.ts";
import { type ChartOptions, PngPicture, type SvgPicture } from "../../report/plot/picture.ts";
import { encodePng } from "../../../files/png.ts";
import { type FrontConfig, PREPARED_SAMPLES, spectrogramSize } from "../config.ts";
import { clipImages, prepareFront, type WhaleDictionary } from "../features.ts";

/** Samples a second of clips after decimation, in Hz. */
const RATE = 1000;

/** Where the frames of a spectrogram lie in time and its bins in frequency. */
export interface SpectrogramScale {
  /** Frames of a clip. */
  readonly frames: number;
  /** Bins of a frame. */
  readonly bins: number;
  /** From the middle of one frame to that of the next. */
  readonly frameSeconds: number;
  /** Middle of the first frame, in seconds from the start of the clip. */
  readonly firstSeconds: number;
  /** From one bin to the next, in Hz; the first is at 0. */
  readonly binHz: number;
}

/** The scale of a configuration's spectrograms. */
export function spectrogramScale(
  config: Pick<FrontConfig, "windowLength" | "redundancy">,
): SpectrogramScale {
  const { hopLength, frames, bins } = spectrogramSize(config);
  return {
    frames,
    bins,
    frameSeconds: hopLength / RATE,
    firstSeconds: config.windowLength / 2 / RATE,
    binHz: RATE / config.windowLength,
  };
}

/**
 * Entries of a dictionary as patches of spectrograms: the way back from whitened space. Columns of
 * the whitening are orthogonal, so that its pseudo-inverse is its transpose with each column divided
 * by its squared length.
 *
 * @returns `[k, d]`, d frame by frame, around 0: the mean patch is not added
 */
export function inputPatches(
  { matrix, centroids }: Pick<WhaleDictionary, "matrix" | "centroids">,
): NdArray {
  const [d, components] = matrix.shape;
  const [k] = centroids.shape;
  const squares = new Float64Array(components);
  matrix.data.forEach((value, i) => squares[i % components] += value ** 2);
  const patches = new Float32Array(k * d);
  for (let entry = 0; entry < k; entry++) {
    const code = squares.map((square, j) =>
      square > 0 ? centroids.data[entry * components + j] / square : 0
    );
    for (let i = 0; i < d; i++) {
      let sum = 0;
      for (let j = 0; j < components; j++) sum += code[j] * matrix.data[i * components + j];
      patches[entry * d + i] = sum;
    }
  }
  return ndarray([k, d], patches);
}

/** Patches to be drawn. */
export interface PatchTable {
  /** `[k, frames x bins]`, frame by frame. */
  readonly patches: NdArray;
  /** Frames of a patch. */
  readonly frames: number;
  /** Bins of a patch. */
  readonly bins: number;
}

/** Options of {@linkcode patchSheet}. */
export interface PatchSheetOptions {
  /** Which patches, in reading order. Default: all. */
  readonly order?: readonly number[];
  /** Patches in a row. Default 20. */
  readonly columns?: number;
  /** What the picture shows, in words. Default: how many patches of which size. */
  readonly alt?: string;
}

/** Width that a patch is drawn in, about, and its height at least, in pixels. */
const TILE = 40;

/** Between two tiles, in pixels. */
const GAP = 4;

/**
 * Patches side by side, time to the right and frequency upwards. White is 0; each has a scale of its
 * own, so that its largest value by size is fully red or blue.
 *
 * @throws {RangeError} when the patches do not have the size that is said, or hold no numbers
 */
export function patchSheet(table: PatchTable, options: PatchSheetOptions = {}): PngPicture {
  const { patches, frames, bins } = table;
  const [k, d] = patches.shape;
  const good = d === frames * bins && k > 0;
  const expected = `[k, ${frames} x ${bins}] with k from 1 on`;
  check(good, "Cannot draw patches", { shape: patches.shape }, expected);
  const { order = Array.from({ length: k }, (_, i) => i) } = options;
  const columns = Math.min(options.columns ?? 20, order.length);
  const across = Math.max(1, Math.round(TILE / frames)); // pixels of a frame
  const up = Math.max(1, Math.round(TILE / bins));
  const [tileWidth, tileHeight] = [frames * across + GAP, bins * up + GAP];
  const width = columns * tileWidth - GAP;
  const height = Math.ceil(order.length / columns) * tileHeight - GAP;
  const pixels = new Uint8Array(height * width * 3).fill(255);
  order.forEach((entry, place) => {
    const left = (place % columns) * tileWidth;
    const top = Math.floor(place / columns) * tileHeight;
    const values = patchOf(table, entry);
    const most = largest(values);
    for (let y = 0; y < bins * up; y++) {
      for (let x = 0; x < frames * across; x++) {
        const value = values[Math.floor(x / across) * bins + bins - 1 - Math.floor(y / up)];
        pixels.set(
          mapColour("diverging", (1 + value / most) / 2),
          ((top + y) * width + left + x) * 3,
        );
      }
    }
  });
  const alt = options.alt ?? `${order.length} patches of ${frames} frames and ${bins} bins`;
  return new PngPicture(encodePng(pixels, { height, width }), { alt, height, width });
}

/** The numbers of one patch. */
function patchOf({ patches, frames, bins }: PatchTable, entry: number) {
  return patches.data.subarray(entry * frames * bins, (entry + 1) * frames * bins);
}

/** The largest size of the numbers, 1 where all are 0. */
function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    finite("Cannot draw patches", { [`value ${i}`]: values[i] });
    most = Math.max(most, Math.abs(values[i]));
  }
  return most || 1;
}

/** Size and words of a picture with axes, 320 pixels wide by default. */
export interface PictureOptions extends ChartOptions {
  /** Pixels. Default 240. */
  readonly height?: number;
}

/**
 * One patch with its axes: milliseconds, and Hz above its lowest bin, as it is found at any height.
 *
 * @param scale that of the spectrograms it comes from
 */
export function patchPicture(
  table: PatchTable,
  entry: number,
  scale: Pick<SpectrogramScale, "frameSeconds" | "binHz">,
  { width = 320, height = 240, ...options }: PictureOptions = {},
): SvgPicture {
  const values = patchOf(table, entry);
  const most = largest(values);
  return heatMap({
    values,
    columns: table.frames,
    rows: table.bins,
    map: "diverging",
    from: -most,
    to: most,
    x: { label: "time (ms)", from: 0, to: 1000 * table.frames * scale.frameSeconds },
    y: { label: "frequency (Hz)", from: 0, to: table.bins * scale.binHz },
    width,
    height,
    ...options,
  });
}

/** How spectrograms are drawn for people: fine steps, and contrast as it is. */
export const SHOWN_FRONT: FrontConfig = {
  windowLength: 128,
  redundancy: 8,
  compression: 10,
  contrast: false,
  meanSigma: 1,
  deviationSigma: 1,
};

/** Parts of the values of a spectrogram that the colours leave below and above their range. */
const CUT = { below: 0.05, above: 0.003 };

/** A spectrogram, `[frames, bins]`. */
export interface SpectrogramImage {
  /** Its values, frame by frame. */
  readonly values: Float32Array;
  /** Its axes. */
  readonly scale: SpectrogramScale;
}

/**
 * Spectrograms of some clips.
 *
 * @param samples clips, `[n, 2000]`
 * @param config how they are made. Default: as the pages of runs show them
 */
export async function spectrogramImages(
  gpu: Gpu,
  samples: Float32Array<ArrayBuffer>,
  config: FrontConfig = SHOWN_FRONT,
): Promise<SpectrogramImage[]> {
  using scope = gpu.scope();
  const scale = spectrogramScale(config);
  const count = samples.length / PREPARED_SAMPLES;
  if (count === 0) return [];
  const clips = scope.upload(ndarray([count, PREPARED_SAMPLES], samples), "clips");
  const { data } = await gpu.read(clipImages(scope, clips, prepareFront(scope, config)));
  const size = scale.frames * scale.bins;
  return Array.from({ length: count }, (_, i) => ({
    values: (data as Float32Array).slice(i * size, (i + 1) * size),
    scale,
  }));
}

/** A spectrogram with its axes in seconds and Hz. The faintest twentieth of it is dark. */
export function spectrogramPicture(
  { values, scale }: SpectrogramImage,
  { width = 320, height = 240, ...options }: PictureOptions = {},
): SvgPicture {
  const sorted = values.toSorted();
  const at = (part: number) => sorted[Math.round(part * (sorted.length - 1))];
  const { frames, bins, frameSeconds, firstSeconds, binHz } = scale;
  const start = firstSeconds - frameSeconds / 2;
  return heatMap({
    values,
    columns: frames,
    rows: bins,
    from: at(CUT.below),
    to: at(1 - CUT.above),
    x: { label: "time (s)", from: 0, to: PREPARED_SAMPLES / RATE },
    y: { label: "frequency (Hz)", from: -binHz / 2, to: (bins - 0.5) * binHz },
    span: [start, start + frames * frameSeconds],
    width,
    height,
    ...options,
  });
}
