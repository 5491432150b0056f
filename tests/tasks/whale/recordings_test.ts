/** Clips of a run: synthetic ones in the cache, real ones, files on disk. */
import { assert, assertEquals } from "@std/assert";

import { Progress } from "../../../tasks/run/progress.ts";
import { clipMarks } from "../../../tasks/whale/model.ts";
import { prepareClip } from "../../../tasks/whale/clip.ts";
import { openRecordings } from "../../../tasks/whale/recordings.ts";
import { synthesiseWhales } from "../../../tasks/whale/synthesise.ts";
import { makeClips } from "../../../tasks/whale/synthetic_set.ts";
import { WhaleSet } from "../../../tasks/whale/synthetic/stream.ts";
import { inFolder } from "../../files/samples.ts";
import { unreadable } from "../../refusals.ts";
import { decodeAiff, TINY } from "./samples.ts";

const lines: string[] = [];
const progress = new Progress({ write: (text) => lines.push(text), isTerminal: false });
const SMALL = { ...TINY, trainingClips: 60, testClips: 20 };

inFolder.test("synthetic clips are those of the set, prepared, whoever makes them; and are kept", async (cache) => {
  const options = { config: SMALL, seed: 4, cache, progress };
  const first = await openRecordings(options);
  assertEquals([first.labels.length, first.testCount, first.synthetic], [80, 20, true]);
  const set = new WhaleSet({ seed: 4, training: 60, test: 20 });
  const clip = set.clip("test", 13);
  assertEquals(first.labels[73], clip.label);
  assertEquals(first.positions[73], clip.position);
  assertEquals(first.names[73], clip.name);
  const { samples, level } = prepareClip(clip.samples);
  assertEquals([...first.samples.subarray(73 * 2000, 74 * 2000)], [
    ...Float32Array.from(samples),
  ]);
  assertEquals(first.levels[73], level);

  const alone = { seed: 4, training: 60, test: 20, zeroPhase: false, cache, progress };
  assertEquals((await makeClips({ ...alone, workers: 1 })).samples, first.samples);

  const [file] = Array.from(Deno.readDirSync(cache), ({ name }) => `${cache}/${name}`);
  const written = (await Deno.stat(file)).mtime;
  assertEquals(await openRecordings(options), first);
  assertEquals((await Deno.stat(file)).mtime, written);
  await Deno.truncate(file, 5000);
  assertEquals(await openRecordings(options), first); // made anew
  assert(lines.some((line) => line.includes("the clips are made anew")), `${lines}`);
});

inFolder.test("synthesised files are the clips of the set, all of one size, and open as real ones", async (folder) => {
  const out = `${folder}/data`;
  await synthesiseWhales({ training: 40, test: 5, seed: 4, out });
  await unreadable(
    () => synthesiseWhales({ training: 40, seed: 4, out }),
    "train is there already",
  );
  const set = new WhaleSet({ seed: 4, training: 40, test: 5 });
  const sizes = await Promise.all(
    Array.from(
      { length: 40 },
      async (_, i) => (await Deno.stat(`${out}/train/train${i + 1}.aiff`)).size,
    ),
  );
  assertEquals(new Set(sizes).size, 1); // a size that varied could give labels away
  const bytes = await Deno.readFile(`${out}/train/train7.aiff`);
  assertEquals(decodeAiff(bytes), [...set.clip("training", 6).samples]);
  await Deno.writeFile(`${out}/train/train7.aiff`, bytes.subarray(0, -200)); // cut off
  lines.length = 0;
  const opened = await openRecordings({
    data: out,
    config: SMALL,
    seed: 1,
    cache: folder,
    progress,
  });
  assertEquals([opened.labels.length, opened.testCount, opened.synthetic], [40, 0, false]);
  const cut = 'train7.aiff: chunk "SSND" should have 8008 bytes, the file has 7808 for it\n';
  assertEquals(lines.filter((line) => line.endsWith(cut)).length, 1, `${lines}`);
  assertEquals([...opened.labels], Array.from(set.clips("training"), ({ label }) => label));
});

Deno.test("marks tell clips apart by their samples alone", () => {
  const samples = Float32Array.from({ length: 6000 }, (_, i) => Math.sin(i % 4000));
  const marks = clipMarks(samples, 2000);
  const [a, b, c] = [0, 1, 2].map((i) => [...marks.subarray(2 * i, 2 * i + 2)]);
  assertEquals(a, c); // the same 2,000 samples
  assert(a[0] !== b[0] && a[1] !== b[1]);
  const other = samples.slice();
  other[1999] += 1e-6;
  assert(clipMarks(other, 2000)[0] !== marks[0]);
});
