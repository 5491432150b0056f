/**
 * Showing values, in a script and in a notebook (of which there is a stub here; the real kernel has
 * its test in tests/notebooks/).
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ndarray } from "../../../gpu/tensor.ts";
import {
  filterGrid,
  imageGrid,
  learningCurve,
  readMetrics,
  show,
} from "../../../tasks/report/notebook.ts";
import { NotebookSink, Progress } from "../../../tasks/run/progress.ts";
import { recordingKernel, withKernel } from "../../notebooks/kernel.ts";
import { refuses } from "../../refusals.ts";
import { inFolder } from "../../files/samples.ts";

/** What a function prints with console.log. */
async function printed(work: () => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  const { log } = console;
  console.log = (text: string) => void lines.push(text);
  try {
    await work();
  } finally {
    console.log = log;
  }
  return lines;
}

Deno.test("outside a notebook show() prints text", async () => {
  const lines = await printed(async () => {
    await show("words");
    await show(ndarray([2], Int32Array.of(3, 4)));
    await show({ rmse: 0.5 });
    await show(undefined);
  });
  assertEquals(lines, [
    "words",
    "i32 [2], 8 bytes, 3 to 4, mean 3.5\n3  4",
    "{ rmse: 0.5 }",
    "undefined",
  ]);
});

Deno.test("in a notebook show() displays the bundle, an SVG drawing as an image too", async () => {
  const { kernel, outputs } = recordingKernel();
  await withKernel(kernel, async () => {
    await show(ndarray([2], Int32Array.of(3, 4)));
    await show(learningCurve([{ step: 1, rmse: 0.5 }, { step: 2, rmse: 0.25 }]));
  });
  assertEquals(outputs.map(({ options }) => options), [{ raw: true }, { raw: true }]);
  assertStringIncludes(outputs[0].bundle["text/html"], "<table>");
  const { "image/svg+xml": svg, "text/html": html } = outputs[1].bundle;
  assertStringIncludes(html, `src="data:image/svg+xml;base64,${btoa(svg)}"`);
});

Deno.test("in a notebook progress is one output that changes in place", async () => {
  const { kernel, outputs } = recordingKernel();
  let now = 0;
  await withKernel(kernel, async () => {
    const progress = new Progress(undefined, () => now);
    for (const text of ["step 1", "step 2", "step 3"]) {
      progress.update(text);
      now += 1000;
    }
    await flush();
    progress.line("step 4, half way");
    progress.update("step 5");
    await flush();
    progress.line("done");
    await flush();
  });
  const texts = outputs.map(({ bundle }) => bundle["text/plain"]);
  // Changes that came while a message was under way go out together.
  assertEquals(texts, [
    "step 1",
    "step 3",
    "step 4, half way",
    "step 4, half way\nstep 5",
    "step 4, half way\ndone",
  ]);
  const [first, ...rest] = outputs.map(({ options }) => options);
  assertEquals(first.update, false);
  assert(rest.every(({ update }) => update));
  assert(rest.every(({ display_id }) => display_id === first.display_id));
});

Deno.test("each progress has an output of its own, and a lost front end does not end the work", async () => {
  const { kernel, outputs } = recordingKernel();
  for (const text of ["a", "b"]) new NotebookSink(kernel).write(text);
  await flush();
  assertEquals(new Set(outputs.map(({ options }) => options.display_id)).size, 2);
  new NotebookSink({ display: () => Promise.reject(new Error("gone")) }).write("c");
  await flush();
});

function flush(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test("a grid of images is a PNG that knows its size and what it shows", () => {
  const pixels = new Uint8Array(8 * 8 * 3).fill(200);
  const { height, width, alt, bytes } = imageGrid(
    [{ pixels, label: "SMOOTH" }, { pixels }, { pixels }],
    { side: 8, columns: 2, shrink: 1 },
  );
  assertEquals([width, alt], [16, "3 pictures: SMOOTH"]);
  assertEquals(height, 2 * (8 + 16)); // a caption under each
  assertEquals([...bytes.subarray(1, 4)], [..."PNG"].map((letter) => letter.charCodeAt(0)));
  assertEquals(imageGrid([{ pixels }], { side: 8, alt: "one" }).alt, "one");
});

Deno.test("a cropped grid shows the centre of its pictures", () => {
  const pixels = new Uint8Array(8 * 8 * 3);
  for (let y = 2; y < 6; y++) pixels.fill(255, (y * 8 + 2) * 3, (y * 8 + 6) * 3);
  const white = new Uint8Array(4 * 4 * 3).fill(255);
  assertEquals(
    imageGrid([{ pixels }], { side: 8, crop: 4, shrink: 1 }).bytes,
    imageGrid([{ pixels: white }], { side: 4, shrink: 1 }).bytes,
  );
  refuses(() => imageGrid([{ pixels }], { side: 8, crop: 9 }), "from 1 to 8");
});

Deno.test("the filters of a first layer are a picture; others are refused", () => {
  const { width, height, alt } = filterGrid(ndarray([6, 5, 3, 2], new Float32Array(180).fill(1)));
  assert(width > height && height >= 6);
  assertEquals(alt, "2 filters of 6 x 5 pixels");
  const grey = ndarray([6, 5, 1, 2], new Float32Array(60));
  refuses(() => filterGrid(grey), "shape is [6, 5, 1, 2], expected [kh, kw, 3, f]");
});

Deno.test("a learning curve draws what was measured", () => {
  const { svg } = learningCurve([
    { step: 5, rmse: 0.3 },
    { step: 10, rmse: null, validationRmse: 0.25 },
    { step: 15, rmse: 0.2 },
  ], { references: [{ label: "the mean", y: 0.28 }] });
  for (const text of ["training", "validation", "the mean"]) assertStringIncludes(svg, text);
  assert(!learningCurve([{ step: 5, rmse: 0.3 }]).svg.includes("validation"));
  refuses(
    () => learningCurve([{ step: 5 }]),
    "number of errors is 0, expected rmse or validationRmse in one line at least",
  );
});

inFolder.test("the metrics of a run are read in order", async (run) => {
  await Deno.writeTextFile(`${run}/metrics.jsonl`, '{"step":5,"rmse":0.3}\n{"step":10}\n');
  assertEquals(await readMetrics(run), [{ step: 5, rmse: 0.3 }, { step: 10 }]);
});
