/**
 * Charts as SVG strings and pictures that notebooks show, without a package for it.
 *
 * @module
 */
export { type Bar, barChart, type BarChartOptions } from "./bar_chart.ts";
export { type ColourMapName, mapColour } from "./colour_map.ts";
export { type Dot, dotChart, type DotChartOptions } from "./dot_chart.ts";
export {
  heatMap,
  type HeatMapColours,
  type HeatMapOptions,
  type HeatMapValues,
} from "./heat_map.ts";
export { histogram, type HistogramGroup, type HistogramOptions } from "./histogram.ts";
export { lineChart, type LineChartOptions, type Series } from "./line_chart.ts";
export { mapChart, type MapChartOptions, type MapGroup } from "./map_chart.ts";
export {
  type ChartOptions,
  type MediaBundle,
  PngPicture,
  type PngPictureOptions,
  SvgPicture,
} from "./picture.ts";
export { type ReferenceLine } from "./references.ts";
export {
  type FractionBin,
  reliabilityChart,
  type ReliabilityChartOptions,
} from "./reliability_chart.ts";
export {
  precisionRecallChart,
  type RateChartOptions,
  type RateCurve,
  rocChart,
} from "./roc_chart.ts";
export { type AxisOptions, type ScaleKind } from "./scale.ts";
export { stripChart, type StripChartOptions, type StripColumn } from "./strip_chart.ts";
