/**
 * Progress on stderr: one line that changes on a terminal, plain lines elsewhere; in a notebook one
 * output that changes.
 *
 * @module
 */
import { type NotebookKernel, notebookKernel } from "../../gpu/display.ts";

/** Where progress is written. */
export interface ProgressSink {
  /** Writes text as it is. */
  write(text: string): void;
  /** Whether a line can be overwritten. */
  readonly isTerminal: boolean;
  /** Characters that fit on a line; longer lines of a block are cut. Default 120. */
  readonly columns?: number;
}

const STDERR: ProgressSink = {
  write: (text) => {
    try {
      Deno.stderr.writeSync(new TextEncoder().encode(text));
    } catch { /* a terminal that was closed is no reason to end the work */ }
  },
  isTerminal: Deno.stderr.isTerminal(),
  get columns() {
    try {
      return Deno.consoleSize().columns;
    } catch {
      return undefined; // some terminals do not tell
    }
  },
};

/** Takes a terminal to the start of its line and clears it. */
const ERASED = "\r\x1b[K";
/** Takes a terminal some lines up, and clears all from there. */
const erasedBlock = (lines: number) => `\x1b[${lines}A\r\x1b[J`;
// deno-lint-ignore no-control-regex
const ERASED_BLOCK = /^\x1b\[(\d+)A\r\x1b\[J/;

/**
 * A terminal as far as {@linkcode Progress} needs one, in one output of a notebook that is replaced
 * at each change; writes to stderr would never get there.
 */
export class NotebookSink implements ProgressSink {
  /** True: the last line can be overwritten. */
  readonly isTerminal = true;
  readonly #kernel: NotebookKernel;
  // Of this sink alone: outputs of an earlier kernel may still be on the page.
  readonly #id = `cetus-progress-${crypto.randomUUID()}`;
  #kept = "";
  #line = "";
  #isShown = false;
  #sending: Promise<void> | undefined;

  /** Shows nothing yet. */
  constructor(kernel: NotebookKernel) {
    this.#kernel = kernel;
  }

  /** Takes text as a terminal does, as far as erased lines and line ends. */
  write(text: string): void {
    const block = ERASED_BLOCK.exec(text);
    if (block) this.#eraseLines(Number(block[1]));
    for (const part of text.slice(block?.[0].length ?? 0).split(/(?<=\n)/)) {
      const at = part.lastIndexOf(ERASED);
      this.#line = at < 0 ? this.#line + part : part.slice(at + ERASED.length);
      if (!this.#line.endsWith("\n")) continue;
      this.#kept += this.#line;
      this.#line = "";
    }
    this.#sending ??= this.#send();
  }

  #eraseLines(count: number): void {
    this.#kept = this.#kept.split(/(?<=\n)/).slice(0, -count).join("");
    this.#line = "";
  }

  /** One message at a time, so that they stay in order; what came meanwhile goes into the next. */
  async #send(): Promise<void> {
    let sent: string | undefined;
    try {
      for (let text = this.#text(); text !== sent; text = this.#text()) {
        const options = { raw: true, display_id: this.#id, update: this.#isShown };
        this.#isShown = true;
        await this.#kernel.display({ "text/plain": text }, options);
        sent = text;
      }
    } catch { // a front end that went away is no reason to end the work
    } finally {
      this.#sending = undefined;
    }
  }

  #text(): string {
    return (this.#kept + this.#line).trimEnd();
  }
}

function defaultSink(): ProgressSink {
  const kernel = notebookKernel();
  return kernel ? new NotebookSink(kernel) : STDERR;
}

/** Milliseconds between two updates of the line on a terminal, and between plain lines. */
const TERMINAL_INTERVAL = 100;
const PLAIN_INTERVAL = 5000;

/** Writes progress so often that it is pleasant to read, and no oftener. */
export class Progress {
  readonly #sink: ProgressSink;
  readonly #now: () => number;
  #last = -Infinity;
  #open = false;
  /** Lines of the block below the open line. */
  #below = 0;

  /**
   * Shows nothing yet.
   *
   * @param sink where lines go, by default stderr, in a notebook an output of its own
   * @param now clock in milliseconds
   */
  constructor(sink: ProgressSink = defaultSink(), now: () => number = () => performance.now()) {
    this.#sink = sink;
    this.#now = now;
  }

  /**
   * Shows where the work is; skipped when the last one is too fresh.
   *
   * @param below lines shown below it on a terminal, such as a table; left out elsewhere
   */
  update(text: string, below: readonly string[] = []): void {
    const interval = this.#sink.isTerminal ? TERMINAL_INTERVAL : PLAIN_INTERVAL;
    if (this.#now() - this.#last < interval) return;
    this.#last = this.#now();
    this.#show(text, below);
  }

  /** Shows a line that stays. */
  line(text: string): void {
    this.#show(text);
    if (this.#open) this.#sink.write("\n");
    this.#open = false;
    this.#last = -Infinity;
  }

  #show(text: string, below: readonly string[] = []): void {
    if (!this.#sink.isTerminal) return this.#sink.write(`${text}\n`);
    const erased = this.#below ? erasedBlock(this.#below) : ERASED;
    const width = (this.#sink.columns || 120) - 1; // a full line would wrap on some terminals
    const lines = below.length
      ? [text, ...below].map((line) => line.slice(0, width)).join("\n")
      : text;
    this.#sink.write(`${erased}${lines}`);
    this.#below = below.length;
    this.#open = true;
  }
}

/** Seconds as text: `42 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}

/** Seconds to a tenth, for results. */
export function tenths(seconds: number): number {
  return Math.round(10 * seconds) / 10;
}

/** How fast and how long yet, from the work done so far. */
export class Pace {
  readonly #start: number;
  readonly #from: number;
  readonly #now: () => number;

  /**
   * Starts the clock.
   *
   * @param from units done before the clock starts, when work is resumed
   */
  constructor(from = 0, now: () => number = () => performance.now()) {
    this.#start = now();
    this.#from = from;
    this.#now = now;
  }

  /** Seconds since the start. */
  get seconds(): number {
    return (this.#now() - this.#start) / 1000;
  }

  /** Seconds that the rest will take at the pace so far; NaN or Infinity before there is a pace. */
  remaining(done: number, total: number): number {
    return this.seconds / (done - this.#from) * (total - done);
  }
}
