/**
 * Signals that ask a process to end: Ctrl-C, a scheduler or service manager, a terminal that closes.
 *
 * @module
 */
import { ignoresSignal } from "../../files/disk/process_mark.ts";

/** Exit codes by signal, as shells give them. */
export const ENDING = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** A signal that asks a process to end. */
export type EndingSignal = keyof typeof ENDING;

const NAMES: readonly EndingSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Milliseconds within which signals are one: Ctrl-C comes from the terminal and once more from
 * `deno task`, a terminal that closes tells its jobs and so does its shell.
 */
const SAME_WISH = 500;

/**
 * Listens for these signals, which then no longer end the process. A hang-up that the process was
 * started to outlive (nohup) stays without effect.
 *
 * @param told called for each, once for those that come together
 */
export function listenForEnding(told: (signal: EndingSignal) => void): Disposable {
  const listening = new DisposableStack();
  // Asked first: with its first listener Deno takes all of them over, and undoes what nohup did.
  const isOutliving = outlivesTerminal();
  let last = -Infinity;
  for (const name of NAMES) {
    const listener = () => {
      if (name === "SIGHUP" && isOutliving) return;
      const isSame = performance.now() - last < SAME_WISH;
      last = performance.now();
      if (!isSame) told(name);
    };
    try {
      Deno.addSignalListener(name, listener);
      listening.defer(() => Deno.removeSignalListener(name, listener));
    } catch { /* a system without this signal */ }
  }
  return listening;
}

/** Linux tells; elsewhere nohup shows by what it does to the output. */
function outlivesTerminal(): boolean {
  return ignoresSignal(1) ?? !Deno.stderr.isTerminal();
}
