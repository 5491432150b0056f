/**
 * Marks of processes in names and files that outlive them, so that others can tell what was left by a
 * process that is gone.
 *
 * @module
 */
import { crc32 } from "../crc32.ts";

/** A process as others can find it again. */
export interface ProcessMark {
  /** Name of the machine; empty where Deno may not ask. */
  readonly host: string;
  /** Which numbers its number is one of: machines and containers may share a name, and count apart. */
  readonly space: string;
  /** Its number. */
  readonly pid: number;
  /** When it began, as the system counts it; empty where the system does not tell. */
  readonly start: string;
}

/** The mark of this process. */
export function processMark(): ProcessMark {
  return own ??= {
    host: tried(() => Deno.hostname()),
    space: spaceHere(),
    pid: Deno.pid,
    start: startOf(Deno.pid),
  };
}

let own: ProcessMark | undefined;

/**
 * Whether a process has ended.
 *
 * @returns nothing for one of another machine or container, of which this one cannot know
 */
export async function hasEnded(
  { host, space, pid, start }: ProcessMark,
): Promise<boolean | undefined> {
  const here = processMark();
  if (host === "" || host !== here.host || space !== here.space) return undefined;
  const { kill } = await import("node:process"); // late: a browser has none
  try {
    kill(pid, 0); // asks, and sends nothing
  } catch (error) {
    const code = Reflect.get(error as Error, "code");
    return code === "ESRCH" ? true : code === "EPERM" ? false : undefined;
  }
  const found = startOf(pid);
  return start !== "" && found !== "" && found !== start; // its number may be another one's by now
}

/** What tells apart machines and containers in a short name: 8 hexadecimal digits. */
export function placeTag({ host, space }: Pick<ProcessMark, "host" | "space">): string {
  return crc32(new TextEncoder().encode(`${host} ${space}`)).toString(16).padStart(8, "0");
}

/**
 * Whether this process was started to ignore a signal, as nohup does.
 *
 * @param number of the signal
 * @returns nothing where the system does not tell
 */
export function ignoresSignal(number: number): boolean | undefined {
  const status = tried(() => Deno.readTextFileSync("/proc/self/status"));
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return mask === undefined ? undefined : (BigInt(`0x${mask}`) >> BigInt(number - 1) & 1n) === 1n;
}

/** The space of process numbers that the machine itself counts in, on every Linux. */
const OF_THE_MACHINE = "pid:[4026531836]";

/**
 * Where Linux tells: the space of numbers, and the machine; in a container, the machine since its
 * start, for images are copied with the machine's name in them.
 */
function spaceHere(): string {
  const space = tried(() => Deno.readLinkSync("/proc/self/ns/pid"));
  const machine = space === OF_THE_MACHINE
    ? tried(() => Deno.readTextFileSync("/etc/machine-id"))
    : "";
  const started = () => Deno.readTextFileSync("/proc/sys/kernel/random/boot_id");
  return `${space} ${(machine || tried(started)).trim()}`.trim();
}

/** Ticks from the start of the system to that of a process; Linux alone tells. */
function startOf(pid: number): string {
  const line = tried(() => Deno.readTextFileSync(`/proc/${pid}/stat`));
  return line.slice(line.lastIndexOf(")") + 2).split(" ")[19] ?? ""; // its name may hold anything
}

function tried(ask: () => string): string {
  try {
    return ask();
  } catch {
    return ""; // without the permission, or on another system
  }
}
