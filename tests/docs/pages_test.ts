/**
 * What the pages say is so: links lead somewhere, code is cut out of files that run, and the pages
 * that should stay short are.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const GUIDES = ["kernel", "layer", "task"].map((name) => `docs/guides/${name}.md`);
const PAGES = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "docs/architecture.md",
  "docs/decisions.md",
  "docs/letters.md",
  ...["galaxy", "music", "speed", "whale"].map((name) => `docs/results/${name}.md`),
  ...GUIDES,
];

/** Lines at most, so that a page is read and not searched. */
const LENGTHS = { "README.md": 150, "docs/decisions.md": 150, "docs/architecture.md": 60 };

/** Without indentation: the formatter takes that of a block away. */
const flat = (text: string) => text.replace(/^ +/gm, "");
const read = (path: string) => Deno.readTextFileSync(ROOT + path);

/** Where the links of a page lead in this tree, seen from the page's folder. */
export function linksOf(page: string): string[] {
  return [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target.split("#")[0])
    .filter((target) => target !== "" && !/^https?:/.test(target));
}

/** Blocks of code in some language. */
export function blocksOf(page: string, language: string): string[] {
  const fence = new RegExp("^```" + language + "\\n([\\s\\S]*?)^```$", "gm");
  return [...page.matchAll(fence)].map(([, text]) => text);
}

Deno.test("links of the pages lead to files that are there", () => {
  for (const page of PAGES) {
    const base = new URL(page, `file://${ROOT}`);
    const gone = linksOf(read(page)).filter((link) => !existsSync(new URL(link, base)));
    assertEquals(gone, [], `${page} links to what is not there`);
  }
});

Deno.test("code in the guides is cut out of files that they link to", () => {
  for (const guide of GUIDES) {
    const text = read(guide);
    const linked = linksOf(text).filter((link) => /^[\w.]+\.(ts|wgsl)$/.test(link));
    const files = linked.map((link) => read(`docs/guides/${link}`)).join("\n");
    const blocks = ["ts", "wgsl"].flatMap((language) => blocksOf(text, language));
    assert(blocks.length > 0, `${guide} shows no code`);
    for (const block of blocks) {
      assert(flat(files).includes(flat(block)), `${guide}: in no file:\n${block}`);
    }
  }
});

Deno.test("pages that should stay short are", () => {
  for (const [page, most] of Object.entries(LENGTHS)) {
    const lines = read(page).split("\n").length - 1;
    assert(lines <= most, `${page} has ${lines} lines, expected at most ${most}`);
  }
});

Deno.test("linksOf() and blocksOf() find what a page has", () => {
  const page = "[a](b.md#c) [d](https://e) ![f](g.png)\n\n```ts\nx;\n```\n\n```sh\ny\n```\n";
  assertEquals(linksOf(page), ["b.md", "g.png"]);
  assertEquals(blocksOf(page, "ts"), ["x;\n"]);
});
