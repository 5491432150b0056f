/**
 * The ledger of a study: its rounds and trials in a SQLite file. One process writes it, the search;
 * every change is a transaction, so that a ledger whose search was killed opens as it was left.
 *
 * SQLite's write-ahead log needs a local disk; on a network folder keep the study's folder on one
 * machine and let the others work through the queue or through result files.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { InputError } from "../../files/input_error.ts";
import { type FieldKinds, parseJson } from "../../files/json.ts";
import { canonical } from "../run/folder.ts";
import { RECORD_FIELDS } from "./plan.ts";
import type { RoundRecord } from "./problem.ts";
import type { TrialReply } from "./reply.ts";
import type { Settings } from "./space.ts";

/** Where a trial stands; `lost` after its last attempt failed. */
export type TrialState = "waiting" | "running" | "done" | "lost";

/** A trial as the ledger holds it. */
export interface LedgerTrial {
  /** Number of its round, from 0. */
  readonly round: number;
  /** Its number in the round, from 0. */
  readonly index: number;
  /** Its settings. */
  readonly settings: Settings;
  /** Where it stands. */
  readonly state: TrialState;
  /** How often it has been started. */
  readonly attempts: number;
  /** Who ran it last. */
  readonly worker?: string;
  /** When its last attempt began, by the worker's clock, as ISO 8601. */
  readonly started?: string;
  /** When that ended. */
  readonly finished?: string;
  /** What it found, once it is done. */
  readonly figures?: Readonly<Record<string, number>>;
  /** Whether it has arrays. */
  readonly hasArrays: boolean;
  /** What its last failed attempt said. */
  readonly error?: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS rounds (
    round INTEGER PRIMARY KEY,
    record TEXT NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS trials (
    round INTEGER NOT NULL REFERENCES rounds,
    number INTEGER NOT NULL,
    settings TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    started TEXT,
    finished TEXT,
    figures TEXT,
    arrays INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    PRIMARY KEY (round, number)
  ) STRICT, WITHOUT ROWID;
`;

/** An open ledger. */
export class Ledger implements Disposable {
  readonly #database: DatabaseSync;
  readonly #path: string;

  private constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
  }

  /**
   * Opens a ledger, or makes one.
   *
   * @param options.readOnly for reports; the file must be there
   * @throws InputError naming a file that is no ledger
   */
  static open(path: string, { readOnly = false }: { readonly readOnly?: boolean } = {}): Ledger {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path, { readOnly });
      if (!readOnly) {
        // NORMAL: a power cut may take the latest trials, which then run again; a crash takes none.
        database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
        database.exec(SCHEMA);
      }
      database.prepare("SELECT round, number, settings, state, figures FROM trials LIMIT 1").get();
      return new Ledger(database, path);
    } catch (error) {
      database?.close();
      const { message } = error as Error;
      throw new InputError(`Cannot open the ledger ${path}`, message, { cause: error });
    }
  }

  /**
   * Writes the record of a round and its trials, all waiting. One that is there already must be the
   * same.
   *
   * @param settings settings of its trials, in order
   */
  addRound(record: RoundRecord, settings: readonly Settings[]): void {
    const known = this.round(record.round);
    if (known) {
      if (canonical(known) === canonical(record)) return;
      throw new InputError(
        `Cannot begin round ${record.round}`,
        `the ledger has ${canonical(known)}, now it would be ${canonical(record)}`,
      );
    }
    this.#change(() => {
      this.#run(
        "INSERT INTO rounds (round, record) VALUES (?, ?)",
        record.round,
        JSON.stringify(record),
      );
      for (const [index, each] of settings.entries()) {
        this.#run(
          "INSERT INTO trials (round, number, settings) VALUES (?, ?, ?)",
          record.round,
          index,
          JSON.stringify(each),
        );
      }
    });
  }

  /** The record of a round that has begun. */
  round(round: number): RoundRecord | undefined {
    const sql = "SELECT record FROM rounds WHERE round = ?";
    const row = this.#ask((database) => database.prepare(sql).get(round));
    return row && this.#parsed<RoundRecord>(row.record, `round ${round}`, RECORD_FIELDS);
  }

  /** Closes a round: none of its trials is to be tried again. */
  closeRound(round: number): void {
    this.#run("UPDATE rounds SET closed = 1 WHERE round = ?", round);
  }

  /** Whether a round has been closed. */
  isClosed(round: number): boolean {
    const sql = "SELECT closed FROM rounds WHERE round = ?";
    const row = this.#ask((database) => database.prepare(sql).get(round));
    return row?.closed === 1;
  }

  /** Makes trials of a round that were running or lost wait again; their attempts stay counted. */
  giveBack(round: number, states: readonly ("running" | "lost")[]): void {
    for (const state of states) {
      this.#run("UPDATE trials SET state = 'waiting' WHERE round = ? AND state = ?", round, state);
    }
  }

  /**
   * A trial has begun.
   *
   * @param attempt how often it has been started; where it is left out, once more than before
   */
  start(round: number, index: number, worker: string, attempt?: number): void {
    this.#run(
      `UPDATE trials SET state = 'running', worker = ?1, started = ?2, finished = NULL,
         attempts = ${ATTEMPTS(attempt === undefined ? "attempts + 1" : "?5")}
       WHERE round = ?3 AND number = ?4`,
      ...[worker, new Date().toISOString(), round, index],
      ...(attempt === undefined ? [] : [attempt]),
    );
  }

  /** A trial is done. */
  finish(round: number, index: number, reply: TrialReply): void {
    this.#run(
      `UPDATE trials SET state = 'done', worker = ?, started = ?, finished = ?, figures = ?,
         arrays = ?, attempts = ${ATTEMPTS("?")} WHERE round = ? AND number = ?`,
      reply.worker,
      reply.started,
      reply.finished,
      canonical(reply.figures),
      reply.arrays ? 1 : 0,
      reply.attempt ?? 1,
      round,
      index,
    );
  }

  /** An attempt failed; after the last one the trial is lost. */
  fail(round: number, index: number, error: string, lost: boolean): void {
    this.#run(
      "UPDATE trials SET state = ?, error = ?, finished = ? WHERE round = ? AND number = ?",
      lost ? "lost" : "waiting",
      error,
      new Date().toISOString(),
      round,
      index,
    );
  }

  /** Trials in the order of their rounds and numbers; of one round, or of all. */
  trials(round?: number): LedgerTrial[] {
    const where = round === undefined ? "" : "WHERE round = ?";
    const sql = `SELECT * FROM trials ${where} ORDER BY round, number`;
    const rounds = round === undefined ? [] : [round];
    return this.#ask((database) => database.prepare(sql).all(...rounds))
      .map((row) => this.#trial(row));
  }

  /** A trial from its row: one that was damaged is named. */
  #trial({ number, settings, figures, arrays, ...rest }: Row): LedgerTrial {
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
    const place = `trial ${rest.round}-${number}`;
    return {
      ...given as unknown as Pick<LedgerTrial, "round" | "state" | "attempts">,
      index: Number(number),
      settings: this.#parsed<Settings>(settings, `${place}, settings`),
      figures: figures === null
        ? undefined
        : this.#parsed<Record<string, number>>(figures, `${place}, figures`),
      hasArrays: arrays === 1,
    };
  }

  #parsed<T extends object>(text: unknown, place: string, fields: FieldKinds = {}): T {
    return parseJson<T>(this.#path, String(text), fields, place);
  }

  #change(body: () => void): void {
    this.#ask((database) => database.exec("BEGIN IMMEDIATE"));
    try {
      body();
      this.#ask((database) => database.exec("COMMIT"));
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** One statement is a transaction of its own. */
  #run(sql: string, ...values: (string | number)[]): void {
    this.#ask((database) => database.prepare(sql).run(...values));
  }

  /** @throws {InputError} naming the file, such as when its disk is full */
  #ask<T>(work: (database: DatabaseSync) => T): T {
    try {
      return work(this.#database);
    } catch (error) {
      const { message } = error as Error;
      throw new InputError(`Cannot use the ledger ${this.#path}`, message, { cause: error });
    }
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** Attempts never count down: a reply may know of fewer than an earlier search has made. */
const ATTEMPTS = (now: string) => `max(attempts, ${now})`;

/** A row of a table. */
type Row = Readonly<Record<string, unknown>>;
