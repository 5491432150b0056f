/**
 * A sweep of alternating least squares on the device: all users, then all items.
 *
 * @module
 */
import type { Context, EagerContext } from "../gpu/kernel.ts";
import { type AlsSettings, alsStart, checkShards, type FactoriseOptions } from "./als_options.ts";
import {
  gramOf,
  type HalfSweep,
  halfSweep,
  uploadObjectiveTables,
  uploadSide,
  uploadTables,
  widthOf,
} from "./als_step.ts";
import { surplus } from "./confidence.ts";
import type { Interactions, SparseRows } from "./interactions.ts";
import { type RowRange, rowRanges } from "./row_plan.ts";

/** All that a sweep works on. */
export interface SweepOperands {
  /** Users solved, items fixed; `gram` is that of the items. */
  readonly users: HalfSweep;
  /** Items solved, users fixed; `gram` is that of the users. */
  readonly items: HalfSweep;
  /** Tables of the objective, over the users. */
  readonly objective: ReturnType<typeof uploadObjectiveTables>;
}

/** Uploads what a sweep works on. */
export function sweepOperands(
  context: EagerContext,
  interactions: Interactions,
  settings: AlsSettings,
  options: FactoriseOptions,
): SweepOperands {
  const { factors, mostBytes } = settings;
  const width = widthOf(factors);
  const rangesOf = (rows: SparseRows) => rowRanges(rows, 4 * width, mostBytes);
  const [ofUsers, ofItems] = [rangesOf(interactions.byUser), rangesOf(interactions.byItem)];
  for (const ranges of [ofUsers, ofItems]) checkShards("factorise", settings.solver, ranges);
  const start = alsStart(interactions.items, options);
  const users = uploadSide(context, ofUsers, factors);
  const items = uploadSide(context, ofItems, factors, start.data);
  const tablesOf = (rows: SparseRows, ranges: readonly RowRange[], columns: readonly RowRange[]) =>
    uploadTables(context, rows, surplus(rows.counts, options), {
      ...settings,
      ranges,
      columnRanges: columns,
    });
  const gram = () => context.empty([width, width], { label: "gram" });
  return {
    users: {
      solved: users,
      tables: tablesOf(interactions.byUser, ofUsers, ofItems),
      fixed: items,
      gram: gram(),
    },
    items: {
      solved: items,
      tables: tablesOf(interactions.byItem, ofItems, ofUsers),
      fixed: users,
      gram: gram(),
    },
    objective: uploadObjectiveTables(context, interactions.byUser, {
      ...settings,
      ranges: ofUsers,
      columnRanges: ofItems,
    }),
  };
}

/** The Gram matrix that the first sweep begins with; each sweep leaves that of the next. */
export function sweepStart(context: Context, { users }: SweepOperands): void {
  gramOf(context, users.fixed, users.gram);
}

/** Solves all users, then all items. */
export function sweep(
  context: Context,
  { users, items }: SweepOperands,
  settings: AlsSettings,
): void {
  halfSweep(context, users, settings);
  gramOf(context, items.fixed, items.gram);
  halfSweep(context, items, settings);
  gramOf(context, users.fixed, users.gram);
}
