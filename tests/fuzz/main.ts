/**
 * The command of `fuzz.ts`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { fuzz, type FuzzOptions, readersOf, type Tally } from "./fuzz.ts";
import { mutantOf } from "./mutate.ts";

const MODULE = new URL("./readers/mod.ts", import.meta.url).href;

const HELP = `deno task fuzz [READER …] [--count N] [--seconds N] [--seed N] [--jobs N] [--index N]

Reads mutated files with every reader of files, or with those named:
  READERS

  --count N    mutants of each reader; default 2000, or as many as fit into --seconds
  --seconds N  seconds for each reader
  --seed N     which mutants; default 0
  --jobs N     processes; default one a core, at most 4
  --index N    this mutant alone; its file is kept, and its path is printed

Exit code 1 where a reader crashes, hangs for 5 s, throws what is no sentence of ours, gives NaN, or
takes more memory than 64 MiB and 16 times the file.`;

/** A fault of the command line. */
class Usage extends Error {}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Usage(`--${name} is ${JSON.stringify(text)}, expected a whole number from 0 on`);
}

function parse(args: string[]) {
  const number = { type: "string" } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        count: number,
        seconds: number,
        seed: number,
        jobs: number,
        index: number,
      },
    });
  } catch (error) {
    throw new Usage(error instanceof Error ? error.message : String(error));
  }
}

/** Writes a mutant to a file for whoever looks into it. */
async function keep(reader: string, seed: number, index: number): Promise<void> {
  const seeds = await (await readersOf(MODULE)).get(reader)!.seeds();
  const path = await Deno.makeTempFile({ prefix: `${reader}-${seed}-${index}-` });
  await Deno.writeFile(path, mutantOf(seeds, { seed, reader, index }).bytes);
  console.log(`${reader} ${index}: ${path}`);
}

function line(reader: string, { files, read, findings, memory, milliseconds }: Tally): string {
  const figures = [
    `${files} files`.padStart(13),
    `${read} read`.padStart(11),
    `${files - read} refused`.padStart(14),
    `${(memory / 2 ** 20).toFixed(1)} MiB`.padStart(11),
    `${Math.ceil(milliseconds)} ms`.padStart(8),
    `${findings} findings`.padStart(13),
  ];
  return reader.padEnd(12) + figures.join("");
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const known = [...(await readersOf(MODULE)).keys()];
  if (values.help) {
    console.log(HELP.replace("READERS", known.join(", ")));
    return 0;
  }
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Usage(`no reader "${unknown}", expected ${known.join(", ")}`);
  }
  const [seed = 0, seconds, jobs, index, count] =
    (["seed", "seconds", "jobs", "index", "count"] as const)
      .map((name) => wholeNumber(name, values[name]));
  const readers = positionals.length > 0 ? positionals : known;
  if (index !== undefined) { for (const reader of readers) await keep(reader, seed, index); }
  const only = index === undefined ? {} : { first: index, count: index + 1, processes: 1 };
  const options: FuzzOptions = {
    module: MODULE,
    readers,
    seed,
    ...(seconds !== undefined && { seconds }),
    ...(jobs !== undefined && { processes: Math.max(jobs, 1) }),
    count: count ?? (seconds === undefined ? 2000 : 10 ** 9),
    ...only,
    found: ({ reader, index, fault }) =>
      console.log(`${fault}\n  deno task fuzz ${reader} --seed ${seed} --index ${index}`),
  };
  const tallies = await fuzz(options);
  for (const [reader, tally] of tallies) console.log(line(reader, tally));
  const findings = [...tallies.values()].reduce((sum, each) => sum + each.findings, 0);
  return findings === 0 ? 0 : 1;
}

if (import.meta.main) {
  Deno.exit(
    await main(Deno.args).catch((error) => {
      if (!(error instanceof Usage)) throw error;
      console.error(`${error.message}\nTry deno task fuzz --help`);
      return 2;
    }),
  );
}
