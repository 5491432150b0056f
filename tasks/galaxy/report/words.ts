/**
 * The 37 answers in words: the way of the majority through the tree of questions.
 *
 * @module
 */
import { whole } from "../../../gpu/check.ts";
import {
  ANSWER_COLUMNS,
  type Q6Weight,
  type Question,
  QUESTIONS,
  questionWeight,
} from "../questions.ts";

/** What is said of a galaxy for each answer; `PHRASES[q - 1][a]`. */
const PHRASES: readonly (readonly string[])[] = [
  ["smooth", "features or disk", "star or artifact"],
  ["edge-on", "not edge-on"],
  ["bar", "no bar"],
  ["spiral", "no spiral arms"],
  ["no bulge", "bulge just noticeable", "obvious bulge", "dominant bulge"],
  ["something odd", "nothing odd"],
  ["completely round", "between round and cigar-shaped", "cigar-shaped"],
  ["ring", "lens or arc", "disturbed", "irregular", "other oddity", "merger", "dust lane"],
  ["rounded bulge", "boxy bulge", "no bulge"],
  ["tight winding", "medium winding", "loose winding"],
  ["1 arm", "2 arms", "3 arms", "4 arms", "more than 4 arms", "number of arms unclear"],
];

/**
 * The order in which a galaxy is described: shape and direction of view, arms, bar, bulge, oddities.
 * Questions 3, 4 and 5 are asked of the same galaxies, so that their order is ours to choose.
 */
const ORDER: readonly number[] = [1, 7, 2, 9, 4, 11, 10, 3, 5, 6, 8];

/** The answer of the majority to one question. */
export interface DescribedAnswer {
  /** The question, 1 to 11. */
  readonly question: number;
  /** Place of the answer among the question's, from 0. */
  readonly answer: number;
  /** What it says of the galaxy, such as `2 arms`. */
  readonly text: string;
  /** Part of those asked who gave it, 0 to 1. */
  readonly share: number;
  /** Part of all volunteers who were asked, 0 to 1. */
  readonly asked: number;
}

/** A galaxy in words. */
export interface GalaxyDescription {
  /** The answers on the way of the majority, in the order they are told. */
  readonly answers: readonly DescribedAnswer[];
  /** Their texts, such as `smooth · completely round · nothing odd`. */
  readonly text: string;
}

/**
 * The most frequent answer to a question; the first one in a tie.
 *
 * @param row the 37 values of one galaxy
 * @param number the question, 1 to 11
 * @param q6Weight how question 6 is weighted
 * @returns undefined when nobody was asked
 */
export function mostFrequent(
  row: ArrayLike<number>,
  number: number,
  q6Weight: Q6Weight = "one",
): DescribedAnswer | undefined {
  const question = QUESTIONS[number - 1];
  const values = question.answers.map((_, a) => Math.max(0, row[question.start + a]));
  const sum = values.reduce((a, b) => a + b, 0);
  if (!(sum > 0)) return;
  const answer = values.indexOf(Math.max(...values));
  return {
    question: number,
    answer,
    text: PHRASES[number - 1][answer],
    share: values[answer] / sum,
    asked: questionWeight(row, question, q6Weight),
  };
}

/**
 * Walks the tree: at each question the way of the most frequent answer is followed.
 *
 * @param row the 37 values of one galaxy, as Kaggle weights them
 * @param q6Weight how question 6 is weighted; default `one`
 *
 * @example
 * ```ts
 * import { describeGalaxy } from "./words.ts";
 *
 * const row = new Float32Array(37);
 * row.set([0.9, 0.1, 0]); // question 1: smooth
 * row.set([0.1, 0.9], 13); // question 6: nothing odd
 * row.set([0.7, 0.2, 0], 15); // question 7: completely round
 * const { text } = describeGalaxy(row);
 * if (text !== "smooth · completely round · nothing odd") throw new Error(text);
 * ```
 */
export function describeGalaxy(
  row: ArrayLike<number>,
  q6Weight: Q6Weight = "one",
): GalaxyDescription {
  const reached = new Map<number, DescribedAnswer>();
  let number: number | undefined = 1;
  while (number !== undefined) {
    const found = mostFrequent(row, number, q6Weight);
    if (!found) break;
    reached.set(number, found);
    number = QUESTIONS[number - 1].answers[found.answer].next;
  }
  const answers = ORDER.flatMap((number) => reached.get(number) ?? []);
  return { answers, text: answers.map(({ text }) => text).join(" · ") };
}

/** The question a column belongs to. */
export function questionOf(column: number): Question {
  whole("Cannot describe an answer", { column }, 0, ANSWER_COLUMNS.length - 1);
  return QUESTIONS.find(({ end }) => column < end)!;
}

/**
 * What an answer says of a galaxy, by its place among the 37 columns. "No bulge" says whether it was
 * asked of a disk seen from the side, because two questions have that answer.
 */
export function answerPhrase(column: number): string {
  const { number, start } = questionOf(column);
  const phrase = PHRASES[number - 1][column - start];
  return number === 9 ? `${phrase} (edge-on)` : phrase;
}
