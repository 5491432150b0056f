/**
 * How our objects show themselves in a Deno notebook: a method under the symbol that the kernel
 * looks for gives the same thing in several media types, and the notebook shows the richest it can.
 *
 * @module
 */
/** What Deno's Jupyter kernel calls on the value of a cell. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display") as typeof DISPLAY;

/** One content by media type; `text/plain` is always there. */
export interface MediaBundle {
  /** For front ends, and terminals, that show nothing better. */
  readonly "text/plain": string;
  /** Any other media type: text, SVG, or base64 for binary ones. */
  readonly [mediaType: string]: string;
}

/** The part of `Deno.jupyter` that Cetus uses. */
export interface NotebookKernel {
  /** Shows a bundle; with `update` it replaces the output that was shown with the same id. */
  display(
    bundle: unknown,
    options: {
      readonly raw: boolean;
      readonly display_id?: string;
      readonly update?: boolean;
    },
  ): Promise<void>;
}

/** The kernel of the notebook that we run in; undefined elsewhere. */
export function notebookKernel(): NotebookKernel | undefined {
  try {
    const { jupyter } = Deno as unknown as { jupyter?: NotebookKernel };
    return jupyter?.display ? jupyter : undefined;
  } catch {
    return undefined; // outside a kernel any look at Deno.jupyter's members throws
  }
}

/**
 * Lets an object show itself. The property is not enumerable, so that the object stays what it was
 * for comparison, spreading, JSON and structured clones; a spread copy has lost it.
 *
 * @param property from {@linkcode displayProperty}, made once and shared
 */
export function withDisplay<T extends object>(object: T, property: PropertyDescriptor): T {
  return Object.defineProperty(object, DISPLAY, property);
}

/** The property that {@linkcode withDisplay} defines: calls `show` with the object it is read from. */
export function displayProperty<T extends object>(
  show: (object: T) => MediaBundle | Promise<MediaBundle>,
): PropertyDescriptor {
  return {
    value: function (this: T) {
      return show(this);
    },
    enumerable: false,
    configurable: true,
    writable: true,
  };
}

/** Hands the display of an object on to a copy of it, where it has one. */
export function keepDisplay<T extends object>(from: object, to: T): T {
  const property = Object.getOwnPropertyDescriptor(from, DISPLAY);
  return property ? withDisplay(to, property) : to;
}

/** Text for use inside HTML elements and quoted attributes. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replace(/[&<>"]/g, (character) => entities[character]);
}

/**
 * An HTML table.
 *
 * @param header cells of the first row; none when empty
 * @param rows cells of the others
 * @param left indices of the columns aligned to the left
 */
export function htmlTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  left: readonly number[] = [],
): string {
  const cells = (row: readonly string[], tag: string) =>
    row.map((cell, i) => {
      const side = left.includes(i) ? "left" : "right";
      return `<${tag} style="text-align:${side}">${escapeHtml(cell)}</${tag}>`;
    }).join("");
  const head = header.length ? `<thead><tr>${cells(header, "th")}</tr></thead>` : "";
  const body = rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("");
  return `<table>${head}<tbody>${body}</tbody></table>`;
}

/**
 * Lines of a table with aligned columns.
 *
 * @param right indices of the columns aligned to the right
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string[] {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row.map((cell, i) => right.includes(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))
      .join("  ").trimEnd()
  );
}
