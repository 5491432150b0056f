/**
 * Galaxies as small pictures inside a page, and as the network sees them.
 *
 * @module
 */
import { jpeg } from "../../../deps_jpeg.ts";
import type { NdArray } from "../../../gpu/tensor.ts";
import { viewMatrices } from "../../../nn/affine.ts";
import { augmentRef } from "../../../nn/augment_ref.ts";
import { IDENTITY_PERTURBATION } from "../../../nn/perturbation.ts";
import { viewsRef } from "../../../nn/views_ref.ts";
import { base64 } from "../../report/plot/picture.ts";
import { encodePng } from "../../../files/png.ts";
import { GALAXY_VIEWS, PHOTO_SIDE } from "../dataset.ts";
import { PART_SIDE, VIEW_COUNT, VIEW_SIDE } from "../model.ts";

/** Side of the central square that small pictures show, in pixels of the photograph. */
export const SHOWN_SIDE = 300;

/** Side of small pictures, in pixels. */
export const SMALL_SIDE = 150;

/** Quality of JPEG pictures: their noise stays below that of the photographs. */
const QUALITY = 82;

/** Bytes of one photograph. */
const PHOTO_BYTES = PHOTO_SIDE * PHOTO_SIDE * 3;

/** One of several photographs. */
export function photographAt(pixels: Uint8Array, place: number): Uint8Array {
  return pixels.subarray(place * PHOTO_BYTES, (place + 1) * PHOTO_BYTES);
}

/**
 * The centre of a photograph at half its size, each pixel the mean of 2 x 2.
 *
 * @param pixels `[424, 424, 3]`
 * @returns `[150, 150, 3]`
 */
export function smallPixels(pixels: Uint8Array): Uint8Array {
  const factor = SHOWN_SIDE / SMALL_SIDE;
  const start = (PHOTO_SIDE - SHOWN_SIDE) / 2;
  const small = new Uint8Array(SMALL_SIDE * SMALL_SIDE * 3);
  for (let row = 0; row < SMALL_SIDE; row++) {
    for (let column = 0; column < SMALL_SIDE; column++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let y = start + factor * row; y < start + factor * (row + 1); y++) {
          for (let x = start + factor * column; x < start + factor * (column + 1); x++) {
            sum += pixels[(y * PHOTO_SIDE + x) * 3 + channel];
          }
        }
        small[(row * SMALL_SIDE + column) * 3 + channel] = Math.round(sum / factor ** 2);
      }
    }
  }
  return small;
}

/** A square picture as a JPEG in a URL. */
export function jpegUrl(pixels: Uint8Array, side: number): string {
  const data = new Uint8Array(side * side * 4); // the encoder reads four bytes a pixel
  for (let i = 0; i < side * side; i++) data.set(pixels.subarray(3 * i, 3 * i + 3), 4 * i);
  const file = jpeg.encode({ data, width: side, height: side }, QUALITY).data;
  return `data:image/jpeg;base64,${base64(file)}`;
}

/** A square picture as a PNG in a URL: for pictures so small that each pixel counts. */
export function pngUrl(pixels: Uint8Array, side: number): string {
  const file = encodePng(pixels, { height: side, width: side });
  return `data:image/png;base64,${base64(file)}`;
}

/** A galaxy as the network sees it. */
export interface SeenGalaxy {
  /** The views, upright and turned by 45 degrees, each `[69, 69, 3]`. */
  readonly views: readonly Uint8Array[];
  /** The same, mirrored left to right. */
  readonly mirrored: readonly Uint8Array[];
  /** The 16 parts in the order in which the network takes them, each `[45, 45, 3]`. */
  readonly parts: readonly Uint8Array[];
}

/**
 * Cuts views and parts as the network's shaders do, in plain float64.
 *
 * @param pixels `[424, 424, 3]`
 */
export function seenByNetwork(pixels: Uint8Array): SeenGalaxy {
  const views = augmentRef(
    { shape: [1, PHOTO_SIDE, PHOTO_SIDE, 3], data: pixels },
    { shape: [1, VIEW_COUNT, 6], data: viewMatrices([IDENTITY_PERTURBATION], GALAXY_VIEWS) },
    { shape: [1], data: new Float32Array(1) },
    { size: VIEW_SIDE },
  );
  const upright = pictures(views, VIEW_COUNT);
  const parts = viewsRef(views, PART_SIDE, true);
  return {
    views: upright,
    mirrored: upright.map((view) => mirror(view, VIEW_SIDE)),
    parts: pictures(parts, parts.shape[0]),
  };
}

/** An array of values in [0, 1] as pictures of bytes. */
function pictures({ data }: NdArray, count: number): Uint8Array[] {
  const bytes = Uint8Array.from(data as Float64Array, (value) => Math.round(255 * value));
  const size = bytes.length / count;
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

function mirror(pixels: Uint8Array, side: number): Uint8Array {
  const mirrored = new Uint8Array(pixels.length);
  for (let i = 0; i < side * side; i++) {
    const from = i - i % side + side - 1 - i % side;
    mirrored.set(pixels.subarray(3 * from, 3 * from + 3), 3 * i);
  }
  return mirrored;
}
