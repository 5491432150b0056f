/**
 * What the reports of all tasks share: plots, and what a notebook shows and plays.
 *
 * @module
 */
export { encodePng, type PngSize } from "../../files/png.ts";
export * from "./notebook.ts";
export * from "./plot/mod.ts";
