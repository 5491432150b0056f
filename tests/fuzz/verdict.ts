/**
 * What a reader may do with a file: read it, or refuse it in one sentence of ours.
 *
 * @module
 */
import { InputError } from "../../files/input_error.ts";

/** Words of the language and of packages, which say nothing about a file. */
const FOREIGN = new RegExp(
  [
    "Cannot read propert", // of undefined
    "is not (a function|iterable|defined|an object)",
    "Invalid (array|typed array|string) length",
    "out of (bounds|memory)",
    "[Aa]llocation failed",
    "Maximum call stack",
    "Unexpected (token|end|non-whitespace)",
    "\\bundefined\\b",
    "\\[object ",
    "\\b(Type|Range|Syntax|Reference)Error\\b",
  ].join("|"),
);
const LONGEST_SENTENCE = 1000;

/** What is wrong with what a reader threw; nothing where it is a sentence of ours. */
export function faultOfError(error: unknown): string | undefined {
  if (!(error instanceof InputError)) {
    return `foreign error: ${error instanceof Error ? error.stack ?? error.message : error}`;
  }
  const { message, reason } = error;
  if (!/^Cannot \S.*: ./s.test(message)) return `no "Cannot …: …": ${message}`;
  if (message.length > LONGEST_SENTENCE) return `a sentence of ${message.length} characters`;
  if (/\p{Cc}/u.test(message)) return `control characters: ${JSON.stringify(message)}`;
  if (FOREIGN.test(reason)) return `foreign words: ${message}`;
  return undefined;
}

/** What is wrong with what a reader gave; nothing where it holds no NaN. */
export function faultOfAnswer(answer: unknown, mayHoldNaN: boolean): string | undefined {
  const place = mayHoldNaN ? undefined : placeOfNaN(answer, "answer");
  return place === undefined ? undefined : `${place} is NaN`;
}

function placeOfNaN(value: unknown, place: string): string | undefined {
  if (typeof value === "number") return Number.isNaN(value) ? place : undefined;
  if (value instanceof Float32Array || value instanceof Float64Array) {
    const at = value.findIndex((each) => Number.isNaN(each));
    return at < 0 ? undefined : `${place}[${at}]`;
  }
  if (ArrayBuffer.isView(value) || typeof value !== "object" || value === null) return undefined;
  const entries = value instanceof Map ? value.entries() : Object.entries(value);
  for (const [name, inner] of entries) {
    const found = placeOfNaN(inner, `${place}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
