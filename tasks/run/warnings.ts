/**
 * What readers pass over, told with the file's name: in every command alike.
 *
 * @module
 */
import type { Warn } from "../../files/warn.ts";
import type { Progress } from "./progress.ts";

/** Files whose warnings are told in full; of more the number is. */
const TOLD = 20;

/** Tells warnings of files, those of each file once. */
export class Warnings {
  readonly #progress: Progress;
  readonly #files = new Set<string>();

  /** Tells nothing yet. */
  constructor(progress: Progress) {
    this.#progress = progress;
  }

  /** Tells the warnings of a file, a line each: `songs/a.wav: its last 3 bytes …`. */
  readonly tell: Warn = (name, warnings) => {
    if (warnings.length === 0 || this.#files.has(name)) return;
    this.#files.add(name);
    if (this.#files.size > TOLD) return;
    for (const warning of warnings) this.#progress.line(`${name}: ${warning}`);
  };

  /** Tells how many files there were, once all are read. */
  conclude(): void {
    const { size } = this.#files;
    if (size > 0) this.#progress.line(`files read with a warning: ${size}`);
  }
}
