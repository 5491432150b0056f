/**
 * What a notebook needs besides the parts: showing values so that none is lost, a grid of pictures,
 * the curve of a training.
 *
 * Arrays, tensors, `summary` and the pictures of `tasks/plot/` show themselves as the last value of
 * a cell. {@linkcode show} also works in the middle of a cell, in a loop, and in a script.
 *
 * @module
 */
import { check, whole } from "../../gpu/check.ts";
import { DISPLAY, type MediaBundle, notebookKernel } from "../../gpu/display.ts";
import { readText } from "../../files/disk/text_file.ts";
import { NUMBER, parseJsonLines } from "../../files/json.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import {
  contactSheet,
  type ContactSheetOptions,
  type ContactSheetPicture,
} from "./contact_sheet.ts";
import { filterSheet } from "./filter_sheet.ts";
import { lineChart } from "./plot/line_chart.ts";
import { PngPicture, type SvgPicture } from "./plot/picture.ts";
import type { ReferenceLine } from "./plot/references.ts";
import { encodePng } from "../../files/png.ts";

/**
 * Deno's kernel calls a cell finished before it has sent what the cell shows, and the tools that run
 * notebooks then drop it, or file it under the next cell. After this many milliseconds it has been
 * sent: 25 of 25 with Deno 2.9.6.
 */
const SENDING = 30;

/**
 * Shows a value: in a notebook as the richest of what it has, in a script as text on stdout.
 *
 * @param value anything; a string is shown as it is
 *
 * @example
 * ```ts
 * import { show } from "jsr:@cetus/cetus/galaxy";
 *
 * await show("two by two:");
 * ```
 */
export async function show(value: unknown): Promise<void> {
  const kernel = notebookKernel();
  const bundle = await bundleOf(value);
  if (!kernel) return console.log(bundle["text/plain"]);
  await kernel.display(bundle, { raw: true });
  await new Promise((resolve) => setTimeout(resolve, SENDING));
}

async function bundleOf(value: unknown): Promise<MediaBundle> {
  if (typeof value === "string") return { "text/plain": value };
  const display = (value as { [DISPLAY]?: () => MediaBundle | Promise<MediaBundle> } | null)
    ?.[DISPLAY];
  if (typeof display === "function") return await display.call(value);
  return { "text/plain": Deno.inspect(value, { depth: 4, colors: false }) };
}

/** Options of {@linkcode imageGrid}. */
export interface ImageGridOptions extends ContactSheetOptions {
  /** Side of the central square that is shown, in pixels. Default: all. */
  readonly crop?: number;
  /** What the grid shows, in words. Default: how many pictures, and their labels. */
  readonly alt?: string;
}

/**
 * Pictures side by side, with a line of text under each.
 *
 * @param pictures RGB pixels `[side, side, 3]`, 0 to 255, and labels; at least one
 * @param options their size, how many in a row, how much smaller; as of `contactSheet`
 * @throws {RangeError} without pictures, when one is not `[side, side, 3]`, or for a crop that is no
 * part of it
 *
 * @example
 * ```ts
 * import { imageGrid, show } from "./notebook.ts";
 *
 * const pixels = new Uint8Array(40 * 40 * 3);
 * await show(imageGrid([{ pixels, label: "SPIRAL .91" }], { side: 40 }));
 * ```
 */
export function imageGrid(
  pictures: readonly ContactSheetPicture[],
  options: ImageGridOptions = {},
): PngPicture {
  const { side = 424, crop = side } = options;
  const shown = pictures.map(({ pixels, label }) => ({
    pixels: centre(pixels, side, crop),
    label,
  }));
  const bytes = contactSheet(shown, { ...options, side: crop });
  const header = new DataView(bytes.buffer, bytes.byteOffset);
  return new PngPicture(bytes, {
    alt: options.alt ?? describeGrid(pictures),
    width: header.getUint32(16), // where every PNG file says it
    height: header.getUint32(20),
  });
}

/** The central square of a picture `[side, side, 3]`. */
function centre(pixels: Uint8Array, side: number, crop: number): Uint8Array {
  if (crop === side) return pixels;
  whole("Cannot show pictures", { crop }, 1, side);
  const margin = Math.floor((side - crop) / 2);
  const square = new Uint8Array(crop * crop * 3);
  for (let y = 0; y < crop; y++) {
    const start = ((margin + y) * side + margin) * 3;
    square.set(pixels.subarray(start, start + crop * 3), y * crop * 3);
  }
  return square;
}

function describeGrid(pictures: readonly ContactSheetPicture[]): string {
  const labels = pictures.flatMap(({ label }) => label ? [label] : []);
  const count = `${pictures.length} picture${pictures.length === 1 ? "" : "s"}`;
  return labels.length ? `${count}: ${labels.join(", ")}` : count;
}

/**
 * The filters of a first convolution, each weight a square of 8 x 8 pixels in its colour. Mid-grey is
 * 0; the largest weight of all, by size, is fully bright or dark.
 *
 * @param filters weights `[kh, kw, 3, f]`, as `gpu.read` gives them
 * @throws {RangeError} for any other shape
 */
export function filterGrid(filters: NdArray): PngPicture {
  const { shape } = filters;
  const good = shape.length === 4 && shape[2] === 3;
  check(good, "Cannot show filters", { shape }, "[kh, kw, 3, f]");
  const { pixels, height, width } = filterSheet(filters, "joint");
  const alt = `${shape[3]} filters of ${shape[0]} x ${shape[1]} pixels`;
  return new PngPicture(encodePng(pixels, { height, width }), { alt, height, width });
}

/** One line of a run's `metrics.jsonl`, as far as the curve shows it. */
export interface CurvePoint {
  /** Steps done. */
  readonly step: number;
  /** Root mean square error of the training examples since the line before. */
  readonly rmse?: number | null;
  /** Root mean square error of the validation examples, where it was measured at this step. */
  readonly validationRmse?: number | null;
}

/** Options of {@linkcode learningCurve}. */
export interface LearningCurveOptions {
  /** Above the chart. Default "Learning curve". */
  readonly title?: string;
  /** Errors to compare with, such as those of baselines. */
  readonly references?: readonly ReferenceLine[];
}

/**
 * The error by training step, of training and validation.
 *
 * @param metrics lines of `metrics.jsonl`, from {@linkcode readMetrics}, or your own
 * @throws {RangeError} when no line holds an error
 *
 * @example
 * ```ts
 * import { learningCurve } from "jsr:@cetus/cetus/galaxy";
 *
 * const curve = learningCurve([{ step: 10, rmse: 0.28 }, { step: 20, rmse: 0.19 }]);
 * if (!curve.svg.startsWith("<svg")) throw new Error("a curve is a drawing");
 * ```
 */
export function learningCurve(
  metrics: readonly CurvePoint[],
  options: LearningCurveOptions = {},
): SvgPicture {
  const series = [
    { name: "training", points: pointsOf(metrics, "rmse") },
    { name: "validation", points: pointsOf(metrics, "validationRmse") },
  ].filter(({ points }) => points.length > 0);
  check(
    series.length > 0,
    "Cannot draw a learning curve",
    { "number of errors": 0 },
    "rmse or validationRmse in one line at least",
  );
  return lineChart({
    title: options.title ?? "Learning curve",
    x: { label: "step" },
    y: { label: "RMSE" },
    series,
    references: options.references,
  });
}

function pointsOf(
  metrics: readonly CurvePoint[],
  name: "rmse" | "validationRmse",
): [number, number][] {
  return metrics.flatMap((line) => {
    const value = line[name]; // JSON writes NaN as null
    return typeof value === "number" ? [[line.step, value] as [number, number]] : [];
  });
}

/**
 * The metrics of a run, in order of their steps.
 *
 * @param run folder of the run
 * @throws {InputError} when it holds no `metrics.jsonl`, or a damaged one
 */
export async function readMetrics(run: string): Promise<CurvePoint[]> {
  const path = `${run}/metrics.jsonl`;
  return parseJsonLines<CurvePoint>(path, await readText(path), { step: NUMBER });
}
