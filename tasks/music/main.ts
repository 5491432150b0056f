/**
 * `deno task music`: the command line of the music task.
 *
 * @module
 */
import { command, runProgram } from "../run/command.ts";
import { CACHE, defaultOut, FORCE, ON_BAD, RESUME, RUN, SEED, SEEDS } from "../run/options.ts";
import type { Program } from "../run/program.ts";
import { Progress } from "../run/progress.ts";
import { configOf, SET, settingOptions } from "../run/settings.ts";
import { UsageError } from "../run/usage_error.ts";
import { oneOf, path, text, whole } from "../run/value.ts";
import { searchCommand } from "../study/search_command.ts";
import { analyseMusic } from "./analysis/analyse.ts";
import { analysisTable } from "./analysis/table.ts";
import { namedList, similarSongs, songsFor } from "./ask.ts";
import { CHALLENGE_SETTINGS, challengeTable, evaluateChallenge } from "./challenge/challenge.ts";
import { MUSIC_SETTINGS, SYNTHESIS_SETTINGS } from "./config.ts";
import { predictMusic } from "./predict.ts";
import { AMONG } from "./recommend.ts";
import { problem } from "./search_problem.ts";
import { synthesiseMusic } from "./synthesise.ts";
import { recommendationTable, resultTable, seedsTable, similarTable } from "./table.ts";
import { trainMusic, trainMusicSeeds } from "./train.ts";

const DATA = { data: path("DIR", "folder of plays, train_triplets.txt, and sound, audio/") };

const COUNT = { count: whole(1, Infinity, "length of lists").or(10) };

const train = command({
  about: "factorises plays, learns factors from sound, finds hidden songs: the whole run",
  details: `\
Factorises plays, learns a network from the sound of songs to their factors, and finds songs whose
plays were hidden, beside baselines and an upper bound; without --data on synthetic songs and
listeners, which it makes once and keeps in --cache. Writes a run folder: config.json,
metrics.jsonl, model.safetensors, factors/*.npy, result.json, report.html to open in a browser.
Ctrl-C, SIGTERM and SIGHUP save the network that is learnt; --resume goes on with it.

--data DIR holds
  train_triplets.txt    user, song, plays, between tabs; may be .gz
  audio/                <song>.wav, .aiff or .mp3
  tracks.csv            song_id,artist,title,genre; may be missing
--factors DIR, such as RUN/factors of a run, holds
  songs.txt, listeners.txt                  ids, one a line
  strict_songs.npy, strict_listeners.npy    factors of known plays
  all_songs.npy, all_listeners.npy          factors of all plays; may be missing

The cache holds spectrograms, too (29 kB a second of sound): the next run on the same songs is
faster.`,
  options: {
    ...DATA,
    factors: path("DIR", "factors computed elsewhere, instead of factorising known plays"),
    ...settingOptions(MUSIC_SETTINGS),
    ...SEED,
    ...SEEDS,
    out: path("DIR", "folder of the run; default runs/music-PRESET-SEED"),
    ...RESUME,
    ...ON_BAD,
    ...CACHE,
  },
  run: async (line, { signal, from }) => {
    const { seeds, factors: factorsFrom, out = defaultOut(from, "music", line) } = line;
    const config = configOf(MUSIC_SETTINGS, line);
    const options = { ...line, factorsFrom, config, out, signal };
    if (seeds) {
      if (factorsFrom) {
        throw new UsageError(
          "--seeds hides other songs in each run and --factors knows those of one: choose one",
        );
      }
      const result = await trainMusicSeeds({ ...options, seeds });
      return { json: { ...result, out }, text: seedsTable(result, out) };
    }
    const result = await trainMusic(options);
    return { json: { ...result, out }, text: resultTable(result, out) };
  },
});

const similar = command({
  about: "songs that sound alike, beside songs that the same people play",
  options: { ...RUN, song: text("ID", "id or title of a song").needed(), ...COUNT },
  run: async ({ run: path, song: name, count }) => {
    const { run, song, content, usage } = await similarSongs(path, name, count);
    return {
      json: {
        song: run.songs[song],
        content: namedList(run, content),
        usage: namedList(run, usage),
      },
      text: similarTable(run, song, { content, usage }),
    };
  },
});

const recommend = command({
  about: "songs for a listener that nobody has played, by their sound",
  options: {
    ...RUN,
    listener: text("NAME", "name of a listener").needed(),
    among: oneOf(
      AMONG,
      "new, songs without any play in the data, or unheard, all that they have not played",
    )
      .or("new"),
    ...COUNT,
  },
  run: async ({ run: path, listener, among, count }) => {
    const { run, found } = await songsFor(path, listener, { count, among });
    return {
      json: { listener, among, songs: namedList(run, found) },
      text: recommendationTable(run, listener, { among, found }),
    };
  },
});

const predict = command({
  about: "hears sound files: their factors, and the songs that they sound like",
  options: {
    ...RUN,
    data: path("PATH", "a sound file, or a folder or zip of them").needed(),
    out: path("FILE.csv", "the table to write").needed(),
    ...COUNT,
    ...ON_BAD,
    ...FORCE,
  },
  run: async (line, { signal }) => {
    const { out } = line;
    const { files, badFiles } = await predictMusic({ ...line, signal });
    return { json: { out, files, badFiles }, text: `${files.length} files heard: ${out}` };
  },
});

const analyse = command({
  about: "writes a page of what a run has learnt",
  details: `\
Playlists of single units of the network, songs that sound unlike their listeners, neighbours, and
tags predicted from each source.`,
  options: {
    ...RUN,
    out: path("FILE.html", "the page to write").needed(),
    ...COUNT,
    ...DATA,
    ...CACHE,
    ...FORCE,
  },
  run: async (line, { signal }) => {
    const { out } = line;
    const result = await analyseMusic({ ...line, signal });
    return { json: { ...result, out }, text: analysisTable(result, out) };
  },
});

const synthesise = command({
  about: "writes synthetic songs and plays in the layout that train --data reads",
  options: {
    out: path("DIR", "the folder to write").needed(),
    ...settingOptions(SYNTHESIS_SETTINGS),
    ...SEED,
    ...FORCE,
  },
  run: async (line, { signal }) => {
    const { out, seed, force } = line;
    const { songs, seconds, artists, listeners, hard } = configOf(SYNTHESIS_SETTINGS, line);
    const music = { seed, songs, seconds, artists, listeners, hard };
    await synthesiseMusic({ ...music, out, force, signal, progress: counting() });
    return { json: { ...music, out }, text: `${songs} songs and ${listeners} listeners: ${out}` };
  },
});

const evaluate = command({
  about: "the protocol of the Million Song Dataset Challenge",
  details: `\
Factorises plays and names 500 songs for each evaluation listener; scores them where the hidden
halves are there. --data DIR holds train_triplets.txt, eval_triplets_visible.txt and, where there is
one, eval_triplets_hidden.txt.`,
  options: {
    data: path("DIR", "folder of the challenge's triplets").needed(),
    out: path("FILE", "submission to write; default none"),
    ...SET,
    ...SEED,
    ...FORCE,
  },
  run: async (line, { signal }) => {
    const config = configOf(CHALLENGE_SETTINGS, line);
    const result = await evaluateChallenge({ ...line, config, signal });
    return { json: result, text: challengeTable(result) };
  },
});

const search = searchCommand(problem, {
  about: "looks for good settings, round by round in narrower ranges",
  details: `\
Songs hidden from a trial and found by their sound decide, of those that a run with the same --seed,
cold and coldByArtist knows: what that run hides no trial ever sees.`,
  settings: MUSIC_SETTINGS,
  ...DATA,
  trials: 12,
  rounds: 2,
});

/** Songs written so far, on stderr. */
function counting(): (done: number, total: number) => void {
  const progress = new Progress();
  return (done, total) => progress.update(`synthesising songs: ${done} of ${total}`);
}

/** The program. */
export const program: Program = {
  name: "music",
  about: "Songs that nobody has heard yet, recommended by their sound.",
  details: `\
examples
  deno task music --set network=convnet2013 --set factors=50
  deno task music similar --run runs/music-small-1 --song SYN0001
  deno task music predict --run runs/music-small-1 --data songs --out songs.csv`,
  commands: {
    train,
    search,
    predict,
    evaluate,
    analyse,
    similar,
    recommend,
    synthesise,
  },
  settings: [MUSIC_SETTINGS, CHALLENGE_SETTINGS],
};

if (import.meta.main) await runProgram(program);
