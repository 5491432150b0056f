/**
 * Files that are read, but not without a word.
 *
 * @module
 */

/**
 * Told what a reader left out, skipped or missed.
 *
 * @param name the file's name, as errors have it
 * @param warnings sentences without the name; none where all is well
 */
export type Warn = (name: string, warnings: readonly string[]) => void;
