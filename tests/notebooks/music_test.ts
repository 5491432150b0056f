/**
 * The music notebook runs from its first cell to its last, as a module and in Deno's kernel.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { hasJupyter, readCells, runAsModule, runInKernel } from "./notebook.ts";

const NOTEBOOK = fileURLToPath(new URL("../../notebooks/music.ipynb", import.meta.url));

/** Few songs and listeners, one pass over them, and nothing left in the cache. */
const QUICK = { CETUS_NOTEBOOK_QUICK: "1" };

Deno.test("the music notebook runs as a module", async () => {
  const { code, output } = await runAsModule(NOTEBOOK, QUICK);
  assertEquals(code, 0, output);
  for (
    const text of [
      "24 songs, 60 listeners",
      "5 songs are new; the others have 8 factors each",
      " parameters",
      "5 new songs",
      "share the genre",
    ]
  ) {
    assertStringIncludes(output, text);
  }
});

Deno.test("the music notebook is shipped with its outputs, small and without anyone's paths", () => {
  const text = Deno.readTextFileSync(NOTEBOOK);
  assert(text.length < 500_000, `${text.length} characters`);
  assertEquals(text.match(/"[^"]*(\/home\/|\/root\/|\/tmp\/|\/work\/|\/Users\/)[^"]*"/g), null);
  const outputs = readCells(NOTEBOOK).flatMap(({ outputs = [] }) => outputs);
  const types = outputs.flatMap(({ data = {} }) => Object.keys(data));
  for (const type of ["image/svg+xml", "text/html", "text/markdown", "text/plain"]) {
    assert(types.includes(type), `no output is ${type}`);
  }
  const shown = outputs.map(({ data = {} }) => [data["text/html"] ?? ""].flat().join(""));
  assertEquals(shown.filter((html) => html.startsWith("<audio controls")).length, 1);
});

Deno.test("the figures in the shipped music notebook are those its text speaks of", () => {
  const table = readCells(NOTEBOOK).flatMap(({ outputs = [] }) =>
    outputs.map(({ data = {} }) => [data["text/plain"] ?? ""].flat().join(""))
  ).find((text) => text.includes("40 new songs"))!;
  const found = (name: string) => Number(new RegExp(`${name} +(\\d\\.\\d{4})`).exec(table)![1]);
  const network = found("the network");
  for (const nothing of ["random", "popularity", "the wrong song"]) {
    assert(network > 1.5 * found(nothing), `${nothing}\n${table}`);
  }
  assert(network < found("the hidden plays"), table);
});

const WITHOUT_JUPYTER = hasJupyter() ? "" : " (ignored: /usr/bin/jupyter-nbconvert is not there)";

Deno.test({
  name: `the music notebook runs in Deno's kernel and shows its pictures${WITHOUT_JUPYTER}`,
  ignore: !hasJupyter(),
  async fn() {
    const { code, output, cells } = await runInKernel(NOTEBOOK, QUICK);
    assertEquals(code, 0, output);
    const shown = cells.flatMap(({ outputs = [] }) => outputs.map(({ data = {} }) => data));
    const count = (type: string) => shown.filter((data) => type in data).length;
    assertEquals(count("image/svg+xml"), 4); // spectrogram, learning curve, bars, and the map
    assertEquals(count("text/markdown"), 1);
    const html = shown.map((data) => [data["text/html"] ?? ""].flat().join(""));
    assertEquals(html.filter((text) => text.startsWith("<audio controls")).length, 1);
  },
});
