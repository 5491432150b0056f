/** Warnings of files: with the path, once, in full for the first, counted for all. */
import { assertEquals } from "@std/assert";
import { Progress } from "../../../tasks/run/progress.ts";
import { Warnings } from "../../../tasks/run/warnings.ts";

function told(tell: (warnings: Warnings) => void): string[] {
  const lines: string[] = [];
  const write = (text: string) => void lines.push(text.trimEnd());
  const warnings = new Warnings(new Progress({ write, isTerminal: false }));
  tell(warnings);
  warnings.conclude();
  return lines;
}

Deno.test("a warning is a line with the path, once a file; the files are counted", () => {
  const lines = told(({ tell }) => {
    tell("a.wav", ["its end is missing", "its start too"]);
    tell("b.wav", []);
    tell("a.wav", ["its end is missing"]); // read again
  });
  assertEquals(lines, [
    "a.wav: its end is missing",
    "a.wav: its start too",
    "files read with a warning: 1",
  ]);
});

Deno.test("all is well: no line; many files: twenty lines and the number", () => {
  assertEquals(told(({ tell }) => tell("a.wav", [])), []);
  const lines = told(({ tell }) => {
    for (let i = 0; i < 30_000; i++) tell(`${i}.wav`, ["its end is missing"]);
  });
  assertEquals([lines.length, lines.at(-1)], [21, "files read with a warning: 30000"]);
});
