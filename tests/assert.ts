/**
 * The part of `@std/assert` 1.x that our tests use, with its names, signatures and semantics, over
 * `node:assert/strict`. deno.json maps `@std/assert` to this file; to use the real package, change
 * that one line.
 *
 * @module
 */
import { AssertionError, deepStrictEqual } from "node:assert/strict";

export { AssertionError };

// `any` as in @std/assert: a constructor with narrower parameters does not fit `unknown[]`.
// deno-lint-ignore no-explicit-any
type ErrorClassOf<E> = abstract new (...args: any[]) => E;

/** Fails unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError({ message: msg || "Expected a truthy value" });
}

/** Fails unless both are deeply equal. As in `@std/assert`, NaN equals NaN and 0 equals -0. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw failure(`Values are not equal${difference(actual, expected)}`, msg);
}

/** Fails if both are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw failure(`Expected actual: ${show(actual)} not to be: ${show(expected)}`, msg);
}

/**
 * Fails unless the numbers differ by `tolerance` at most. It is absolute; left out, it is 1e-7 of
 * the expected value.
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance: number = isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const delta = Math.abs(expected - actual);
  // Not `delta > tolerance`: a NaN must fail.
  if (delta <= tolerance) return;
  throw failure(
    `Expected actual: "${actual}" to be close to "${expected}": ` +
      `delta "${delta}" is greater than "${tolerance}"`,
    msg,
  );
}

/** Fails unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) throw failure(`Expect ${show(actual)} < ${show(expected)}`, msg);
}

/** Fails unless the text contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw failure(`Expected actual: "${actual}" to contain: "${expected}"`, msg);
}

/** Fails unless the text matches the expression. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  // `search` ignores and keeps lastIndex, so that a global expression gives the same answer twice.
  if (actual.search(expected) >= 0) return;
  throw failure(`Expected actual: "${actual}" to match: "${expected}"`, msg);
}

/** Fails unless `fn` throws; returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Fails unless `fn` throws an `ErrorClass` whose message includes `msgIncludes`; returns it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClassOf<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  classOrMsg?: ErrorClassOf<E> | string,
  includesOrMsg?: string,
  msg?: string,
): unknown {
  const expected = expectedError(classOrMsg, includesOrMsg, msg);
  try {
    fn();
  } catch (error) {
    checkError(error, expected, "thrown");
    return error;
  }
  throw failure("Expected function to throw", expected.msg);
}

/** Fails unless the promise that `fn` returns rejects; resolves to the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Fails unless it rejects with an `ErrorClass` whose message includes `msgIncludes`. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClassOf<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClassOf<E> | string,
  includesOrMsg?: string,
  msg?: string,
): Promise<unknown> {
  const expected = expectedError(classOrMsg, includesOrMsg, msg);
  const promise = startedPromise(fn, expected.msg);
  try {
    await promise;
  } catch (error) {
    checkError(error, expected, "rejected");
    return error;
  }
  throw failure("Expected function to reject", expected.msg);
}

// A function that throws before it returns a promise would surprise its callers: it fails the test.
function startedPromise(fn: () => PromiseLike<unknown>, msg?: string): PromiseLike<unknown> {
  let promise;
  try {
    promise = fn();
  } catch (cause) {
    throw failure("Function throws when expected to reject", msg, cause);
  }
  if (typeof promise?.then === "function") return promise;
  throw failure("Function throws when expected to reject", msg);
}

interface ExpectedError<E> {
  readonly ErrorClass?: ErrorClassOf<E>;
  readonly msgIncludes?: string;
  readonly msg?: string;
}

function expectedError<E>(
  classOrMsg?: ErrorClassOf<E> | string,
  includesOrMsg?: string,
  msg?: string,
): ExpectedError<E> {
  if (typeof classOrMsg === "string") return { msg: classOrMsg };
  return { ErrorClass: classOrMsg, msgIncludes: includesOrMsg, msg };
}

function checkError<E>(error: unknown, expected: ExpectedError<E>, verb: string): void {
  const { ErrorClass, msgIncludes, msg } = expected;
  if (!ErrorClass) return;
  if (!(error instanceof Error)) throw failure(`A non-Error object was ${verb}`, msg, error);
  if (!(error instanceof ErrorClass)) {
    const got = `${typeName(error)}: ${error.message}`;
    throw failure(`Expected error to be instance of "${ErrorClass.name}", but was "${got}"`, msg);
  }
  if (msgIncludes && !error.message.includes(msgIncludes)) {
    throw failure(
      `Expected error message to include "${msgIncludes}", but got "${error.message}"`,
      msg,
      error,
    );
  }
}

/**
 * Deep equality as `@std/assert` defines it. Node's own differs where numerical tests would notice:
 * there 0 and -0 are different.
 */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

type Pairs = Map<object, object>;

function compare(a: unknown, b: unknown, seen: Pairs): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
  if (!sameClass(a, b)) return false;
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime());
  if (a instanceof RegExp || a instanceof URL) return String(a) === String(b);
  const elements = elementsOf(a);
  if (elements) return sameNumbers(elements, elementsOf(b)!);
  if (seen.get(a) === b) return true; // a cycle, under comparison further up
  seen.set(a, b);
  if (a instanceof Set) return sameEntries([...a], [...(b as Set<unknown>)], seen);
  if (a instanceof Map) return sameEntries([...a], [...(b as Map<unknown, unknown>)], seen);
  return sameProperties(a, b, seen);
}

// An object without a prototype counts as a plain one.
function sameClass(a: object, b: object): boolean {
  return (a.constructor ?? Object) === (b.constructor ?? Object);
}

type Elements = ArrayLike<number | bigint>;

function elementsOf(value: unknown): Elements | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (value instanceof DataView) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return ArrayBuffer.isView(value) ? value as unknown as Elements : undefined;
}

function sameNumbers(a: Elements, b: Elements): boolean {
  return a.length === b.length && differingIndices(a, b).length === 0;
}

function differingIndices(a: Elements, b: Elements): number[] {
  const found = [];
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && !Object.is(a[i], b[i])) found.push(i);
  }
  return found;
}

// Order does not count. Each entry of `b` is used once.
function sameEntries(a: unknown[], b: unknown[], seen: Pairs): boolean {
  if (a.length !== b.length) return false;
  return a.every((entry) => {
    const at = b.findIndex((other) => compare(entry, other, new Map(seen)));
    if (at >= 0) b.splice(at, 1);
    return at >= 0;
  });
}

function sameProperties(a: object, b: object, seen: Pairs): boolean {
  const keys = ownKeys(a);
  if (keys.length !== ownKeys(b).length) return false;
  return keys.every((key) =>
    Object.hasOwn(b, key) && compare(Reflect.get(a, key), Reflect.get(b, key), seen)
  );
}

// `message` and `cause` of an error are own properties that do not enumerate, and count.
function ownKeys(value: object): PropertyKey[] {
  const hidden = value instanceof Error ? ["name", "message", "cause"] : [];
  const symbols = Object.getOwnPropertySymbols(value)
    .filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  const named = hidden.filter((key) => Object.hasOwn(value, key));
  return [...new Set([...named, ...Object.keys(value), ...symbols])];
}

// Node words the difference well; where it sees none of ours, both values are shown.
function difference(actual: unknown, expected: unknown): string {
  const [a, b] = [elementsOf(actual), elementsOf(expected)];
  if (a && b && sameClass(actual as object, expected as object)) return elementDifference(a, b);
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    const lines = (error as Error).message.split("\n").slice(1);
    return `:\n${lines.slice(0, LONGEST_DIFFERENCE).join("\n").trim()}`;
  }
  return `: ${show(actual)} is not ${show(expected)}`;
}

const LONGEST_DIFFERENCE = 60;

// Node's line-by-line difference of two large arrays takes seconds and tells less than this.
function elementDifference(a: Elements, b: Elements): string {
  if (a.length !== b.length) return `: length ${a.length} is not ${b.length}`;
  const indices = differingIndices(a, b);
  const first = indices.slice(0, 8).map((i) => `[${i}] ${a[i]} is not ${b[i]}`).join(", ");
  return `: ${indices.length} of ${a.length} elements differ: ${first}`;
}

function failure(message: string, msg?: string, cause?: unknown): Error {
  const error = new AssertionError({ message: msg ? `${message}: ${msg}` : message });
  if (cause !== undefined) error.cause = cause;
  return error;
}

function show(value: unknown): string {
  return Deno.inspect(value, { depth: 6, iterableLimit: 50, strAbbreviateSize: 1000 });
}

function typeName(value: unknown): string {
  return value === null || value === undefined
    ? String(value)
    : (Object(value).constructor?.name ?? "Object");
}
