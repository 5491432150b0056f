/**
 * The filters of the first convolution as pictures.
 *
 * @module
 */
import type { NdArray } from "../../../gpu/tensor.ts";
import { base64 } from "../../report/plot/picture.ts";
import { encodePng } from "../../../files/png.ts";
import { escapeText } from "../../report/plot/svg.ts";
import { filterSheet } from "../../report/filter_sheet.ts";
import type { GalaxyReportContent } from "./content.ts";
import { image, paragraph, section } from "../../report/html.ts";

/** The section; empty without filters. */
export function filterPictures({ filters, curves }: GalaxyReportContent): string {
  if (!filters) return "";
  const which = curves.length > 1
    ? ` Shown are those of the first of ${curves.length} networks.`
    : "";
  const [kh, kw, , count] = filters.shape;
  return section(
    "What the first layer looks for",
    paragraph(
      `The first layer compares every spot of the picture with ${count} small patterns, its ` +
        `filters of ${kh}\u00a0×\u00a0${kw} pixels in three colours. Training made them. Edges, spots and ` +
        `differences of colour are what one expects; filters that still look like noise had too ` +
        `little training, or too little to do.${which}`,
    ),
    sheet(filters, "joint", "All on one scale: pale filters matter less. Mid-grey is zero."),
    sheet(filters, "each", "Each on a scale of its own, to show its form."),
  );
}

function sheet(filters: NdArray, scaling: "joint" | "each", caption: string): string {
  const { pixels, height, width } = filterSheet(filters, scaling);
  const url = `data:image/png;base64,${base64(encodePng(pixels, { height, width }))}`;
  const alt = `${filters.shape[3]} filters of the first layer. ${caption}`;
  return `<figure>${image({ url, alt, width, height, className: "pixels" })}` +
    `<figcaption>${escapeText(caption)}</figcaption></figure>`;
}
