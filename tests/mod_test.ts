/**
 * The front door: what `mod.ts` exports and fetches, and that it loads where there is no Deno.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import * as cetus from "../mod.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What only the toolkit's own files need. */
const INTERNALS = [
  ..."alignColumns batchesPerEpoch bindAxes childNames collectedAxes columnsOf concatenate".split(
    " ",
  ),
  ..."feedsOf fieldOf foldGrid labelHash locate megabytes onBuffers outputShape".split(" "),
  ..."packState parseSignature Pipelines planArena planMatmul Pool pool recentre".split(" "),
  ..."recordFields registeredKernels rotate45 shapesThrough splitParts STATE STATE_WORDS".split(
    " ",
  ),
  ..."OPERANDS TEXEL_OPERANDS TexelTextures writePieces".split(" "),
];

async function run(args: string[], env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const decoder = new TextDecoder();
  assertEquals(code, 0, decoder.decode(stderr));
  return decoder.decode(stdout);
}

Deno.test("mod.ts exports all four wings, and no internals", () => {
  const names = new Set(Object.keys(cetus));
  for (const name of ["openGpu", "fit", "logMel", "fitFactors", "InputError"]) {
    assert(names.has(name));
  }
  assertEquals(INTERNALS.filter((name) => names.has(name)), []);
});

Deno.test("who imports mod.ts fetches the packages that its formats of sound and play counts need", async () => {
  const { modules }: { modules: { specifier: string }[] } = JSON.parse(
    await run(["info", "--json", "mod.ts"]),
  );
  const names = modules.flatMap(({ specifier }) => /^npm:\/?(@?[^@]+)@/.exec(specifier)?.[1] ?? []);
  assertEquals(names.sort(), ["fflate", "wavefile"]);
});

/** Multiplies in a world with neither Deno nor Node. */
const WITHOUT_DENO = `
for (const name of ["Deno", "process", "Buffer"]) Reflect.deleteProperty(globalThis, name);
const cetus = await import("./cetus.js");
const gpu = await cetus.openGpu();
using scope = gpu.scope();
const x = scope.upload(cetus.ndarray([1, 2], Float32Array.of(3, 4)));
const { data } = await gpu.read(cetus.matmulTransposedB(scope, x, x));
console.log(typeof Deno, data[0]);
`;

Deno.test("a bundle of mod.ts for the browser needs nothing beside it, and Deno only for paths", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "cetus-bundle-" });
  try {
    await run(["bundle", "--platform", "browser", "--output", `${folder}/cetus.js`, "mod.ts"]);
    const bundle = Deno.readTextFileSync(`${folder}/cetus.js`);
    assertEquals(bundle.match(/^\s*import\b(?!\(|\.).*|\brequire\(.*/gm), null);
    // Each file's part of the bundle begins with its path; node_modules have longer ones.
    const parts = bundle.split(/^\/\/ (?=[\w./@-]+$)/m);
    assert(parts.length > 200);
    for (const part of parts) {
      const file = part.slice(0, part.indexOf("\n"));
      if (file.startsWith("files/disk/")) continue; // takes paths
      assertEquals(part.match(/\bDeno\.\w+|["']node:.*/g), null, file);
      if (file !== "audio/mp3.ts") assertEquals(part.match(/\bimport\(.*/g), null, file);
    }
    Deno.writeTextFileSync(`${folder}/without_deno.ts`, WITHOUT_DENO);
    const out = await run(["run", "--allow-read", `${folder}/without_deno.ts`], {
      XDG_RUNTIME_DIR: folder,
    });
    assertMatch(out, /undefined 25/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
