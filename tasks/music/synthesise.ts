/**
 * A synthetic catalogue on disk, laid out like real data.
 *
 * @module
 */
import { encodeWav } from "../../audio/wav.ts";
import { fold, key } from "../../gpu/random.ts";
import { type Interactions, rowOf } from "../../recsys/interactions.ts";
import { splitByUser } from "../../recsys/splits.ts";
import { writeTable } from "../../files/table.ts";
import { writeSet } from "../../files/disk/write_set.ts";
import type { Hooks } from "../../gpu/fitting.ts";
import { SAMPLE_RATE } from "./catalogue.ts";
import {
  AUDIO_FOLDER,
  HIDDEN_PLAYS,
  TRAINING_PLAYS,
  TRUTH_TABLE,
  VISIBLE_PLAYS,
} from "./layout.ts";
import { SONG_TABLE, writeSongTable } from "./song_table.ts";
import { drawMusic, type DrawnMusic, type SyntheticMusic } from "./synthetic_set.ts";
import { INAUDIBLE } from "./synthetic/discography.ts";
import { PARAMETERS } from "./synthetic/genres.ts";
import { renderAll } from "./synthetic/workers.ts";

/** Options of {@linkcode synthesiseMusic}; those of the catalogue are as of a run. */
export interface SynthesiseMusicOptions extends SyntheticMusic, Hooks {
  /** Folder to write to; made where it is missing. */
  readonly out: string;
  /** Share of the listeners put aside for evaluation, 0 to 1; 0 writes no such files. Default 0.1. */
  readonly evaluation?: number;
  /** Replaces what is there already instead of refusing. Default false. */
  readonly force?: boolean;
  /** Worker threads; they change nothing but the time. Default: one a processor core. */
  readonly workers?: number;
}

/**
 * Writes `audio/<id>.wav`, `tracks.csv`, `train_triplets.txt`, for listeners to evaluate with
 * `eval_triplets_visible.txt` and `eval_triplets_hidden.txt` with half of their songs each, and
 * `truth.csv` with the parameters behind the songs. Sound is collected in a folder of another name,
 * which takes its own when all is there.
 *
 * @throws {InputError} when one of them is there already and `force` is not set
 * @throws {RangeError} for a setting out of range
 *
 * @example
 * ```ts
 * import { synthesiseMusic } from "./synthesise.ts";
 *
 * const out = await Deno.makeTempDir();
 * const few = { songs: 16, artists: 8, listeners: 20, seconds: 3 };
 * await synthesiseMusic({ seed: 1, out, workers: 1, ...few });
 * ```
 */
export async function synthesiseMusic(options: SynthesiseMusicOptions): Promise<void> {
  const { out, force, evaluation = 0.1, workers, signal, progress, ...music } = options;
  const drawn = drawMusic(music);
  const written = tables(drawn, evaluation);
  const texts = [...new Set([...written.keys(), VISIBLE_PLAYS, HIDDEN_PLAYS])];
  const folders = [AUDIO_FOLDER];
  await writeSet({ out, force, what: "music", folders, texts }, async (write) => {
    const { seconds, hard } = drawn.settings;
    let song = 0;
    const rendered = renderAll(drawn.songs, { seconds, hard, workers, signal, progress });
    for await (const steps of rendered) {
      const samples = Float64Array.from(steps, (step) => step / 2 ** 15);
      const wav = encodeWav({ rate: SAMPLE_RATE, channels: [samples] });
      await write(AUDIO_FOLDER, `${drawn.songs[song++].id}.wav`, wav);
    }
    return written;
  });
}

/** The text files by name; the plays to learn from, without which a folder is no data, come last. */
function tables({ settings, songs, audience }: DrawnMusic, evaluation: number) {
  const { train, test } = splitByUser(audience.plays, {
    key: fold(key(settings.seed), "music/evaluation"),
    test: evaluation,
  });
  const triplets = (plays: Interactions) => tripletText(plays, audience.names, songs);
  const ids = songs.map(({ id }) => id);
  const columns = [
    ...PARAMETERS,
    ...Array.from({ length: INAUDIBLE }, (_, h) => `inaudible${h + 1}`),
    "rank",
  ];
  const values = songs.flatMap(({ parameters, inaudible, rank }) => [
    ...parameters,
    ...inaudible,
    rank,
  ]);
  const texts = new Map([
    [SONG_TABLE, writeSongTable(songs)],
    [TRUTH_TABLE, writeTable(ids, Float64Array.from(values), { idColumn: "song_id", columns })],
  ]);
  if (evaluation > 0) {
    texts.set(VISIBLE_PLAYS, triplets(test.visible)).set(HIDDEN_PLAYS, triplets(test.hidden));
  }
  return texts.set(TRAINING_PLAYS, triplets(train));
}

function tripletText(
  { byUser, users }: Interactions,
  listeners: readonly string[],
  songs: readonly { readonly id: string }[],
): string {
  const lines: string[] = [];
  for (let user = 0; user < users; user++) {
    const { indices, counts } = rowOf(byUser, user);
    indices.forEach((item, at) =>
      lines.push(`${listeners[user]}\t${songs[item].id}\t${counts[at]}\n`)
    );
  }
  return lines.join("");
}
