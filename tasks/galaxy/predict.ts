/**
 * Applying a trained run to galaxies without labels.
 *
 * @module
 */
import { OutputFile } from "../../files/disk/output_file.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { loadTensors } from "../../nn/checkpoint.ts";
import type { Model } from "../../nn/model.ts";
import { writeTable } from "../../files/table.ts";
import { type BadFile, badFile, type OnBad } from "../../files/bad_file.ts";
import { InputError } from "../../files/input_error.ts";
import type { DecodedImage } from "../../files/jpeg.ts";
import { jpegError } from "../../files/jpeg_header.ts";
import { type JpegPool, startJpegPool } from "../../files/jpeg_pool.ts";
import type { Warn } from "../../files/warn.ts";
import type { ImageSource } from "../../files/disk/image_source.ts";
import { openDevice, type PredictOptions, type PredictResult } from "../run/work.ts";
import { Progress } from "../run/progress.ts";
import { Warnings } from "../run/warnings.ts";
import { RunFolder } from "../run/run_folder.ts";
import { type AveragingOptions, predictAveraged, testTransforms } from "./averaging.ts";
import { openGalaxyImages } from "./data.ts";
import { PHOTO_SIDE } from "./dataset.ts";
import { ANSWER_COLUMNS, ID_COLUMN } from "./questions.ts";
import { configOfRun } from "../run/settings.ts";
import { GALAXY_SETTINGS } from "./config.ts";
import { transformsOf, weightsFile } from "./run_config.ts";
import { newModel } from "./train_split.ts";

/** What a prediction is given; the file is in Kaggle's submission format. */
export interface GalaxyPredictOptions extends PredictOptions {
  /** Transformed copies that a prediction is the mean of: 1 or 60. Default: as the run was told. */
  readonly transforms?: number;
}

/** Photographs decoded and predicted at once: 35 MB. */
const AT_ONCE = 64;

/**
 * Predicts the answers of every image and writes them to a CSV file, whole or not at all.
 *
 * @throws {InputError} for a run or an image that cannot be used, an `out` that cannot be written or
 * is there already
 */
export async function predictGalaxies(
  options: GalaxyPredictOptions,
): Promise<PredictResult> {
  const { out, force, data, progress = new Progress(), signal } = options;
  await using file = await OutputFile.open(out, { force, reads: [data] });
  const transforms = options.transforms ?? transformsOf((await RunFolder.read(options.run)).config);
  testTransforms(transforms); // a wrong number fails before anything is opened
  await using opened = new AsyncDisposableStack();
  const warnings = new Warnings(progress);
  const source = opened.use(await openGalaxyImages(data, { warn: warnings.tell }));
  if (source.leftOut) progress.line(source.leftOut);
  const gpu = await openDevice(options, opened);
  const model = opened.use(await loadRun(gpu, options.run));
  const badFiles: BadFile[] = [];
  let count = 0;
  const pieces = decoded(source, options.onBad ?? "stop", warnings.tell);
  for await (const { ids, pixels, bad } of pieces) {
    signal?.throwIfAborted();
    badFiles.push(...bad);
    const shown = (done: number) =>
      progress.update(`predicted ${count + done} of ${source.ids.length} galaxies`);
    const rows = await predictPixels(model, pixels, { transforms, progress: shown, signal });
    const text = writeTable(ids, rows, { idColumn: ID_COLUMN, columns: ANSWER_COLUMNS });
    if (ids.length) await file.write(count === 0 ? text : text.slice(text.indexOf("\n") + 1));
    count += ids.length;
  }
  if (!count) throw new InputError(`Cannot predict ${data}`, "no image could be read");
  await file.finish();
  progress.line(`predicted ${count} of ${source.ids.length} galaxies`);
  warnings.conclude();
  for (const { name, reason } of badFiles) progress.line(`left out ${name}: ${reason}`);
  return { count, out, badFiles };
}

/** The network of a finished run, with its trained weights. */
export async function loadRun(gpu: Gpu, path: string): Promise<Model> {
  const { folder, config } = await RunFolder.read(path);
  const galaxy = configOfRun(GALAXY_SETTINGS, config, path);
  const file = await weightsFile(folder, config);
  using loading = new DisposableStack();
  const model = loading.use(newModel(gpu, galaxy, [0, 0]));
  const { metadata } = await loadTensors(gpu, folder.file(file), model.weights);
  const { ended, step } = metadata;
  if (galaxy.use === "last" && ended !== "steps" && ended !== "patience") {
    throw new InputError(`Cannot use the run ${path}`, `it stopped at step ${step}: --resume it`);
  }
  loading.move(); // the caller's from here on
  return model;
}

/** Predictions `[n, 37]` for decoded photographs `[n, 424, 424, 3]`. */
export async function predictPixels(
  model: Model,
  pixels: readonly Uint8Array[],
  options: AveragingOptions = {},
): Promise<Float32Array> {
  const read = (indices: Uint32Array, into: Uint8Array) => {
    const bytes = PHOTO_SIDE * PHOTO_SIDE * 3;
    indices.forEach((index, i) => into.set(pixels[index], i * bytes));
    return Promise.resolve();
  };
  return await predictAveraged(model, { length: pixels.length, pixels: read }, options);
}

interface Piece {
  readonly ids: readonly string[];
  readonly pixels: readonly Uint8Array[];
  readonly bad: readonly BadFile[];
}

/** Decodes all images of a source in order, piece by piece; they are never in memory together. */
async function* decoded(
  source: ImageSource,
  onBad: OnBad,
  warn: Warn,
): AsyncGenerator<Piece> {
  using pool = startJpegPool();
  for (let start = 0; start < source.ids.length; start += AT_ONCE) {
    const ids = source.ids.slice(start, start + AT_ONCE);
    const results = await Promise.allSettled(ids.map((id) => readAndDecode(source, id, pool)));
    const piece = { ids: [] as string[], pixels: [] as Uint8Array[], bad: [] as BadFile[] };
    results.forEach((result, i) => {
      if (result.status === "fulfilled") {
        piece.ids.push(ids[i]);
        piece.pixels.push(result.value.pixels);
        warn(source.fileName(ids[i]), result.value.warnings);
      } else piece.bad.push(badFile(source.fileName(ids[i]), result.reason, onBad));
    });
    yield piece;
  }
}

async function readAndDecode(
  source: ImageSource,
  id: string,
  pool: JpegPool,
): Promise<DecodedImage> {
  const name = source.fileName(id);
  const bytes = await source.readImage(id);
  const decoded = await pool.ask({ name, bytes, height: PHOTO_SIDE, width: PHOTO_SIDE });
  if ("pixels" in decoded) return decoded;
  throw jpegError(name, decoded.reason);
}
