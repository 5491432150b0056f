/**
 * Windows of the spectrograms of songs, for networks that take a fixed number of frames.
 *
 * @module
 */
import { row, take } from "../gpu/rows.ts";
import { fold, type Key, uniform } from "../gpu/random.ts";
import { type HostData, type NdArray, ndarray } from "../gpu/tensor.ts";
import type { Dataset } from "../nn/data.ts";

/** Mean and standard deviation of each band over the frames of some songs. */
export interface BandStatistics {
  /** `[bands]` */
  readonly means: Float32Array;
  /** `[bands]`; 1 for a band that never changes. */
  readonly deviations: Float32Array;
}

/**
 * Statistics of the bands of some songs: those learnt from, so that nothing of the others is known.
 *
 * @param spectrograms one `[t, bands]` a song; t may differ
 * @param songs places of those that count
 * @throws {RangeError} when they have no frames
 */
export function bandStatistics(
  spectrograms: readonly NdArray[],
  songs: ArrayLike<number>,
): BandStatistics {
  const bands = spectrograms[0]?.shape[1] ?? 0;
  const [sums, squares] = [new Float64Array(bands), new Float64Array(bands)];
  let frames = 0;
  for (let at = 0; at < songs.length; at++) {
    const { shape: [t], data } = spectrograms[songs[at]];
    frames += t;
    for (let i = 0; i < data.length; i++) {
      sums[i % bands] += data[i];
      squares[i % bands] += data[i] * data[i];
    }
  }
  if (frames === 0) throw new RangeError("Cannot measure bands: the songs have no frames");
  const means = Float32Array.from(sums, (sum) => sum / frames);
  const deviations = Float32Array.from(squares, (square, band) => {
    const mean = sums[band] / frames;
    const variance = square / frames - mean ** 2;
    // A difference of squares leaves a band that never changes a trace of variance.
    return variance > Math.max(1e-12, CONSTANT * mean ** 2) ? Math.sqrt(variance) : 1;
  });
  return { means, deviations };
}

/** Share of its squared mean below which a band's variance is rounding. */
const CONSTANT = 1e-9;

/** What windows are cut from. */
export interface WindowOptions {
  /** Frames of a window. Shorter songs are repeated until they fill one. */
  readonly frames: number;
  /** Bands are put to mean 0 and deviation 1 by these. */
  readonly statistics: BandStatistics;
}

/** A window: which song, and its first frame. */
interface Place {
  readonly song: number;
  readonly start: number;
}

/**
 * Consecutive windows of a song, as a prediction takes them: as many whole ones as fit, at least one.
 *
 * @param t frames of the song
 */
export function windowStarts(t: number, frames: number): number[] {
  return Array.from({ length: Math.max(1, Math.floor(t / frames)) }, (_, i) => i * frames);
}

/**
 * Windows to learn from: each song `perSong` times an epoch, cut anywhere in time (Dieleman 2014: small
 * random crops), by the key of the step and the example. One that is no longer than a window, such as
 * 30 s for the 599 frames of the paper's network, goes round: it begins anywhere and goes on at its
 * start. Example e is song `e % songs.length` of those given.
 *
 * @param fields further fields of the examples, such as `target`, `[catalogue, ...]`: row by song
 */
export function trainingWindows(
  spectrograms: readonly NdArray[],
  songs: ArrayLike<number>,
  options: WindowOptions & {
    readonly perSong: number;
    readonly fields: Readonly<Record<string, NdArray<Float32Array>>>;
  },
): Dataset {
  const { frames, perSong, fields, statistics } = options;
  const bands = statistics.means.length;
  const rowsOf = (rows: NdArray<Float32Array>, places: readonly Place[], size: number) =>
    take(rows, places.map(({ song }) => song), size).data;
  return {
    length: songs.length * perSong,
    fields: {
      x: { shape: [frames, bands], dtype: "f32" },
      ...Object.fromEntries(
        Object.entries(fields).map(([name, { shape }]) => [
          name,
          { shape: shape.slice(1), dtype: "f32" as const },
        ]),
      ),
    },
    read(indices, size, key): Promise<Record<string, HostData>> {
      const places = Array.from(indices, (index) => {
        const song = songs[index % songs.length];
        return { song, start: randomStart(spectrograms[song].shape[0], frames, index, key) };
      });
      return Promise.resolve({
        x: cutWindows(spectrograms, places, size, options),
        ...Object.fromEntries(
          Object.entries(fields).map(([name, array]) => [name, rowsOf(array, places, size)]),
        ),
      });
    },
  };
}

/** A song that is no longer than a window goes round, so that it can begin at any of its frames. */
function randomStart(t: number, frames: number, index: number, key?: Key): number {
  const starts = t > frames ? t - frames + 1 : t;
  return key ? Math.floor(uniform(fold(key, "crop"), index) * starts) : 0;
}

/** All consecutive windows of all songs in order, and the song of each. */
export function predictionWindows(
  spectrograms: readonly NdArray[],
  options: WindowOptions,
): { readonly data: Dataset; readonly songOf: Uint32Array } {
  const places = spectrograms.flatMap(({ shape: [t] }, song) =>
    windowStarts(t, options.frames).map((start): Place => ({ song, start }))
  );
  const bands = options.statistics.means.length;
  return {
    data: {
      length: places.length,
      fields: { x: { shape: [options.frames, bands], dtype: "f32" } },
      read: (indices, size) =>
        Promise.resolve({
          x: cutWindows(spectrograms, Array.from(indices, (i) => places[i]), size, options),
        }),
    },
    songOf: Uint32Array.from(places, ({ song }) => song),
  };
}

function cutWindows(
  spectrograms: readonly NdArray[],
  places: readonly Place[],
  size: number,
  { frames, statistics: { means, deviations } }: WindowOptions,
): Float32Array<ArrayBuffer> {
  const bands = means.length;
  const x = new Float32Array(size * frames * bands);
  places.forEach(({ song, start }, row) => {
    const { shape: [t], data } = spectrograms[song];
    for (let frame = 0; frame < frames; frame++) {
      const from = ((start + frame) % t) * bands;
      const to = (row * frames + frame) * bands;
      for (let band = 0; band < bands; band++) {
        x[to + band] = (data[from + band] - means[band]) / deviations[band];
      }
    }
  });
  return x;
}

/**
 * The mean over the windows of each song.
 *
 * @param rows one row a window, `[windows, f]`
 * @param songOf the song of each window, `[windows]`
 */
export function meanOverWindows(
  rows: NdArray,
  songOf: ArrayLike<number>,
  songs: number,
): NdArray<Float32Array> {
  const f = rows.shape[1];
  const [sums, counts] = [new Float64Array(songs * f), new Uint32Array(songs)];
  for (let window = 0; window < songOf.length; window++) {
    counts[songOf[window]]++;
    for (let i = 0; i < f; i++) sums[songOf[window] * f + i] += rows.data[window * f + i];
  }
  const means = sums.map((sum, i) => sum / Math.max(1, counts[Math.floor(i / f)]));
  return ndarray([songs, f], Float32Array.from(means));
}

/** Rows of length 1; rows of zeros stay. Dieleman 2014 learns such targets: norms track popularity. */
export function unitRows({ shape, data }: NdArray): NdArray<Float32Array> {
  const unit = ndarray(shape, Float32Array.from(data));
  for (let at = 0; at < shape[0]; at++) {
    const values = row(unit, at);
    const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    if (norm > 0) values.forEach((value, i) => values[i] = value / norm);
  }
  return unit;
}
