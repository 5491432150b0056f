import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { GALAXY_PRESETS } from "../../../../tasks/galaxy/config.ts";
import { ANSWER_COLUMNS } from "../../../../tasks/galaxy/questions.ts";
import type { GalaxyReportContent } from "../../../../tasks/galaxy/report/content.ts";
import { galaxyErrors, standardError } from "../../../../tasks/galaxy/report/headline.ts";
import { spreadPlaces } from "../../../../tasks/galaxy/report/gallery.ts";
import { galaxyReport } from "../../../../tasks/galaxy/report/page.ts";
import { fractionBins } from "../../../../tasks/galaxy/report/questions_section.ts";
import { GALAXY } from "../../../../tasks/galaxy/task.ts";
import { repeatCommand } from "../../../../tasks/report/repeat.ts";
import { QUESTIONS } from "../../../../tasks/galaxy/questions.ts";
import { rootMeanSquareError, scoreQuestions } from "../../../../tasks/galaxy/score.ts";
import { rejects } from "../../../refusals.ts";
import { unbalanced } from "../../report/sound_page.ts";
import { sampleLabels } from "../samples.ts";

const PHOTO_BYTES = 424 * 424 * 3;

/** A run of some galaxies whose pictures are grey; predictions are the votes of the next galaxy. */
function sampleContent(count: number): GalaxyReportContent {
  const targets = new Float32Array(count * 37);
  const predictions = new Float32Array(count * 37);
  for (let i = 0; i < count; i++) {
    targets.set(sampleLabels(i + 1), i * 37);
    predictions.set(sampleLabels(i + 2), i * 37);
  }
  const scored = count
    ? {
      rmse: rootMeanSquareError(predictions, targets),
      baselines: { zeros: 0.27, mean: 0.17, pixelRidge: 0.14 },
      questions: scoreQuestions(predictions, targets),
    }
    : {};
  return {
    title: "A <run>",
    config: { ...GALAXY_PRESETS.smoke, seed: 3 },
    result: {
      ...scored,
      trainCount: 1234,
      validationCount: 56,
      validationDecides: ["which weights predict"],
      heldOutCount: count,
      steps: 20,
      parameters: 5678,
      transforms: 1,
      adapter: "an adapter & more",
      timings: { data: 1.25, training: 125 },
      synthetic: false,
    },
    curves: [{
      name: "fold 1",
      metrics: [
        { step: 5, rmse: 0.3, learningRate: 0.001 },
        { step: 10, rmse: 0.2, learningRate: 0.0005, validationRmse: 0.21 },
      ],
    }],
    filters: { shape: [2, 2, 3, 4], data: Float32Array.from({ length: 48 }, (_, i) => i - 24) },
    ids: Array.from({ length: count }, (_, i) => `${100_001 + i}`),
    predictions,
    targets,
    readPixels: (indices) => Promise.resolve(new Uint8Array(indices.length * PHOTO_BYTES).fill(40)),
    q6Weight: "one",
  };
}

Deno.test("galaxyReport() is one sound page that needs no other file", async () => {
  const page = await galaxyReport(sampleContent(6));
  assertEquals(unbalanced(page), []);
  const urls = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url);
  assert(urls.length > 30);
  assertEquals(urls.filter((url) => !url.startsWith("data:")), []);
  assert(!/<script|@import|url\(/.test(page));
  assertStringIncludes(page, `<html lang="en">`);
  assertStringIncludes(page, `<meta name="viewport"`);
  assertEquals([...page.matchAll(/<img (?![^>]*alt="[^"]+")/g)].length, 0);
});

Deno.test("galaxyReport() shows figures, baselines, words, settings, and text as text", async () => {
  const content = sampleContent(6);
  const page = await galaxyReport(content);
  for (
    const expected of [
      content.result.rmse!.toFixed(4),
      "A &lt;run&gt;",
      "linear model of 16 × 16 pixels",
      "1\u202f234",
      "an adapter &amp; more",
      "Galaxy 100001, by the volunteers:",
      "How many spiral arms are there?",
      "2 min 5 s",
      "deno task galaxy --preset smoke --seed 3",
    ]
  ) assertStringIncludes(page, expected);
  assert(!/\bNaN\b|undefined/.test(page.replace(/data:image[^"]*/g, "")));
});

Deno.test("galaxyReport() says so where galaxies are synthetic, and only there", async () => {
  const content = sampleContent(4);
  const notice = "Synthetic galaxies, simulated votes";
  assert(!(await galaxyReport(content)).includes(notice));
  const synthetic = { ...content, result: { ...content.result, synthetic: true } };
  assertStringIncludes(await galaxyReport(synthetic), notice);
});

Deno.test("galaxyReport() makes a page of a run that held nothing out", async () => {
  const page = await galaxyReport({ ...sampleContent(0), curves: [], filters: undefined });
  assertEquals(unbalanced(page), []);
  assertStringIncludes(page, "No galaxies were held out");
  assert(!page.includes("How it learnt"));
});

Deno.test("galaxyReport() makes a page of one galaxy, and of many folds", async () => {
  assertEquals(unbalanced(await galaxyReport(sampleContent(1))), []);
  const content = sampleContent(4);
  const curves = Array.from(
    { length: 5 },
    (_, i) => ({ ...content.curves[0], name: `fold ${i + 1}` }),
  );
  assertStringIncludes(await galaxyReport({ ...content, curves }), "mean of 5, validation");
});

Deno.test("galaxyReport() gives the same text for the same content", async () => {
  assertEquals(await galaxyReport(sampleContent(5)), await galaxyReport(sampleContent(5)));
});

Deno.test("galaxyReport() refuses parts that do not fit together", async () => {
  const content = sampleContent(2);
  await rejects(
    () => galaxyReport({ ...content, predictions: new Float32Array(37) }),
    "number of predictions is 37, expected 37 for each of 2 galaxies",
  );
  await rejects(
    () => galaxyReport({ ...content, targets: new Float32Array(111) }),
    "number of targets is 111, expected 37 for each of 2 galaxies",
  );
  await rejects(
    () => galaxyReport({ ...content, filters: { shape: [6, 6, 4], data: new Float32Array(144) } }),
    "expected [kh, kw, 3, f]",
  );
});

Deno.test("galaxyErrors() square to the challenge's error, and standardError() is their scatter", () => {
  const { predictions, targets } = sampleContent(7);
  const squares = galaxyErrors(predictions, targets).map((error) => error ** 2);
  const rmse = rootMeanSquareError(predictions, targets);
  const mean = squares.reduce((a, b) => a + b) / squares.length;
  assert(Math.abs(Math.sqrt(mean) - rmse) < 1e-6);
  // equal errors do not scatter
  const zeros = new Float32Array(3 * ANSWER_COLUMNS.length);
  assertEquals(standardError(zeros.map(() => 0.5), zeros), 0);
  assert(standardError(predictions, targets) > 0);
});

Deno.test("spreadPlaces() spreads over all places and names none twice", () => {
  assertEquals(spreadPlaces(5, 24), [0, 1, 2, 3, 4]);
  assertEquals(spreadPlaces(100, 4), [12, 37, 62, 87]);
});

Deno.test("fractionBins() counts those asked, and only the first of two answers", () => {
  const content = sampleContent(20);
  const exact = { ...content, predictions: content.targets };
  const smooth = fractionBins(exact, QUESTIONS[0]);
  assertEquals(smooth.galaxies, 20);
  assertEquals(smooth.bins.reduce((sum, { count }) => sum + count, 0), 60);
  for (const { predicted, observed, count } of smooth.bins) {
    if (count) assertEquals(predicted, observed);
  }
  const odd = fractionBins(exact, QUESTIONS[5]);
  assertEquals(odd.bins.reduce((sum, { count }) => sum + count, 0), 20);
});

Deno.test("repeatCommand() names the nearest preset and what differs, quoted for a shell", () => {
  const { small } = GALAXY_PRESETS;
  const config = { ...small, filters: [8, 8, 8, 8], seed: 1, data: "my galaxies", transforms: 60 };
  assertEquals(
    repeatCommand(GALAXY, { ...config, folds: 5, onBad: "stop", startFrom: { run: "runs/a" } }),
    "deno task galaxy --data 'my galaxies' --preset small --seed 1 --folds 5 --transforms 60 " +
      "--init runs/a --set filters=8,8,8,8",
  );
});
