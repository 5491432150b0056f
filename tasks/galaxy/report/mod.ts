/**
 * The page of a galaxy run, and the description of galaxies in words.
 *
 * @module
 */
export { type GalaxyReportContent, type ReportCurve, type ReportFigures } from "./content.ts";
export { galaxyReport } from "./page.ts";
export { type DescribedAnswer, describeGalaxy, type GalaxyDescription } from "./words.ts";
