import type { NdArray } from "../../gpu/tensor.ts";

/** Of a matrix the rows of some songs, `[songs, d]`. */
export function rowsOfSongs(
  { shape: [, d], data }: NdArray,
  songs: readonly number[],
): NdArray<Float64Array> {
  const rows = new Float64Array(songs.length * d);
  songs.forEach((song, at) => {
    for (let i = 0; i < d; i++) rows[at * d + i] = data[song * d + i];
  });
  return { shape: [songs.length, d], data: rows };
}
