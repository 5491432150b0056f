/**
 * The galaxy notebook runs from its first cell to its last, as a module and in Deno's kernel.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { hasJupyter, readCells, runAsModule, runInKernel } from "./notebook.ts";

const NOTEBOOK = fileURLToPath(new URL("../../notebooks/galaxy.ipynb", import.meta.url));

/** Few galaxies, two steps of training, and nothing left in the cache. */
const QUICK = { CETUS_NOTEBOOK_QUICK: "1" };

Deno.test("the galaxy notebook runs as a module", async () => {
  const { code, output } = await runAsModule(NOTEBOOK, QUICK);
  assertEquals(code, 0, output);
  for (const text of [" parameters", "step 2 of 2", "Learning curve", 'tensor "conv1']) {
    assertStringIncludes(output, text);
  }
});

Deno.test("the galaxy notebook is shipped with its outputs, small and without anyone's paths", () => {
  const text = Deno.readTextFileSync(NOTEBOOK);
  assert(text.length < 500_000, `${text.length} characters`);
  assertEquals(text.match(/"[^"]*(\/home\/|\/root\/|\/tmp\/|\/work\/|\/Users\/)[^"]*"/g), null);
  const types = readCells(NOTEBOOK).flatMap(({ outputs = [] }) =>
    outputs.flatMap(({ data = {} }) => Object.keys(data))
  );
  for (const type of ["image/png", "image/svg+xml", "text/html", "text/plain"]) {
    assert(types.includes(type), `no output is ${type}`);
  }
});

/** A notebook of one cell in a file of its own. */
async function withNotebook(source: string, work: (path: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "cetus-notebook-" });
  try {
    const cell = {
      cell_type: "code",
      id: "a",
      execution_count: null,
      metadata: {},
      outputs: [],
      source,
    };
    const kernelspec = { name: "deno", display_name: "Deno", language: "typescript" };
    const notebook = { cells: [cell], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
    await Deno.writeTextFile(`${folder}/one.ipynb`, JSON.stringify(notebook));
    await work(`${folder}/one.ipynb`);
    const left = Array.from(Deno.readDirSync(folder), ({ name }) => name);
    assertEquals(left, ["one.ipynb"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a cell that throws is a failure of the notebook run as a module", async () => {
  await withNotebook(`await Deno.jupyter.display({ "text/plain": "shown" });`, async (path) => {
    assertEquals(await runAsModule(path), { code: 0, output: "shown\n" });
  });
  await withNotebook(`throw new Error("on purpose");`, async (path) => {
    const { code, output } = await runAsModule(path);
    assertEquals(code, 1);
    assertStringIncludes(output, "on purpose");
  });
});

const WITHOUT_JUPYTER = hasJupyter() ? "" : " (ignored: /usr/bin/jupyter-nbconvert is not there)";

Deno.test({
  name: `the galaxy notebook runs in Deno's kernel and shows its pictures${WITHOUT_JUPYTER}`,
  ignore: !hasJupyter(),
  async fn() {
    const { code, output, cells } = await runInKernel(NOTEBOOK, QUICK);
    assertEquals(code, 0, output);
    const shown = cells.flatMap(({ outputs = [] }) => outputs.map(({ data = {} }) => data));
    const count = (type: string) => shown.filter((data) => type in data).length;
    assertEquals(count("image/png"), 3); // two grids of galaxies, and the filters
    assertEquals(count("image/svg+xml"), 1);
    const texts = shown.map((data) => [data["text/plain"]].flat().join(""));
    // All the progress of the training is one output.
    assertEquals(texts.filter((text) => text.includes("step 2 of 2")).length, 1);
    assert(texts.some((text) => text.startsWith('tensor "conv1/weight" f32 [6, 6, 3, 4]')));
  },
});

Deno.test({
  name: `a cell that throws is a failure of the notebook in the kernel${WITHOUT_JUPYTER}`,
  ignore: !hasJupyter(),
  async fn() {
    await withNotebook(`throw new Error("on purpose");`, async (path) => {
      const { code, output } = await runInKernel(path);
      assertEquals(code, 1);
      assertStringIncludes(output, "on purpose");
    });
  },
});
