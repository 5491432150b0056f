/**
 * Numeric tables in CSV: one id column, any number of number columns, one header line.
 *
 * @module
 */
import { mismatch } from "../gpu/check.ts";
import { quoted, someOf } from "./claims.ts";
import { type CsvInput, type CsvRow, csvRows, formatCell, separatorHint } from "./csv.ts";
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

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

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

  #fail(line: number, reason: string): InputError {
    return new InputError(`Cannot read ${this.#options.name}`, `line ${line}, ${reason}`);
  }

  add({ line, cells }: CsvRow): void {
    // Blank lines after the last row are common and harmless; between rows they hide a lost row.
    if (cells.length === 1 && cells[0].trim() === "") {
      this.#blankLine ||= line;
      return;
    }
    if (this.#blankLine > 0) throw this.#fail(this.#blankLine, "it is blank, expected a row");
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
        const found = someOf(header.map(quoted));
        const hint = separatorHint(header);
        throw this.#fail(line, `expected a column ${quoted(column)}, found ${found}${hint}`);
      }
      const again = header.indexOf(column, position + 1);
      if (again >= 0) {
        throw this.#fail(
          line,
          `expected one column ${quoted(column)}, found it as columns ${position + 1} and ${
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
      throw this.#fail(line, `it has ${cells.length} cells, expected ${header.length}`);
    }
    const { idColumn, columns } = this.#options;
    const id = cells[this.#idPosition].trim().normalize("NFC"); // as the names of file sets
    const column = `column ${quoted(idColumn)}`;
    if (id === "") throw this.#fail(line, `${column} is empty, expected an id`);
    const earlier = this.#ids.get(id);
    if (earlier !== undefined) {
      throw this.#fail(line, `${column}: the id ${quoted(id)} stands on line ${earlier} already`);
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
    const shown = text === "" ? "empty" : quoted(text);
    const hint = NUMBER.test(text.replace(",", ".")) && text.includes(",")
      ? " with a point, not a comma"
      : "";
    throw this.#fail(line, `column ${quoted(column)} is ${shown}, expected ${expected}${hint}`);
  }

  #reserve(length: number): void {
    if (length <= this.#values.length) return;
    const grown = new Float64Array(Math.max(length, 2 * this.#values.length));
    grown.set(this.#values);
    this.#values = grown;
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
 * import { readTable } from "./table.ts";
 *
 * const text = "id,a,b\n7,0.5,1\n";
 * const table = await readTable(text, { name: "t.csv", idColumn: "id", columns: ["b", "a"] });
 * if (table.values.join() !== "1,0.5") throw new Error("columns come in the order asked for");
 * ```
 */
export async function readTable(
  input: CsvInput,
  options: ReadTableOptions,
): Promise<Table> {
  const builder = new TableBuilder(options);
  for await (const row of csvRows(input, options.name)) builder.add(row);
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
 * import { writeTable } from "./table.ts";
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
    const expected = `${ids.length} x ${columns.length}`;
    throw new RangeError(
      `Cannot write a table: ${mismatch("values.length", values.length, expected)}`,
    );
  }
  const format = formatterOf(values, options.digits);
  const lines = [[idColumn, ...columns].map(formatCell).join(",")];
  for (let row = 0; row < ids.length; row++) {
    const cells = [formatCell(ids[row])];
    for (let c = 0; c < columns.length; c++) {
      const value = values[row * columns.length + c];
      if (!Number.isFinite(value)) {
        const cell = `id "${ids[row]}", column "${columns[c]}"`;
        throw new RangeError(
          `Cannot write a table: ${cell} is ${value}, expected a finite number`,
        );
      }
      cells.push(format(value));
    }
    lines.push(cells.join(","));
  }
  return lines.join("\n") + "\n";
}
