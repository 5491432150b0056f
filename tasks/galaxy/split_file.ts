/**
 * The file of a run that names the galaxies which train and those which are held out.
 *
 * @module
 */
import { readJson } from "../../files/disk/text_file.ts";
import { TEXTS } from "../../files/json.ts";
import { InputError } from "../../files/input_error.ts";
import type { RunFolder } from "../run/run_folder.ts";
import type { Split } from "../study/split.ts";
import { decisionsOf, type GalaxyConfig } from "./config.ts";
import type { Galaxies } from "./galaxies.ts";

/** Ids of the galaxies of each part. */
export interface KeptSplit {
  readonly train: readonly string[];
  readonly validation: readonly string[];
  readonly test?: readonly string[];
  /** Checksums of the pixels of those of `train` and of `validation`, in this order. */
  readonly pixels?: readonly number[];
}

/** Galaxies that a run learnt from. */
export interface Learnt {
  /** Their ids. */
  readonly ids: ReadonlySet<string>;
  /** Checksums of their pixels: a copy under another name is the same galaxy. */
  readonly pixels: ReadonlySet<number>;
}

/** The split that a run keeps. @throws {InputError} naming the file and what is wrong with it */
export async function readSplit(folder: RunFolder): Promise<KeptSplit> {
  return await readJson<KeptSplit>(folder.file("split.json"), { train: TEXTS, validation: TEXTS });
}

/**
 * The galaxies that a run's figures would flatter it on: those it was trained on, and those that
 * decided when it stopped or which weights predict.
 */
export async function learntFrom(
  folder: RunFolder,
  config: Pick<GalaxyConfig, "patience" | "use">,
): Promise<Learnt> {
  const { train, validation, pixels = [] } = await readSplit(folder);
  const ids = decisionsOf(config).length ? [...train, ...validation] : train;
  return { ids: new Set(ids), pixels: new Set(pixels.slice(0, ids.length)) };
}

/**
 * Keeps which galaxies train and which are held out; a resumed run must find the same.
 *
 * @throws {InputError} when it does not
 */
export async function keepSplit(
  folder: RunFolder,
  { store }: Galaxies,
  { train, validation, test }: Split,
  { resume, data }: { readonly resume: boolean; readonly data: unknown },
): Promise<void> {
  const named = (rows: Uint32Array) => Array.from(rows, (row) => store.ids[row]);
  const parts = {
    train: named(train),
    validation: named(validation),
    ...(test && { test: named(test) }),
    pixels: Array.from([...train, ...validation], (row) => store.checksums[row]),
  };
  if (resume && await folder.has("split.json")) {
    const before = await readSplit(folder);
    if (JSON.stringify(before) === JSON.stringify(parts)) return;
    throw new InputError(
      `Cannot resume ${folder.path}`,
      `${data} no longer holds the galaxies that the run began with`,
    );
  }
  await folder.writeJson("split.json", parts);
}
