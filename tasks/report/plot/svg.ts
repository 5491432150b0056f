/**
 * SVG and HTML as strings: elements, escaped text, and the look that all charts share.
 *
 * @module
 */

/** Attributes of an element; numbers are rounded to hundredths, undefined ones left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/**
 * Colours of series, told apart by the colour-blind too: Okabe and Ito 2008, the light ones darkened
 * until they stand out from white (3 : 1 at least).
 */
export const SERIES_COLOURS: readonly string[] = [
  "#0072b2",
  "#d55e00",
  "#00805c",
  "#b5588f",
  "#a87400",
  "#2f83b5",
  "#4d4d4d",
];

/** Colours of what is not data. The background makes charts legible on dark pages too. */
export const LOOK = {
  /** Behind a chart. */
  background: "#ffffff",
  /** Titles and values. */
  text: "#1f2933",
  /** Axis labels and ticks. */
  muted: "#52606d",
  /** Lines of the grid. */
  grid: "#e4e7eb",
  /** Axes and reference lines. */
  axis: "#7b8794",
} as const;

/** Fonts that are there on every system. */
export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

/** Height of a chart's letters, in pixels. */
export const FONT_SIZE = 13;

/** Text that means itself in markup and in attributes. */
export function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/**
 * An element.
 *
 * @param name such as `line`
 * @param attributes escaped here
 * @param children markup as it is; text must have gone through {@linkcode escapeText}
 *
 * @example
 * ```ts
 * import { element } from "./svg.ts";
 *
 * const line = element("line", { x1: 0, x2: 1 / 3 });
 * if (line !== '<line x1="0" x2="0.33"/>') throw new Error(line);
 * ```
 */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) =>
      ` ${key}="${typeof value === "number" ? rounded(value) : escapeText(value!)}"`
    )
    .join("");
  const content = children.join("");
  return content ? `<${name}${written}>${content}</${name}>` : `<${name}${written}/>`;
}

/** Two digits after the point are a hundredth of a pixel; `-0` is written as 0. */
function rounded(value: number): string {
  return String(Number(value.toFixed(2)) + 0);
}

/** A line of text; `y` is its baseline. */
export function textElement(
  text: string,
  x: number,
  y: number,
  attributes: Attributes = {},
): string {
  return element("text", { x, y, fill: LOOK.muted, ...attributes }, escapeText(text));
}

/** Pixels a text takes, roughly: fonts differ, so that room is left. */
export function textWidth(text: string, size: number = FONT_SIZE): number {
  return 0.58 * size * text.length;
}

/** Pixels that the widest of some texts takes; 0 without texts. */
export function widest(texts: readonly string[], size?: number): number {
  return Math.max(0, ...texts.map((text) => textWidth(text, size)));
}

/** The places of a polyline or a polygon, as its attribute holds them. */
export function placesText(places: readonly (readonly number[])[]): string {
  return places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}

/** The title of a chart, at its left upper corner. */
export function titleElement(title: string): string {
  return textElement(title, 12, 22, { fill: LOOK.text, "font-weight": 600, "font-size": 15 });
}

/** Size and words of a chart. */
export interface SvgRootOptions {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** What it shows. */
  readonly alt: string;
}

/** The outermost element: as wide as it says, or as there is room for. */
export function svgRoot({ width, height, alt }: SvgRootOptions, ...children: string[]): string {
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-label": alt,
      "font-family": FONT,
      "font-size": FONT_SIZE,
      style: "max-width:100%;height:auto",
    },
    element("rect", { width, height, rx: 6, fill: LOOK.background }),
    ...children,
  );
}
