/**
 * The keys of a header, looked at before anything parses it.
 *
 * @module
 */
import { quoted } from "./claims.ts";
import { InputError } from "./input_error.ts";
import { MAX_TENSORS, PREFIX } from "./safetensors_types.ts";

/**
 * Refuses a header whose objects hold a key twice, or more keys than a file may have tensors, or
 * that nests deeper than the format does. `JSON.parse` keeps the last of two keys and other readers
 * the first, so such a file shows different tensors to different people; a million keys or brackets
 * would take seconds and a gigabyte to parse. By hand, because a regular expression overflows its
 * stack on a long string.
 */
export function checkKeys(attempt: string, json: string): void {
  const objects: Set<string>[] = [];
  for (let i = 0, depth = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === OPEN_OBJECT || code === OPEN_LIST) {
      if (code === OPEN_OBJECT) objects[depth] = new Set();
      if (++depth > 3) {
        throw new InputError(attempt, `the header nests deeper than 3 at byte ${PREFIX + i}`);
      }
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) depth = Math.max(0, depth - 1);
    if (code !== QUOTE) continue;
    const start = i;
    i = endOfString(json, start);
    if (isKey(json, i + 1)) addKey(attempt, objects[depth - 1], json.slice(start, i + 1));
  }
}

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Where the string that begins at `start` has its closing quote. */
function endOfString(json: string, start: number): number {
  let end = start + 1;
  while (end < json.length && json.charCodeAt(end) !== QUOTE) {
    end += json.charCodeAt(end) === BACKSLASH ? 2 : 1;
  }
  return end;
}

/** Whether a colon is the first thing from `at` on that is not a blank. */
function isKey(json: string, at: number): boolean {
  while (" \t\r\n".includes(json[at] ?? "x")) at++;
  return json.charCodeAt(at) === COLON;
}

/** `keys` is undefined where the text is no JSON: `JSON.parse` will say so. */
function addKey(attempt: string, keys: Set<string> | undefined, literal: string): void {
  const name = JSON.parse(literal) as string;
  if (keys?.has(name)) {
    throw new InputError(attempt, `the header has ${quoted(name)} twice in one object`);
  }
  if (keys?.add(name) && keys.size > MAX_TENSORS + 1) {
    throw new InputError(
      attempt,
      `it names more than ${MAX_TENSORS} tensors or notes, which are not accepted`,
    );
  }
}
