/**
 * `deno task music`: the command line of the music task.
 *
 * @module
 */
import { applySettings, UsageError } from "../run/cli.ts";
import { runTask, type TaskCommand, type TaskCommands } from "../run/command.ts";
import { Progress } from "../run/progress.ts";
import { searchCommand } from "../study/search_command.ts";
import { analyseMusic } from "./analysis/analyse.ts";
import { analysisTable } from "./analysis/table.ts";
import { namedList, similarSongs, songsFor } from "./ask.ts";
import { CHALLENGE_CONFIG, challengeTable, evaluateChallenge } from "./challenge/challenge.ts";
import { musicConfig } from "./config.ts";
import { MUSIC_HELP } from "./help.ts";
import { predictMusic } from "./predict.ts";
import { problem } from "./search_problem.ts";
import { trainMusicSeeds } from "./seeds.ts";
import { synthesiseMusic } from "./synthesise.ts";
import { recommendationTable, resultTable, seedsTable, similarTable } from "./table.ts";
import { trainMusic } from "./train.ts";

const NO_RUN = "--run is missing: name the folder of a finished run";

const train: TaskCommand = {
  options: [
    ...["data", "factors", "preset", "seed", "seeds", "out"],
    ...["resume", "force", "on-bad", "cache", "set"],
  ],
  run: async (line, { signal }) => {
    const config = musicConfig(line);
    const { data, factors: factorsFrom, seed, cache, resume, force, onBad, seeds } = line;
    const out = line.out ?? line.defaultOut("music");
    const options = { data, factorsFrom, config, seed, out, cache, resume, force, onBad, signal };
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
};

const similar: TaskCommand = {
  options: ["run", "song", "count"],
  run: async ({ run: path, song: name, count }) => {
    if (!path) throw new UsageError(NO_RUN);
    if (!name) throw new UsageError("--song is missing: name a song by its id or title");
    const { run, song, content, usage } = await similarSongs(path, name, count);
    return {
      json: {
        song: run.songs[song],
        content: namedList(run, content),
        usage: namedList(run, usage),
      },
      text: similarTable(run.songs, song, { content, usage }),
    };
  },
};

const recommend: TaskCommand = {
  options: ["run", "listener", "count"],
  run: async ({ run: path, listener, count }) => {
    if (!path) throw new UsageError(NO_RUN);
    if (!listener) throw new UsageError("--listener is missing: name a listener");
    const { run, found } = await songsFor(path, listener, { count, coldOnly: true });
    return {
      json: { listener, songs: namedList(run, found) },
      text: recommendationTable(run.songs, listener, found),
    };
  },
};

const predict: TaskCommand = {
  options: ["run", "data", "out", "count", "on-bad", "force"],
  run: async ({ run, data, out, count, onBad, force }, { signal }) => {
    if (!run) throw new UsageError(NO_RUN);
    if (!data) throw new UsageError("--data is missing: name a sound file, or a folder of them");
    if (!out) throw new UsageError("--out is missing: name the table to write");
    const { files, badFiles } = await predictMusic({
      run,
      data,
      out,
      count,
      onBad,
      force,
      signal,
    });
    return { json: { out, files, badFiles }, text: `${files.length} files heard: ${out}` };
  },
};

const analyse: TaskCommand = {
  options: ["run", "out", "count", "data", "cache", "force"],
  run: async ({ run, out, count, data, cache, force }, { signal }) => {
    if (!run) throw new UsageError(NO_RUN);
    if (!out) throw new UsageError("--out is missing: name the page to write");
    const result = await analyseMusic({ run, out, count, data, cache, force, signal });
    return { json: { ...result, out }, text: analysisTable(result, out) };
  },
};

const synthesise: TaskCommand = {
  options: ["out", "seed", "preset", "set", "force"],
  run: async (line, { signal }) => {
    const { out, seed, force } = line;
    if (!out) throw new UsageError("--out is missing: name the folder to write");
    const { songs, seconds, artists, listeners, hard } = musicConfig(line);
    const music = { seed, songs, seconds, artists, listeners, hard };
    await synthesiseMusic({ ...music, out, force, signal, progress: counting() });
    return { json: { ...music, out }, text: `${songs} songs and ${listeners} listeners: ${out}` };
  },
};

const evaluate: TaskCommand = {
  options: ["data", "out", "seed", "set", "force"],
  run: async ({ data, out, seed, settings, force }, { signal }) => {
    if (!data) throw new UsageError("--data is missing: name a folder of the challenge's triplets");
    const config = applySettings(CHALLENGE_CONFIG, settings);
    const result = await evaluateChallenge({ data, out, force, config, seed, signal });
    return { json: result, text: challengeTable(result) };
  },
};

const search = searchCommand(problem, { config: musicConfig, trials: 12, rounds: 2 });

/** Songs written so far, on stderr. */
function counting(): (done: number, total: number) => void {
  const progress = new Progress();
  return (done, total) => progress.update(`synthesising songs: ${done} of ${total}`);
}

const commands: TaskCommands = {
  train,
  search,
  predict,
  evaluate,
  analyse,
  similar,
  recommend,
  synthesise,
};

await runTask("music", commands, MUSIC_HELP);
