/**
 * Labelled galaxies opened for a run: real ones from Kaggle's layout, or a synthetic sky.
 *
 * @module
 */
import type { ImagePhase } from "../../files/disk/block_cache.ts";
import type { ImageStore } from "../../files/disk/image_store.ts";
import { openImages } from "../../files/disk/jpeg_blocks.ts";
import { consecutiveSplit, type Split } from "../study/split.ts";
import type { DataOptions, Watched } from "../run/work.ts";
import type { Progress } from "../run/progress.ts";
import { Warnings } from "../run/warnings.ts";
import type { GalaxyConfig } from "./config.ts";
import { openGalaxyData } from "./data.ts";
import { weighedByTree } from "./questions.ts";
import { answerRows } from "./dataset.ts";
import { openSky } from "./sky.ts";

/** Which galaxies. */
export interface GalaxiesOptions extends Omit<DataOptions<GalaxyConfig>, "seed">, Watched {
  /** Galaxies to leave out, by id; of real data only. */
  readonly without?: ReadonlySet<string>;
}

/** Galaxies that are there to be read, with their labels. */
export interface Galaxies extends AsyncDisposable {
  /** Their pictures and ids. */
  readonly store: ImageStore;
  /** Their labels `[n, 37]`, in the order of the pictures. */
  readonly labels: Float32Array;
  /** What infinitely many volunteers would have voted, `[n, 37]`; of synthetic galaxies only. */
  readonly ideals?: Float32Array;
  /** Images without labels, which are not among them. */
  readonly unlabelledCount: number;
  /** Galaxies left out because they were asked to be. */
  readonly leftOut: number;
}

/**
 * Opens the galaxies of a run; decodes or makes those that are not in the cache.
 *
 * @throws {InputError} for data that cannot be used
 */
export function openGalaxies(options: GalaxiesOptions): Promise<Galaxies> {
  return options.data === undefined ? openSynthetic(options) : openReal(options, options.data);
}

/** Which galaxies of a configuration's sky are trained on, watched and scored, in this order. */
export function skySplit({ skyTraining, skyValidation, skyTest }: GalaxyConfig): Required<Split> {
  return consecutiveSplit(skyTraining, skyValidation, skyTest);
}

async function openSynthetic(options: GalaxiesOptions): Promise<Galaxies> {
  const { config, cache, progress, signal } = options;
  const sky = await openSky({
    seed: config.skySeed,
    count: config.skyTraining + config.skyValidation + config.skyTest,
    cacheDir: cache,
    progress: showImages(progress, "galaxies"),
    signal,
  });
  const weighted = (rows: Float32Array) => config.q6Weight === "tree" ? weighedByTree(rows) : rows;
  return {
    ...sky,
    labels: weighted(sky.labels),
    ideals: weighted(sky.ideals),
    unlabelledCount: 0,
    leftOut: 0,
  };
}

async function openReal(options: GalaxiesOptions, path: string): Promise<Galaxies> {
  const { config, cache, onBad, without, progress, signal } = options;
  using opened = new DisposableStack();
  const warnings = new Warnings(progress);
  const data = opened.use(
    await openGalaxyData(path, { q6Weight: config.q6Weight, warn: warnings.tell }),
  );
  if (data.source.leftOut) progress.line(data.source.leftOut);
  const rowOf = new Map(data.ids.map((id, row) => [id, row]));
  const ids = without ? data.ids.filter((id) => !without.has(id)) : data.ids;
  const store = await openImages(data.source, ids, {
    cacheDir: cache,
    onBad,
    progress: showImages(progress, "images"),
    signal,
  });
  for (const { name, reason } of store.badFiles) progress.line(`left out ${name}: ${reason}`);
  for (const { name, warnings: told } of store.warnings) warnings.tell(name, told);
  warnings.conclude();
  const files = opened.move(); // damaged blocks of the cache are made anew from them
  return {
    store,
    labels: answerRows(data.labels, store.ids.map((id) => rowOf.get(id)!)),
    unlabelledCount: data.unlabelledCount,
    leftOut: data.ids.length - ids.length,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      files.dispose();
    },
  };
}

function showImages(progress: Progress, what: string) {
  return (done: number, total: number, phase: ImagePhase) =>
    progress.update(`${phase} ${what}: ${done} of ${total}`);
}
