import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ndarray } from "../../../../gpu/tensor.ts";
import { Ranking } from "../../../../nn/metrics/classification.ts";
import { WHALE_PRESETS } from "../../../../tasks/whale/config.ts";
import { chooseClips } from "../../../../tasks/whale/report/clips_section.ts";
import type { WhaleReportContent } from "../../../../tasks/whale/report/content.ts";
import { byCount, risingFeature } from "../../../../tasks/whale/report/features_section.ts";
import { whaleReport } from "../../../../tasks/whale/report/page.ts";
import { WHALE } from "../../../../tasks/whale/task.ts";
import { repeatCommand } from "../../../../tasks/report/repeat.ts";
import { reportRows } from "../../../../tasks/whale/report/rows.ts";
import { refuses } from "../../../refusals.ts";
import { pngsIn } from "../../report/png_pixels.ts";
import { unbalanced } from "../../report/sound_page.ts";
import { RESULT, sampleContent, sampleReportClip } from "./samples.ts";

Deno.test("whaleReport() is one sound page that needs no other file and no script", () => {
  const page = whaleReport(sampleContent());
  assertEquals(unbalanced(page), []);
  const urls = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url);
  assertEquals(urls.filter((url) => !url.startsWith("data:")), []);
  assert(!/<script|@import|url\(/.test(page));
  assertEquals([...page.matchAll(/<img (?![^>]*alt="[^"]+")/g)].length, 0);
  assert(!/\bNaN\b|undefined|Infinity/.test(page.replace(/data:image[^"]*/g, "")));
  assertEquals(whaleReport(sampleContent()), page);
});

Deno.test("the pictures of the page decode: features on pages and phones, enlarged ones, clips", () => {
  const sizes = pngsIn(whaleReport(sampleContent())).map(({ width, height }) => [width, height]);
  const tile = 40 + 4;
  assertEquals(sizes, [[2, 3], [2, 3], [3 * tile - 4, 39], [3 * tile - 4, 39], [4, 3]]);
});

Deno.test("whaleReport() shows every figure of the run, settings, time, and text as text", () => {
  const content = sampleContent();
  const page = whaleReport(content);
  const figures = ["0.9612", "0.9501 to 0.9703", "0.8123", "0.7789", "0.9411", "0.9433", "0.9577"];
  const checks = ["0.9466", "0.9844", "0.9655", "0.7377", "0.5188"];
  const texts = [
    "A &lt;run&gt;",
    "train&lt;7&gt;.aiff",
    "0.987",
    "an adapter &amp; more",
    "1\u202f234",
    "25\u00a0% labelled as calls",
    "2 min 5 s",
    "won 70 of 100 patches, 70\u00a0%",
    "deno task whale --preset smoke --seed 3 --allow-order-leak",
    "the highest point of the curve is 0.9300 at n = 2",
    "compression (log)",
  ];
  for (const text of [...figures, ...checks, ...texts]) assertStringIncludes(page, text);
  assert(!page.includes("Missed")); // a group of no clips
});

Deno.test("areas and average precisions on the page are those of the scores", () => {
  const content = sampleContent();
  const page = whaleReport(content);
  const { labels, scores } = content.scores![0];
  const ranking = new Ranking(labels, scores);
  assertStringIncludes(page, `blend: AUC ${ranking.auc().toFixed(4)}`);
  assertStringIncludes(page, `blend: AP ${ranking.averagePrecision().toFixed(4)}`);
  assertStringIncludes(page, "single: AUC 1.0000");
  assertStringIncludes(page, "calls (10)");
  assertStringIncludes(page, "other clips (30)");
});

Deno.test("shares of calls found are read off the curve at or below the share of false alarms", () => {
  // 20 others: one of them above all, so that 5 % of false alarms allow it and 1 % nothing.
  const labels = Uint8Array.from({ length: 30 }, (_, i) => i < 10 ? 1 : 0);
  const scores = Float64Array.from(labels, (label, i) => i === 10 ? 9 : label ? 5 + i / 10 : 1);
  const page = whaleReport({ ...sampleContent(), scores: [{ name: "all", labels, scores }] });
  assertStringIncludes(
    page,
    "finds 0 % of the calls at 1 % false alarms, 100 % of the calls at 5 % false alarms",
  );
});

Deno.test("leaks are marked as none of the results, and the run’s figure is the only main one", () => {
  const kinds = reportRows(RESULT).map(({ name, kind }) => [kind, name]);
  assertEquals(kinds.filter(([kind]) => kind === "main"), [["main", "blend of 2, random forest"]]);
  assertEquals(kinds.filter(([kind]) => kind === "leak").map(([, name]) => name), [
    "blend of 2, helped by order: a leak",
    "order alone: labels of neighbours",
    "level alone",
  ]);
  assertEquals([...whaleReport(sampleContent()).matchAll(/<td[^>]*>leak, no result</g)].length, 3);
});

Deno.test("of a single model the blend is not told a second time", () => {
  const { members: [{ config, components, objective }], blend } = RESULT;
  const members = [{ config, components, objective, auc: blend }];
  const rows = reportRows({ ...RESULT, members });
  assertEquals(rows.filter(({ auc }) => auc.auc === 0.9612).length, 1);
  assertEquals(rows.find(({ kind }) => kind === "main")?.name, "learnt features, random forest");
});

Deno.test("whaleReport() says so where clips are synthetic, and only there", () => {
  const content = sampleContent();
  const notice = "<strong>Synthetic clips.</strong>";
  assertStringIncludes(whaleReport(content), notice);
  const real = { ...content, figures: { ...content.figures, synthetic: false } };
  assert(!whaleReport(real).includes(notice));
});

Deno.test("sections whose data are absent are left out, down to clips that nobody labelled", () => {
  const { config, figures } = sampleContent();
  const bare: WhaleReportContent = {
    config,
    figures: { ...figures, auc: undefined, interval: undefined, callShare: undefined },
    clips: [{ heading: "Surest", text: "High scores.", clips: [sampleReportClip("a.wav")] }],
  };
  const page = whaleReport(bare);
  assertEquals(unbalanced(page), []);
  assertStringIncludes(page, "whose labels nobody knows");
  for (const heading of ["All figures", "Hits and false", "What it learnt", "How many models"]) {
    assert(!page.includes(heading), heading);
  }
});

Deno.test("of several cross-validations deviations are shown, and which one the curves are of", () => {
  const content = sampleContent();
  const rows = [{
    name: "a",
    auc: { ...RESULT.baselines.rawPixels, deviation: 0.0123 },
    kind: "model" as const,
  }];
  const figures = { ...content.figures, repeats: ["folds 1", "folds 2"] };
  const page = whaleReport({ ...content, rows, figures });
  for (const text of ["0.0123", "first of the cross-validations", "in 2 cross-validations"]) {
    assertStringIncludes(page, text);
  }
  assertStringIncludes(page, "the dictionary heard all clips, without labels");
});

Deno.test("whaleReport() refuses what is no number, wherever it stands", () => {
  const content = sampleContent();
  const refused = (change: Partial<WhaleReportContent>, message: string) =>
    refuses(() => whaleReport({ ...content, ...change }), message);
  const [{ name, labels }] = content.scores!;
  const nan = { auc: NaN, repeats: [] };
  refused({ figures: { ...content.figures, auc: NaN } }, 'figure "auc" is NaN');
  refused({ rows: [{ name: "a", auc: nan, kind: "model" }] }, 'the area of "a" is NaN');
  const scores = new Float64Array(40).fill(NaN);
  refused({ scores: [{ name, labels, scores }] }, 'score 0 of "blend" is NaN');
  refused(
    { scores: [{ name, labels, scores: scores.slice(1) }] },
    'number of scores of "blend" is 39, expected 40, as of labels',
  );
  refused({ objectives: [{ name: "model 1", values: Float64Array.of(1, NaN) }] }, "of model 1");
  refused(
    { features: { ...content.features!, counts: Uint32Array.of(1) } },
    "number of counts is 1, expected 3, as of features",
  );
  const patches = ndarray([3, 6], new Float32Array(18).fill(NaN));
  refused({ features: { ...content.features!, patches } }, "is NaN");
  const clips = [{ heading: "", text: "", clips: [sampleReportClip("b", NaN)] }];
  refused({ clips }, "the score of b is NaN");
  refused({ blendCurve: [nan, nan] }, "the area of a blend is NaN");
  refused({ search: { space: {}, trials: [{ settings: {}, auc: NaN }] } }, "a trial is NaN");
});

Deno.test("chooseClips() takes the surest calls, the least sure ones and the surest others", () => {
  const calls = Uint8Array.of(1, 0, 1, 0, 1, 1, 0);
  const scores = Float64Array.of(0.9, 0.8, 0.1, 0.2, 0.5, 0.7, 0.3);
  assertEquals(chooseClips(calls, scores, 2), {
    found: [0, 5],
    missed: [2, 4],
    falseAlarms: [1, 6],
  });
  const { found, missed } = chooseClips(calls, scores, 3);
  assertEquals([...found, ...missed].sort(), [0, 2, 4, 5]); // none twice
});

Deno.test("features are in the order of the patches they won, equal ones in their own", () => {
  assertEquals(byCount(Uint32Array.of(5, 9, 5, 0)), [1, 0, 2, 3]);
});

Deno.test("risingFeature() finds the sweep among tones, clicks, falling sweeps and noise", () => {
  const [frames, bins] = [7, 43];
  const draw = (value: (t: number, q: number) => number) =>
    Array.from({ length: frames * bins }, (_, i) => value(Math.floor(i / bins), i % bins));
  const patches = [
    draw((_, q) => q === 20 ? 3 : 0),
    draw((t) => t === 3 ? 3 : 0),
    draw((t, q) => q === 30 - t ? 3 : 0),
    draw((t, q) => Math.sin(12.9898 * (t * bins + q))),
    draw((t, q) => q === 12 + t ? 1 : 0),
  ];
  const features = {
    patches: ndarray([5, frames * bins], Float32Array.from(patches.flat())),
    frames,
    bins,
    counts: new Uint32Array(5),
    scale: { frameSeconds: 0.064, binHz: 7.8125 },
  };
  assertEquals(risingFeature(features), 4);
});

Deno.test("repeatCommand() names the nearest preset and what differs", () => {
  const config = { ...WHALE_PRESETS.small, filters: 190, seed: 1, data: "my clips", onBad: "skip" };
  assertEquals(
    repeatCommand(WHALE, config),
    "deno task whale --data 'my clips' --preset small --seed 1 --on-bad skip --set filters=190",
  );
});
