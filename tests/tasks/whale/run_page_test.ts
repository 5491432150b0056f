/** The clips that a page shows, from recordings and scores. */
import { assert, assertEquals } from "@std/assert";
import { shownClips } from "../../../tasks/whale/run_page.ts";
import { sharedGpu, test } from "../../check.ts";
import { sampleRecordings } from "./samples.ts";

test("shownClips() pictures the right clips, and says where their scores lie", async ({ gpu }) => {
  const recordings = sampleRecordings(12); // rows 0, 3, 6 and 9 have a call
  const rows = Uint32Array.of(3, 4, 5, 6, 7, 8, 9); // the others are not scored
  const scores = Float64Array.of(0.9, 0.1, 0.2, 0.15, 0.3, 0.8, 0.7);
  const groups = await shownClips(gpu, recordings, { rows, scores });
  const shown = groups.map(({ clips }) =>
    clips.map(({ name, score, note }) => [name, score, note])
  );
  assertEquals(shown, [
    [
      ["train4.aiff", 0.9, "above all 4 other clips"],
      ["train10.aiff", 0.7, "above 75\u00a0% of the other clips"],
    ],
    [["train7.aiff", 0.15, "above 25\u00a0% of the other clips"]],
    [
      ["train9.aiff", 0.8, "above 67\u00a0% of the calls"],
      ["train8.aiff", 0.3, "above 33\u00a0% of the calls"],
      ["train6.aiff", 0.2, "above 33\u00a0% of the calls"],
      ["train5.aiff", 0.1, "above 0\u00a0% of the calls"],
    ],
  ]);
  const images = groups.flatMap(({ clips }) => clips.map(({ image }) => image.values));
  assert(images.every((values) => values.length === 118 * 65));
  assert(images[0].some((value, i) => value !== images[1][i])); // each its own
});

Deno.test("of synthetic clips shownClips() goes by what is in them, and names wrong labels", async () => {
  const recordings = sampleRecordings(6);
  const calls = recordings.labels.slice();
  calls[1] = 1; // a call whose label says there is none
  const rows = Uint32Array.of(0, 1, 2);
  const scores = Float64Array.of(0.5, 0.9, 0.1);
  const groups = await shownClips(await sharedGpu(), { ...recordings, calls }, { rows, scores });
  const [[{ name, note }]] = groups.map((group) => group.clips);
  assertEquals([name, note], ["train2.aiff", "above all 1 other clip; its label is wrong"]);
  assert(groups[0].text.includes("not by their labels"));
});
