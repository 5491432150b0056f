/**
 * Mutated files for every reader of bytes that come from elsewhere:
 *
 *     deno task fuzz [READER …] [--count N] [--seconds N] [--seed N] [--jobs N] [--index N]
 *
 * Each is read by another process, which is ended after 5 s. A crash, a hang, an error that is no
 * sentence of ours, an answer with NaN, and more memory than 64 MiB and 16 times the file are printed
 * with the command that repeats them, and the exit code is 1.
 *
 * @module
 */
import { TextLineStream } from "./lines.ts";
import type { FuzzedReader } from "./reader.ts";
import type { Outcome } from "./worker.ts";

/** What is fuzzed and how long. */
export interface FuzzOptions {
  /** Address of the module whose `READERS` are fuzzed. */
  readonly module: string;
  /** Names of readers. */
  readonly readers: readonly string[];
  /** Mutants of each reader. */
  readonly count: number;
  /** The number of the first mutant. Default 0. */
  readonly first?: number;
  /** Seconds for each reader, after which it ends before `count`. Default no limit. */
  readonly seconds?: number;
  /** Which mutants: 0 by default. */
  readonly seed?: number;
  /** Processes. Default one a core, at most 4. */
  readonly processes?: number;
  /** Milliseconds after which a mutant counts as a hang. Default 5000. */
  readonly patience?: number;
  /** Called with each finding as it comes. */
  readonly found?: (finding: Finding) => void;
}

/** A mutant that a reader did not read or refuse as it should. */
export interface Finding {
  readonly reader: string;
  readonly index: number;
  readonly fault: string;
}

/** What the mutants of a reader came to. */
export interface Tally {
  files: number;
  /** Those that were read; the others were refused. */
  read: number;
  findings: number;
  /** The most memory that one took, bytes. */
  memory: number;
  /** The longest that one took. */
  milliseconds: number;
}

interface Place {
  readonly reader: string;
  readonly index: number;
}

/** One process after the other for one share of the mutants. */
class Share {
  readonly #options: Required<Omit<FuzzOptions, "found">> & Pick<FuzzOptions, "found">;
  readonly #share: number;
  readonly #tallies: ReadonlyMap<string, Tally>;

  constructor(
    options: Required<Omit<FuzzOptions, "found">> & Pick<FuzzOptions, "found">,
    share: number,
    tallies: ReadonlyMap<string, Tally>,
  ) {
    this.#options = options;
    this.#share = share;
    this.#tallies = tallies;
  }

  async run(): Promise<void> {
    let next = this.#options.readers.map((reader) => ({ reader, index: this.#options.first }));
    while (next.length > 0) {
      const stopped = await this.#process(next);
      if (stopped === undefined) return;
      const at = next.findIndex(({ reader }) => reader === stopped.reader);
      next = [{ ...stopped, index: stopped.index + 1 }, ...next.slice(at + 1)];
    }
  }

  /** Runs one process to its end; gives the mutant at which it hung or crashed. */
  async #process(places: readonly Place[]): Promise<Place | undefined> {
    const { module, seed, count, seconds, processes, patience } = this.#options;
    const worker = new URL("./worker.ts", import.meta.url).href;
    const numbers = [seed, count, seconds, this.#share, processes].map(String);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--frozen", "--v8-flags=--expose-gc", worker, module]
        .concat(numbers, places.flatMap(({ reader, index }) => [reader, `${index}`])),
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const errors = new Response(child.stderr).text();
    let current: Place | undefined;
    let hung = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(
      new TextLineStream(),
    );
    for await (const line of lines) {
      clearTimeout(timer);
      if (line.startsWith("> ")) {
        const [, reader, index] = line.split(" ");
        current = { reader, index: Number(index) };
        timer = setTimeout(() => {
          hung = true;
          child.kill("SIGKILL");
        }, patience);
      } else if (line.startsWith("{") && current !== undefined) {
        this.#count(current, JSON.parse(line));
        current = undefined;
      }
    }
    clearTimeout(timer);
    const { code } = await child.status;
    if (code === 0) return undefined;
    if (current === undefined) throw new Error(`The fuzzed process ended: ${await errors}`);
    const fault = hung
      ? `hangs: no answer in ${patience / 1000} s`
      : `crash with exit code ${code}: ${(await errors).trim().split("\n").at(-1)}`;
    this.#count(current, { wasRead: false, milliseconds: 0, memory: 0, fault });
    return current;
  }

  #count({ reader, index }: Place, { wasRead, milliseconds, memory, fault }: Outcome): void {
    const tally = this.#tallies.get(reader)!;
    tally.files++;
    if (wasRead) tally.read++;
    tally.memory = Math.max(tally.memory, memory);
    tally.milliseconds = Math.max(tally.milliseconds, milliseconds);
    if (fault === undefined) return;
    tally.findings++;
    this.#options.found?.({ reader, index, fault });
  }
}

/** Fuzzes readers; gives what came of each. */
export async function fuzz(options: FuzzOptions): Promise<Map<string, Tally>> {
  const tallies = new Map(options.readers.map((reader): [string, Tally] => [
    reader,
    { files: 0, read: 0, findings: 0, memory: 0, milliseconds: 0 },
  ]));
  const all = {
    first: 0,
    seconds: Infinity,
    seed: 0,
    processes: Math.min(navigator.hardwareConcurrency, 4),
    patience: 5000,
    ...options,
  };
  const shares = Array.from({ length: all.processes }, (_, i) => new Share(all, i, tallies));
  await Promise.all(shares.map((share) => share.run()));
  return tallies;
}

/** The readers of a module by name. */
export async function readersOf(module: string): Promise<Map<string, FuzzedReader>> {
  const { READERS }: { READERS: readonly FuzzedReader[] } = await import(module);
  return new Map(READERS.map((reader) => [reader.name, reader]));
}
