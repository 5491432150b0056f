import { assert, assertEquals } from "@std/assert";
import { type Finding, fuzz, type FuzzOptions, readersOf } from "./fuzz.ts";
import { mutantOf } from "./mutate.ts";

const MODULE = new URL("./readers/mod.ts", import.meta.url).href;
const FAULTY = new URL("./faulty_readers.ts", import.meta.url).href;

/** What is found, by reader and number. */
async function findings(options: Omit<FuzzOptions, "found">): Promise<Finding[]> {
  const found: Finding[] = [];
  await fuzz({ ...options, found: (finding) => found.push(finding) });
  return found.sort((a, b) =>
    a.reader < b.reader ? -1 : a.reader > b.reader ? 1 : a.index - b.index
  );
}

Deno.test("every reader takes 2,000 mutants: no crash, hang, foreign word or NaN, little memory", async () => {
  const readers = [...(await readersOf(MODULE)).keys()];
  assertEquals(await findings({ module: MODULE, readers, count: 2000 }), []);
});

Deno.test("the fuzz task finds foreign errors and words, NaN, memory, hangs and crashes", async () => {
  const readers = [...(await readersOf(FAULTY)).keys()];
  const options = { module: FAULTY, readers, count: 3, processes: 2, patience: 1000 };
  const found = await findings(options);
  const expected: Readonly<Record<string, RegExp>> = {
    crash: /^crash with exit code/,
    greedy: /^1\d\d\.\d MiB for a file of \d+ bytes, at most 64\.0$/,
    hang: /^hangs: no answer in 1 s$/,
    nan: /^answer\.a\.values\.1\[1\] is NaN$/,
    typo: /^foreign error: TypeError/,
    words: /^foreign words: Cannot read a: Unexpected token/,
  };
  assertEquals(
    found.map(({ reader, index }) => `${reader} ${index}`),
    Object.keys(expected).flatMap((reader) => [0, 1, 2].map((index) => `${reader} ${index}`)),
  );
  for (const { reader, fault } of found) assert(expected[reader].test(fault), fault);
});

Deno.test("a mutant is the same for the same seed, reader and number, and differs from the next", () => {
  const seeds = [Uint8Array.from({ length: 200 }, (_, i) => i), new Uint8Array(50)];
  const text = (seed: number, reader: string, index: number) =>
    mutantOf(seeds, { seed, reader, index }).bytes.toHex();
  const texts = new Set<string>();
  for (let index = 0; index < 500; index++) {
    assertEquals(text(1, "a", index), text(1, "a", index));
    texts.add(text(1, "a", index));
  }
  assert(texts.size > 400, `${texts.size} of 500 differ`);
  assert(text(1, "a", 7) !== text(2, "a", 7) || text(1, "a", 8) !== text(2, "a", 8));
  assert(text(1, "a", 7) !== text(1, "b", 7) || text(1, "a", 8) !== text(1, "b", 8));
});
