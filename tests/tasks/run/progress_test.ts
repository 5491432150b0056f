import { assertEquals } from "@std/assert";
import type { NotebookKernel } from "../../../gpu/display.ts";
import { duration, NotebookSink, Pace, Progress } from "../../../tasks/run/progress.ts";

/** A clock that goes on a second each time it is read. */
function ticking(): () => number {
  let now = 0;
  return () => now += 1000;
}

Deno.test("lines below the line are replaced with it, cut to the terminal, gone with the last", () => {
  const written: string[] = [];
  const sink = { write: (text: string) => void written.push(text), isTerminal: true, columns: 8 };
  const progress = new Progress(sink, ticking());
  progress.update("1 of 3", ["best", "a table that is wide"]);
  progress.update("2 of 3", ["best"]);
  progress.line("done");
  progress.line("bye");
  assertEquals(written, [
    "\r\x1b[K1 of 3\nbest\na table",
    "\x1b[2A\r\x1b[J2 of 3\nbest",
    "\x1b[1A\r\x1b[Jdone",
    "\n",
    "\r\x1b[Kbye",
    "\n",
  ]);
});

Deno.test("elsewhere the lines below are left out", () => {
  const written: string[] = [];
  const sink = { write: (text: string) => void written.push(text), isTerminal: false };
  const progress = new Progress(sink, () => 0);
  progress.update("1 of 3", ["best"]);
  assertEquals(written, ["1 of 3\n"]);
});

Deno.test("a notebook's output shows the last block, below the lines that stay", async () => {
  const shown: unknown[] = [];
  const kernel = {
    display: (bundle: Record<string, unknown>) =>
      Promise.resolve(void shown.push(bundle["text/plain"])),
  } as unknown as NotebookKernel;
  const progress = new Progress(new NotebookSink(kernel), ticking());
  progress.line("begun");
  progress.update("1 of 3", ["best", "7"]);
  progress.update("2 of 3", ["best"]);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(shown.at(-1), "begun\n2 of 3\nbest");
  progress.line("done");
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(shown.at(-1), "begun\ndone");
});

Deno.test("progress overwrites its line on a terminal and writes plain lines elsewhere", () => {
  const written: string[] = [];
  let now = 0;
  const make = (isTerminal: boolean) =>
    new Progress({ write: (text) => void written.push(text), isTerminal }, () => now);
  const terminal = make(true);
  terminal.update("1");
  terminal.update("too soon");
  now = 200;
  terminal.update("2");
  terminal.line("done");
  assertEquals(written.splice(0), ["\r\x1b[K1", "\r\x1b[K2", "\r\x1b[Kdone", "\n"]);
  const plain = make(false);
  plain.update("1");
  now = 1000;
  plain.update("too soon");
  plain.line("done");
  assertEquals(written, ["1\n", "done\n"]);
});

Deno.test("duration() and Pace are in seconds", () => {
  assertEquals([42, 200, 7500].map(duration), ["42 s", "3 min 20 s", "2 h 5 min"]);
  let now = 0;
  const pace = new Pace(10, () => now);
  now = 5000;
  assertEquals(pace.remaining(20, 40), 10);
});
