/**
 * Pieces of HTML that the pages of runs are made of.
 *
 * @module
 */
import type { PngPictureOptions, SvgPicture } from "./plot/picture.ts";
import { escapeText } from "./plot/svg.ts";

/** A section with its heading. */
export function section(heading: string, ...content: string[]): string {
  return `<section>\n<h2>${escapeText(heading)}</h2>\n${content.join("\n")}\n</section>`;
}

/** A paragraph of plain text. */
export function paragraph(text: string, className?: string): string {
  return `<p${className ? ` class="${className}"` : ""}>${escapeText(text)}</p>`;
}

/** A picture with what it shows. */
export interface ImageOptions extends PngPictureOptions {
  /** Its URL. */
  readonly url: string;
  /** Style, such as `pixels` for pictures enlarged without smoothing. */
  readonly className?: string;
}

/** A raster picture. */
export function image({ url, alt, width, height, className }: ImageOptions): string {
  const style = className ? ` class="${className}"` : "";
  return `<img src="${url}" alt="${escapeText(alt)}" width="${width}" height="${height}"${style}>`;
}

/** Widths that charts are drawn in: for pages, and for phones. */
const CHART_WIDTHS = { wide: 892, narrow: 346 } as const;

/**
 * A chart that stays legible: drawn once for pages and once for phones, of which the style shows
 * one. Letters of one drawing would shrink with it.
 */
export function chart(draw: (width: number) => SvgPicture): string {
  const drawn = Object.entries(CHART_WIDTHS).map(([name, width]) =>
    `<div class="chart ${name}">${draw(width).svg}</div>`
  );
  return `<figure>${drawn.join("")}</figure>`;
}

/** A table. */
export interface TableOptions {
  /** What it holds, for those who cannot see it. */
  readonly caption: string;
  /** Names of the columns. */
  readonly header: readonly string[];
  /** Cells, markup as it is. */
  readonly rows: readonly (readonly string[])[];
  /** Places of the columns of text; the others hold numbers. */
  readonly text: readonly number[];
}

/** A table that scrolls inside its own box where the screen is narrow. */
export function table({ caption, header, rows, text }: TableOptions): string {
  const side = (i: number) => text.includes(i) ? ` class="text"` : "";
  const head = header.map((name, i) => `<th scope="col"${side(i)}>${escapeText(name)}</th>`);
  const body = rows.map((row) =>
    `<tr>${row.map((cell, i) => `<td${side(i)}>${cell}</td>`).join("")}</tr>`
  );
  return `<div class="scroll" role="region" aria-label="${
    escapeText(caption)
  }" tabindex="0"><table>` +
    `<caption>${escapeText(caption)}</caption>` +
    `<thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

/** A part of one in percent: `82 %`; `<1 %` and `>99 %` where rounding would claim too much. */
export function percent(part: number): string {
  if (part > 0 && part < 0.005) return "<1\u00a0%";
  if (part < 1 && part >= 0.995) return ">99\u00a0%";
  return `${Math.round(100 * part)}\u00a0%`;
}

/** A whole number with its thousands apart. */
export function whole(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** Text that is not broken between lines. */
export function unbroken(text: string): string {
  return text.replaceAll(" ", "\u00a0");
}

/** An error or an area, in four digits. */
export function fourDigits(value: number): string {
  return value.toFixed(4);
}

/** A figure in a box: what it is, the figure, and what is said below it. */
export type Tile = readonly [name: string, value: string, note?: string];

/** Figures side by side. Long values, which are words, are written smaller. */
export function tiles(list: readonly Tile[]): string {
  const written = list.map(([name, value, note]) =>
    `<div class="tile"><dt>${escapeText(name)}</dt>` +
    `<dd${value.length > 16 ? ` class="words"` : ""}>${escapeText(value)}` +
    `${note ? `<small>${escapeText(note)}</small>` : ""}</dd></div>`
  );
  return `<dl class="tiles">${written.join("")}</dl>`;
}
