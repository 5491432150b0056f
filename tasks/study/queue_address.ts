/**
 * The address of a queue, checked without the queue's packages.
 *
 * @module
 */
import { UsageError } from "../run/cli.ts";

/**
 * Refuses what is no address of a Redis.
 *
 * @throws UsageError
 */
export function checkQueueAddress(text: string): void {
  const url = URL.parse(text);
  if (url && ["redis:", "rediss:"].includes(url.protocol) && url.hostname) return;
  throw new UsageError(
    `--queue must be redis://[user:password@]host[:port][/database], got "${
      withoutPassword(text)
    }"`,
  );
}

/** An address as it may be shown. */
export function withoutPassword(text: string): string {
  return text.replace(/(\/\/[^/@]*:)[^@]*@/, "$1***@");
}
