/**
 * Values that a user may give: options of a command line and settings of a run. Each is declared once
 * in a table by its name, which yields its type, default, check, error sentence and line of help.
 *
 * @example
 * ```ts
 * import { oneOf, type ValuesOf, whole } from "./value.ts";
 *
 * const TABLE = {
 *   steps: whole(1, 1e9, "training steps").or(400),
 *   merge: oneOf(["concat", "mean"], "how parts are merged").or("concat"),
 * };
 * const values: ValuesOf<typeof TABLE> = { steps: TABLE.steps.check("steps", 30), merge: "mean" };
 * if (values.steps !== 30) throw new Error(`${values.steps}`);
 * ```
 *
 * @module
 */
import { mismatch, rangeWords } from "../../gpu/check.ts";
import { UsageError } from "./usage_error.ts";

/** What a value may be. */
export interface Kind<T> {
  /** What stands for it in help, such as `N`; nothing for a flag, which takes no value. */
  readonly word?: string;
  /** In words: `a whole number from 1 on`. */
  readonly expected: string;
  /** Whether help tells what is expected; where the word says enough it does not. */
  readonly isTold?: boolean;
  /**
   * What was written; of the right type only where it is well written.
   *
   * @param text the last text that was given, where there are several
   */
  parse(text: string, given: Given): unknown;
  /** Whether a value is one of these. */
  accepts(value: unknown): value is T;
}

/** What texts are read with. */
export interface Given {
  /** All texts that were given, in order. */
  readonly texts: readonly string[];
  /** The folder that paths are relative to. */
  readonly from: () => string;
}

/**
 * A declared value: what it may be, what it is about, and what it is where the user says nothing.
 * `Absent` is `undefined` where it has no default, and `never` where it has one or must be said.
 */
export class Value<T, Absent = undefined> {
  /** There for the types only. */
  declare readonly absentType?: Absent;

  /** @internal */
  constructor(
    /** What it may be. */
    readonly kind: Kind<T>,
    /** One line for help. */
    readonly about: string,
    /** What it is where the user says nothing. */
    readonly fallback?: T,
    /** Whether the user must say something. */
    readonly isNeeded: boolean = false,
  ) {}

  /** The same with a default. */
  or(fallback: T): Value<T, never> {
    return new Value<T, never>(this.kind, this.about, fallback);
  }

  /** The same, but the user must say it. */
  needed(): Value<T, never> {
    return new Value<T, never>(this.kind, this.about, undefined, true);
  }

  /** The value, if it is one. @throws {UsageError} `steps is 0, expected a whole number from 1 on` */
  check(name: string, value: unknown): T {
    if (this.kind.accepts(value)) return value;
    throw new UsageError(mismatch(name, value, this.kind.expected));
  }

  /** A value as it was written. @throws {UsageError} as {@linkcode check} does */
  read(name: string, text: string, given: Given = WRITTEN): T {
    return this.check(name, this.kind.parse(text, given));
  }

  /** The value where nothing was written. @throws {UsageError} where it is needed */
  absent(name: string, given: Given = WRITTEN): T | undefined {
    const { kind, fallback, about, isNeeded } = this;
    if (isNeeded) throw new UsageError(`${name} is missing, expected ${kind.expected}: ${about}`);
    return typeof fallback === "string" ? this.read(name, fallback, given) : fallback;
  }
}

const WRITTEN: Given = { texts: [], from: () => "." };

/** Values by name. */
export type ValueTable = Readonly<Record<string, Value<unknown, unknown>>>;

/** What a table declares. */
export type ValuesOf<Table extends ValueTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Value<infer T, infer Absent> ? T | Absent
    : never;
};

/** The values of a table, each from its name and declaration. */
export function valuesOf<Table extends ValueTable>(
  table: Table,
  value: (name: string, declared: Value<unknown, unknown>) => unknown,
): ValuesOf<Table> {
  const entries = Object.entries(table).map(([name, declared]) => [name, value(name, declared)]);
  return Object.fromEntries(entries) as ValuesOf<Table>; // the one place that types are taken on trust
}

/** A whole number. */
export function whole(least: number, most: number, about: string): Value<number> {
  return new Value(numberKind({ least, most }, true), about);
}

/** A number, finite. */
export function decimal(least: number, most: number, about: string): Value<number> {
  return new Value(numberKind({ least, most }, false), about);
}

/** Some whole numbers, with commas. */
export function wholes(extent: Extent, about: string): Value<readonly number[]> {
  return new Value(listKind(numberKind(extent, true), extent), about);
}

/** Some numbers, with commas. */
export function decimals(extent: Extent, about: string): Value<readonly number[]> {
  return new Value(listKind(numberKind(extent, false), extent), about);
}

/** Some values of one kind, with commas. */
export function listOf<T>({ kind }: Value<T, unknown>, about: string): Value<readonly T[]> {
  const { word, expected, isTold } = kind;
  return new Value({
    word: word ? `${word},…` : "true,false,…",
    expected: `one or more, each ${expected}`,
    isTold,
    parse: (text, given) => text.split(",").map((each) => kind.parse(each, given)),
    accepts: (value): value is readonly T[] =>
      Array.isArray(value) && value.length > 0 && value.every(kind.accepts),
  }, about);
}

/** How many numbers there may be in a list, and which. */
export interface Extent {
  /** How many; without it one or more. */
  readonly length?: number;
  /** The least that one may be, default 0. */
  readonly least?: number;
  /** The most that one may be, default no limit. */
  readonly most?: number;
}

/** One of some words or numbers. */
export function oneOf<const T extends string | number>(
  choices: readonly T[],
  about: string,
): Value<T> {
  return new Value<T>({
    word: choices.some((choice) => typeof choice === "string") ? "WORD" : "N",
    expected: choices.join(" or "),
    isTold: true,
    parse: (text) => choices.find((choice) => `${choice}` === text) ?? text,
    accepts: (value): value is T => choices.some((choice) => choice === value),
  }, about);
}

/** True or false; as an option true where it is named. */
export function flag(about: string): Value<boolean, never> {
  return new Value<boolean, never>(
    {
      expected: "true or false",
      parse: (text) => text === "true" ? true : text === "false" ? false : text,
      accepts: (value) => typeof value === "boolean",
    },
    about,
    false,
  );
}

/** Any text, empty or not. @param word what stands for it in help */
export function text(word: string, about: string): Value<string> {
  return new Value({
    word,
    expected: "a text",
    parse: (text) => text,
    accepts: (value) => typeof value === "string",
  }, about);
}

/** A path, against the folder where the user is. @param word what stands for it in help */
export function path(word: string, about: string): Value<string> {
  return new Value({
    word,
    expected: "a path",
    parse: (text, { from }) => text && (isAbsolute(text) ? text : resolvePath(from(), text)),
    accepts: (value): value is string => typeof value === "string" && value !== "",
  }, about);
}

/** Any number of `NAME=VALUE`. */
export function pairs(about: string): Value<readonly Pair[], never> {
  const pair = (text: string): Pair | undefined => {
    const at = text.indexOf("=");
    return at < 1 ? undefined : [text.slice(0, at), text.slice(at + 1)];
  };
  return new Value<readonly Pair[], never>(
    {
      word: "NAME=VALUE",
      expected: "NAME=VALUE",
      parse: (_, { texts }) => texts.find((text) => !pair(text)) ?? texts.map(pair),
      accepts: (value) => Array.isArray(value),
    },
    about,
    [],
  );
}

/** A name and what was written for it. */
export type Pair = readonly [name: string, text: string];

function numberKind({ least = 0, most = Infinity }: Extent, isWhole: boolean): Kind<number> {
  return {
    word: isWhole ? "N" : "X",
    expected: `a ${isWhole ? "whole number" : "number"} ${rangeWords(least, most)}`,
    isTold: true,
    parse: parseNumber,
    accepts: (value): value is number =>
      typeof value === "number" && value >= least && value <= most &&
      (isWhole ? Number.isSafeInteger(value) : Number.isFinite(value)),
  };
}

/** A text stays what it is where it is no number. */
function parseNumber(text: string): number | string {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

function listKind(element: Kind<number>, { length }: Extent): Kind<readonly number[]> {
  const numbers = element.expected.replace(/^a /, "").replace("number", "numbers");
  return {
    word: `${element.word},…`,
    expected: `${length ?? "one or more"} ${numbers}`,
    isTold: true,
    parse: (text) => text.split(",").map(parseNumber),
    accepts: (value): value is readonly number[] =>
      Array.isArray(value) && value.every(element.accepts) &&
      (length === undefined ? value.length > 0 : value.length === length),
  };
}

/** A path against a folder, unless it is absolute already. */
export function resolvePath(from: string, path: string): string {
  return isAbsolute(path) ? path : `${from.replace(/[\\/]$/, "")}/${path}`;
}

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path);
}
