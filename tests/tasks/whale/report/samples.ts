/** What the page of a run is made of, with figures that are easy to find on it. */
import { key, uniform } from "../../../../gpu/random.ts";
import { ndarray } from "../../../../gpu/tensor.ts";
import { range } from "../../../../tasks/study/space.ts";
import { memberConfigs, WHALE_PRESETS } from "../../../../tasks/whale/config.ts";
import type { ReportClip, WhaleReportContent } from "../../../../tasks/whale/report/content.ts";
import { reportRows } from "../../../../tasks/whale/report/rows.ts";
import type { WhaleResult } from "../../../../tasks/whale/result.ts";

const MEMBERS = memberConfigs(WHALE_PRESETS.small);

const area = (auc: number, deviation?: number) => ({ auc, deviation, repeats: [auc] });

/** Figures of a run of two members; no two are the same. */
export const RESULT: WhaleResult = {
  auc: 0.9612,
  measuredOn: "612 clips put aside",
  interval: { estimate: 0.9612, low: 0.9501, high: 0.9703, standardError: 0.005 },
  baselines: { rawPixels: area(0.8123), timeMean: area(0.7789) },
  single: { svm: area(0.9411), forest: area(0.9422) },
  blend: { svm: area(0.9577), forest: area(0.9612) },
  members: [
    { config: MEMBERS[0], components: 9, objective: 3, auc: { svm: area(0.9411) } },
    { config: MEMBERS[1], components: 9, objective: 3, auc: { svm: area(0.9433) } },
  ],
  blocked: { svm: area(0.9466) },
  againstTruth: area(0.9844),
  withOrder: area(0.9655),
  leakProbe: { order: area(0.7377), level: area(0.5188) },
  repeats: ["put aside"],
  synthetic: true,
  trainCount: 1234,
  scoredCount: 40,
  callShare: 0.25,
  classifier: "forest",
  silentCount: 0,
  badFiles: [],
  seconds: 126,
  timings: { clips: 1.25, baselines: 0, dictionaries: 125, encoding: 0, classifiers: 0 },
  adapter: "an adapter & more",
};

/** A clip whose spectrogram is four frames of three bins. */
export function sampleReportClip(name: string, score = 0.5): ReportClip {
  const scale = { frames: 4, bins: 3, frameSeconds: 0.4, firstSeconds: 0.2, binHz: 250 };
  return { name, score, image: { values: Float32Array.from({ length: 12 }, (_, i) => i), scale } };
}

/** Everything that a page may hold. */
export function sampleContent(): WhaleReportContent {
  const labels = Uint8Array.from({ length: 40 }, (_, i) => i % 4 === 0 ? 1 : 0);
  const scores = Float64Array.from(labels, (label, i) => label + 1.5 * uniform(key(1), i));
  return {
    title: "A <run>",
    config: { ...WHALE_PRESETS.smoke, task: "whale", seed: 3, allowOrderLeak: true },
    figures: { ...RESULT, models: 2, timings: { ...RESULT.timings } },
    rows: reportRows(RESULT),
    scores: [{ name: "blend", labels, scores }, { name: "single", labels, scores: labels.slice() }]
      .map((each) => ({ ...each, scores: Float64Array.from(each.scores) })),
    scoreLabel: "score: probability of a call",
    features: {
      patches: ndarray([3, 6], Float32Array.from({ length: 18 }, (_, i) => i - 9)),
      frames: 2,
      bins: 3,
      counts: Uint32Array.of(10, 70, 20),
      scale: { frameSeconds: 0.064, binHz: 7.8125 },
    },
    objectives: [{ name: "model 1", values: Float64Array.of(9, 5, 4) }],
    clips: [
      { heading: "Found", text: "Sure calls.", clips: [sampleReportClip("train<7>.aiff", 0.987)] },
      { heading: "Missed", text: "Faint calls.", clips: [] },
    ],
    search: {
      space: { contrast: range.choice(true, false), compression: range.logUniform(1, 10) },
      trials: Array.from({ length: 6 }, (_, i) => ({
        settings: { contrast: i % 2 === 0, compression: 1 + i },
        auc: 0.9 + i / 100,
      })),
    },
    blendCurve: [area(0.91, 0.01), area(0.93, 0.01), area(0.92, 0.01)],
  };
}
