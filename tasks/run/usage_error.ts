/**
 * What is wrong with a command line.
 *
 * @module
 */

/** A command line that cannot be understood; ends with exit code 2. */
export class UsageError extends Error {
  /** `"UsageError"`. */
  override readonly name = "UsageError";

  /** @param topic what help tells about it; default the command that was typed */
  constructor(message: string, readonly topic?: string) {
    super(message);
  }
}

/**
 * Advice for a word that is not known: the known one with the fewest edits, where it is near.
 *
 * @returns `; perhaps you meant steps`, or all that are known, where they are few: `, expected a or b`
 */
export function adviceFor(word: string, known: readonly string[]): string {
  const scored = known.map((candidate) => ({ candidate, edits: editDistance(word, candidate) }));
  const [nearest] = scored.sort((a, b) => a.edits - b.edits);
  const letters = word.replace(/^-+/, "").length;
  if (nearest.edits <= Math.max(1, letters / 2)) return `; perhaps you meant ${nearest.candidate}`;
  return known.length > 8 ? "" : `, expected ${known.join(" or ")}`;
}

/** Letters to replace, insert, leave out, or exchange with their neighbour. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const [last, row] = [rows[i - 1], [i]];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1] + (a[i - 1].toLowerCase() === b[j - 1].toLowerCase() ? 0 : 1);
      const exchanged = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
        ? rows[i - 2][j - 2] + 1
        : Infinity;
      row.push(Math.min(replaced, exchanged, last[j] + 1, row[j - 1] + 1));
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}
