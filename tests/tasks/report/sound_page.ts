/**
 * What tests ask of every page.
 *
 * @module
 */

/** Elements that are opened and not closed, or the other way round; none in a sound page. */
export function unbalanced(html: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const empty = ["meta", "link", "img"];
  const tags = html.replace(/<style>.*?<\/style>|<!doctype html>/gs, "");
  for (const [, end, name, self] of tags.matchAll(/<(\/?)([a-z]\w*)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (self || empty.includes(name)) continue;
    if (!end) open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}
