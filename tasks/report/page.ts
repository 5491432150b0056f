/**
 * The frame of a page: one HTML file that needs no other.
 *
 * @module
 */
import { escapeText } from "./plot/svg.ts";
import { STYLE } from "./style.ts";

/** What a page is made of. */
export interface PageOptions {
  /** What the window is called. */
  readonly title: string;
  /** Markup, from the top; empty ones are left out. */
  readonly sections: readonly string[];
  /** Rules of style beyond those that pages share. */
  readonly style?: string;
}

/** Puts sections into a page that holds its styles and needs no script and no network. */
export function htmlPage({ title, sections, style = "" }: PageOptions): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}${style}</style>
</head>
<body>
<main>
${sections.filter(Boolean).join("\n")}
</main>
</body>
</html>
`;
}
