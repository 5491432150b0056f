/**
 * The whale notebook runs from its first cell to its last, as a module and in Deno's kernel.
 *
 * @module
 */
import { assert } from "@std/assert";
import { notebookPath, readCells, testNotebook, textsOf } from "./notebook.ts";

testNotebook({
  name: "whale",
  prints: ["100 clips", "8 learnt patterns", "raw pixels", "without contrast", "ROC"],
  // Patches and the dictionary; six spectrograms or patches, and the ROC curve.
  shows: { "image/png": 2, "image/svg+xml": 7 },
  shipped: ["image/png", "image/svg+xml", "text/html", "text/plain"],
  players: 1,
});

Deno.test("the figures in the shipped whale notebook are those its text speaks of", () => {
  const texts = textsOf(readCells(notebookPath("whale")), "text/plain");
  const area = (name: string) => {
    const found = texts.map((text) => new RegExp(`${name} +(0\\.\\d{4})`).exec(text)?.[1]);
    return Number(found.find((value) => value !== undefined));
  };
  assert(area("learnt patterns") > area("raw pixels"));
  assert(area("raw pixels") > 0.5);
});
