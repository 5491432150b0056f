/**
 * Files that are read, but not without a word.
 *
 * @module
 */

/** A file, and what its reader left out, skipped or missed: sentences without its name. */
export interface FileWarnings {
  /** The file's name, as errors have it. */
  readonly name: string;
  /** What was passed over; none where all is well. */
  readonly warnings: readonly string[];
}

/**
 * Told what a reader left out, skipped or missed.
 *
 * @param name the file's name, as errors have it
 * @param warnings sentences without the name; none where all is well
 */
export type Warn = (name: string, warnings: readonly string[]) => void;
