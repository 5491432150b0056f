/**
 * Names of files in a zip.
 *
 * @module
 */

/** The upper half of code page 437, which names are in that say nothing of UTF-8. */
const CODE_PAGE_437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀" +
  "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0";

/** A name: many writers put UTF-8 without saying so, the others what DOS had. */
export function nameOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const letter = (byte: number) =>
      byte < 128 ? String.fromCharCode(byte) : CODE_PAGE_437[byte - 128];
    return Array.from(bytes, letter).join("");
  }
}

/** Names are only looked up, never written to disk, yet one that climbs out is no data set's. */
export function staysInside(name: string): boolean {
  const climbs = name.split("/").includes("..");
  return name !== "" && !climbs && !/^\/|^[A-Za-z]:|\\|\0/.test(name);
}
