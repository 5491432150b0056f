/**
 * The music notebook runs from its first cell to its last, as a module and in Deno's kernel.
 *
 * @module
 */
import { assert } from "@std/assert";
import { notebookPath, readCells, testNotebook, textsOf } from "./notebook.ts";

testNotebook({
  name: "music",
  prints: [
    "24 songs, 60 listeners",
    "5 songs are new; the others have 8 factors each",
    " parameters",
    "5 new songs",
    "share the genre",
  ],
  // Spectrogram, learning curve, bars, and the map.
  shows: { "image/svg+xml": 4, "text/markdown": 1 },
  shipped: ["image/svg+xml", "text/html", "text/markdown", "text/plain"],
  players: 1,
});

Deno.test("the figures in the shipped music notebook are those its text speaks of", () => {
  const table = textsOf(readCells(notebookPath("music")), "text/plain")
    .find((text) => text.includes("40 new songs"))!;
  const found = (name: string) => Number(new RegExp(`${name} +(\\d\\.\\d{4})`).exec(table)![1]);
  const network = found("the network");
  for (const nothing of ["random", "popularity", "the wrong song"]) {
    assert(network > 1.5 * found(nothing), `${nothing}\n${table}`);
  }
  assert(network < found("the hidden plays"), table);
});
