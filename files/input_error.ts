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
    super(reason === undefined ? attempt : `${attempt}: ${reason}`, options);
    this.reason = reason ?? attempt;
  }
}
