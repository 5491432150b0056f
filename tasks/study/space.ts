/**
 * What a search draws from: ranges by name, settings drawn from them, and ranges made narrower
 * around the best settings.
 *
 * @module
 */
import { check } from "../../gpu/check.ts";
import { fold, type Key, uniform } from "../../gpu/random.ts";

/** A value that a setting may take. */
export type SettingValue = number | string | boolean;

/** One value for each name of a search space. */
export type Settings = Readonly<Record<string, SettingValue>>;

/** Numbers between two limits. */
export interface NumberRange {
  /**
   * `uniform` in [low, high); `log-uniform` evenly in the logarithm; `whole` a whole number, each
   * from low to high with the same probability; `rounded` a uniform number rounded to the nearest
   * whole one, so that the two at the ends come half as often.
   */
  readonly kind: "uniform" | "log-uniform" | "whole" | "rounded";
  /** The least value; above 0 for `log-uniform`. */
  readonly low: number;
  /** The greatest value. */
  readonly high: number;
}

/** One of some values, each with the same probability. */
export interface ChoiceRange {
  /** Marks a choice. */
  readonly kind: "choice";
  /** The values, at least one. */
  readonly values: readonly SettingValue[];
}

/** What a setting is drawn from. */
export type Range = NumberRange | ChoiceRange;

/** Ranges by the names of the settings. */
export type SearchSpace = Readonly<Record<string, Range>>;

/**
 * Makes ranges.
 *
 * @example
 * ```ts
 * import { range, sampleSettings } from "./space.ts";
 * import { key } from "../../gpu/random.ts";
 *
 * const space = { C: range.logUniform(0.1, 1e6), window: range.whole(6, 16) };
 * const { window } = sampleSettings(space, key(1));
 * if (!Number.isInteger(window)) throw new Error("expected a whole number");
 * ```
 */
export const range = {
  /** Uniform in [low, high). */
  uniform: (low: number, high: number): NumberRange => numbers("uniform", low, high),
  /** Uniform in the logarithm; both limits above 0. */
  logUniform: (low: number, high: number): NumberRange => numbers("log-uniform", low, high),
  /** A whole number from low to high, both included. */
  whole: (low: number, high: number): NumberRange => numbers("whole", low, high),
  /** A uniform number of [low, high), rounded to the nearest whole one. */
  rounded: (low: number, high: number): NumberRange => numbers("rounded", low, high),
  /** One of some values. */
  choice: (...values: readonly SettingValue[]): ChoiceRange => {
    check(values.length > 0, "Cannot make a choice", { values }, "one or more values");
    return { kind: "choice", values };
  },
} as const;

/** Whether a value from a file is a range. */
export function isRange(value: unknown): value is Range {
  if (typeof value !== "object" || value === null) return false;
  const { kind, low, high, values }: Partial<NumberRange> & { readonly values?: unknown } =
    value as object;
  if (String(kind) === "choice") return Array.isArray(values) && values.length > 0;
  return Object.hasOwn(EXPECTED, String(kind)) && Number.isFinite(low) && Number.isFinite(high) &&
    low! <= high! && (kind !== "log-uniform" || low! > 0);
}

const EXPECTED = {
  "uniform": "a finite number",
  "log-uniform": "a number above 0",
  "whole": "a whole number",
  "rounded": "a finite number",
} as const;

function numbers(kind: NumberRange["kind"], low: number, high: number): NumberRange {
  const attempt = `Cannot make a ${kind} range`;
  for (const [name, limit] of Object.entries({ low, high })) {
    const isOfKind = kind === "whole" ? Number.isSafeInteger(limit) : Number.isFinite(limit);
    check(
      isOfKind && (kind !== "log-uniform" || limit > 0),
      attempt,
      { [name]: limit },
      EXPECTED[kind],
    );
  }
  check(low <= high && high - low < Infinity, attempt, { low }, `at most high, ${high}`);
  return { kind, low, high };
}

/**
 * Draws a value for each name. Each has a stream of its own, named after the setting: another
 * setting added to the space leaves the values of the others as they are.
 */
export function sampleSettings(space: SearchSpace, key: Key): Settings {
  return Object.fromEntries(
    Object.entries(space).map(([name, range]) => [name, draw(range, uniform(fold(key, name), 0))]),
  );
}

/** The value of a range at a uniform number of [0, 1). */
function draw(range: Range, u: number): SettingValue {
  if (range.kind === "choice") return range.values[Math.floor(u * range.values.length)];
  const { kind, low, high } = range;
  if (kind === "whole") return low + Math.floor(u * (high - low + 1));
  const value = fromAxis(kind, toAxis(kind, low) + u * (toAxis(kind, high) - toAxis(kind, low)));
  const inside = Math.min(high, Math.max(low, value)); // exp(log(high)) may pass high by a bit
  return kind === "rounded" ? Math.round(inside) : inside;
}

function toAxis(kind: NumberRange["kind"], value: number): number {
  return kind === "log-uniform" ? Math.log(value) : value;
}

function fromAxis(kind: NumberRange["kind"], value: number): number {
  return kind === "log-uniform" ? Math.exp(value) : value;
}

/** The part of a round that shapes the next one. */
const BEST_PART = 0.2;
/** With fewer, quantiles say nothing. */
const LEAST_BEST = 5;

/** How many trials of a round shape the next: a fifth of them, rounded up, and at least five. */
export function bestCount(trials: number): number {
  return Math.min(trials, Math.max(LEAST_BEST, Math.ceil(BEST_PART * trials)));
}

/**
 * Ranges for the next round. A range of numbers goes from the 5 % to the 95 % quantile of the best
 * (linear between neighbours, on a logarithmic axis for `log-uniform`), its width made greater by
 * 25 %, an eighth at either end; `whole` limits are rounded outwards. No limit leaves the original
 * range. A choice keeps the values that the best have. With fewer than five best all stays as it is.
 *
 * @param space ranges that the best were drawn from
 * @param original ranges of the first round
 * @param best settings of the best trials, in any order
 */
export function refineSpace(
  space: SearchSpace,
  original: SearchSpace,
  best: readonly Settings[],
): SearchSpace {
  if (best.length < LEAST_BEST) return space;
  return Object.fromEntries(
    Object.entries(space).map(([name, range]) => {
      const values = best.map((settings) => settings[name]);
      if (range.kind === "choice") return [name, keptChoice(range, values)];
      return [name, narrowed(original[name] as NumberRange, values as number[])];
    }),
  );
}

function keptChoice(range: ChoiceRange, taken: readonly SettingValue[]): ChoiceRange {
  return { kind: "choice", values: range.values.filter((value) => taken.includes(value)) };
}

function narrowed({ kind, low, high }: NumberRange, values: readonly number[]): NumberRange {
  const sorted = values.map((value) => toAxis(kind, value)).sort((a, b) => a - b);
  const [from, to] = [quantile(sorted, 0.05), quantile(sorted, 0.95)];
  const margin = (to - from) / 8;
  const outwards = kind === "whole"
    ? [Math.floor(from - margin), Math.ceil(to + margin)]
    : [fromAxis(kind, from - margin), fromAxis(kind, to + margin)];
  return { kind, low: Math.max(low, outwards[0]), high: Math.min(high, outwards[1]) };
}

/** Quantile of sorted values, linear between the two neighbours (type 7 of Hyndman and Fan 1996). */
export function quantile(sorted: readonly number[], part: number): number {
  const at = part * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (at - Math.floor(at)) * (above - below);
}

/** A range as text: `0.1 to 10 (log)`, `one of 64, 128`. */
export function describeRange(range: Range): string {
  if (range.kind === "choice") return `one of ${range.values.join(", ")}`;
  const suffix = {
    "uniform": "",
    "log-uniform": " (log)",
    "whole": " (whole)",
    "rounded": " (rounded)",
  };
  return `${shortValue(range.low)} to ${shortValue(range.high)}${suffix[range.kind]}`;
}

/** A setting as text for tables, numbers with four significant digits. */
export function shortValue(value: SettingValue): string {
  if (typeof value !== "number" || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(4)));
}
