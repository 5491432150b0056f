/** Readers of the files of runs, searches and caches, which other people hand over too. */
import {
  encodeHeader,
  imageBytes,
  pixelChecksum,
  readHeader,
} from "../../../files/disk/block_file.ts";
import { ensembleTensors } from "../../../nn/classifiers/tree_file.ts";
import { joinTrees } from "../../../nn/classifiers/tree_ensemble.ts";
import { ndarray } from "../../../gpu/tensor.ts";
import { encodeNpy } from "../../../files/npy.ts";
import { readFactorFiles } from "../../../tasks/music/import_factors.ts";
import { readMusicRun, writeMusicRun } from "../../../tasks/music/run_files.ts";
import { RunFolder } from "../../../tasks/run/run_folder.ts";
import { readTrialFile, writeArrays } from "../../../tasks/study/trial_file.ts";
import { classifierFrom } from "../../../tasks/whale/classifier.ts";
import { memberConfigs, SLICES, WHALE_PRESETS } from "../../../tasks/whale/config.ts";
import { openWhaleData } from "../../../tasks/whale/data.ts";
import { readDictionaries, writeDictionaries } from "../../../tasks/whale/dictionary_file.ts";
import type { LearntDictionary } from "../../../tasks/whale/features.ts";
import { readModel, writeModel } from "../../../tasks/whale/model.ts";
import { bytesOf, joinBytes } from "../../files/samples.ts";
import { writeWhales } from "../../tasks/whale/samples.ts";
import { sampleRun } from "../../tasks/music/sample_run.ts";
import type { FileBytes, FuzzedReader } from "../reader.ts";
import { bytesWritten, scratch, unsealed } from "../tensor_files.ts";

const CONFIGS = memberConfigs({
  ...WHALE_PRESETS.smoke,
  patchBins: [2],
  patchFrames: [1],
  filters: 2,
  members: 1,
});

function dictionary(): LearntDictionary {
  return {
    mean: ndarray([2], Float32Array.of(0.5, 1)),
    matrix: ndarray([2, 1], Float32Array.of(0.5, 2)),
    centroids: ndarray([2, 1], Float32Array.of(1, -1)),
    objective: Float64Array.of(0.25),
    patchCounts: Uint32Array.of(3, 4),
  };
}

/** A detector of one member, linear or a forest of one tree. */
function detector(name: "logistic" | "forest"): Promise<FileBytes> {
  const columns = 2 * (SLICES + 1);
  const tree = {
    feature: Uint32Array.of(1, 0, 0),
    threshold: Float32Array.of(0.5, 0, 0),
    left: Int32Array.of(1, -1, -1),
    right: Int32Array.of(2, -1, -1),
    value: Float64Array.of(0, 0.25, 0.75),
    gain: Float32Array.of(1, 0, 0),
  };
  const tensors = name === "forest"
    ? ensembleTensors(joinTrees([tree], { kind: "forest", columns, base: 0 }))
    : {
      weights: ndarray([columns], new Float64Array(columns).fill(0.5)),
      intercept: ndarray([1], Float64Array.of(0.25)),
    };
  const scaling = {
    offset: new Float64Array(columns),
    factor: new Float64Array(columns).fill(1),
  };
  const classifier = classifierFrom(name, tensors, columns, "the sample");
  const members = [{ config: CONFIGS[0], dictionary: dictionary(), scaling, classifier }];
  const model = { members, zeroPhase: false, trainedOn: Uint32Array.of(1, 2) };
  return bytesWritten((path) => writeModel(path, model));
}

async function readAt<T>(bytes: FileBytes, name: string, read: (path: string) => Promise<T>) {
  const path = scratch(name);
  await Deno.writeFile(path, bytes);
  return await read(path);
}

async function dictionaries(): Promise<FileBytes[]> {
  const bytes = await bytesWritten((path) => writeDictionaries(path, CONFIGS, [dictionary()]));
  return [bytes, await unsealed(bytes)];
}

const SIZE = { height: 2, width: 2 };
const KEY = "a".repeat(64);

/** A block of the image cache with two images and a bad one. */
function block(): FileBytes {
  const pixels = Uint8Array.from({ length: 2 * imageBytes(SIZE) }, (_, i) => i * 9);
  const each = imageBytes(SIZE);
  const checksums = [0, 1].map((i) => pixelChecksum(pixels.subarray(i * each, (i + 1) * each)));
  const bad = [{ place: 1, reason: "the file is empty" }];
  return joinBytes([encodeHeader({ key: KEY, ...SIZE, checksums, bad, warned: [] }), pixels]);
}

const MUSIC_FILES = [
  "config.json",
  "catalogue.jsonl",
  "listeners.txt",
  "plays.npz",
  "factors/map.npy",
  "factors/all_songs.npy",
];

/** The folder of a music run, without the checksums that would refuse nearly every mutant. */
async function musicRun(): Promise<FileBytes[]> {
  const path = scratch("run");
  const intent = { resume: false, force: true };
  const folder = await RunFolder.open(path, { task: "music", seed: 1 }, intent);
  await writeMusicRun(folder, sampleRun());
  await folder.writeJson("result.json", {});
  for (const sums of ["SHA256SUMS", "factors/SHA256SUMS"]) {
    await Deno.remove(`${path}/${sums}`).catch(() => {});
  }
  return await Promise.all(MUSIC_FILES.map((name) => Deno.readFile(`${path}/${name}`)));
}

/** Reads a folder with one of its files changed, and puts the good one back. */
async function withChanged<T>(path: string, bytes: FileBytes, read: () => Promise<T>): Promise<T> {
  const good = await Deno.readFile(path);
  await Deno.writeFile(path, bytes);
  try {
    return await read();
  } finally {
    await Deno.writeFile(path, good);
  }
}

const FACTOR_FILES = ["songs.txt", "listeners.txt", "strict_songs.npy", "strict_listeners.npy"];

/** Factors of another program: lists of ids, and a row of numbers for each. */
async function factorFiles(): Promise<FileBytes[]> {
  await Deno.mkdir(scratch("factors"), { recursive: true });
  const rows = encodeNpy(ndarray([3, 2], Float32Array.of(0.5, 1, -1, 2, 0.25, 3)));
  const list = bytesOf("a\nb\nc\n");
  const files = [list, list, rows, rows];
  for (const [i, name] of FACTOR_FILES.entries()) {
    await Deno.writeFile(scratch(`factors/${name}`), files[i]);
  }
  return files;
}

/** A folder of clips with their labels. */
async function whaleLabels(): Promise<FileBytes[]> {
  await writeWhales(scratch("whales"), 3);
  return [await Deno.readFile(scratch("whales/train.csv"))];
}

async function readWhales(): Promise<unknown> {
  using data = await openWhaleData(scratch("whales"));
  return [data.names, data.labels, data.unlabelledCount];
}

/** Results of a trial, with arrays beside them and without. */
async function trials(): Promise<FileBytes[]> {
  const scores = ndarray([2], Float32Array.of(0.5, 1));
  const arrays = await writeArrays(scratch("trial.safetensors"), { scores });
  const file = {
    kind: "cetus-trial",
    study: "a study",
    round: 2,
    index: 4,
    settings: { rate: 0.5, layers: 3, name: "x" },
    figures: { error: 0.25 },
    worker: "a worker",
    started: "2026-01-01T00:00:00.000Z",
    finished: "2026-01-01T00:00:01.000Z",
  };
  return [{ ...file, arrays }, file].map((each) => bytesOf(JSON.stringify(each, null, 2)));
}

export const RUN_READERS: readonly FuzzedReader[] = [
  {
    name: "detector",
    async seeds() {
      const [linear, forest] = await Promise.all([detector("logistic"), detector("forest")]);
      return [linear, await unsealed(linear), await unsealed(forest)];
    },
    read: (bytes) => readAt(bytes, "model.safetensors", readModel),
    mayHoldNaN: true,
  },
  {
    name: "checkpoint",
    seeds: dictionaries,
    read: (bytes) =>
      readAt(bytes, "checkpoint.safetensors", (path) => readDictionaries(path, CONFIGS)),
    mayHoldNaN: true,
  },
  {
    name: "run",
    seeds: musicRun,
    read: (bytes, seed) =>
      withChanged(
        scratch(`run/${MUSIC_FILES[seed]}`),
        bytes,
        () => readMusicRun(scratch("run")),
      ),
    mayHoldNaN: true,
  },
  {
    name: "factors",
    seeds: factorFiles,
    read: (bytes, seed) =>
      withChanged(
        scratch(`factors/${FACTOR_FILES[seed]}`),
        bytes,
        () => readFactorFiles(scratch("factors"), 2),
      ),
    mayHoldNaN: true, // rows that nobody needs
  },
  {
    name: "whales",
    seeds: whaleLabels,
    read: (bytes) => withChanged(scratch("whales/train.csv"), bytes, readWhales),
  },
  {
    name: "trial",
    seeds: trials,
    read: (bytes) => readAt(bytes, "trial.json", readTrialFile),
  },
  {
    name: "block",
    seeds: () => [block()],
    async read(bytes) {
      const path = scratch("block.u8");
      await Deno.writeFile(path, bytes);
      using file = await Deno.open(path);
      return await readHeader(file, KEY, SIZE).catch((error) => {
        if (!(error instanceof SyntaxError)) throw error; // its caller makes the block anew
      });
    },
  },
];
