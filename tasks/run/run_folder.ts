/**
 * A run is a folder: its configuration, its metrics line by line, its checkpoint, its results.
 *
 * @module
 */
import { entriesOf, makeFolder, remove, removeEmpty } from "../../files/disk/folder.ts";
import { writeText } from "../../files/disk/atomic_file.ts";
import { infoOf } from "../../files/disk/presence.ts";
import { sweepTemporaries } from "../../files/disk/temporary.ts";
import {
  appendText,
  readJson,
  readJsonIfThere,
  readTextIfThere,
} from "../../files/disk/text_file.ts";
import { parseJsonLines } from "../../files/json.ts";
import { InputError } from "../../files/input_error.ts";
import { Folder, type FolderAccess } from "./folder.ts";

/** The toolkit's version, kept in every run. */
export const VERSION = "0.1.0";

/** A run that was ended by its signal; its checkpoint is whole. */
export class Interrupted extends Error {
  /** `"Interrupted"`. */
  override readonly name = "Interrupted";
}

/** A finished step's figures; one line of `metrics.jsonl`. */
export type Metrics = Readonly<Record<string, number | string | boolean | undefined>>;

/** The folder of a run. */
export class RunFolder extends Folder {
  /**
   * Makes or opens the folder of a run. A folder that holds another configuration, or a finished or
   * interrupted run, is refused unless it is to be resumed or overwritten.
   *
   * @param config everything that is needed to repeat the run
   * @throws InputError saying which option would let the run go on
   */
  static async open(
    path: string,
    config: Readonly<Record<string, unknown>>,
    options: FolderAccess,
  ): Promise<RunFolder> {
    await RunFolder.check(path, config, options);
    const folder = new RunFolder(path);
    await makeFolder(path);
    await sweepTemporaries(path);
    if (options.force) await folder.#clear();
    if (!await folder.has("config.json")) {
      await folder.writeJson("config.json", config);
    }
    return folder;
  }

  /**
   * Refuses as `open` does, and writes nothing: for the start of a run, before its data are read.
   */
  static async check(
    path: string,
    config: Readonly<Record<string, unknown>>,
    options: FolderAccess,
  ): Promise<void> {
    const folder = new RunFolder(path);
    if (options.force) return;
    const known = await readJsonIfThere(folder.file("config.json"));
    if (known === undefined) return await folder.refuseForeign("run", ["study.json", ...OURS]);
    const now = JSON.parse(JSON.stringify(config));
    await folder.refuseOther("run", known, now, options.resume);
  }

  /** Opens the folder of an earlier run for reading. */
  static async read(path: string): Promise<{ folder: RunFolder; config: Record<string, unknown> }> {
    const folder = new RunFolder(path);
    if (!await folder.has("config.json")) {
      const { isDirectory } = await infoOf(path);
      const reason = isDirectory ? "it holds no config.json" : "it is a file, expected its folder";
      throw new InputError(`Cannot read the run ${path}`, reason);
    }
    return { folder, config: await readJson(folder.file("config.json")) };
  }

  /** The figures of a run that has come to its end; nothing of one that has not. */
  static async finished<Result extends object>(path: string): Promise<Result | undefined> {
    return await readJsonIfThere<Result>(new RunFolder(path).file("result.json"));
  }

  /** Appends a line to `metrics.jsonl`. */
  async log(metrics: Metrics): Promise<void> {
    await appendText(this.file("metrics.jsonl"), `${JSON.stringify(metrics)}\n`);
  }

  /** The lines of `metrics.jsonl`; none where there is no such file. */
  async metrics(): Promise<Metrics[]> {
    const path = this.file("metrics.jsonl");
    return parseJsonLines(path, await readTextIfThere(path) ?? "");
  }

  /**
   * Drops the lines of `metrics.jsonl` after a step, for a resumed run writes them again, and a last
   * one that a crash cut short.
   *
   * @param fields only lines that have these; all lines where absent
   * @param last the line of that step, added where it is lacking
   * @throws {InputError} naming a line that was damaged
   */
  async truncateMetrics(step: number, fields: Metrics = {}, last?: Metrics): Promise<void> {
    const path = this.file("metrics.jsonl");
    const text = await readTextIfThere(path) ?? "";
    const lines = text.split("\n");
    lines.pop(); // empty, or cut short
    const all = parseJsonLines<Metrics>(path, lines.map((line) => `${line}\n`).join(""));
    const isOwn = (metrics: Metrics) =>
      Object.entries(fields).every(([name, value]) => metrics[name] === value);
    const isKept = all.map((each) => !isOwn(each) || Number(each.step) <= step);
    const kept = lines.filter((_, i) => isKept[i]);
    const isThere = all.some((each) => isOwn(each) && each.step === last?.step);
    if (last && !isThere) kept.push(JSON.stringify(last));
    if (kept.length || text) await writeText(path, kept.map((line) => `${line}\n`).join(""));
  }

  /** Removes what a run writes, its folds too, and nothing else that may lie in the folder. */
  async #clear(): Promise<void> {
    for (const name of await this.#folds()) {
      const fold = new RunFolder(this.file(name));
      await fold.#clear();
      await removeEmpty(fold.path);
    }
    for (const name of OURS) await remove(this.file(name));
  }

  /** Names of the folders of a cross-validation. */
  async #folds(): Promise<string[]> {
    const entries = await entriesOf(this.path);
    return entries.map(({ name }) => name).filter((name) => /^fold\d+$/.test(name));
  }
}

/**
 * Files that an unfinished run leaves, or that make a run look finished, in the order in which they are
 * removed: as long as one is there, it is known for what it is.
 */
const OURS = [
  "metrics.jsonl",
  "checkpoint.safetensors",
  "checkpoint_previous.safetensors",
  "paper_checkpoint.safetensors",
  "paper_checkpoint_previous.safetensors",
  "best.safetensors",
  "model.safetensors",
  "predictions.csv",
  "result.json",
  "split.json",
  "report.html",
  "catalogue.jsonl",
  "listeners.txt",
  "plays.npz",
  "config.json",
];
