/**
 * The address of a queue, checked without the queue's packages.
 *
 * @module
 */
import { mismatch } from "../../gpu/check.ts";
import { UsageError } from "../run/usage_error.ts";

/**
 * Refuses what is no address of a Redis.
 *
 * @throws UsageError
 */
export function checkQueueAddress(text: string): void {
  const url = URL.parse(text);
  if (url && ["redis:", "rediss:"].includes(url.protocol) && url.hostname) return;
  const expected = "redis://[user:password@]host[:port][/database]";
  throw new UsageError(mismatch("--queue", withoutPassword(text), expected));
}

/** An address as it may be shown. */
export function withoutPassword(text: string): string {
  return text.replace(/(\/\/[^/@]*:)[^@]*@/, "$1***@");
}
