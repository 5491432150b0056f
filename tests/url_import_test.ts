/**
 * Cetus works when imported from a URL by a script that knows nothing of our deno.json.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { serveFile } from "../tasks/serve.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The README's program. It imports from beside it; here from the address that BASE stands for. */
const PROGRAM = readProgram(Deno.readTextFileSync(`${ROOT}README.md`));

function readProgram(readme: string): string {
  const [, program] = /^```ts\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  assert(program, "the README has no program");
  return program.replace(`"./mod.ts"`, `"BASE/mod.ts"`);
}

/** What a script prints, run in a folder of its own, `BASE` being the address of our files. */
async function runFromUrl(script: string): Promise<string> {
  const folder = Deno.makeTempDirSync({ prefix: "cetus-url-" });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, serveFile);
  try {
    const base = `http://127.0.0.1:${server.addr.port}`;
    Deno.writeTextFileSync(`${folder}/script.ts`, script.replaceAll("BASE", base));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      // An earlier run may have had the same port: what it left in the cache is stale.
      args: ["run", "-A", "--no-lock", `--reload=${base}`, "script.ts"],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assertEquals(code, 0, `the script failed:\n${err}`);
    return out.trim();
  } finally {
    await server.shutdown();
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("the README's program, which imports mod.ts from a URL, trains a network", async () => {
  const out = await runFromUrl(PROGRAM);
  const [, right] = /(\d+) of 100 new pictures are told right/.exec(out) ?? [];
  assert(Number(right) >= 90, `it has not learnt:\n${out}`);
});

/** Small runs: what they do, how they are imported and set, a number of theirs and what it is. */
const RUNS = [
  {
    task: "galaxy",
    does: "makes its sky in workers, trains and reports",
    train: "trainGalaxy",
    small: { skyTraining: 6, skyValidation: 2, skyTest: 2, steps: 2 },
    count: "heldOutCount",
    expected: 2,
  },
  {
    task: "whale",
    does: "makes its clips and grows its trees in workers",
    train: "trainWhale",
    small: { trainingClips: 40, testClips: 30, patches: 300, filters: 8, members: 1, trees: 4 },
    count: "scoredCount",
    expected: 30,
  },
  {
    task: "music",
    does: "renders its songs in workers, listens and reports",
    train: "trainMusic",
    small: { songs: 20, artists: 8, listeners: 40, epochs: 1, codeWords: 8, mapIterations: 40 },
    count: "coldSongs",
    expected: 4,
  },
];

for (const { task, does, train, small, count, expected } of RUNS) {
  Deno.test(`the ${task} run imported from a URL ${does}`, async () => {
    const presets = `${task.toUpperCase()}_PRESETS`;
    const out = await runFromUrl(`
import { ${presets}, ${train} } from "BASE/tasks/${task}/mod.ts";
const config = { ...${presets}.smoke, ...${JSON.stringify(small)} };
const { synthetic, ${count} } = await ${train}({ config, seed: 1, out: "run", cache: "cache" });
const page = await Deno.readTextFile("run/report.html");
console.log(synthetic, ${count}, page.startsWith("<!doctype html>"));
`);
    assertEquals(out, `true ${expected} true`);
  });
}

Deno.test("a script imports a deps_ file and its package from a URL without an import map", async () => {
  const script = `import * as deps from "BASE/deps_fflate.ts"; console.log(typeof deps.zipSync);`;
  assertEquals(await runFromUrl(script), "function");
});

Deno.test("the checkout is served with types that Deno takes, and nothing else is", async () => {
  const answer = async (path: string) => {
    const { status, headers, body } = await serveFile(new Request(`http://127.0.0.1/${path}`));
    await body?.cancel();
    return status === 200 ? headers.get("content-type") : status;
  };
  assertEquals(await answer("mod.ts"), "application/typescript");
  assertEquals(await answer("gpu/gather.wgsl"), "text/wgsl");
  assertEquals(await answer("web/main.js"), "text/javascript");
  for (
    const path of [
      "",
      "none.ts",
      "LICENSE",
      ".git/config",
      ".ci/x.json",
      "..%2fx.json",
      "%2fetc%2fx.json",
      "%zz.ts",
    ]
  ) {
    assertEquals(await answer(path), 404, path);
  }
});
