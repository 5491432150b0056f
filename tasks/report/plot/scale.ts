/**
 * From values to pixels, and the round values an axis is marked at.
 *
 * @module
 */

/** How values are spread over an axis. */
export type ScaleKind = "linear" | "log";

/** An axis. */
export interface AxisOptions {
  /** What it counts, with its unit, such as `time (s)`. */
  readonly label: string;
  /** Lowest value shown. Default: the least of the data. */
  readonly from?: number;
  /** Highest value shown. Default: the largest of the data. */
  readonly to?: number;
  /** `linear` (default), or `log` of base 10; that one skips values that are not positive. */
  readonly scale?: ScaleKind;
}

/** Values to pixels. */
export interface Scale {
  /** Lowest value shown. */
  readonly from: number;
  /** Highest value shown. */
  readonly to: number;
  /** Values to mark, ascending. */
  readonly ticks: readonly number[];
  /** The pixel of a value. */
  at(value: number): number;
  /** A value as text, with the digits that tell neighbouring ticks apart. */
  label(value: number): string;
}

/** A value as charts say it in words. */
export function shortNumber(value: number, digits = 4): string {
  return String(Number(value.toPrecision(digits)));
}

/** The middle of values, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[sorted.length >> 1] + sorted[(sorted.length - 1) >> 1]) / 2;
}

/** Whether a value can be shown on an axis. */
export function isShown(value: number, { scale }: AxisOptions): boolean {
  return Number.isFinite(value) && (scale !== "log" || value > 0);
}

/**
 * The scale of an axis.
 *
 * @param values all that shall be seen; those that cannot be shown are skipped
 * @param axis limits and kind
 * @param pixels where the lowest and the highest value lie
 * @param count ticks wished for, about
 * @param nice whether limits that were not asked for go on to the next tick; linear scales only
 */
export function makeScale(
  values: readonly number[],
  axis: AxisOptions,
  pixels: readonly [low: number, high: number],
  count: number,
  nice = false,
): Scale {
  const log = axis.scale === "log";
  const limits = limitsOf(values.filter((value) => isShown(value, axis)), axis);
  const [from, to] = nice && !log ? widened(limits, axis, count) : limits;
  const place = log ? Math.log10 : (value: number) => value;
  const [low, high] = pixels;
  const ticks = log ? logTicks(from, to, count) : linearTicks(from, to, count);
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : to - from;
  return {
    from,
    to,
    ticks,
    at: (value) => low + (high - low) * (place(value) - place(from)) / (place(to) - place(from)),
    label: (value) => tickLabel(value, log ? value : step),
  };
}

function limitsOf(values: readonly number[], { from, to, scale }: AxisOptions): [number, number] {
  // no spread of arguments: a series may have more points than a call takes arguments
  const low = from ?? values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = to ?? values.reduce((a, b) => Math.max(a, b), -Infinity);
  const log = scale === "log";
  if (low > high || !Number.isFinite(low) || !Number.isFinite(high)) return log ? [1, 10] : [0, 1];
  if (low < high) return [low, high];
  if (log) return [low / 2, low * 2];
  const room = Math.abs(low) / 2 || 1;
  return from !== undefined ? [low, low + 2 * room] : [low - room, low + room];
}

function widened(
  [from, to]: readonly [number, number],
  axis: AxisOptions,
  count: number,
): [number, number] {
  const step = tickStep(from, to, count);
  const outwards = (value: number, round: (value: number) => number) =>
    Number((round(value / step) * step).toPrecision(12));
  return [
    axis.from ?? outwards(from, (value) => Math.floor(value + 1e-9)),
    axis.to ?? outwards(to, (value) => Math.ceil(value - 1e-9)),
  ];
}

function tickStep(from: number, to: number, count: number): number {
  const rough = (to - from) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999999) ?? 10);
}

/** Multiples of 1, 2 or 5 times a power of ten within the limits. */
export function linearTicks(from: number, to: number, count: number): number[] {
  const step = tickStep(from, to, count);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  // decimal text and back, so that 3 * 0.1 is 0.3
  return Array.from(
    { length: last - first + 1 },
    (_, i) => Number(((first + i) * step).toPrecision(12)) + 0,
  );
}

/** Powers of ten and what lies between them, as finely as the wished count allows. */
function logTicks(from: number, to: number, count: number): number[] {
  const [first, last] = [Math.floor(Math.log10(from)), Math.ceil(Math.log10(to))];
  const every = Math.max(1, Math.ceil(Math.log10(to / from) / Math.max(1, count)));
  const within = (factors: readonly number[]) => {
    const ticks: number[] = [];
    for (let e = first; e <= last; e += every) {
      for (const factor of factors) ticks.push(Number(`${factor}e${e}`));
    }
    return ticks.filter((tick) => tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9));
  };
  const finest = [[1, 2, 3, 5, 7], [1, 2, 5], [1, 3]].map(within);
  return finest.find((ticks) => ticks.length <= Math.max(2, 1.5 * count)) ?? within([1]);
}

/**
 * A value as an axis writes it: digits enough for the step, thousands apart by a narrow space, and
 * powers of ten for what is very small or very large.
 *
 * @example
 * ```ts
 * import { tickLabel } from "./scale.ts";
 *
 * if (tickLabel(0.30000000000000004, 0.1) !== "0.3") throw new Error("the step decides");
 * ```
 */
export function tickLabel(value: number, step: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4) {
    const [mantissa, exponent] = Number(value.toPrecision(3)).toExponential().split("e");
    return `${mantissa}e${Number(exponent)}`.replace("-", "−").replace("e-", "e−");
  }
  const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
  const [whole, fraction] = Math.abs(Number(value.toFixed(digits))).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
  return `${value < 0 ? "−" : ""}${grouped}${fraction ? `.${fraction}` : ""}`;
}
