/** Clips that tests make: noise, and noise with a loud upsweep. */
import { encodeAiff } from "../../../audio/aiff.ts";
import { fold, key, normal, uniform } from "../../../gpu/random.ts";
import { WHALE_PRESETS, type WhaleConfig } from "../../../tasks/whale/config.ts";
import { prepareClip } from "../../../tasks/whale/clip.ts";
import type { Recordings } from "../../../tasks/whale/clips.ts";
import { writeFiles } from "../../files/samples.ts";

/** Small enough for tests, and still a whole run. */
export const TINY: WhaleConfig = {
  ...WHALE_PRESETS.smoke,
  patchBins: [33],
  patchFrames: [5],
  patches: 600,
  filters: 12,
  iterations: 4,
  members: 1,
  trees: 10,
  folds: 2,
  foldSeeds: [1, 2],
};

/** White noise of deviation 1, with an upsweep from 100 to 180 Hz where there is a call. */
export function sampleClip(seed: number, call: boolean): Float64Array {
  const noise = fold(key(seed), "noise");
  const start = 600 + Math.floor(1200 * uniform(fold(key(seed), "start"), 0));
  return Float64Array.from({ length: 4000 }, (_, i) => {
    const t = (i - start) / 2000;
    const sweep = call && t > 0 && t < 0.8 ? 2 * Math.sin(2 * Math.PI * (100 * t + 50 * t * t)) : 0;
    return normal(noise, i) + sweep;
  });
}

/** Every third clip has a call. */
export function sampleLabel(index: number): 0 | 1 {
  return index % 3 === 0 ? 1 : 0;
}

/** A clip as a file. */
export function sampleAiff(index: number, call = sampleLabel(index) === 1): Uint8Array {
  return encodeAiff(sampleClip(index, call).map((x) => x / 32), 2000);
}

/** Recordings in memory, none of them put aside. */
export function sampleRecordings(count: number): Recordings {
  const clips = Array.from(
    { length: count },
    (_, i) => prepareClip(sampleClip(i, sampleLabel(i) === 1)),
  );
  const samples = new Float32Array(2000 * count);
  clips.forEach((clip, i) => samples.set(clip.samples, 2000 * i));
  return {
    names: clips.map((_, i) => `train${i + 1}.aiff`),
    samples,
    labels: Uint8Array.from(clips, (_, i) => sampleLabel(i)),
    positions: Uint32Array.from(clips, (_, i) => i),
    levels: Float64Array.from(clips, ({ level }) => level),
    silentCount: 0,
    badFiles: [],
    testCount: 0,
    synthetic: false,
  };
}

/** The layout of 2013 with some labelled clips, and some to predict. */
export async function writeWhales(folder: string, count: number, test = 0): Promise<void> {
  const rows = Array.from({ length: count }, (_, i) => `train${i + 1}.aiff,${sampleLabel(i)}`);
  const clips = (name: string, from: number, n: number) =>
    Object.fromEntries(
      Array.from({ length: n }, (_, i) => [`${name}${i + 1}.aiff`, sampleAiff(from + i)]),
    );
  await writeFiles(folder, {
    "train.csv": `clip_name,label\n${rows.join("\n")}\n`,
    ...clips("train/train", 0, count),
    ...clips("test/test", 10_000, test),
  });
}
/** The samples of an AIFF file of the 2013 challenge, as counts. */
export function decodeAiff(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: (bytes.length - 54) / 2 }, (_, i) => view.getInt16(54 + 2 * i));
}
