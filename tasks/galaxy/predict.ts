/**
 * Applying a trained run to galaxies without labels.
 *
 * @module
 */
import { writeAll, writeAtomically } from "../../gpu/atomic_file.ts";
import { type Gpu, openGpu } from "../../gpu/gpu.ts";
import { loadTensors } from "../../nn/checkpoint.ts";
import { weightsOf } from "../../nn/fit.ts";
import type { Model } from "../../nn/model.ts";
import { writeTable } from "../data/csv.ts";
import type { BadFile } from "../data/block_cache.ts";
import { InputError } from "../data/input_error.ts";
import { type DecodedJpeg, JpegPool } from "../data/jpeg.ts";
import type { ImageSource } from "../data/source.ts";
import { Progress } from "../progress.ts";
import { RunFolder } from "../run.ts";
import { GALAXY_PRESETS, type GalaxyConfig } from "./config.ts";
import { openGalaxyImages } from "./data.ts";
import { galaxyDataset, PHOTO_SIDE } from "./dataset.ts";
import { newModel } from "./train.ts";
import { ANSWER_COLUMNS, ID_COLUMN } from "./questions.ts";

/** What a prediction is given. */
export interface GalaxyPredictOptions {
  /** Folder of a finished run. */
  readonly run: string;
  /** Folder or zip of JPEGs, or Kaggle's folder with its test images. */
  readonly data: string;
  /** CSV file to write, in Kaggle's submission format. */
  readonly out: string;
  /** What to do with a bad image. Default `stop`. */
  readonly onBad?: "stop" | "skip";
  /** Where progress is shown. Default stderr. */
  readonly progress?: Progress;
  /** Ends the prediction with nothing written; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** The device; opened and closed where there is none. */
  readonly gpu?: Gpu;
}

/** What a prediction did. */
export interface GalaxyPredictResult {
  /** Galaxies predicted. */
  readonly count: number;
  /** The file written. */
  readonly out: string;
  /** Images that were left out, and why. */
  readonly badFiles: readonly BadFile[];
}

/** Photographs decoded and predicted at once: 35 MB. */
const AT_ONCE = 64;

/** Predicts the answers of every image and writes them to a CSV file, whole or not at all. */
export async function predictGalaxies(
  options: GalaxyPredictOptions,
): Promise<GalaxyPredictResult> {
  const { progress = new Progress() } = options;
  await using opened = new AsyncDisposableStack();
  const source = opened.use(await openGalaxyImages(options.data));
  const gpu = options.gpu ?? opened.use(await openGpu());
  const model = opened.use(await loadRun(gpu, options.run));
  const badFiles: BadFile[] = [];
  let count = 0;
  await writeAtomically(options.out, async (file) => {
    for await (const { ids, pixels, bad } of decoded(source, options.onBad ?? "stop")) {
      options.signal?.throwIfAborted();
      badFiles.push(...bad);
      const rows = ids.length ? await predictPixels(model, pixels) : new Float32Array(0);
      const text = writeTable(ids, rows, { idColumn: ID_COLUMN, columns: ANSWER_COLUMNS });
      const body = count === 0 ? text : text.slice(text.indexOf("\n") + 1);
      if (ids.length) await writeAll(file, new TextEncoder().encode(body));
      count += ids.length;
      progress.update(`predicted ${count} of ${source.ids.length} galaxies`);
    }
    if (!count) throw new InputError(`Cannot predict ${options.data}`, "no image could be read");
  });
  for (const { name, reason } of badFiles) progress.line(`left out ${name}: ${reason}`);
  return { count, out: options.out, badFiles };
}

/** The network of a finished run, with its trained weights. */
export async function loadRun(gpu: Gpu, path: string): Promise<Model> {
  const { folder, config } = await RunFolder.read(path);
  const galaxy = configOf(config);
  const file = galaxy.use === "best" ? "best.safetensors" : "checkpoint.safetensors";
  if (!await folder.has(file)) {
    const advice = config.folds ? "name one of its folds, such as fold1" : "train it to its end";
    throw new InputError(`Cannot use the run ${path}`, `it holds no ${file}: ${advice}`);
  }
  using loading = new DisposableStack();
  const model = loading.use(newModel(gpu, galaxy, [0, 0]));
  const { ended, step } = await loadTensors(gpu, folder.file(file), weightsOf(model));
  if (galaxy.use === "last" && ended !== "steps" && ended !== "patience") {
    throw new InputError(`Cannot use the run ${path}`, `it stopped at step ${step}: --resume it`);
  }
  loading.move(); // the caller's from here on
  return model;
}

/** The settings of a run as its `config.json` holds them. */
export function configOf(config: Record<string, unknown>): GalaxyConfig {
  const known = Object.keys(GALAXY_PRESETS.small);
  const missing = known.find((name) => !(name in config));
  if (config.task !== "galaxy" || missing) {
    throw new InputError(
      "Cannot use the run",
      config.task === "galaxy" ? `config.json lacks "${missing}"` : "it is no galaxy run",
    );
  }
  return Object.fromEntries(known.map((name) => [name, config[name]])) as unknown as GalaxyConfig;
}

/** Predictions `[n, 37]` for decoded photographs `[n, 424, 424, 3]`. */
export async function predictPixels(
  model: Model,
  pixels: readonly Uint8Array[],
): Promise<Float32Array> {
  const dataset = galaxyDataset({
    length: pixels.length,
    pixels: (indices, into) => {
      const bytes = PHOTO_SIDE * PHOTO_SIDE * 3;
      indices.forEach((index, i) => into.set(pixels[index], i * bytes));
      return Promise.resolve();
    },
  });
  return (await model.predict(dataset, { batchSize: 32 })).data;
}

interface Piece {
  readonly ids: readonly string[];
  readonly pixels: readonly Uint8Array[];
  readonly bad: readonly BadFile[];
}

/** Decodes all images of a source in order, piece by piece; they are never in memory together. */
async function* decoded(source: ImageSource, onBad: "stop" | "skip"): AsyncGenerator<Piece> {
  using pool = new JpegPool({ height: PHOTO_SIDE, width: PHOTO_SIDE });
  for (let start = 0; start < source.ids.length; start += AT_ONCE) {
    const ids = source.ids.slice(start, start + AT_ONCE);
    const results = await Promise.all(ids.map((id) => readAndDecode(source, id, pool)));
    const piece = { ids: [] as string[], pixels: [] as Uint8Array[], bad: [] as BadFile[] };
    results.forEach((result, i) => {
      if ("pixels" in result) {
        piece.ids.push(ids[i]);
        piece.pixels.push(result.pixels);
      } else if (onBad === "stop") throw result.error;
      else piece.bad.push({ name: result.name, reason: result.error.reason });
    });
    yield piece;
  }
}

/** An image that cannot even be read, such as a damaged zip entry, is as bad as a damaged JPEG. */
async function readAndDecode(
  source: ImageSource,
  id: string,
  pool: JpegPool,
): Promise<DecodedJpeg> {
  const name = source.fileName(id);
  try {
    return await pool.decode({ name, bytes: await source.readImage(id) });
  } catch (error) {
    if (error instanceof InputError) return { name, error };
    throw error;
  }
}
