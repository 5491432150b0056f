import { assertAlmostEquals, assertEquals } from "@std/assert";
import { ANSWER_COLUMNS, QUESTIONS } from "../../../../tasks/galaxy/questions.ts";
import { answerPhrase, describeGalaxy } from "../../../../tasks/galaxy/report/words.ts";
import { refuses } from "../../../refusals.ts";

/** A row of 37 values; the others are 0. */
function row(answers: Readonly<Record<string, number>>): Float64Array {
  const values = new Float64Array(37);
  for (const [column, value] of Object.entries(answers)) {
    values[ANSWER_COLUMNS.indexOf(`Class${column}`)] = value;
  }
  return values;
}

const ODD = { "6.1": 0.1, "6.2": 0.9 };
const SPIRAL = {
  ...ODD,
  "1.1": 0.1,
  "1.2": 0.9,
  "2.1": 0.1,
  "2.2": 0.8,
  "3.1": 0.2,
  "3.2": 0.6,
  "4.1": 0.7,
  "4.2": 0.1,
  "5.1": 0.1,
  "5.2": 0.5,
  "5.3": 0.2,
  "10.2": 0.5,
  "10.1": 0.2,
  "11.2": 0.6,
  "11.6": 0.1,
};

Deno.test("describeGalaxy() tells the way of the majority through the tree", () => {
  const ways: [Record<string, number>, string][] = [
    [{ ...ODD, "1.1": 1, "7.2": 1 }, "smooth · between round and cigar-shaped · nothing odd"],
    [
      { ...ODD, "1.2": 1, "2.1": 1, "9.1": 1 },
      "features or disk · edge-on · rounded bulge · nothing odd",
    ],
    [
      SPIRAL,
      "features or disk · not edge-on · spiral · 2 arms · medium winding · no bar · " +
      "bulge just noticeable · nothing odd",
    ],
    [
      { "1.1": 1, "7.1": 1, "6.1": 0.6, "6.2": 0.4, "8.6": 0.6 },
      "smooth · completely round · something odd · merger",
    ],
    [{ "1.3": 1 }, "star or artifact"],
  ];
  for (const [answers, expected] of ways) {
    assertEquals(describeGalaxy(row(answers)).text, expected);
  }
});

Deno.test("describeGalaxy() gives shares of those asked, and how many were asked", () => {
  const { answers } = describeGalaxy(row(SPIRAL));
  const spiral = answers.find(({ question }) => question === 4)!;
  assertAlmostEquals(spiral.share, 0.7 / 0.8);
  assertAlmostEquals(spiral.asked, 0.8);
});

Deno.test("describeGalaxy() weights question 6 as it is told", () => {
  const values = row({ ...SPIRAL, "1.2": 0.8 });
  const asked = (weight: "one" | "tree") =>
    describeGalaxy(values, weight).answers.find(({ question }) => question === 6)!.asked;
  assertEquals(asked("one"), 1);
  assertAlmostEquals(asked("tree"), 0.9);
});

Deno.test("describeGalaxy() ends where nobody answered, and takes negative values as none", () => {
  assertEquals(describeGalaxy(new Float32Array(37)).text, "");
  assertEquals(describeGalaxy(row({ "1.1": 1, "7.1": -1 })).text, "smooth");
});

Deno.test("each answer has a phrase of its own", () => {
  const phrases = ANSWER_COLUMNS.map((_, column) => answerPhrase(column));
  assertEquals(new Set(phrases).size, 37);
  assertEquals(phrases[QUESTIONS[10].start + 1], "2 arms");
  refuses(
    () => answerPhrase(37),
    "Cannot describe an answer: column is 37, expected a whole number from 0 to 36",
  );
});
