/**
 * Factors and neighbours of sound files that a run does not know.
 *
 * @module
 */
import { type BadFile, badFile } from "../../files/bad_file.ts";
import { OutputFile } from "../../files/disk/output_file.ts";
import { encodeNpy } from "../../files/npy.ts";
import { InputError } from "../../files/input_error.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { formatCell } from "../../files/csv.ts";
import { openDevice, type PredictOptions } from "../run/work.ts";
import { Progress } from "../run/progress.ts";
import { Warnings } from "../run/warnings.ts";
import { Hearing } from "./hearing.ts";
import { type Recommended, Recommender } from "./recommend.ts";
import { configOfRun } from "../run/settings.ts";
import { MUSIC_SETTINGS } from "./config.ts";
import { readMusicRun } from "./run_files.ts";
import { leastSamples } from "./spectrograms.ts";
import { openSounds, prepareDecoders, SoundFiles } from "./sound_files.ts";

/**
 * What is predicted from what: a sound file, or a folder or zip of them, WAV, AIFF or MP3; a table
 * `file,rank,song_id,title,artist,similarity`, beside which factors go as npy.
 */
export interface MusicPredictOptions extends PredictOptions {
  /** Neighbours of a file. Default 10. */
  readonly count?: number;
}

/** What was predicted. */
export interface MusicPrediction {
  /** The files, in the order of the factors. */
  readonly files: readonly string[];
  /** `[files, f]` */
  readonly factors: NdArray<Float32Array>;
  /** Songs of the run that sound alike, best first, a list a file. */
  readonly neighbours: readonly (readonly Recommended[])[];
  /** Files that were left out. */
  readonly badFiles: readonly BadFile[];
}

/**
 * Hears files, writes their neighbours as a table and their factors as `<out>.factors.npy`, with the
 * names of its rows in the table's order.
 *
 * @throws {InputError} for a run or a file that cannot be used, an `out` that cannot be written or is
 * there already
 */
export async function predictMusic(options: MusicPredictOptions): Promise<MusicPrediction> {
  const { run: path, data, out, count = 10, onBad = "stop", signal, force } = options;
  const progress = options.progress ?? new Progress();
  await using table = await OutputFile.open(out, { force, reads: [data] });
  await using matrix = await OutputFile.open(`${out}.factors.npy`, { force, reads: [data] });
  const run = await readMusicRun(path);
  const config = configOfRun(MUSIC_SETTINGS, run.config, path);
  await using opened = new AsyncDisposableStack();
  const warnings = new Warnings(progress);
  const set = opened.use(await openSounds(data, warnings.tell));
  if (set.leftOut) progress.line(set.leftOut);
  const { files } = set;
  await prepareDecoders(files);
  const gpu = await openDevice(options, opened);
  using hearing = await Hearing.read(gpu, `${path}/model.safetensors`, config);
  const expected = { warn: warnings.tell, least: leastSamples(config), sounding: true };
  const [sounds, recommender] = [new SoundFiles(set, expected), new Recommender(run)];
  const [heard, rows]: [string[], Float32Array[]] = [[], []];
  const badFiles: BadFile[] = [];
  for (const [at, file] of files.entries()) {
    signal?.throwIfAborted();
    try {
      rows.push(await hearing.hear(await sounds.read(file)));
      heard.push(file);
    } catch (error) {
      const bad = badFile(set.fileName(file), error, onBad);
      badFiles.push(bad);
      progress.line(`left out ${bad.name}: ${bad.reason}`);
    }
    progress.update(`listening: file ${at + 1} of ${files.length}`);
  }
  warnings.conclude();
  if (!rows.length) throw new InputError(`Cannot predict ${data}`, "no sound could be read");
  const neighbours = rows.map((factors) => recommender.contentNeighboursOf(factors, count));
  const factors = ndarray(
    [rows.length, config.factors],
    Float32Array.from(rows.flatMap((r) => [...r])),
  );
  const lines = heard.flatMap((file, at) =>
    neighbours[at].map(({ song, score }, rank) => {
      const { id, title, artist } = run.songs[song];
      return [file, rank + 1, id, title, artist, score.toFixed(6)].map((cell) =>
        formatCell(`${cell}`)
      )
        .join(",");
    })
  );
  const text = `file,rank,song_id,title,artist,similarity\n${
    lines.map((line) => `${line}\n`).join("")
  }`;
  await matrix.write(encodeNpy(factors));
  await table.write(text);
  await matrix.finish();
  await table.finish();
  return { files: heard, factors, neighbours, badFiles };
}
