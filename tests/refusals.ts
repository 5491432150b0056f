/** What our functions do with what they cannot use: one sentence, and the class that belongs to it. */
import { assertRejects, assertThrows } from "@std/assert";
import { InputError } from "../files/input_error.ts";

/** Throws unless an attempt throws a RangeError that holds these words; gives it. */
export function refuses(attempt: () => unknown, words?: string): RangeError {
  return assertThrows(attempt, RangeError, words);
}

/** The same of an attempt that gives a promise. */
export function rejects(attempt: () => PromiseLike<unknown>, words?: string): Promise<RangeError> {
  return assertRejects(attempt, RangeError, words);
}

/** Throws unless reading a file or a table rejects with an InputError that holds these words. */
export function unreadable(
  attempt: () => PromiseLike<unknown>,
  words?: string,
): Promise<InputError> {
  return assertRejects(attempt, InputError, words);
}

/** The same of an attempt that reads nothing from a disk, and throws at once. */
export function refusesFile(attempt: () => unknown, words?: string): InputError {
  return assertThrows(attempt, InputError, words);
}
