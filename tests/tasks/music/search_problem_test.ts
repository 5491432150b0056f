/** Trials of a music search: what they see, what they never see, what decides. */
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { fold, key } from "../../../gpu/random.ts";
import { makeInteractions, rowOf } from "../../../recsys/interactions.ts";
import { checked } from "../../../tasks/run/settings.ts";
import { UsageError } from "../../../tasks/run/usage_error.ts";
import { InputError } from "../../../files/input_error.ts";
import type { Catalogue } from "../../../tasks/music/catalogue.ts";
import { MUSIC_PRESETS, MUSIC_SETTINGS } from "../../../tasks/music/config.ts";
import { withoutSongs } from "../../../tasks/music/catalogue.ts";
import { musicSpace, problem, runTrial, studySongs } from "../../../tasks/music/search_problem.ts";
import { coldSongs } from "../../../tasks/music/split.ts";
import { drawMusic } from "../../../tasks/music/synthetic_set.ts";
import { trialOf } from "../../../tasks/study/problem.ts";
import { studyId, type StudyPlan } from "../../../tasks/study/plan.ts";
import { sampleSettings } from "../../../tasks/study/space.ts";
import { VERSION } from "../../../tasks/run/run_folder.ts";
import { test } from "../../check.ts";
import { inFolder } from "../../files/samples.ts";
import { QUIET } from "../study/samples.ts";
import { allPlayed } from "./sample_run.ts";

const TINY = { ...MUSIC_PRESETS.smoke, songs: 24, artists: 8, listeners: 60, epochs: 1 };

/** Songs that are noise, each from a stream of its own, with the plays of synthetic listeners. */
function noisySongs(seed = 1): Catalogue {
  const { songs, audience } = drawMusic({ ...TINY, seed });
  return {
    songs: songs.map(({ id, artist, title, genre }) => ({ id, artist, title, genre })),
    listeners: audience.names,
    ...allPlayed(audience.plays),
    synthetic: true,
    badFiles: [],
    samples: (song) => Promise.resolve(noise(song)),
  };
}

/** Three seconds and a bit, brighter from song to song. */
function noise(song: number): Float32Array<ArrayBuffer> {
  let state = song + 1;
  let last = 0;
  return Float32Array.from({ length: 68_356 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return last = (song / 24) * last + 0.1 * (state / 2 ** 31 - 1);
  });
}

const stream = fold(key(1), "music");
const finallyCold = (catalogue: Catalogue) => coldSongs(catalogue.songs, { ...TINY, key: stream });

Deno.test("a catalogue without some songs has neither them nor their plays nor their sound", async () => {
  const all = noisySongs();
  const marks = finallyCold(all);
  const known = withoutSongs(all, marks);
  const kept = [...marks.keys()].filter((song) => marks[song] === 0);
  assertEquals(known.songs, kept.map((song) => all.songs[song]));
  assertEquals([known.plays.users, known.plays.items], [60, kept.length]);
  for (const [at, song] of kept.entries()) {
    assertEquals(rowOf(known.plays.byItem, at), rowOf(all.plays.byItem, song));
    assertEquals(await known.samples(at), await all.samples(song));
  }
});

Deno.test("the songs that a run hides are in no part of a study", () => {
  for (const coldByArtist of [false, true]) {
    const all = noisySongs();
    const config = { ...TINY, coldByArtist };
    const { catalogue, validation } = studySongs(all, config, 1);
    const hidden = coldSongs(all.songs, { ...config, key: stream });
    const hiddenIds = all.songs.filter((_, song) => hidden[song] === 1).map(({ id }) => id);
    assert(hiddenIds.length > 2 && catalogue.songs.length + hiddenIds.length === 24);
    assertEquals(catalogue.songs.filter(({ id }) => hiddenIds.includes(id)), []);
    const count = validation.reduce((sum, mark) => sum + mark, 0);
    assert(count >= 2 && count <= 6, `${count} of ${catalogue.songs.length} to score trials on`);
  }
});

test("plays and sound of the songs that a run hides change nothing in a trial", async ({ gpu }) => {
  const all = noisySongs();
  const hidden = finallyCold(all);
  const score = async (songs: Catalogue) => {
    const context = { gpu, config: TINY, ...studySongs(songs, TINY, 1) };
    return (await runTrial(context, { settings: { epochs: 2 }, key: key(5) })).figures;
  };
  const entries = all.plays.byUser;
  const users = Uint32Array.from(
    entries.indices,
    (_, entry) => entries.starts.findLastIndex((start) => start <= entry),
  );
  const changed = (which: 0 | 1): Catalogue => ({
    ...all,
    plays: makeInteractions({
      users,
      items: entries.indices,
      counts: entries.counts.map((count, at) =>
        hidden[entries.indices[at]] === which ? count * 50 : count
      ),
    }, { users: 60, items: 24 }),
    samples: (song) => all.samples(hidden[song] === which ? 23 - song : song),
  });
  const before = await score(all);
  assert(before.map > 0 && before.map <= 1 && before.auc > 0 && before.auc < 1);
  assertEquals(await score(changed(1)), before);
  assertNotEquals(await score(changed(0)), before); // the known ones do change it
});

Deno.test("a study is refused where nobody plays the songs to score trials on", () => {
  const all = noisySongs();
  const none = { users: [], items: [], counts: [] };
  const silent = { ...all, plays: makeInteractions(none, { users: 60, items: 24 }) };
  assertThrows(() => studySongs(silent, TINY, 1), InputError, "none has plays");
});

Deno.test("every setting that a search can draw is one that a run takes", () => {
  for (const preset of Object.values(MUSIC_PRESETS)) {
    for (const config of [preset, { ...preset, factors: 1, epochs: 1 }]) {
      const space = musicSpace(config);
      for (let draw = 0; draw < 50; draw++) {
        checked(MUSIC_SETTINGS, { ...config, ...sampleSettings(space, key(draw)) });
      }
    }
  }
  assertEquals(musicSpace({ factors: 512, epochs: 1 }).factors, { // not past the limit of a run
    kind: "whole",
    low: 256,
    high: 512,
  });
  assertThrows(() => problem.space({ ...TINY, dropout: 2 }), UsageError, "dropout");
});

inFolder.test("a music trial is a function of its settings, with every objective", async (cache) => {
  const space = problem.space(TINY);
  const plan: StudyPlan = {
    task: "music",
    version: VERSION,
    seed: 3,
    trials: 2,
    rounds: 1,
    goal: problem.goal,
    space,
    config: TINY,
  };
  const record = { study: studyId(plan), round: 0, trials: 2, space };
  await using open = await problem.open(plan, { cache, progress: QUIET });
  const { settings, ...trial } = trialOf(plan, record, 0);
  const run = async (objective: string) => {
    const short = { ...settings, epochs: 1, windowsPerSong: 1, batchSize: 32, objective };
    return (await open.run({ ...trial, settings: short })).figures;
  };
  const figures = [await run("mse"), await run("wpe"), await run("contrastive")];
  assertEquals(new Set(figures.map(({ map }) => map)).size, 3, "objectives rank differently");
  assertEquals(await run("mse"), figures[0]);
  assert(figures.every(({ map, auc }) => map > 0 && auc > 0));
});
