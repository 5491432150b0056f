/**
 * The way of one galaxy into the network: photograph, views, parts.
 *
 * @module
 */
import { element, escapeText } from "../../report/plot/svg.ts";
import { GALAXY_VIEWS, PHOTO_SIDE } from "../dataset.ts";
import { PART_COUNT, PART_SIDE, VIEW_SIDE } from "../model.ts";
import { QUESTIONS } from "../questions.ts";
import { type GalaxyReportContent, rowOf } from "./content.ts";
import { image, paragraph, section } from "../../report/html.ts";
import { jpegUrl, pngUrl, seenByNetwork, type SeenGalaxy } from "./photographs.ts";

/** Column of "spiral: yes": arms show best what turning and mirroring do. */
const SPIRAL = QUESTIONS[3].start;

/** Rows of the grid of parts. */
const ROWS = ["upright", "upright, mirrored", "turned by 45°", "turned by 45°, mirrored"];

/** Corners in the order of the parts. */
const CORNERS = ["upper left", "upper right", "lower right", "lower left"];

/** Colours of the two squares; they differ in dashes too. */
const SQUARES = { upright: "#ffffff", turned: "#ffc20a" } as const;

/** Place of the galaxy that is shown: the one with most votes for spiral arms. */
export function shownGalaxy(targets: Float32Array, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) {
    if (rowOf(targets, i)[SPIRAL] > rowOf(targets, best)[SPIRAL]) best = i;
  }
  return best;
}

/** The section; empty where no galaxy was held out. */
export async function viewpoints(content: GalaxyReportContent): Promise<string> {
  const { ids, targets, readPixels } = content;
  if (!ids.length) return "";
  const place = shownGalaxy(targets, ids.length);
  const pixels = await readPixels(Uint32Array.of(place));
  const seen = seenByNetwork(pixels);
  return section(
    "What the network sees of a galaxy",
    paragraph(
      `Galaxies have no upper side. From each photograph the network gets two views, one upright ` +
        `and one turned by 45°, each as it is and mirrored; from each of these four the corners ` +
        `are cut and turned until the outer corner lies upper left. The same filters look at all ` +
        `${PART_COUNT} parts, and what they find is put together afterwards.`,
    ),
    `<div class="way">${photograph(pixels, ids[place])}${views(seen)}</div>`,
    parts(seen),
    paragraph(
      `Shown is galaxy ${
        ids[place]
      }: of those held out, the one with most votes for spiral arms. ` +
        `Views and parts are enlarged; each square of one colour is one pixel of the network’s input.`,
      "note",
    ),
  );
}

/** Squares are drawn around their outermost pixels, in lengths of the photograph's edges. */
function photograph(pixels: Uint8Array, id: string): string {
  const centre = PHOTO_SIDE / 2;
  const side = VIEW_SIDE * GALAXY_VIEWS.factor;
  const square = { x: centre - side / 2, y: centre - side / 2, width: side, height: side };
  const line = { fill: "none", "stroke-width": 2.5 };
  const alt = `Photograph of galaxy ${id} with the squares of the two views`;
  const drawing = element(
    "svg",
    {
      viewBox: `0 0 ${PHOTO_SIDE} ${PHOTO_SIDE}`,
      width: PHOTO_SIDE,
      height: PHOTO_SIDE,
      role: "img",
      "aria-label": alt,
    },
    element("image", { href: jpegUrl(pixels, PHOTO_SIDE), width: PHOTO_SIDE, height: PHOTO_SIDE }),
    element("rect", { ...square, ...line, stroke: SQUARES.upright }),
    element("rect", {
      ...square,
      ...line,
      stroke: SQUARES.turned,
      "stroke-dasharray": "9 5",
      transform: `rotate(45 ${centre} ${centre})`,
    }),
  );
  const caption =
    `The photograph, ${PHOTO_SIDE}\u00a0×\u00a0${PHOTO_SIDE} pixels, with the two squares of ` +
    `${side}\u00a0×\u00a0${side} that are looked at: white and solid upright, yellow and dashed turned by 45°.`;
  return `<figure>${drawing}<figcaption>${escapeText(caption)}</figcaption></figure>`;
}

function views({ views, mirrored }: SeenGalaxy): string {
  const ordered = [views[0], mirrored[0], views[1], mirrored[1]];
  const figures = ordered.map((pixels, i) =>
    figure(pngUrl(pixels, VIEW_SIDE), `View, ${ROWS[i]}`, ROWS[i], VIEW_SIDE * GALAXY_VIEWS.factor)
  );
  const caption =
    `The views, ${VIEW_SIDE}\u00a0×\u00a0${VIEW_SIDE} pixels: every pixel stands for ${GALAXY_VIEWS.factor} × ` +
    `${GALAXY_VIEWS.factor} of the photograph.`;
  return `<figure><div class="views">${figures.join("")}</div>` +
    `<figcaption>${escapeText(caption)}</figcaption></figure>`;
}

function parts({ parts }: SeenGalaxy): string {
  const cells = parts.map((pixels, i) => {
    const row = ROWS[Math.floor(i / CORNERS.length)];
    const corner = CORNERS[i % CORNERS.length];
    const heading = i % CORNERS.length === 0 ? `<p class="row">${escapeText(row)}</p>` : "";
    const alt = `Part ${i}: ${row}, ${corner} corner`;
    return heading + figure(pngUrl(pixels, PART_SIDE), alt, `${i}: ${corner}`, PART_SIDE * 3);
  });
  return `<h3>The ${PART_COUNT} parts, ${PART_SIDE}\u00a0×\u00a0${PART_SIDE} pixels each</h3>` +
    `<div class="parts">${cells.join("")}</div>`;
}

function figure(url: string, alt: string, caption: string, side: number): string {
  const picture = image({ url, alt, width: side, height: side, className: "pixels" });
  return `<figure>${picture}<figcaption>${escapeText(caption)}</figcaption></figure>`;
}
