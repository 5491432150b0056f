/**
 * Cetus works when imported from a URL by a script that knows nothing of our deno.json.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Twenty lines that a user would write, the README's too: learn the length of a vector. BASE stands
 * for the address of the repository.
 */
const SCRIPT = `
import * as cetus from "BASE/mod.ts";

using gpu = await cetus.openGpu();
const n = 256;
const x = new Float32Array(2 * n).map((_, i) => cetus.normal(cetus.key(1), i));
const length = new Float32Array(n).map((_, i) => Math.hypot(x[2 * i], x[2 * i + 1]));
const data = cetus.arrays({
  x: cetus.ndarray([n, 2], x),
  target: cetus.ndarray([n, 1], length),
});
const network = cetus.sequential([
  cetus.dense({ units: 64 }), cetus.maxout(2), cetus.dense({ units: 1 }),
]);
const model = new cetus.Model(gpu, network, { inputShape: [2], key: cetus.key(2) });
const training = cetus.fit(model, {
  data, loss: cetus.mse(), optimizer: cetus.adam(), schedule: cetus.constantRate(0.01),
  steps: 400, batchSize: 32, key: cetus.key(3), reportEvery: 100,
});
for await (const { step, loss } of training) console.log(step, Math.sqrt(loss).toFixed(4));
const { data: [five] } = await model.predict(cetus.ndarray([1, 2], Float32Array.of(0.6, 0.8)));
console.log("length of (0.6, 0.8):", five.toFixed(1));
`;

/** What the script must print last: it has learnt. */
const EXPECTED_LINE = "length of (0.6, 0.8): 1.0";

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

Deno.test("twenty lines that import mod.ts from a URL train a network", async () => {
  const { code, out, err } = await runFromUrl(SCRIPT);
  assertEquals(code, 0, `the script failed:\n${err}`);
  assertStringIncludes(out, EXPECTED_LINE);
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
