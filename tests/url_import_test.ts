/**
 * Cetus works when imported from a URL by a script that knows nothing of our deno.json.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The README's program. It imports from beside it; here from the address that BASE stands for. */
const PROGRAM = readProgram(Deno.readTextFileSync(`${ROOT}README.md`));

function readProgram(readme: string): string {
  const [, program] = /^```ts\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  assert(program, "the README has no program");
  return program.replace(`"./mod.ts"`, `"BASE/mod.ts"`);
}

// Other servers get .ts wrong (Python's calls it a Qt translation), and Deno then refuses it.
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".ts": "application/typescript",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wgsl": "text/wgsl",
};

async function serveFile(request: Request): Promise<Response> {
  // `new URL` resolves "..", so that nothing outside the repository is served.
  const path = decodeURIComponent(new URL(request.url).pathname).slice(1);
  try {
    const body = await Deno.readFile(ROOT + path);
    const type = CONTENT_TYPES[extname(path)] ?? "application/octet-stream";
    return new Response(body, { headers: { "content-type": type } });
  } catch {
    return new Response(`no such file: ${path}`, { status: 404 });
  }
}

/** Runs a script in a folder of its own, with `BASE` replaced by the address of our files. */
async function runFromUrl(script: string): Promise<{ code: number; out: string; err: string }> {
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
    return { code, out, err };
  } finally {
    await server.shutdown();
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("the README's program, which imports mod.ts from a URL, trains a network", async () => {
  const { code, out, err } = await runFromUrl(PROGRAM);
  assertEquals(code, 0, `the script failed:\n${err}`);
  const [, right] = /(\d+) of 100 new pictures are told right/.exec(out) ?? [];
  assert(Number(right) >= 90, `it has not learnt:\n${out}`);
});

Deno.test("the galaxy run imported from a URL makes its sky in workers, trains and reports", async () => {
  const { code, out, err } = await runFromUrl(`
import { GALAXY_PRESETS, trainGalaxy } from "BASE/tasks/galaxy/mod.ts";
const sky = { skyTraining: 6, skyValidation: 2, skyTest: 2 };
const config = { ...GALAXY_PRESETS.smoke, ...sky, steps: 2 };
const { synthetic, heldOutCount } = await trainGalaxy({ config, seed: 1, out: "run", cache: "cache" });
const page = await Deno.readTextFile("run/report.html");
console.log(synthetic, heldOutCount, page.startsWith("<!doctype html>"));
`);
  assertEquals(code, 0, `the script failed:\n${err}`);
  assertEquals(out.trim(), "true 2 true");
});

Deno.test("the whale run imported from a URL makes its clips and grows its trees in workers", async () => {
  const { code, out, err } = await runFromUrl(`
import { trainWhale, WHALE_PRESETS } from "BASE/tasks/whale/mod.ts";
const small = { trainingClips: 40, testClips: 30, patches: 300, filters: 8, members: 1, trees: 4 };
const config = { ...WHALE_PRESETS.smoke, ...small };
const { synthetic, scoredCount } = await trainWhale({ config, seed: 1, out: "run", cache: "cache" });
const page = await Deno.readTextFile("run/report.html");
console.log(synthetic, scoredCount, page.startsWith("<!doctype html>"));
`);
  assertEquals(code, 0, `the script failed:\n${err}`);
  assertEquals(out.trim(), "true 30 true");
});

Deno.test("the music run imported from a URL renders its songs in workers, listens and reports", async () => {
  const { code, out, err } = await runFromUrl(`
import { MUSIC_PRESETS, trainMusic } from "BASE/tasks/music/mod.ts";
const small = { songs: 20, artists: 8, listeners: 40, epochs: 1, codeWords: 8, mapIterations: 40 };
const config = { ...MUSIC_PRESETS.smoke, ...small };
const { synthetic, coldSongs } = await trainMusic({ config, seed: 1, out: "run", cache: "cache" });
const page = await Deno.readTextFile("run/report.html");
console.log(synthetic, coldSongs, page.startsWith("<!doctype html>"));
`);
  assertEquals(code, 0, `the script failed:\n${err}`);
  assertEquals(out.trim(), "true 4 true");
});

Deno.test("a script imports a deps_ file and its package from a URL without an import map", async () => {
  const { code, out, err } = await runFromUrl(
    `import * as deps from "BASE/deps_fflate.ts"; console.log(typeof deps.zipSync);`,
  );
  assertEquals(code, 0, `the script failed:\n${err}`);
  assertEquals(out.trim(), "function");
});
