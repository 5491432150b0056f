/**
 * Pictures that a notebook shows by themselves, and that a page holds without a second file.
 *
 * @module
 */
import { DISPLAY, escapeHtml, type MediaBundle } from "../../../gpu/display.ts";
import type { PngSize } from "../../../files/png.ts";
import { svgRoot, type SvgRootOptions, titleElement } from "./svg.ts";

export type { MediaBundle };

/** Bytes turned to characters at once: more arguments than this overflow a call's stack. */
const CHARACTERS_AT_ONCE = 0x8000;

/** Bytes in base64, as data URLs and notebooks hold them. */
export function base64(bytes: Uint8Array): string {
  let characters = "";
  for (let at = 0; at < bytes.length; at += CHARACTERS_AT_ONCE) {
    characters += String.fromCharCode(...bytes.subarray(at, at + CHARACTERS_AT_ONCE));
  }
  return btoa(characters);
}

/**
 * A drawing: the markup of one `<svg>` element, to be put into a page as it is or shown in a
 * notebook by being a cell's last value.
 */
export class SvgPicture {
  /**
   * Takes markup as it is.
   *
   * @param svg the `<svg>` element
   * @param alt what it shows, in words
   */
  constructor(
    /** The `<svg>` element. */
    readonly svg: string,
    /** What it shows, in words. */
    readonly alt: string,
  ) {}

  /**
   * What Jupyter shows. The drawing comes framed in an `<img>` too: what turns notebooks into pages
   * (nbconvert 6.5) cleans bare SVG of all its lines.
   */
  [DISPLAY](): MediaBundle {
    const address = `data:image/svg+xml;base64,${base64(new TextEncoder().encode(this.svg))}`;
    return {
      "image/svg+xml": this.svg,
      "text/html": `<img alt="${escapeHtml(this.alt)}" src="${address}">`,
      "text/plain": this.alt,
    };
  }
}

/** What all charts are told. */
export interface ChartOptions {
  /** Above the chart. */
  readonly title?: string;
  /** Pixels. */
  readonly width?: number;
  /** What the chart shows, in words. Default: the title, and what each chart says of its data. */
  readonly alt?: string;
}

/** A drawing of parts in their order, under its title where it has one. */
export function drawing(
  { title, ...options }: SvgRootOptions & Pick<ChartOptions, "title">,
  ...parts: readonly string[]
): SvgPicture {
  const svg = svgRoot(options, title ? titleElement(title) : "", ...parts);
  return new SvgPicture(svg, options.alt);
}

/** What a raster picture is, besides its bytes. */
export interface PngPictureOptions extends Pick<PngSize, "height" | "width"> {
  /** What it shows, in words. */
  readonly alt: string;
}

/** A raster picture: the bytes of a PNG file, such as `encodePng` makes. */
export class PngPicture {
  /** What it shows, in words. */
  readonly alt: string;
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;

  /**
   * Takes a file as it is.
   *
   * @param bytes the PNG file
   * @param options its size, and what it shows
   */
  constructor(
    /** The PNG file. */
    readonly bytes: Uint8Array,
    options: PngPictureOptions,
  ) {
    this.alt = options.alt;
    this.height = options.height;
    this.width = options.width;
  }

  /** The file as a URL that needs no other file, for `<img src>`. */
  get dataUrl(): string {
    return `data:image/png;base64,${base64(this.bytes)}`;
  }

  /** What Jupyter shows. */
  [DISPLAY](): MediaBundle {
    return { "image/png": base64(this.bytes), "text/plain": this.alt };
  }
}
