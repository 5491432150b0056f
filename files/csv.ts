/**
 * CSV (RFC 4180): records of cells from text that arrives in pieces, and cells back to text.
 *
 * @module
 */
import { quoted } from "./claims.ts";
import { InputError } from "./input_error.ts";
import { lineEnds, otherBytes } from "./utf8.ts";

/** One record of a CSV file and the line on which it starts. */
export interface CsvRow {
  /** The line it starts on, counted from 1. */
  readonly line: number;
  /** Its cells, as they are between the commas or quotes. */
  readonly cells: string[];
}

/** Characters of a cell: abstracts and notes fit, another file's bytes do not. */
const LONGEST_CELL = 2 ** 20;

/**
 * Splits text that arrives in pieces into records. A piece may end anywhere, even between the two
 * halves of a doubled quote or of a CR LF.
 */
class CsvParser {
  readonly #fail: (line: number, reason: string) => InputError;
  readonly #rows: CsvRow[] = [];
  #cells: string[] = [];
  #cell = "";
  #line = 1;
  #rowLine = 1;
  #state: "start" | "plain" | "quoted" | "closing" = "start";
  #afterCarriageReturn = false;

  constructor(fail: (line: number, reason: string) => InputError) {
    this.#fail = fail;
  }

  /** Takes the next piece and hands out the records completed by it. */
  push(text: string): CsvRow[] {
    let from = 0; // start of a run of ordinary characters, copied in one slice
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (!this.#isSpecial(code)) continue;
      this.#append(text, from, i);
      this.#take(code);
      from = i + 1;
    }
    this.#append(text, from, text.length);
    return this.#rows.splice(0);
  }

  /** Ends the file; hands out the last record where it had no line break of its own. */
  end(): CsvRow[] {
    if (this.#state === "quoted") {
      throw this.#fail(this.#rowLine, "a quoted cell is not closed before the end of the file");
    }
    if (this.#state !== "start" || this.#cells.length > 0) this.#endRow();
    return this.#rows.splice(0);
  }

  #isSpecial(code: number): boolean {
    if (this.#state === "quoted") return code === 34 || code === 10 || code === 0;
    return code === 44 || code === 10 || code === 13 || code === 34 || code === 0;
  }

  #append(text: string, from: number, to: number): void {
    if (from === to) return;
    if (this.#state === "closing") {
      throw this.#fail(
        this.#line,
        `${quoted(text[from])} follows a quoted cell, expected a comma`,
      );
    }
    if (this.#state === "start") this.#state = "plain";
    this.#afterCarriageReturn = false;
    this.#cell += text.slice(from, to);
    if (this.#cell.length <= LONGEST_CELL) return;
    const hint = this.#state === "quoted" ? " (is its quote not closed?)" : "";
    throw this.#fail(
      this.#rowLine,
      `a cell has more than ${LONGEST_CELL} characters, expected a table in CSV${hint}`,
    );
  }

  #take(code: number): void {
    const afterCarriageReturn = this.#afterCarriageReturn;
    this.#afterCarriageReturn = false;
    if (code === 0) {
      throw this.#fail(this.#line, "it has a zero byte, expected text in UTF-8");
    }
    if (this.#state === "quoted") return this.#takeQuoted(code);
    if (code === 34) return this.#takeQuote();
    if (code === 44) return this.#endCell();
    if (code === 10 && afterCarriageReturn) {
      this.#rowLine = this.#line; // the CR ended the record already
      return;
    }
    this.#line++;
    this.#endRow();
    this.#afterCarriageReturn = code === 13;
  }

  #takeQuoted(code: number): void {
    if (code === 34) this.#state = "closing";
    else {
      this.#cell += "\n";
      this.#line++;
    }
  }

  #takeQuote(): void {
    if (this.#state === "plain") {
      throw this.#fail(this.#line, `a quote stands inside the unquoted cell ${quoted(this.#cell)}`);
    }
    if (this.#state === "closing") this.#cell += '"'; // a doubled quote stands for one
    this.#state = "quoted";
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = "";
    this.#state = "start";
  }

  #endRow(): void {
    this.#endCell();
    this.#rows.push({ line: this.#rowLine, cells: this.#cells });
    this.#cells = [];
    this.#rowLine = this.#line;
  }
}

/** What CSV is read from: the whole text, its bytes in UTF-8, or a stream of them. */
export type CsvInput = string | Uint8Array | ReadableStream<Uint8Array>;

/** Text is taken in pieces of so many characters or bytes, so that few records wait at a time. */
const PIECE = 2 ** 16;

function* slices<T extends { length: number }>(
  whole: T,
  slice: (start: number, end: number) => T,
): Generator<T> {
  for (let at = 0; at < whole.length; at += PIECE) yield slice(at, at + PIECE);
}

async function* textPieces(
  input: CsvInput,
  fail: (line: number, reason: string) => InputError,
): AsyncGenerator<string> {
  if (typeof input === "string") {
    const text = input.startsWith("\uFEFF") ? input.slice(1) : input;
    yield* slices(text, (start, end) => text.slice(start, end));
    return;
  }
  const decoder = new TextDecoder("utf-8", { fatal: true }); // drops a byte order mark
  const pieces = input instanceof Uint8Array
    ? slices(input, (start, end) => input.subarray(start, end))
    : input;
  let line = 1;
  for await (const bytes of pieces) {
    try {
      yield decoder.decode(bytes, { stream: true });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const fault = otherBytes(bytes, line);
      throw fail(fault.line, fault.reason);
    }
    line += lineEnds(bytes);
  }
  try {
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw fail(line, "it ends within a character, expected text in UTF-8");
  }
}

/**
 * The records of a CSV file. A byte order mark, CR LF line ends and quoted cells are accepted.
 *
 * @param input The whole text, its bytes in UTF-8, or a stream of them
 * @param name The file's name, for messages
 * @throws {InputError} naming file and line: a quote out of place, a zero byte, other bytes than UTF-8
 */
export async function* csvRows(
  input: CsvInput,
  name: string,
): AsyncGenerator<CsvRow> {
  const fail = (line: number, reason: string) =>
    new InputError(`Cannot read ${name}`, `line ${line}, ${reason}`);
  const parser = new CsvParser(fail);
  for await (const piece of textPieces(input, fail)) yield* parser.push(piece);
  yield* parser.end();
}

/**
 * What to say of a header without the columns that it should have: Excel writes semicolons where
 * commas stand within numbers, and tabs as "Unicode text". Empty where neither is the reason.
 */
export function separatorHint(header: readonly string[]): string {
  if (header.length !== 1) return "";
  if (header[0].includes(";")) return "; its cells are separated by semicolons, expected commas";
  return header[0].includes("\t") ? "; its cells are separated by tabs, expected commas" : "";
}

/** A cell of CSV: quoted where it must be, or where spaces at its ends would be lost. */
export function formatCell(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
