/**
 * Names of content: the same content has the same name on every machine.
 *
 * @module
 */

/** SHA-256 of bytes, in hexadecimal. */
export async function digestOf(bytes: BufferSource): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** SHA-256 of what `JSON.stringify` makes of a value, in hexadecimal. */
export function digestOfJson(content: unknown): Promise<string> {
  return digestOf(new TextEncoder().encode(JSON.stringify(content)));
}
