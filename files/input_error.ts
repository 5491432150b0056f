/**
 * The one error class for what a user handed in: a file, a folder, a table, an option.
 *
 * @module
 */

/**
 * Something the user supplied cannot be used. A command line prints `message` without a stack trace
 * and ends with exit code 1; every other error class is a defect of ours.
 *
 * @example
 * ```ts
 * import { InputError } from "./input_error.ts";
 *
 * const error = new InputError("Cannot decode images/7.jpg", "the file is empty");
 * if (error.message !== "Cannot decode images/7.jpg: the file is empty") throw error;
 * ```
 */
export class InputError extends Error {
  /** Always `InputError`. */
  override readonly name = "InputError";
  /** The part after the file's name, such as `the file is empty`; for lists that name the file. */
  readonly reason: string;

  /**
   * Words an error as `attempt: reason`.
   *
   * @param attempt What was tried and on which file: `Cannot decode images/7.jpg`
   * @param reason What came and what was expected, no full stop; left out when `attempt` says it all
   * @param options The standard error options, such as the `cause`
   */
  constructor(attempt: string, reason?: string, options?: ErrorOptions) {
    super(printable(reason === undefined ? attempt : `${attempt}: ${reason}`), options);
    this.reason = printable(reason ?? attempt);
  }
}

/**
 * A text with nothing in it that moves a terminal's cursor, begins a line or turns the direction of
 * writing: names and pieces of files may come from anywhere.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}
