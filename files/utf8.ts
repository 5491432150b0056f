/**
 * Text from bytes that must be UTF-8: other bytes are said with their line, never replaced in silence.
 *
 * @module
 */
import { InputError } from "./input_error.ts";

const LINE_FEED = 10;

/**
 * The text of a file; a byte order mark is left out.
 *
 * @param attempt the first half of error messages: `Cannot read list.txt`
 * @throws {InputError} naming the line of the first byte that is not UTF-8
 */
export function utf8Text(bytes: Uint8Array, attempt: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const { line, reason } = otherBytes(bytes, 1);
    throw new InputError(attempt, `line ${line}, ${reason}`);
  }
}

/**
 * What is wrong with bytes that are not UTF-8.
 *
 * @param bytes a piece of a file, which may begin within a character
 * @param line the line on which it begins
 */
export function otherBytes(bytes: Uint8Array, line: number): { line: number; reason: string } {
  const [first, second] = bytes;
  if (line === 1 && (first === 0xff && second === 0xfe || first === 0xfe && second === 0xff)) {
    return { line, reason: "it is text in UTF-16, expected UTF-8" };
  }
  const start = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  const text = new TextDecoder().decode(bytes.subarray(Math.max(start, 0)));
  const before = text.slice(0, Math.max(text.indexOf("\uFFFD"), 0));
  return {
    line: line + before.split("\n").length - 1,
    reason: "it has other bytes (Latin-1?), expected text in UTF-8",
  };
}

/** How many lines end in some bytes. */
export function lineEnds(bytes: Uint8Array): number {
  let ends = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) ends++;
  return ends;
}
