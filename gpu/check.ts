/**
 * Checks of arguments, all with one sentence: what was tried, what came, what was expected.
 *
 * @module
 */

/** `units is 2.5, expected a whole number from 1 on`: the one sentence about a wrong value. */
export function mismatch(name: string, came: unknown, expected: string): string {
  const shown = typeof came === "string"
    ? JSON.stringify(came)
    : Array.isArray(came)
    ? `[${came.join(", ")}]`
    : String(came);
  return `${name} is ${shown}, expected ${expected}`;
}

/** A range in words: `from 1 to 10`, `from 1 on`. */
export function rangeWords(least: number, most: number): string {
  return most === Infinity ? `from ${least} on` : `from ${least} to ${most}`;
}

/**
 * Throws unless `good`.
 *
 * @param attempt what was tried, such as `Cannot make dense`
 * @param named the one value that is checked, by its name
 * @param expected what would have been right
 * @throws {RangeError} `Cannot make dense: units is 2.5, expected a whole number from 1 on`
 */
export function check(
  good: boolean,
  attempt: string,
  named: Readonly<Record<string, unknown>>,
  expected: string,
): asserts good {
  if (good) return;
  const [[name, came]] = Object.entries(named);
  throw new RangeError(`${attempt}: ${mismatch(name, came, expected)}`);
}

/** @throws {RangeError} unless every value is a safe whole number from `least` to `most` */
export function whole(
  attempt: string,
  named: Readonly<Record<string, number>>,
  least = 0,
  most = Infinity,
): void {
  for (const [name, value] of Object.entries(named)) {
    const good = Number.isSafeInteger(value) && value >= least && value <= most;
    check(good, attempt, { [name]: value }, `a whole number ${rangeWords(least, most)}`);
  }
}

/** @throws {RangeError} unless every value is a finite number from `least` to `most` */
export function within(
  attempt: string,
  named: Readonly<Record<string, number>>,
  least: number,
  most = Infinity,
): void {
  for (const [name, value] of Object.entries(named)) {
    const good = Number.isFinite(value) && value >= least && value <= most;
    check(good, attempt, { [name]: value }, `a number ${rangeWords(least, most)}`);
  }
}

/** @throws {RangeError} unless every value is a finite number */
export function finite(attempt: string, named: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(named)) {
    check(Number.isFinite(value), attempt, { [name]: value }, "a finite number");
  }
}

/** @throws {RangeError} unless every value is a finite number above 0 */
export function positive(attempt: string, named: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(named)) {
    check(Number.isFinite(value) && value > 0, attempt, { [name]: value }, "a number above 0");
  }
}

/** @throws {RangeError} unless every value is one of `choices` */
export function oneOf(
  attempt: string,
  named: Readonly<Record<string, string>>,
  choices: readonly string[],
): void {
  for (const [name, value] of Object.entries(named)) {
    check(choices.includes(value), attempt, { [name]: value }, choices.join(" or "));
  }
}
