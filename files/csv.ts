/**
 * Numeric tables in CSV (RFC 4180): one id column, any number of number columns, one header line.
 *
 * @module
 */
import { InputError } from "./input_error.ts";

/** A numeric table: one row per id, columns in the order in which they were asked for. */
export interface Table {
  /** The id of each row, in file order. */
  readonly ids: string[];
  /** The numbers, `[rows, columns]`, row-major. */
  readonly values: Float64Array;
  /** The names of the columns of `values`, in order. */
  readonly columns: readonly string[];
  /** The line of the file on which each row starts, counted from 1 (the header's line). */
  readonly lines: Uint32Array;
}

/** What {@linkcode readTable} needs to know of the file. */
export interface ReadTableOptions {
  /** The file's name, for error messages. */
  readonly name: string;
  /** The columns wanted, in the order wanted; the file may hold them in any order, and more. */
  readonly columns: readonly string[];
  /** The column that names the row. */
  readonly idColumn: string;
  /** Closed range every number must lie in, widened by `tolerance` (default 0) on both sides. */
  readonly range?: { readonly min: number; readonly max: number; readonly tolerance?: number };
}

/** One record of a CSV file and the line on which it starts. */
interface CsvRow {
  readonly line: number;
  readonly cells: string[];
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** How much of an offending cell a message repeats. */
const SHOWN_CHARACTERS = 40;

function quote(text: string): string {
  return JSON.stringify(
    text.length > SHOWN_CHARACTERS ? text.slice(0, SHOWN_CHARACTERS) + "…" : text,
  );
}

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
        `expected a comma after a quoted cell, got ${quote(text[from])}`,
      );
    }
    if (this.#state === "start") this.#state = "plain";
    this.#afterCarriageReturn = false;
    this.#cell += text.slice(from, to);
  }

  #take(code: number): void {
    const afterCarriageReturn = this.#afterCarriageReturn;
    this.#afterCarriageReturn = false;
    if (code === 0) {
      throw this.#fail(this.#line, "expected text in UTF-8, got a zero byte (not a CSV file)");
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
      throw this.#fail(this.#line, `a quote stands inside the unquoted cell ${quote(this.#cell)}`);
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

/** Turns records into a table, checking each cell as it arrives. */
class TableBuilder {
  readonly #options: ReadTableOptions;
  readonly #ids = new Map<string, number>(); // id -> line
  #values = new Float64Array(1024);
  #lines: number[] = [];
  #header: string[] | undefined;
  #positions: number[] = [];
  #idPosition = 0;
  #blankLine = 0;

  constructor(options: ReadTableOptions) {
    this.#options = options;
  }

  fail(line: number, reason: string): InputError {
    return new InputError(`Cannot read ${this.#options.name}`, `line ${line}, ${reason}`);
  }

  add({ line, cells }: CsvRow): void {
    // Blank lines after the last row are common and harmless; between rows they hide a lost row.
    if (cells.length === 1 && cells[0].trim() === "") {
      this.#blankLine ||= line;
      return;
    }
    if (this.#blankLine > 0) throw this.fail(this.#blankLine, "expected a row, got a blank line");
    if (this.#header === undefined) this.#readHeader(line, cells);
    else this.#readRow(line, cells, this.#header);
  }

  finish(): Table {
    const { name, columns } = this.#options;
    if (this.#header === undefined) {
      throw new InputError(`Cannot read ${name}`, "the file is empty, expected a header line");
    }
    const size = this.#ids.size * columns.length;
    return {
      ids: [...this.#ids.keys()],
      values: this.#values.slice(0, size),
      columns,
      lines: Uint32Array.from(this.#lines),
    };
  }

  #readHeader(line: number, cells: string[]): void {
    const header = cells.map((cell) => cell.trim());
    const { columns, idColumn } = this.#options;
    const positionOf = (column: string) => {
      const position = header.indexOf(column);
      if (position < 0) {
        const found = header.slice(0, 5).map(quote).join(", ");
        const rest = header.length > 5 ? ` and ${header.length - 5} more` : "";
        throw this.fail(line, `expected a column ${quote(column)}, found ${found}${rest}`);
      }
      const again = header.indexOf(column, position + 1);
      if (again >= 0) {
        throw this.fail(
          line,
          `expected one column ${quote(column)}, found it as columns ${position + 1} and ${
            again + 1
          }`,
        );
      }
      return position;
    };
    this.#idPosition = positionOf(idColumn);
    this.#positions = columns.map(positionOf);
    this.#header = header;
  }

  #readRow(line: number, cells: string[], header: string[]): void {
    if (cells.length !== header.length) {
      throw this.fail(line, `expected ${header.length} cells, got ${cells.length}`);
    }
    const { idColumn, columns } = this.#options;
    const id = cells[this.#idPosition].trim();
    const column = `column ${quote(idColumn)}`;
    if (id === "") throw this.fail(line, `${column}: expected an id, got an empty cell`);
    const earlier = this.#ids.get(id);
    if (earlier !== undefined) {
      throw this.fail(line, `${column}: the id ${quote(id)} stands on line ${earlier} already`);
    }
    const start = this.#ids.size * columns.length;
    this.#reserve(start + columns.length);
    for (let c = 0; c < columns.length; c++) {
      this.#values[start + c] = this.#number(line, columns[c], cells[this.#positions[c]]);
    }
    this.#ids.set(id, line);
    this.#lines.push(line);
  }

  #number(line: number, column: string, cell: string): number {
    const text = cell.trim();
    const value = NUMBER.test(text) ? Number(text) : NaN;
    const { range } = this.#options;
    const tolerance = range?.tolerance ?? 0;
    const outside = range !== undefined &&
      (value < range.min - tolerance || value > range.max + tolerance);
    if (Number.isFinite(value) && !outside) return value;
    const expected = range === undefined
      ? "a finite number"
      : `a number in [${range.min}, ${range.max}]`;
    const got = text === "" ? "an empty cell" : quote(text);
    throw this.fail(line, `column ${quote(column)}: expected ${expected}, got ${got}`);
  }

  #reserve(length: number): void {
    if (length <= this.#values.length) return;
    const grown = new Float64Array(Math.max(length, 2 * this.#values.length));
    grown.set(this.#values);
    this.#values = grown;
  }
}

async function* textPieces(
  input: string | Uint8Array | ReadableStream<Uint8Array>,
  name: string,
): AsyncGenerator<string> {
  if (typeof input === "string") {
    yield input.startsWith("\uFEFF") ? input.slice(1) : input;
    return;
  }
  const decoder = new TextDecoder("utf-8", { fatal: true }); // drops a byte order mark
  try {
    if (input instanceof Uint8Array) yield decoder.decode(input, { stream: true });
    else for await (const bytes of input) yield decoder.decode(bytes, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InputError(`Cannot read ${name}`, "expected text in UTF-8, got other bytes");
  }
}

/**
 * Reads a numeric table. A byte order mark, CR LF line ends, quoted cells, spaces around cells and
 * blank lines at the end are accepted; columns that were not asked for are ignored.
 *
 * @param input The whole text, its bytes in UTF-8, or a stream of them
 * @param options The file's name for messages, the columns wanted and the id column
 * @returns The ids, the numbers `[rows, columns]` in the order asked for, and each row's line
 * @throws {InputError} naming file, line and column: a missing or duplicate column, a wrong number
 * of cells, a cell that is empty, not a finite number or out of range, a duplicate or empty id, a
 * blank line between rows, a quote out of place, an empty file, other bytes than UTF-8
 *
 * @example
 * ```ts
 * import { readTable } from "./csv.ts";
 *
 * const text = "id,a,b\n7,0.5,1\n";
 * const table = await readTable(text, { name: "t.csv", idColumn: "id", columns: ["b", "a"] });
 * if (table.values.join() !== "1,0.5") throw new Error("columns come in the order asked for");
 * ```
 */
export async function readTable(
  input: string | Uint8Array | ReadableStream<Uint8Array>,
  options: ReadTableOptions,
): Promise<Table> {
  const builder = new TableBuilder(options);
  const parser = new CsvParser((line, reason) => builder.fail(line, reason));
  for await (const piece of textPieces(input, options.name)) {
    for (const row of parser.push(piece)) builder.add(row);
  }
  for (const row of parser.end()) builder.add(row);
  return builder.finish();
}

/** The fewest digits that bring the same float32 back; 9 always do. */
function formatFloat32(value: number): string {
  for (let digits = 7; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

function formatterOf(
  values: Float32Array | Float64Array,
  digits: number | undefined,
): (value: number) => string {
  if (digits !== undefined) return (value) => String(Number(value.toPrecision(digits)));
  return values instanceof Float32Array ? formatFloat32 : String;
}

/** A cell of CSV: quoted where it must be, or where spaces at its ends would be lost. */
export function formatCell(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** How {@linkcode writeTable} lays out the text. */
export interface WriteTableOptions {
  /** Header of the id column. */
  readonly idColumn: string;
  /** Headers of the number columns. */
  readonly columns: readonly string[];
  /**
   * Significant digits, 1 to 17. Default: as many as read back as the same number, a float32 or a
   * float64 after the type of the values.
   */
  readonly digits?: number;
}

/**
 * Writes a table as Kaggle takes submissions: header, comma, LF, no spaces. Equal numbers give
 * equal text on every machine.
 *
 * @param ids One id per row
 * @param values The numbers, `[rows, columns]`, row-major
 * @param options Headers and digits
 * @returns The file's text, ending in a line break
 * @throws {RangeError} when the lengths disagree or a number is not finite
 *
 * @example
 * ```ts
 * import { writeTable } from "./csv.ts";
 *
 * const values = Float32Array.of(0.1, 1);
 * const text = writeTable(["7"], values, { idColumn: "GalaxyID", columns: ["a", "b"] });
 * if (text !== "GalaxyID,a,b\n7,0.1,1\n") throw new Error(text);
 * ```
 */
export function writeTable(
  ids: readonly string[],
  values: Float32Array | Float64Array,
  options: WriteTableOptions,
): string {
  const { idColumn, columns } = options;
  if (values.length !== ids.length * columns.length) {
    throw new RangeError(
      `Cannot write a table: expected ${ids.length} x ${columns.length} numbers, got ${values.length}`,
    );
  }
  const format = formatterOf(values, options.digits);
  const lines = [[idColumn, ...columns].map(formatCell).join(",")];
  for (let row = 0; row < ids.length; row++) {
    const cells = [formatCell(ids[row])];
    for (let c = 0; c < columns.length; c++) {
      const value = values[row * columns.length + c];
      if (!Number.isFinite(value)) {
        throw new RangeError(
          `Cannot write a table: expected a finite number for id "${ids[row]}", column "${
            columns[c]
          }", got ${value}`,
        );
      }
      cells.push(format(value));
    }
    lines.push(cells.join(","));
  }
  return lines.join("\n") + "\n";
}
