/**
 * Charts as SVG strings and pictures that notebooks show, without a package for it.
 *
 * @module
 */
export { type Bar, barChart, type BarChartOptions } from "./bar_chart.ts";
export { lineChart, type LineChartOptions, type Series } from "./line_chart.ts";
export { type MediaBundle, PngPicture, type PngPictureOptions, SvgPicture } from "./picture.ts";
export { type ReferenceLine } from "./references.ts";
export {
  type FractionBin,
  reliabilityChart,
  type ReliabilityChartOptions,
} from "./reliability_chart.ts";
export { type AxisOptions, type ScaleKind } from "./scale.ts";
