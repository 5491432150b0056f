/**
 * The most memory that a piece of work takes, as the operating system counts it.
 *
 * @module
 */

/** What any file may take in memory, and how many times its own length beyond that. */
const [ANY_FILE, TIMES] = [64 * 2 ** 20, 16];

/** The most that reading a file of so many bytes may take. */
export function allowedBytes(fileBytes: number): number {
  return ANY_FILE + TIMES * fileBytes;
}

/** Whether Linux lets us set its mark of the largest memory back. */
function canReset(): boolean {
  try {
    Deno.writeTextFileSync("/proc/self/clear_refs", "5");
    return true;
  } catch {
    return false;
  }
}

const HAS_MARK = canReset();

function statusBytes(name: string): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return 1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)![1]);
}

/**
 * Starts to watch the memory of this process, which must do nothing else meanwhile.
 *
 * @returns gives the bytes by which it has been larger than now, garbage that is still there included;
 * elsewhere than on Linux what is larger at the end counts alone
 */
export function watchMemory(): () => number {
  if (!HAS_MARK) {
    const before = Deno.memoryUsage().rss;
    return () => Deno.memoryUsage().rss - before;
  }
  Deno.writeTextFileSync("/proc/self/clear_refs", "5");
  const before = statusBytes("VmRSS");
  return () => statusBytes("VmHWM") - before;
}
