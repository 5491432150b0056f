/**
 * Each rule of `structure.ts`, over the repository and over samples that break it: a rule that
 * finds nothing in a bad sample would pass for ever.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as rules from "./structure.ts";
import type { Files, Finding } from "./structure.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const SKIPPED_FOLDERS = new Set([".git", "node_modules", "runs", "cache", "api"]);

function readTree(folder = ""): [string, string][] {
  const entries = [...Deno.readDirSync(`${ROOT}/${folder}`)]
    .filter(({ name }) => !SKIPPED_FOLDERS.has(name));
  return entries.flatMap(({ name, isDirectory }) => {
    const path = folder ? `${folder}/${name}` : name;
    if (isDirectory) return readTree(path);
    return /\.(ts|js|mjs|wgsl)$/.test(name)
      ? [[path, Deno.readTextFileSync(`${ROOT}/${path}`)] as [string, string]]
      : [];
  });
}

const repository: Files = new Map(readTree());
const denoJson = Deno.readTextFileSync(`${ROOT}/deno.json`);

const { present, missing } = rules.entryPoints(denoJson, (path) => existsSync(`${ROOT}/${path}`));

/** What each rule says of the repository, and what it finds there. */
const RULES: Record<string, () => readonly Finding[] | Promise<Finding[]>> = {
  "folders import only what the layers allow": () => rules.importEdges(repository),
  "no task imports another, and nothing shared imports a task": () => rules.taskEdges(repository),
  "files/ knows arrays and no devices, and paths are taken late": () => rules.fileEdges(repository),
  "no import comes back to where it began, types included": () => rules.importCircles(repository),
  "Deno and Node are known in files/disk, tasks, tests and bench only": () =>
    rules.hostUses(repository),
  "tasks reach the disk through files/disk": () => rules.bareDisk(repository),
  "errors say what is wrong in one grammar": () => rules.errorSentences(repository),
  "packages are named in deps_*.ts, with exact versions":
    () => [...rules.packageNames(repository), ...rules.importMapVersions(denoJson)],
  "a WGSL variable in a loop has an initialiser": () => rules.loopVariables(repository),
  "no chance and no clock outside the allow list": () => rules.chanceAndClock(repository),
  "every shader has a reference and a test": () => rules.shaderNeighbours(repository),
  "every example runs": () => rules.skippedExamples(repository),
  "what deno.json exports is there": () => missing,
  // Together, for a type that one entry point exports is public in the others.
  "every public symbol is documented": () => documentationOf(present, ROOT),
};

for (const [sentence, find] of Object.entries(RULES)) {
  Deno.test(`the repository: ${sentence}`, async () => {
    const findings = await find();
    assertEquals(findings.length, 0, `\n${rules.describe(findings)}`);
  });
}

/** Findings of a rule over small files, as "file:line". */
function places(rule: (files: Files) => Finding[], files: Record<string, string>): string[] {
  return rule(new Map(Object.entries(files))).map(({ file, line }) => `${file}:${line}`);
}

Deno.test("importEdges() finds each forbidden direction", () => {
  const found = places(rules.importEdges, {
    "gpu/a.ts": `\nimport { x } from "../nn/x.ts";`,
    "gpu/b.ts": `export * from "../mod.ts";`,
    "nn/a.ts": `import "../audio/x.ts";`,
    "audio/a.ts": `const x = await import("../nn/x.ts");`,
    "recsys/a.ts": `new Worker(new URL("../tasks/worker.ts", import.meta.url));`,
    "tasks/a.ts": `import { check } from "../tests/check.ts";`,
    "tasks/b.ts": `import type { Row } from "../bench/row.ts";`,
    "gpu/c.ts": `import { x } from "../deps_study.ts"; import { y } from "../tests/deps.ts";`,
    "mod.ts": `export { x } from "./tests/x.ts";`,
    "odd/a.ts": `import { x } from "../gpu/x.ts";`,
  });
  assertEquals(found, [
    "gpu/a.ts:2",
    "gpu/b.ts:1",
    "nn/a.ts:1",
    "audio/a.ts:1",
    "recsys/a.ts:1",
    "tasks/a.ts:1",
    "tasks/b.ts:1",
    "gpu/c.ts:1",
    "mod.ts:1",
    "odd/a.ts:1",
  ]);
});

Deno.test("importEdges() accepts the allowed directions, and imports in comments and text", () => {
  const found = places(rules.importEdges, {
    "gpu/a.ts":
      `import { zipSync } from "../deps_fflate.ts"; import "./b.ts"; import s from "./a.wgsl";`,
    "nn/classifiers/a.ts": `import { kernel } from "../../gpu/kernel.ts";`,
    "recsys/a.ts": `import "../nn/a.ts"; import "../audio/a.ts"; import "../gpu/a.ts";`,
    "tasks/galaxy/a.ts": `import { x } from "../../mod.ts"; import "../data/csv.ts";`,
    "mod.ts": `export * from "./gpu/mod.ts"; export { galaxy } from "./tasks/galaxy/mod.ts";`,
    "tests/a.ts": `import "../bench/mod.ts"; import "../files/csv.ts";`,
    "gpu/c.ts": `// import "../nn/a.ts";
      /* from "../nn/a.ts" */ const t = \`import "../nn/a.ts" \${f("x")} from "../nn/b.ts"\`;
      const p = /from "\\//; const q = a / b; // from "../nn/c.ts"`,
  });
  assertEquals(found, []);
});

Deno.test("taskEdges() finds a task in another, and in what tasks share", () => {
  const found = places(rules.taskEdges, {
    "tasks/galaxy/a.ts": `import "../run/a.ts"; import "../study/a.ts"; import "./report/a.ts";`,
    "tasks/whale/a.ts": `\nimport "../galaxy/a.ts";`,
    "tasks/report/a.ts": `import type { Row } from "../music/a.ts";`,
    "tasks/run/a.ts": `import "../study/a.ts"; import "../../nn/mod.ts";`,
    "bench/a.ts": `import "../tasks/music/a.ts";`,
  });
  assertEquals(found, ["tasks/whale/a.ts:2", "tasks/report/a.ts:1", "tasks/run/a.ts:1"]);
});

Deno.test("fileEdges() finds devices in files/, and files/disk where a browser loads it", () => {
  const found = places(rules.fileEdges, {
    "files/a.ts":
      `import type { Gpu } from "../gpu/gpu.ts";\nimport { check } from "../gpu/check.ts";`,
    "files/b.ts": `import { openFile } from "./disk/file_source.ts";`,
    "nn/a.ts": `const late = await import("../files/disk/npy.ts");\nimport "../files/disk/npy.ts";`,
    "files/disk/c.ts": `import "./file_source.ts";`,
    "tasks/d.ts": `import "../files/disk/npy.ts";`,
  });
  assertEquals(found, ["files/a.ts:1", "files/b.ts:1", "nn/a.ts:2"]);
});

Deno.test("importCircles() finds a circle once, of types and late imports too, not of workers", () => {
  const found = places(rules.importCircles, {
    "gpu/a.ts": `import type { B } from "./b.ts";\nimport { d } from "./d.ts";`,
    "gpu/b.ts": `\nexport * from "./c.ts";`,
    "gpu/c.ts": `\n\nconst a = await import("./a.ts");`,
    "gpu/d.ts": `import "./b.ts"; new Worker(new URL("./e.ts", import.meta.url));`,
    "gpu/e.ts": `import type { D } from "./d.ts"; // import "./f.ts"`,
    "gpu/f.ts": `import "./e.ts"; import "./f.ts";`,
  });
  assertEquals(found, ["gpu/a.ts:1", "gpu/f.ts:1"]);
});

Deno.test("hostUses() finds Deno and node: modules in what a browser loads", () => {
  const found = places(rules.hostUses, {
    "nn/a.ts": `const x = 1;\nawait Deno.stat("x"); // Deno.open`,
    "files/b.ts": `import { join } from "node:path";`,
    "mod.ts": `console.log(Deno.args);`,
    "gpu/c.ts": `const deno = globalThis; const text = "Deno.stat";`,
    "files/disk/d.ts": `await Deno.stat("x");`,
    "tasks/e.ts": `import "node:sqlite";`,
  });
  assertEquals(found, ["nn/a.ts:2", "files/b.ts:1", "mod.ts:1"]);
});

Deno.test("bareDisk() finds what reaches the disk past files/disk", () => {
  const found = places(rules.bareDisk, {
    "tasks/a.ts": `// Deno.stat("x")\nawait Deno.readTextFile("x");\nDeno.openSync("x");`,
    "tasks/run/b.ts": `Deno.args; const text = "Deno.stat";`,
    "files/disk/c.ts": `await Deno.stat("x");`,
    "tests/d.ts": `await Deno.stat("x");`,
  });
  assertEquals(found, ["tasks/a.ts:2", "tasks/a.ts:3"]);
});

Deno.test("errorSentences() finds other grammars in what is thrown, checked and refused", () => {
  const found = places(rules.errorSentences, {
    "nn/a.ts": `throw new RangeError("Cannot x: n must be 1");\nlog("n must be 1");`,
    "tasks/b.ts": `throw new InputError(path, \n\`\${name} is \${came}, got \${f("none")}\`);`,
    "audio/c.ts": `check(n > 0, "Cannot x", { n }, "1");\ncheck(n > 0, "no n came", { n }, "1");`,
    "files/d.ts": `fail("4 bytes are expected"); fail(\`\${n} bytes, expected 4\`);`,
    "tests/e.ts": `throw new Error("it must be so");`,
    "gpu/f.ts": `throw new Error("expected n"); // it must be\nconst x = "got it"; f(x);`,
  });
  assertEquals(found, ["nn/a.ts:1", "tasks/b.ts:2", "audio/c.ts:2", "files/d.ts:1"]);
});

Deno.test("packageNames() finds bare names, misplaced and inexact packages", () => {
  const found = places(rules.packageNames, {
    "nn/a.ts": `import { zip } from "fflate";\nimport type {} from "@webgpu/types";`,
    "tasks/a.ts": `await import("npm:fflate@0.8.3");`,
    "audio/a.ts": `import "https://example.org/x.ts"; import "jsr:@std/assert@1";`,
    "tests/a.ts": `import { chromium } from "npm:playwright-core@1.50.0";`,
    "deps.ts": `export { a } from "npm:a@^1.2.3";\nexport { b } from "npm:b@1";\n` +
      `export { c } from "npm:c";\nexport { d } from "d";`,
  });
  assertEquals(found, [
    "nn/a.ts:1",
    "nn/a.ts:2",
    "tasks/a.ts:1",
    "audio/a.ts:1",
    "audio/a.ts:1",
    "tests/a.ts:1",
    "deps.ts:1",
    "deps.ts:2",
    "deps.ts:3",
    "deps.ts:4",
  ]);
});

Deno.test("packageNames() accepts exact packages in deps files and aliases in tests", () => {
  const found = places(rules.packageNames, {
    "deps.ts": `export { a } from "npm:a@1.2.3"; export { b } from "npm:@s/b@1.2.3-rc.1/sub";`,
    "deps_study.ts": `export { c } from "npm:c@1.2.3";`,
    "tests/deps.ts": `export { d } from "npm:d@1.2.3";`,
    "tests/a.ts": `import { assert } from "@std/assert";`,
    "gpu/a.ts": `import { join } from "node:path"; const list = Array.from("abc");`,
  });
  assertEquals(found, []);
});

Deno.test("importMapVersions() finds an inexact version in deno.json", () => {
  const text = `{\n  "imports": {\n    "a": "npm:a@1",\n    "b": "npm:b@1.0.0"\n  }\n}`;
  assertEquals(rules.importMapVersions(text).map(({ line }) => line), [3]);
});

Deno.test("loopVariables() finds variables in for, while, loop and nested blocks", () => {
  const shader = `
    fn a() {
      for (var i = 0u; i < 4u; i++) {
        var first: f32;
        if (i == 2u) { var second: array<f32, 8>; }
      }
      while (x <= 3) { var<function> third: f32; }
      loop { { var fourth: i32; } continuing { break if x == 1; } }
      loop { for (var fifth: u32; fifth < 3u; fifth++) {} }
    }`;
  const found = rules.loopVariables(new Map([["gpu/a.wgsl", shader]]));
  assertEquals(found.map(({ line }) => line), [4, 5, 7, 8, 9]);
  assertEquals(
    found.map(({ message }) => message.split(`"`)[1]),
    ["var first", "var second", "var third", "var fourth", "var fifth"],
  );
});

Deno.test("loopVariables() accepts initialised variables, comments and variables before a loop", () => {
  const shader = `
    var<workgroup> tile: array<f32, 256>;
    fn a() {
      var sum: f32;
      /* for (;;) { var x: f32; /* nested */ var y: f32; } */
      for (var i = 0u; i < 4u; i++) {
        var part: f32 = 0.0; // var z: f32;
        var list = array<f32, 8>();
        let same = part == 1.0;
      }
      var after: f32;
      if (sum >= 1.0) { var inside: f32; }
    }`;
  assertEquals(rules.loopVariables(new Map([["gpu/a.wgsl", shader]])), []);
});

Deno.test("documentationOf() finds a symbol without documentation", async () => {
  const folder = Deno.realPathSync(Deno.makeTempDirSync());
  Deno.writeTextFileSync(
    `${folder}/mod.ts`,
    `/** One. */\nexport const one: number = 1;\nexport const two: number = 2;\n`,
  );
  const found = await documentationOf(["mod.ts"], folder);
  Deno.removeSync(folder, { recursive: true });
  assertEquals(found.map(({ file, line }) => `${file}:${line}`), ["mod.ts:3"]);
});

Deno.test("entryPoints() finds an export of deno.json that is not there", () => {
  const text = `{\n  "exports": {\n    ".": "./mod.ts",\n    "./b": "./b.ts"\n  }\n}`;
  const { present, missing } = rules.entryPoints(text, (path) => path === "./mod.ts");
  assertEquals(present, ["./mod.ts"]);
  assertEquals(missing.map(({ line }) => line), [4]);
});

async function documentationOf(paths: readonly string[], folder: string): Promise<Finding[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...paths],
    cwd: folder,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const found = rules.documentationFindings(output, folder);
  // Anything else that went wrong (a syntax error, a change of format) must not pass in silence.
  if (code !== 0 && found.length === 0) {
    return [{ file: paths[0], line: 1, message: output.trim() }];
  }
  return found;
}

Deno.test("chanceAndClock() finds each impure call, but not in comments or tasks", () => {
  const files = {
    "gpu/a.ts": `// Math.random()\nconst x = Math.random();\nconst t = Date.now();`,
    "nn/a.ts": `const t = performance\n  .now();\nconst d = new Date();`,
    "audio/a.ts": `crypto.getRandomValues(x); crypto.randomUUID();`,
    "recsys/a.ts": `const s = "Math.random"; const d = new Date(5);`,
    "tasks/a.ts": `Date.now();`,
    "gpu/clock.ts": `performance.now();`,
  };
  const rule = (files: Files) => rules.chanceAndClock(files, { "gpu/clock.ts": "sample" });
  assertEquals(places(rule, files), [
    "gpu/a.ts:2",
    "gpu/a.ts:3",
    "nn/a.ts:1",
    "nn/a.ts:3",
    "audio/a.ts:1",
    "audio/a.ts:1",
  ]);
});

Deno.test("shaderNeighbours() finds a missing reference, a missing test, a missing shared test", () => {
  const files = new Map([
    ["nn/a.wgsl", ""],
    ["nn/b.wgsl", ""],
    ["nn/b_ref.ts", ""],
    ["tests/nn/b_test.ts", ""],
    ["gpu/shared.wgsl", ""],
  ]);
  const found = rules.shaderNeighbours(files, { "gpu/shared.wgsl": "tests/gpu/other_test.ts" });
  assertEquals(found.map(({ file, message }) => `${file} ${message.split(" ")[1]}`), [
    "nn/a.wgsl nn/a_ref.ts,",
    "nn/a.wgsl tests/nn/a_test.ts,",
    "gpu/shared.wgsl tests/gpu/other_test.ts,",
  ]);
});

Deno.test("skippedExamples() finds examples that are left out", () => {
  const files = {
    "gpu/a.ts": "/**\n * ```ts\n * a();\n * ```\n */\n",
    "nn/a.ts": "/**\n * ```ts ignore\n * a();\n * ```\n */\n",
    "audio/a.ts": "/**\n * ```typescript\n * a();\n * ```\n */\n",
  };
  assertEquals(places(rules.skippedExamples, files), ["nn/a.ts:2", "audio/a.ts:2"]);
});

Deno.test("./cetus --help names every task of deno.json", async () => {
  const { stdout } = await new Deno.Command("sh", { args: [`${ROOT}/cetus`, "--help"] }).output();
  const listed = new TextDecoder().decode(stdout).match(/^ {2}[\w:-]+(?= )/gm) ?? [];
  const tasks = Object.keys(JSON.parse(denoJson).tasks);
  assertEquals(listed.map((name) => name.trim()), tasks);
});
