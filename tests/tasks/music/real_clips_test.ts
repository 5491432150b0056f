/**
 * What the default front end makes of real music. Runs where CETUS_MUSIC_DATA names a folder with
 * `tracks.csv` (`song_id`, `collection`) and `audio/<song id>.wav`, such as soundtracks of several
 * games; nothing of it is in the repository.
 */
import { assert } from "@std/assert";
import { fold, key, permutation } from "../../../gpu/random.ts";
import { type NdArray, ndarray } from "../../../gpu/tensor.ts";
import { makeInteractions } from "../../../recsys/interactions.ts";
import { neighbourAgreement } from "../../../recsys/neighbour_agreement.ts";
import type { Catalogue } from "../../../tasks/music/catalogue.ts";
import { MUSIC_PRESETS } from "../../../tasks/music/config.ts";
import { readSongTable, SONG_TABLE } from "../../../tasks/music/song_table.ts";
import { openSounds, SoundFiles } from "../../../tasks/music/sound_files.ts";
import { describeSongs } from "../../../tasks/music/spectrograms.ts";
import { sharedGpu } from "../../check.ts";
import { testUnless } from "../../test_unless.ts";
import { allPlayed } from "./sample_run.ts";

const DATA = Deno.env.get("CETUS_MUSIC_DATA");

testUnless(
  DATA === undefined ? "CETUS_MUSIC_DATA names no folder of clips" : undefined,
  "neighbours of real clips share their collection more often than chance",
  async () => {
    const catalogue = await openClips(DATA!);
    const sounds = await describeSongs(await sharedGpu(), catalogue, MUSIC_PRESETS.small);
    const features = standardised(sounds.map(({ logMel }) => meansAndDeviations(logMel)));
    const collections = catalogue.songs.map(({ genre }) => genre);
    for (const k of [1, 3, 5]) {
      const { agreement, chance } = neighbourAgreement(features, collections, k);
      console.log(
        `${k} nearest of ${collections.length} clips: ${
          agreement.toFixed(3)
        } share the collection, ` +
          `chance ${chance.toFixed(3)}`,
      );
      const shuffled = Array.from({ length: 200 }, (_, draw) => {
        const order = permutation(fold(key(1), `draw ${draw}`), collections.length);
        const labels = Array.from(order, (clip) => collections[clip]);
        return neighbourAgreement(features, labels, k).agreement;
      });
      const asMuch = shuffled.filter((other) => other >= agreement).length;
      assert(asMuch <= 2, `${asMuch} of 200 shuffled labels agree as much, expected at most 2`);
    }
  },
);

async function openClips(folder: string): Promise<Catalogue> {
  const table = await readSongTable(await Deno.readFile(`${folder}/${SONG_TABLE}`), SONG_TABLE);
  const songs = [...table.values()];
  const files = new SoundFiles(await openSounds(`${folder}/audio`));
  return {
    songs,
    listeners: [],
    ...allPlayed(makeInteractions({ users: [], items: [], counts: [] }, {
      users: 0,
      items: songs.length,
    })),
    synthetic: false,
    badFiles: [],
    samples: (song) => files.read(`${songs[song].id}.wav`),
  };
}

/** Mean and deviation over time of each band, `[2 bands]`. */
function meansAndDeviations({ shape: [t, bands], data }: NdArray): number[] {
  const over = (term: (value: number) => number) =>
    Array.from({ length: bands }, (_, band) => {
      let sum = 0;
      for (let frame = 0; frame < t; frame++) sum += term(data[frame * bands + band]);
      return sum / t;
    });
  const means = over((value) => value);
  const squares = over((value) => value * value);
  return [...means, ...squares.map((square, i) => Math.sqrt(Math.max(0, square - means[i] ** 2)))];
}

/** Each column to mean 0 and deviation 1 over the rows. */
function standardised(rows: readonly number[][]): NdArray<Float32Array> {
  const columns = rows[0].map((_, column) => {
    const values = rows.map((row) => row[column]);
    const mean = values.reduce((a, b) => a + b) / rows.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows.length;
    return { mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 };
  });
  const scaled = rows.flatMap((row) =>
    row.map((value, i) => (value - columns[i].mean) / columns[i].deviation)
  );
  return ndarray([rows.length, columns.length], Float32Array.from(scaled));
}
