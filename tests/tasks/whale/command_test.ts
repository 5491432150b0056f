/** The command line as a user meets it: messages and exit codes. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeAiff } from "../../../audio/aiff.ts";
import { assertExplains, ends, runCommandLine } from "../run_command.ts";
import { inFolder, withFolder, writeFiles } from "../../files/samples.ts";
import { sampleAiff, writeWhales } from "./samples.ts";

const whale = (cwd: string, ...args: string[]) =>
  runCommandLine("tasks/whale/main.ts", cwd, ...args);

Deno.test("--help is printed to stdout; a mistake is explained and ends with 2", async () => {
  await assertExplains(
    (...args) => whale("/tmp", ...args),
    "deno task whale ensemble --study DIR",
    [
      [["--preset", "huge"], '--preset is "huge", expected smoke or small or paper'],
      [["--set", "patchBin=3"], "There is no setting patchBin; perhaps you meant patchBins"],
      [["predict", "--data", "x"], "--run is missing"],
      [["predict", "--data", "x", "--run", "y"], "--out is missing"],
      [
        ["predict", "--data", "x", "--run", "y", "--out", "z", "--format", "csv"],
        '--format is "csv", expected redux or 2013',
      ],
      [["ensemble"], "--study is missing"],
      [["search", "--set", "folds=2"], "folds is 2, expected 3 or more for a search"],
      [
        ["--allow-order-leak", "--set", "classifier=svm"],
        'classifier is "svm", expected forest or logistic or boosting with --allow-order-leak',
      ],
      [
        ["search", "--set", "members=2"],
        "Cannot use --set members: a trial is one model",
      ],
      [["evaluate", "--seeds", "3"], "--seeds is no option of evaluate"],
      [["evaluate", "--folds", "3"], "There is no option --folds"],
      [["synthesise", "--out", "x"], "--count is missing"],
    ],
  );
});

/** A clip whose header has another number at a place. */
function damaged(at: number, bytes: readonly number[]): Uint8Array {
  const file = sampleAiff(1);
  file.set(bytes, at);
  return file;
}

/** WAV with 4,000 samples of 32-bit float at 2 kHz, one of them NaN. */
function wavWithNaN(): Uint8Array {
  const view = new DataView(new ArrayBuffer(44 + 16_000));
  const letters = (at: number, text: string) =>
    [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  letters(0, "RIFF");
  view.setUint32(4, 36 + 16_000, true);
  letters(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 3, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 2000, true);
  view.setUint32(28, 8000, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 32, true);
  letters(36, "data");
  view.setUint32(40, 16_000, true);
  view.setFloat32(44 + 4 * 7, NaN, true);
  return new Uint8Array(view.buffer);
}

// Place in the file of the 2013 challenge: FORM 12, COMM 8 + 18, SSND 8 + 8.
const SIZE_OF_SSND = 42;
const FRAMES = 22;
const RATE = 28;

Deno.test("bad clips end with 1 and a message that names the file and what is wrong", async () => {
  const cases: [name: string, bytes: Uint8Array, message: string][] = [
    ["train1.aiff", sampleAiff(1).slice(0, 3000), "should have 8008 bytes"],
    ["train1.aiff", new Uint8Array(0), "the file is empty"],
    [
      "train1.aiff",
      damaged(SIZE_OF_SSND, [0, 0, 0, 108]),
      "it has 50 samples, expected 3000 to 6000; its last 7900 bytes are none of its chunks",
    ],
    ["train1.aiff", damaged(FRAMES, [0, 0, 0, 1]), "it has 1 samples"],
    ["train1.aiff", damaged(FRAMES - 2, [0, 0]), "it has 0 channels"],
    ["train1.aiff", damaged(RATE, [0x40, 0x0a]), "its rate is 4000 Hz, expected 2000 Hz"],
    ["train1.wav", wavWithNaN(), "NaN"],
  ];
  for (const [name, bytes, message] of cases) {
    await withFolder(async (folder) => {
      await writeFiles(folder, {
        "data/train.csv": `clip_name,label\n${name},1\ntrain2.aiff,0\n`,
        [`data/train/${name}`]: bytes,
        "data/train/train2.aiff": sampleAiff(2),
      });
      const { code, stdout, stderr } = await whale(folder, "--data", "data", "--out", "run");
      assertEquals([code, stdout], [1, ""], stderr);
      const last = stderr.trim().split("\n").at(-1)!;
      assert(last.startsWith("error: Cannot"), stderr);
      assertStringIncludes(last, `train/${name}`);
      assertStringIncludes(last, message);
      assert(!Array.from(Deno.readDirSync(folder)).some(({ name }) => name === "run"));
    });
  }
});

inFolder.test("a header that says too much is told by path, and the clip is read", async (folder) => {
  await writeFiles(folder, {
    "data/train.csv": "clip_name,label\ntrain1.aiff,1\n",
    "data/train/train1.aiff": damaged(FRAMES, [0x7f, 0xff, 0xff, 0xff]),
  });
  const says = 'chunk "COMM" says 2147483647 samples a channel, chunk "SSND" has 4000';
  const { stderr } = await ends(whale(folder, "--data", "data"), 1, "1 of its 1 clips have a call");
  assertStringIncludes(stderr, `train/train1.aiff: ${says}\n`);
});

inFolder.test("a silent clip is named, and read", async (folder) => {
  await writeFiles(folder, {
    "data/train.csv": "clip_name,label\ntrain1.aiff,1\n",
    "data/train/train1.aiff": encodeAiff(new Int16Array(4000), 2000),
  });
  const { stderr } = await ends(whale(folder, "--data", "data"), 1, "1 of its 1 clips have a call");
  assertStringIncludes(
    stderr,
    "data/train/train1.aiff: it is silent: nothing can be heard in it\n",
  );
});

inFolder.test("more folds than clips of a kind are refused before a folder is made", async (folder) => {
  await writeWhales(`${folder}/data`, 8);
  await ends(
    whale(folder, "--data", "data", "--out", "run"),
    1,
    "Cannot make 4 random folds: fold ",
  );
  assert(!Array.from(Deno.readDirSync(folder)).some(({ name }) => name === "run"));
});

inFolder.test("labels of one kind are refused before anything long begins", async (folder) => {
  await writeFiles(folder, {
    "data/train.csv": "clip_name,label\ntrain1.aiff,1\n",
    "data/train/train1.aiff": sampleAiff(0),
  });
  await ends(
    whale(folder, "--data", "data"),
    1,
    "1 of its 1 clips have a call, expected clips of both kinds",
  );
});

inFolder.test("a search, its blend and a prediction by it, from the command line", async (folder) => {
  await writeWhales(`${folder}/data`, 36, 4);
  const settings = [
    "patches=400",
    "filters=10",
    "iterations=3",
    "trees=8",
    "folds=3",
    "foldSeeds=1",
  ]
    .flatMap((setting) => ["--set", setting]);
  const small = ["--preset", "smoke", "--data", "data", ...settings];
  const search = ["search", ...small, "--trials", "3", "--rounds", "1", "--out", "study"];
  await ends(whale(folder, ...search), 0, "3 trials, the best by auc");
  await writeWhales(`${folder}/bad`, 36);
  await Deno.truncate(`${folder}/bad/train/train36.aiff`, 60);
  const spoilt = [...search.with(-1, "skipped"), "--data", "bad", "--trials", "1"];
  await ends(whale(folder, ...spoilt), 1, "train/train36.aiff");
  const skipped = await ends(
    whale(folder, ...spoilt, "--on-bad", "skip", "--force"),
    0,
    "1 trials",
  );
  assertStringIncludes(skipped.stderr, `left out ${folder}/bad/train/train36.aiff: `);
  const blend = ["ensemble", "--study", "study", "--best", "2", "--json"];
  const { stdout } = await ends(whale(folder, ...blend), 0);
  const result = JSON.parse(stdout);
  assertEquals([result.trials, result.curve.length, result.svmCurve.length], [3, 2, 3]);
  assertEquals(result.members.length, 2);
  assert(result.auc > 0.6, `${result.auc}`);
  await writeWhales(`${folder}/other`, 36);
  await Deno.copyFile(`${folder}/other/train/train1.aiff`, `${folder}/other/train/train2.aiff`);
  await ends(
    whale(folder, ...blend, "--data", "other", "--out", "b"),
    1,
    "Cannot go on with the study of whale: its data are 36 clips with train.csv, SHA-256 ",
  );
  await ends(whale(folder, ...blend, "--on-bad", "skip"), 2, '--on-bad is "skip", expected stop');
  const predict = ["predict", "--run", "study-blend", "--data", "data", "--out", "scores.csv"];
  await ends(whale(folder, ...predict), 0);
  const table = await Deno.readTextFile(`${folder}/scores.csv`);
  assertEquals(table.trim().split("\n").length, 5);
  const page = await Deno.readTextFile(`${folder}/study-blend/report.html`);
  assertStringIncludes(page, "<svg");
  await writeWhales(`${folder}/more`, 60);
  const analyse = ["analyse", "--run", "study-blend", "--data", "more", "--out", "page.html"];
  await ends(whale(folder, ...analyse), 0, "24 clips; 36 left out, trained on");
  const analysis = await Deno.readTextFile(`${folder}/page.html`);
  assertStringIncludes(analysis, "False alarms");
  const words = analysis.replaceAll(/base64,[^"]*/g, ""); // pictures may hold any letters
  assert(!words.includes("NaN"), "a figure on the page is no number");
});
