/**
 * The ledger as CSV.
 *
 * @module
 */
import { formatCell } from "../../files/csv.ts";
import type { LedgerTrial } from "./ledger.ts";

/**
 * What the trials found, and nothing of how: the same bytes whether one process ran them, a pool, a
 * queue or a cluster. Columns are round, index, the settings in the order of the search space, the
 * figures by name; a lost trial has empty figures.
 *
 * @param trials in the order of the ledger
 * @param settings names of the settings
 */
export function ledgerCsv(trials: readonly LedgerTrial[], settings: readonly string[]): string {
  const figures = [...new Set(trials.flatMap((trial) => Object.keys(trial.figures ?? {})))].sort();
  return csv([
    ["round", "index", ...settings, ...figures],
    ...trials.filter(({ state }) => state === "done" || state === "lost").map((trial) => [
      trial.round,
      trial.index,
      ...settings.map((name) => trial.settings[name]),
      ...figures.map((name) => trial.figures?.[name]),
    ]),
  ]);
}

/** How the trials ran: attempts, workers, times, errors. */
export function trialsCsv(trials: readonly LedgerTrial[]): string {
  const columns = [
    "round",
    "index",
    "state",
    "attempts",
    "worker",
    "started",
    "finished",
    "error",
  ] as const;
  return csv([columns, ...trials.map((trial) => columns.map((name) => trial[name]))]);
}

function csv(rows: readonly (readonly unknown[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}

function cell(value: unknown): string {
  return value === undefined ? "" : formatCell(String(value));
}
