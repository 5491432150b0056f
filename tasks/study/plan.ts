/**
 * Everything that decides a study, frozen in its `study.json`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { COUNT, type FieldKind, type FieldKinds, isTable, TABLE, TEXT } from "../../files/json.ts";
import type { OnBad } from "../../files/bad_file.ts";
import { canonical } from "../run/folder.ts";
import { isRange, type SearchSpace } from "./space.ts";

/** Values that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | {
  readonly [name: string]: Json | undefined;
};

/** The figure that a search improves. */
export interface Goal {
  /** Its name among the figures of a trial, such as `auc`. */
  readonly figure: string;
  /** Which values are good. */
  readonly better: "higher" | "lower";
}

/** Everything that decides a study. */
export interface StudyPlan {
  /** Name of the task. */
  readonly task: string;
  /** Version of the toolkit that made it; workers of another version are refused. */
  readonly version: string;
  /** Seed of settings and trials. */
  readonly seed: number;
  /** Trials a round. */
  readonly trials: number;
  /** Rounds. */
  readonly rounds: number;
  /** The figure that decides. */
  readonly goal: Goal;
  /** Ranges of the first round. */
  readonly space: SearchSpace;
  /** Configuration that all trials start from; only the task reads it. */
  readonly config: Readonly<Record<string, Json | undefined>>;
  /** Absolute path of the data; nothing where the task makes synthetic ones. */
  readonly data?: string;
  /** What the task calls the data, to recognise them on another machine; nothing for synthetic ones. */
  readonly fingerprint?: string;
  /** What becomes of files that cannot be read, for all trials. Default `stop`. */
  readonly onBad?: OnBad;
}

/** Identity of a study: 16 hexadecimal digits that stand for its plan. */
export function studyId(plan: StudyPlan): string {
  return createHash("sha256").update(canonical(plan)).digest("hex").slice(0, 16);
}

/** Ranges by name. */
const SPACE: FieldKind = {
  expected: "ranges by name",
  accepts: (value) => isTable(value) && Object.values(value).every(isRange),
};

/** What decides, and which way. */
const GOAL: FieldKind = {
  expected: "a figure that is better higher or lower",
  accepts: (value) =>
    isTable(value) && typeof Reflect.get(value, "figure") === "string" &&
    ["higher", "lower"].includes(Reflect.get(value, "better")),
};

/** What a plan from a file or a queue must hold. */
export const PLAN_FIELDS: FieldKinds = {
  task: TEXT,
  version: TEXT,
  seed: COUNT,
  trials: COUNT,
  rounds: COUNT,
  goal: GOAL,
  space: SPACE,
  config: TABLE,
};

/** What the record of a round must hold. */
export const RECORD_FIELDS: FieldKinds = { study: TEXT, round: COUNT, trials: COUNT, space: SPACE };
