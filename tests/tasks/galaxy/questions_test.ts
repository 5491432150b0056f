import { assertEquals } from "@std/assert";
import {
  ANSWER_COLUMNS,
  QUESTIONS,
  questionWeight,
  weighedByTree,
  weightColumns,
} from "../../../tasks/galaxy/questions.ts";

Deno.test("the 37 columns stand in the order of Kaggle's header", () => {
  const counts = [3, 2, 2, 2, 4, 2, 3, 7, 3, 3, 6];
  const expected = counts.flatMap((n, q) =>
    Array.from({ length: n }, (_, a) => `Class${q + 1}.${a + 1}`)
  );
  assertEquals(ANSWER_COLUMNS, expected);
  for (const { start, end, answers } of QUESTIONS) {
    assertEquals(ANSWER_COLUMNS.slice(start, end), answers.map(({ column }) => column));
  }
});

Deno.test("a question's weight is the answer that leads to it in the tree", () => {
  const column = (name: string) => ANSWER_COLUMNS.indexOf(name);
  const weights = QUESTIONS.map((question) => [...weightColumns(question, "tree")]);
  const features = [column("Class2.2")];
  assertEquals(weights, [
    [],
    [column("Class1.2")],
    features,
    features,
    features,
    [column("Class1.1"), column("Class1.2")],
    [column("Class1.1")],
    [column("Class6.1")],
    [column("Class2.1")],
    [column("Class4.1")],
    [column("Class4.1")],
  ]);
  assertEquals([...weightColumns(QUESTIONS[5])], []);
});

Deno.test("answers lead to the questions whose weight they are, where the tree has one parent", () => {
  // 3 -> 4, 5 -> 6, 7 -> 6, 9 -> 6, 10 -> 11 and 11 -> 5 pass every galaxy on: no weight of their own.
  for (
    const [question, answer, next] of [[1, 1, 7], [1, 2, 2], [2, 1, 9], [2, 2, 3], [4, 1, 10], [
      6,
      1,
      8,
    ]]
  ) {
    const { start, answers } = QUESTIONS[question - 1];
    assertEquals(answers[answer - 1].next, next);
    assertEquals([...QUESTIONS[next - 1].weight], [start + answer - 1]);
  }
  assertEquals(QUESTIONS[0].answers[2].next, undefined);
});

Deno.test("questionWeight() adds up the row", () => {
  const row = new Float64Array(37);
  row.set([0.5, 0.3, 0.2]);
  assertEquals(questionWeight(row, QUESTIONS[6]), 0.5);
  assertEquals(questionWeight(row, QUESTIONS[5]), 1);
  assertEquals(questionWeight(row, QUESTIONS[5], "tree"), 0.8);
});

Deno.test("weighedByTree() leaves question 6 and its features what the tree leads there", () => {
  const row = new Float32Array(74);
  row.set([0.5, 0.25, 0.25]);
  row.set([0.5, 0.5], 13); // odd or not, of all
  row.set([0.25, 0.25], 18); // a ring, a lens, of all
  row.fill(0.125, 37); // the second galaxy
  const weighed = weighedByTree(row);
  assertEquals([...weighed.subarray(13, 15)], [0.375, 0.375]);
  assertEquals([...weighed.subarray(18, 20)], [0.1875, 0.1875]);
  assertEquals([...weighed.subarray(0, 3)], [0.5, 0.25, 0.25]);
  for (const number of [6, 8]) {
    const { start, end } = QUESTIONS[number - 1];
    const sum = weighed.subarray(start, end).reduce((a, b) => a + b, 0);
    assertEquals(sum, questionWeight(weighed, QUESTIONS[number - 1], "tree"));
  }
  assertEquals([...weighed.subarray(37 + 13, 37 + 15)], [0.125 / 4, 0.125 / 4]);
  assertEquals([row[13], row[18]], [0.5, 0.25], "the answers given stay as they are");
});
