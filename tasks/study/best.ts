/**
 * The best trials: which they are, and as a table.
 *
 * @module
 */
import { indented } from "../run/table.ts";
import type { LedgerTrial } from "./ledger.ts";
import type { Goal } from "./plan.ts";
import { type SearchSpace, shortValue } from "./space.ts";

/** Trials that are done, the best first; equally good ones in the order of the ledger. */
export function bestTrials(trials: readonly LedgerTrial[], goal: Goal): LedgerTrial[] {
  const sign = goal.better === "higher" ? -1 : 1;
  const figure = ({ figures }: LedgerTrial) => sign * figures![goal.figure];
  return trials.filter(({ state }) => state === "done").sort((a, b) => figure(a) - figure(b));
}

/** Names of the settings that can take more than one value. */
export function varyingSettings(space: SearchSpace): string[] {
  return Object.entries(space)
    .filter(([, range]) =>
      range.kind === "choice" ? range.values.length > 1 : range.low < range.high
    )
    .map(([name]) => name);
}

/**
 * Lines of a table of trials: round and index, the figure, the settings that vary.
 *
 * @param trials as `bestTrials` gives them
 */
export function bestTable(
  trials: readonly LedgerTrial[],
  goal: Goal,
  space: SearchSpace,
): string[] {
  if (!trials.length) return [];
  const names = varyingSettings(space);
  const rows = [
    ["trial", goal.figure, ...names],
    ...trials.map(({ round, index, figures, settings }) => [
      `${round}-${index}`,
      figures![goal.figure].toFixed(4),
      ...names.map((name) => shortValue(settings[name])),
    ]),
  ];
  return indented(rows, rows[0].map((_, column) => column));
}
