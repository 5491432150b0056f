/**
 * The galaxy notebook runs from its first cell to its last, as a module and in Deno's kernel.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { withFolder } from "../files/samples.ts";
import { runAsModule, runInKernel, testInKernel, testNotebook, textsOf } from "./notebook.ts";

testNotebook({
  name: "galaxy",
  prints: [" parameters", "step 2 of 2", "Learning curve", 'tensor "conv1'],
  // Two grids of galaxies, and the filters.
  shows: { "image/png": 3, "image/svg+xml": 1 },
  shipped: ["image/png", "image/svg+xml", "text/html", "text/plain"],
  players: 0,
  look(cells) {
    const texts = textsOf(cells, "text/plain");
    // All the progress of the training is one output.
    assertEquals(texts.filter((text) => text.includes("step 2 of 2")).length, 1);
    assert(texts.some((text) => text.startsWith('tensor "conv1/weight" f32 [6, 6, 3, 4]')));
  },
});

/** A notebook of one cell in a file of its own. */
function withNotebook(source: string, work: (path: string) => Promise<void>) {
  return withFolder(async (folder) => {
    const empty = { execution_count: null, metadata: {}, outputs: [] };
    const cell = { cell_type: "code", id: "a", ...empty, source };
    const kernelspec = { name: "deno", display_name: "Deno", language: "typescript" };
    const notebook = { cells: [cell], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
    await Deno.writeTextFile(`${folder}/one.ipynb`, JSON.stringify(notebook));
    await work(`${folder}/one.ipynb`);
    const left = Array.from(Deno.readDirSync(folder), ({ name }) => name);
    assertEquals(left, ["one.ipynb"]);
  });
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

testInKernel("a cell that throws is a failure of the notebook in the kernel", async () => {
  await withNotebook(`throw new Error("on purpose");`, async (path) => {
    const { code, output } = await runInKernel(path);
    assertEquals(code, 1);
    assertStringIncludes(output, "on purpose");
  });
});
