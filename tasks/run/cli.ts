/**
 * The words that every task understands, and what they mean.
 *
 * @module
 */
import { parseArgs } from "node:util";

/** A command line that cannot be understood; ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Values of a configuration: flat, so that `--set key=value` reaches each. */
export type ConfigValue = number | string | boolean | readonly number[];

/** What was typed. */
export interface CommandLine {
  /** The command; when none was given, the only one there is, or `train`. */
  readonly command: string;
  /** `--data`: a folder or zip, against the caller's folder. */
  readonly data?: string;
  /** `--preset`. */
  readonly preset?: string;
  /** `--seed`, default 1. */
  readonly seed: number;
  /** `--out`: a folder, or a file for `predict`. */
  readonly out?: string;
  /** `--run`: the folder of a finished run. */
  readonly run?: string;
  /** `--folds`: cross-validation in so many parts. */
  readonly folds?: number;
  /** `--count`: how many to synthesise. */
  readonly count?: number;
  /** `--seeds`: how many runs, with seeds one after another from `seed`. */
  readonly seeds?: number;
  /** `--transforms`: transformed copies that a prediction is the mean of. */
  readonly transforms?: number;
  /** `--init`: the folder of a run whose weights training starts from. */
  readonly init?: string;
  /** `--trials`: trials a round of a search. */
  readonly trials?: number;
  /** `--rounds`: rounds of a search. */
  readonly rounds?: number;
  /** `--workers`: processes that share the trials of a search; 0 for none besides this one. */
  readonly workers?: number;
  /** `--queue`: address of the Redis that trials go through. */
  readonly queue?: string;
  /** `--collect`: a folder with results of `deno task trial`. */
  readonly collect?: string;
  /** `--study`: the folder of a search. */
  readonly study?: string;
  /** `--round`: number of a round, from 0. */
  readonly round?: number;
  /** `--index`: number of a trial in its round, from 0. */
  readonly index?: number;
  /** `--problem`: address or path of a module that exports what to search. */
  readonly problem?: string;
  /** `--best`: models of a search that are blended. */
  readonly best?: number;
  /** `--factors`: a folder of factors computed elsewhere. */
  readonly factors?: string;
  /** `--song`: id or title of a song. */
  readonly song?: string;
  /** `--listener`: name of a listener. */
  readonly listener?: string;
  /** `--port`: where a server listens; 0 for any that is free. */
  readonly port?: number;
  /** `--host`: address that a server listens on. */
  readonly host?: string;
  /** `--format`: layout of predictions. */
  readonly format?: string;
  /** `--allow-order-leak`: score also with the labels of neighbours in time. */
  readonly allowOrderLeak: boolean;
  /** `--resume`. */
  readonly resume: boolean;
  /** `--force`. */
  readonly force: boolean;
  /** `--json`. */
  readonly json: boolean;
  /** `--help`. */
  readonly help: boolean;
  /** `--on-bad`: what to do with a bad file. */
  readonly onBad: "stop" | "skip";
  /** `--cache`: folder of decoded pixels, default `cache`. */
  readonly cache: string;
  /** `--set key=value`, in order. */
  readonly settings: readonly (readonly [key: string, value: string])[];
}

const OPTIONS = {
  data: { type: "string" },
  preset: { type: "string" },
  seed: { type: "string" },
  out: { type: "string" },
  run: { type: "string" },
  folds: { type: "string" },
  count: { type: "string" },
  seeds: { type: "string" },
  transforms: { type: "string" },
  init: { type: "string" },
  trials: { type: "string" },
  rounds: { type: "string" },
  workers: { type: "string" },
  queue: { type: "string" },
  collect: { type: "string" },
  study: { type: "string" },
  round: { type: "string" },
  index: { type: "string" },
  problem: { type: "string" },
  best: { type: "string" },
  factors: { type: "string" },
  song: { type: "string" },
  listener: { type: "string" },
  port: { type: "string" },
  host: { type: "string" },
  format: { type: "string" },
  "allow-order-leak": { type: "boolean" },
  cache: { type: "string" },
  "on-bad": { type: "string" },
  set: { type: "string", multiple: true },
  resume: { type: "boolean" },
  force: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/**
 * Reads a command line.
 *
 * @param args what follows the task's name
 * @param commands the commands that the task has, each with its options besides `json` and `help`
 * @param from folder that paths are relative to: where the user typed
 * @throws UsageError naming the option, what came and what was expected
 */
export function parseCommandLine(
  args: readonly string[],
  commands: Readonly<Record<string, readonly string[]>>,
  from: string,
): CommandLine {
  const { values, positionals } = parse(args);
  // Programs that do one thing name it themselves: `worker`, `trial`.
  const names = Object.keys(commands);
  const command = positionals[0] ?? (names.length === 1 ? names[0] : "train");
  if (!Object.hasOwn(commands, command)) {
    const known = names.join(", ");
    throw new UsageError(`There is no command "${command}": expected ${known}`);
  }
  if (positionals.length > 1) {
    throw new UsageError(`One command at a time: "${positionals[1]}" came after "${command}"`);
  }
  const stray = Object.keys(values).find((name) =>
    ![...commands[command], "json", "help"].includes(name)
  );
  if (stray) {
    const known = commands[command].map((name) => `--${name}`).join(", ");
    throw new UsageError(`--${stray} is no option of ${command}, which takes ${known}`);
  }
  if (values.resume && values.force) {
    throw new UsageError("--resume goes on with a run and --force overwrites it: choose one");
  }
  const path = (value?: string) => value === undefined ? undefined : resolvePath(from, value);
  return {
    command,
    data: path(values.data),
    preset: values.preset,
    seed: wholeNumber("--seed", values.seed ?? "1", 0),
    out: path(values.out),
    run: path(values.run),
    init: path(values.init),
    folds: optionalNumber("--folds", values.folds, 2),
    count: optionalNumber("--count", values.count, 1),
    seeds: optionalNumber("--seeds", values.seeds, 2),
    transforms: optionalNumber("--transforms", values.transforms, 1),
    trials: optionalNumber("--trials", values.trials, 1),
    rounds: optionalNumber("--rounds", values.rounds, 1),
    workers: optionalNumber("--workers", values.workers, 0),
    queue: values.queue,
    collect: path(values.collect),
    study: path(values.study),
    round: optionalNumber("--round", values.round, 0),
    index: optionalNumber("--index", values.index, 0),
    problem: isAddress(values.problem) ? values.problem : path(values.problem),
    best: optionalNumber("--best", values.best, 1),
    factors: path(values.factors),
    song: values.song,
    listener: values.listener,
    port: portNumber(values.port),
    host: values.host,
    format: values.format,
    allowOrderLeak: values["allow-order-leak"] ?? false,
    cache: path(values.cache ?? "cache")!,
    onBad: oneOf("--on-bad", values["on-bad"] ?? "stop", ["stop", "skip"] as const),
    resume: values.resume ?? false,
    force: values.force ?? false,
    json: values.json ?? false,
    help: values.help ?? false,
    settings: (values.set ?? []).map(parseSetting),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split(". To specify")[0]);
  }
}

function isAddress(text: string | undefined): boolean {
  return text !== undefined && /^(https?|file|jsr|npm|data):/.test(text);
}

/** A path against a folder, unless it is absolute already. */
export function resolvePath(from: string, path: string): string {
  const absolute = path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path);
  return absolute ? path : `${from.replace(/[\\/]$/, "")}/${path}`;
}

/** A whole number not below `least`. */
function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new UsageError(`${option} must be a whole number of at least ${least}, got "${text}"`);
  }
  return value;
}

function optionalNumber(option: string, text: string | undefined, least: number) {
  return text === undefined ? undefined : wholeNumber(option, text, least);
}

function portNumber(text: string | undefined): number | undefined {
  const port = optionalNumber("--port", text, 0);
  if (port === undefined || port < 2 ** 16) return port;
  throw new UsageError(`--port must be a whole number up to 65535, got "${text}"`);
}

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  if (!allowed.includes(text as T)) {
    throw new UsageError(`${option} must be ${allowed.join(" or ")}, got "${text}"`);
  }
  return text as T;
}

function parseSetting(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`--set takes key=value, got "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/**
 * Applies `--set key=value` to a configuration; each value is read as the type that is there.
 *
 * @throws UsageError naming an unknown key and the nearest known one, or a value of the wrong type
 */
export function applySettings<C extends { readonly [K in keyof C]: ConfigValue }>(
  config: C,
  settings: CommandLine["settings"],
): C {
  const changed: Record<string, ConfigValue> = { ...config };
  for (const [key, text] of settings) {
    if (!(key in changed)) {
      const near = nearest(key, Object.keys(changed));
      throw new UsageError(`There is no setting "${key}"; perhaps you meant "${near}"`);
    }
    changed[key] = readValue(key, text, changed[key]);
  }
  return changed as C;
}

function readValue(key: string, text: string, like: ConfigValue): ConfigValue {
  const number = (part: string) => {
    const value = Number(part);
    if (part.trim() === "" || !Number.isFinite(value)) {
      throw new UsageError(`--set ${key} must be a number like ${like}, got "${text}"`);
    }
    return value;
  };
  if (typeof like === "number") return number(text);
  if (typeof like === "string") return text;
  if (typeof like !== "boolean") return text.split(",").map(number);
  if (text === "true" || text === "false") return text === "true";
  throw new UsageError(`--set ${key} must be true or false, got "${text}"`);
}

/** The known word with the fewest edits to a mistyped one. */
export function nearest(word: string, known: readonly string[]): string {
  const scored = known.map((candidate) => [editDistance(word, candidate), candidate] as const);
  return scored.reduce((best, next) => next[0] < best[0] ? next : best)[1];
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1].toLowerCase() === b[j - 1].toLowerCase() ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
