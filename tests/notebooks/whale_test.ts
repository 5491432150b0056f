/**
 * The whale notebook runs from its first cell to its last, as a module and in Deno's kernel.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { hasJupyter, readCells, runAsModule, runInKernel } from "./notebook.ts";

const NOTEBOOK = fileURLToPath(new URL("../../notebooks/whale.ipynb", import.meta.url));

/** Few clips and few patterns, and nothing left in the cache. */
const QUICK = { CETUS_NOTEBOOK_QUICK: "1" };

Deno.test("the whale notebook runs as a module", async () => {
  const { code, output } = await runAsModule(NOTEBOOK, QUICK);
  assertEquals(code, 0, output);
  for (const text of ["100 clips", "8 learnt patterns", "raw pixels", "without contrast", "ROC"]) {
    assertStringIncludes(output, text);
  }
});

Deno.test("the whale notebook is shipped with its outputs, small and without anyone's paths", () => {
  const text = Deno.readTextFileSync(NOTEBOOK);
  assert(text.length < 500_000, `${text.length} characters`);
  assertEquals(text.match(/"[^"]*(\/home\/|\/root\/|\/tmp\/|\/work\/|\/Users\/)[^"]*"/g), null);
  const outputs = readCells(NOTEBOOK).flatMap(({ outputs = [] }) => outputs);
  const types = outputs.flatMap(({ data = {} }) => Object.keys(data));
  for (const type of ["image/png", "image/svg+xml", "text/html", "text/plain"]) {
    assert(types.includes(type), `no output is ${type}`);
  }
  const shown = outputs.map(({ data = {} }) => [data["text/html"] ?? ""].flat().join(""));
  assertEquals(shown.filter((html) => html.startsWith("<audio controls")).length, 1);
});

Deno.test("the figures in the shipped whale notebook are those its text speaks of", () => {
  const texts = readCells(NOTEBOOK).flatMap(({ outputs = [] }) =>
    outputs.map(({ data = {} }) => [data["text/plain"] ?? ""].flat().join(""))
  );
  const area = (name: string) => {
    const found = texts.map((text) => new RegExp(`${name} +(0\\.\\d{4})`).exec(text)?.[1]);
    return Number(found.find((value) => value !== undefined));
  };
  assert(area("learnt patterns") > area("raw pixels"));
  assert(area("raw pixels") > 0.5);
});

const WITHOUT_JUPYTER = hasJupyter() ? "" : " (ignored: /usr/bin/jupyter-nbconvert is not there)";

Deno.test({
  name: `the whale notebook runs in Deno's kernel and shows its pictures${WITHOUT_JUPYTER}`,
  ignore: !hasJupyter(),
  async fn() {
    const { code, output, cells } = await runInKernel(NOTEBOOK, QUICK);
    assertEquals(code, 0, output);
    const shown = cells.flatMap(({ outputs = [] }) => outputs.map(({ data = {} }) => data));
    const count = (type: string) => shown.filter((data) => type in data).length;
    assertEquals(count("image/png"), 2); // patches, and the dictionary
    assertEquals(count("image/svg+xml"), 7); // six spectrograms or patches, and the ROC curve
    const html = shown.map((data) => [data["text/html"] ?? ""].flat().join(""));
    assertEquals(html.filter((text) => text.startsWith("<audio controls")).length, 1);
  },
});
