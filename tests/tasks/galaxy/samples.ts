/** Label rows that obey the tree. */
import { writeTable } from "../../../files/table.ts";
import {
  ANSWER_COLUMNS,
  ID_COLUMN,
  type Q6Weight,
  QUESTIONS,
  questionWeight,
} from "../../../tasks/galaxy/questions.ts";

/** One row of 37 labels whose fractions differ from seed to seed. */
export function sampleLabels(seed: number, q6Weight: Q6Weight = "one"): Float64Array {
  const row = new Float64Array(ANSWER_COLUMNS.length);
  const ordered = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
  for (const number of ordered) {
    const question = QUESTIONS[number - 1];
    const raw = question.answers.map((_, a) => 1 + ((seed * 7 + number * 3 + a * a * 5) % 11));
    const sum = raw.reduce((a, b) => a + b);
    const weight = questionWeight(row, question, q6Weight);
    raw.forEach((value, a) => row[question.start + a] = weight * value / sum);
  }
  return row;
}

/** The text of Kaggle's table for some ids; `change` may spoil the rows. */
export function sampleTable(
  ids: readonly string[],
  change: (rows: Float64Array[]) => void = () => {},
  q6Weight: Q6Weight = "one",
): string {
  const rows = ids.map((id) => sampleLabels(Number(id), q6Weight));
  change(rows);
  const values = new Float64Array(ids.length * ANSWER_COLUMNS.length);
  rows.forEach((row, i) => values.set(row, i * row.length));
  return writeTable(ids, values, { idColumn: ID_COLUMN, columns: ANSWER_COLUMNS, digits: 9 });
}
