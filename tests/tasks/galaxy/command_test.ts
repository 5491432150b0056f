/** The command line as a user meets it: messages and exit codes. */
import { assert, assertEquals } from "@std/assert";
import { assertExplains, ends, runCommandLine } from "../run_command.ts";
import { inFolder, sampleJpeg, writeFiles } from "../../files/samples.ts";
import { sampleTable } from "./samples.ts";

const galaxy = (cwd: string, ...args: string[]) =>
  runCommandLine("tasks/galaxy/main.ts", cwd, ...args);

Deno.test("--help is printed to stdout; a mistake is explained and ends with 2", async () => {
  await assertExplains((...args) => galaxy("/tmp", ...args), "deno task galaxy predict", [
    [["--data", "x", "--preset", "huge"], '--preset is "huge", expected smoke or small or paper'],
    [["--data", "x", "--set", "stepps=3"], "There is no setting stepps; perhaps you meant steps"],
    [["--transforms", "7"], '--transforms is "7", expected 1 or 60'],
    [["predict", "--data", "x"], "--run is missing"],
    [["synthesise", "--out", "x"], "--count is missing"],
  ]);
});

inFolder.test("a folder that cannot be written ends with 1 and a message", async (folder) => {
  await writeFiles(`${folder}/data`, {
    "images_training_rev1/1.jpg": sampleJpeg(1, 424, 424),
    "training_solutions_rev1.csv": sampleTable(["1"]),
  });
  const table = "data/training_solutions_rev1.csv";
  const { stderr } = await ends(galaxy(folder, "--data", "data", "--out", `${table}/run`), 1);
  assert(/^error: Cannot .*\/run.*: a part of its path is a file/.test(stderr), stderr);
  assert(stderr.includes(`${folder}/${table}/run`), stderr);
  assert(!stderr.includes("os error") && !/at \w+ \(/.test(stderr), stderr);
});

inFolder.test("bad data end with 1, a message that names them, and nothing written", async (folder) => {
  const photo = sampleJpeg(1, 424, 424);
  const table = sampleTable(["1", "2"]);
  const cases: Record<string, [Record<string, Uint8Array | string>, string]> = {
    empty: [{ "images_training_rev1/2.jpg": "" }, "2.jpg: the file is empty"],
    cut: [{ "images_training_rev1/2.jpg": photo.slice(0, 2000) }, "2.jpg"],
    text: [{ "images_training_rev1/2.jpg": "just words, no picture at all" }, "2.jpg"],
    column: [
      { "training_solutions_rev1.csv": table.replace("Class2.1", "Class2.x") },
      "Class2.1",
    ],
    nan: [{ "training_solutions_rev1.csv": table.replace(/,0\.\d+/, ",NaN") }, "NaN"],
    twice: [{ "training_solutions_rev1.csv": table.replace(/\n2,/, "\n1,") }, "1"],
  };
  for (const [name, [change, message]] of Object.entries(cases)) {
    await writeFiles(`${folder}/${name}`, {
      "images_training_rev1/1.jpg": photo,
      "images_training_rev1/2.jpg": photo,
      "training_solutions_rev1.csv": table,
      ...change,
    });
    const { code, stderr } = await galaxy(folder, "--data", name, "--preset", "smoke");
    assertEquals(code, 1, `${name}: ${stderr}`);
    assert(stderr.includes(message) && stderr.includes("error: "), `${name}: ${stderr}`);
    assert(!/at \w+ \(/.test(stderr), stderr);
    const left = Array.from(Deno.readDirSync(folder), (entry) => entry.name);
    assert(!left.includes("runs"), `${name} left a run behind`);
  }
});
