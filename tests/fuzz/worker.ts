/**
 * A process that reads mutants one after the other and tells of each on its standard output: `> READER
 * INDEX` before, and one line of JSON behind. It is started by `fuzz.ts`, which ends it where it hangs.
 *
 *     worker.ts MODULE SEED COUNT SECONDS SHARE SHARES READER FIRST [READER FIRST …]
 *
 * @module
 */
import { allowedBytes, watchMemory } from "./memory.ts";
import { mutantOf } from "./mutate.ts";
import type { FileBytes, FuzzedReader } from "./reader.ts";
import { faultOfAnswer, faultOfError } from "./verdict.ts";

/** What became of a mutant. */
export interface Outcome {
  readonly wasRead: boolean;
  readonly milliseconds: number;
  /** Bytes of memory that it took. */
  readonly memory: number;
  /** What is wrong; nothing where all is well. */
  readonly fault?: string;
}

declare const gc: undefined | (() => void);

async function attempt(reader: FuzzedReader, bytes: FileBytes, seed: number): Promise<Outcome> {
  const given = bytes.slice(); // a reader may take its bytes over
  const memory = watchMemory();
  const begin = performance.now();
  let fault: string | undefined;
  let wasRead = false;
  try {
    const answer = await reader.read(given, seed);
    wasRead = true;
    fault = faultOfAnswer(answer, reader.mayHoldNaN ?? false);
  } catch (error) {
    fault = faultOfError(error);
  }
  return { wasRead, milliseconds: performance.now() - begin, memory: memory(), fault };
}

/** Reads a mutant; where it took too much memory once more, without earlier garbage. */
export async function judge(
  reader: FuzzedReader,
  bytes: FileBytes,
  seed: number,
): Promise<Outcome> {
  const allowed = allowedBytes(bytes.length);
  let outcome = await attempt(reader, bytes, seed);
  if (outcome.memory > allowed) {
    gc?.();
    await new Promise((done) => setTimeout(done, 50)); // arrays are given back by another thread
    outcome = await attempt(reader, bytes, seed);
  }
  if (outcome.fault !== undefined || outcome.memory <= allowed) return outcome;
  const [took, most] = [outcome.memory, allowed].map((each) => (each / 2 ** 20).toFixed(1));
  return { ...outcome, fault: `${took} MiB for a file of ${bytes.length} bytes, at most ${most}` };
}

const encoder = new TextEncoder();
const tell = (line: string) => Deno.stdout.writeSync(encoder.encode(`${line}\n`));

async function main(args: readonly string[]): Promise<void> {
  const [module, ...rest] = args;
  const [seed, count, seconds, share, shares] = rest.slice(0, 5).map(Number);
  const { READERS }: { READERS: readonly FuzzedReader[] } = await import(module);
  for (let at = 5; at < rest.length; at += 2) {
    const reader = READERS.find(({ name }) => name === rest[at])!;
    const seeds = await reader.seeds();
    const end = performance.now() + 1000 * seconds;
    for (let index = Number(rest[at + 1]); index < count; index++) {
      if (index % shares !== share) continue;
      if (performance.now() > end) break;
      const mutant = mutantOf(seeds, { seed, reader: reader.name, index });
      tell(`> ${reader.name} ${index}`);
      tell(JSON.stringify(await judge(reader, mutant.bytes, mutant.seed)));
    }
  }
}

if (import.meta.main) {
  await main(Deno.args);
  Deno.exit(0); // whatever a reader left open
}
