/**
 * Tables for the terminal.
 *
 * @module
 */
import { alignColumns } from "../../gpu/display.ts";
import type { Spread } from "./seeds.ts";

/**
 * Rows as lines of columns, indented.
 *
 * @param right numbers of the columns that are flush right. Default all but the first
 */
export function indented(
  rows: readonly (readonly string[])[],
  right: readonly number[] = (rows[0] ?? []).map((_, column) => column).slice(1),
): string[] {
  return alignColumns(rows, right).map((line) => `  ${line}`);
}

/** A row of figures with four digits. */
export function figureRow(label: string, ...figures: readonly number[]): string[] {
  return [label, ...figures.map((figure) => figure.toFixed(4))];
}

/** A row of means and deviations. */
export function spreadRow(label: string, ...spreads: readonly Spread[]): string[] {
  return figureRow(label, ...spreads.flatMap(({ mean, deviation }) => [mean, deviation]));
}
