/**
 * The decision tree of Galaxy Zoo 2 in the form of Kaggle's Galaxy Challenge: 11 questions, 37
 * answers, one column each.
 *
 * A column holds the fraction of volunteers who gave the answer, times the probability that the
 * question was reached at all: the answers to a question sum up to its *weight*, which is 1 for the
 * first question and the column of the answer that leads to it for the others.
 *
 * Wording after Willett et al. 2013 (arXiv:1308.3496) and the competition's pages.
 *
 * @module
 */

/**
 * How question 6 ("anything odd?") is weighted. By the tree it is asked of all galaxies but stars and
 * artifacts (`tree`: smooth + features); the labels that were released weight it by 1 (`one`).
 */
export type Q6Weight = "one" | "tree";

/** One answer. */
export interface Answer {
  /** Kaggle's column, such as `Class7.2`. */
  readonly column: string;
  /** What the volunteer chose. */
  readonly text: string;
  /** The number of the question asked next; `undefined` where the galaxy is done. */
  readonly next: number | undefined;
}

/** One question. */
export interface Question {
  /** 1 to 11, as in the columns' names. */
  readonly number: number;
  /** The question in plain English. */
  readonly text: string;
  /** Place of its first answer among the 37 columns. */
  readonly start: number;
  /** Place after its last answer. */
  readonly end: number;
  /** The answers, in column order. */
  readonly answers: readonly Answer[];
  /**
   * The columns whose sum is the question's weight, by place; none means 1. For question 6 this is
   * what the tree says; under `q6Weight: "one"` it is 1 all the same, see {@linkcode weightColumns}.
   */
  readonly weight: readonly number[];
}

type Row = readonly [text: string, weight: readonly number[], answers: readonly AnswerRow[]];
type AnswerRow = readonly [text: string, next?: number];

const ROWS: readonly Row[] = [
  [
    "Is the galaxy simply smooth and rounded, with no sign of a disk?",
    [],
    [["smooth", 7], ["features or disk", 2], ["star or artifact"]],
  ],
  ["Could this be a disk viewed edge-on?", [1], [["yes", 9], ["no", 3]]],
  ["Is there a sign of a bar through the centre?", [4], [["yes", 4], ["no", 4]]],
  ["Is there any sign of a spiral arm pattern?", [4], [["yes", 10], ["no", 5]]],
  [
    "How prominent is the central bulge?",
    [4],
    [["no bulge", 6], ["just noticeable", 6], ["obvious", 6], ["dominant", 6]],
  ],
  ["Is there anything odd?", [0, 1], [["yes", 8], ["no"]]],
  [
    "How rounded is it?",
    [0],
    [["completely round", 6], ["in between", 6], ["cigar-shaped", 6]],
  ],
  [
    "What is the odd feature?",
    [13],
    [["ring"], ["lens or arc"], ["disturbed"], ["irregular"], ["other"], ["merger"], ["dust lane"]],
  ],
  [
    "Does the galaxy have a bulge at its centre, and of what shape?",
    [3],
    [["rounded", 6], ["boxy", 6], ["no bulge", 6]],
  ],
  [
    "How tightly wound do the spiral arms appear?",
    [7],
    [["tight", 11], ["medium", 11], ["loose", 11]],
  ],
  [
    "How many spiral arms are there?",
    [7],
    [
      ["one", 5],
      ["two", 5],
      ["three", 5],
      ["four", 5],
      ["more than four", 5],
      ["cannot tell", 5],
    ],
  ],
];

function makeQuestions(): readonly Question[] {
  let start = 0;
  return ROWS.map(([text, weight, rows], i): Question => {
    const number = i + 1;
    const answers = rows.map(([text, next], a): Answer => ({
      column: `Class${number}.${a + 1}`,
      text,
      next,
    }));
    const question = { number, text, start, end: start + answers.length, answers, weight };
    start = question.end;
    return question;
  });
}

/**
 * The 11 questions; `QUESTIONS[q - 1]` is question q.
 *
 * | q | columns | question | weight |
 * | --- | --- | --- | --- |
 * | 1 | 0-2 | smooth, features or disk, or star? | 1 |
 * | 2 | 3-4 | edge-on? | 1.2 features |
 * | 3 | 5-6 | bar? | 2.2 not edge-on |
 * | 4 | 7-8 | spiral pattern? | 2.2 not edge-on |
 * | 5 | 9-12 | prominence of the bulge | 2.2 not edge-on |
 * | 6 | 13-14 | anything odd? | 1, or 1.1 + 1.2 |
 * | 7 | 15-17 | how round? | 1.1 smooth |
 * | 8 | 18-24 | the odd feature | 6.1 odd |
 * | 9 | 25-27 | bulge of an edge-on disk | 2.1 edge-on |
 * | 10 | 28-30 | winding of the arms | 4.1 spiral |
 * | 11 | 31-36 | number of arms | 4.1 spiral |
 */
export const QUESTIONS: readonly Question[] = makeQuestions();

/** The 37 columns of Kaggle's file, `Class1.1` to `Class11.6`, in order. */
export const ANSWER_COLUMNS: readonly string[] = QUESTIONS.flatMap(({ answers }) =>
  answers.map(({ column }) => column)
);

/** The id column of Kaggle's files. */
export const ID_COLUMN = "GalaxyID";

/**
 * The columns whose sum a question's answers sum up to; none means 1.
 *
 * @param question One of {@linkcode QUESTIONS}
 * @param q6Weight How question 6 is weighted; default `one`, as in the released labels
 *
 * @example
 * ```ts
 * import { QUESTIONS, weightColumns } from "./questions.ts";
 *
 * if (weightColumns(QUESTIONS[6]).join() !== "0") throw new Error("question 7 follows 'smooth'");
 * ```
 */
export function weightColumns(question: Question, q6Weight: Q6Weight = "one"): readonly number[] {
  return question.number === 6 && q6Weight === "one" ? [] : question.weight;
}

/**
 * A question's weight in one row of answers.
 *
 * @param row The 37 values of one galaxy
 * @param question One of {@linkcode QUESTIONS}
 * @param q6Weight How question 6 is weighted; default `one`
 * @returns The probability that the question was reached, 0 to 1
 */
export function questionWeight(
  row: ArrayLike<number>,
  question: Question,
  q6Weight: Q6Weight = "one",
): number {
  const columns = weightColumns(question, q6Weight);
  return columns.length === 0 ? 1 : columns.reduce((sum, column) => sum + row[column], 0);
}

/**
 * Answers with question 6 weighted as the tree says, from answers with weight 1: the columns of
 * question 6, and of question 8, which follows it, times the part of volunteers that the tree leads
 * there.
 *
 * @param answers `[n, 37]` of `q6Weight: "one"`; not changed
 */
export function weighedByTree(answers: Float32Array): Float32Array<ArrayBuffer> {
  const weighed = Float32Array.from(answers);
  const [, , , , , odd, , feature] = QUESTIONS;
  for (let start = 0; start < answers.length; start += ANSWER_COLUMNS.length) {
    const row = weighed.subarray(start, start + ANSWER_COLUMNS.length);
    const weight = questionWeight(row, odd, "tree");
    for (const { start, end } of [odd, feature]) {
      for (let column = start; column < end; column++) row[column] *= weight;
    }
  }
  return weighed;
}
