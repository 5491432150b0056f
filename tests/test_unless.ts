/** Tests of what is not installed or given everywhere. */

/**
 * A test that is ignored where something is missing, and says so in its name, with which
 * `deno task test` ends.
 *
 * @param missing what is not there; nothing where the test can run
 */
export function testUnless(
  missing: string | undefined,
  name: string,
  fn: () => Promise<void>,
): void {
  const ignore = missing !== undefined;
  Deno.test({ name: ignore ? `${name} (ignored: ${missing})` : name, ignore, fn });
}
