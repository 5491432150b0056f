import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { fold, key } from "../../../../gpu/random.ts";
import { QUESTIONS, questionWeight } from "../../../../tasks/galaxy/questions.ts";
import { syntheticVotes } from "../../../../tasks/galaxy/synthetic/galaxy.ts";
import {
  colourOf,
  drawStructure,
  type GalaxyStructure,
} from "../../../../tasks/galaxy/synthetic/structure.ts";
import {
  type AnswerChances,
  idealVotes,
  sampledVotes,
} from "../../../../tasks/galaxy/synthetic/votes.ts";

const SMOOTH = 0;
const FEATURES = 1;
const EDGE_ON = 3;
const BAR = 5;
const SPIRAL = 7;

const yellow = colourOf(0.8, 0.4);
const blue = colourOf(0.45, 0.2);

/** A round spheroid. */
const elliptical: GalaxyStructure = {
  kind: "elliptical",
  angle: 0.3,
  q: 0.95,
  bulgeShare: 1,
  bulge: { n: 4, radius: 0.35, q: 0.95, twist: 0, boxiness: 0 },
  clumps: [],
  waves: [],
  lopsided: 0,
  colours: { bulge: yellow, disk: blue, young: blue },
};

/** A face-on disk with two wide arms. */
const spiral: GalaxyStructure = {
  ...elliptical,
  kind: "spiral",
  q: 0.9,
  bulgeShare: 0.12,
  bulge: { n: 1.5, radius: 0.07, q: 0.95, twist: 0, boxiness: 0 },
  disk: { scale: 0.3, n: 1, cut: 1.2, height: 0 },
  arms: {
    count: 2,
    pitch: 0.35,
    phase: 1,
    sense: 1,
    contrast: 2.2,
    sharpness: 2,
    start: 0.2,
    wander: new Float64Array(0),
  },
};

/** A disk seen from its side. */
const edgeOn: GalaxyStructure = {
  ...spiral,
  arms: undefined,
  q: 0.12,
  disk: { scale: 0.35, n: 1, cut: 1.4, height: 0.04 },
};

/** How the simulated volunteers answer for a structure of a given size in a given blur. */
function idealOf(structure: GalaxyStructure, radius = 9, seeing = 1) {
  return syntheticVotes(1, 1, { structure, radius, seeing });
}

Deno.test("a face-on grand design spiral gets spiral votes and an elliptical does not", () => {
  const [disk, round] = [idealOf(spiral).ideal, idealOf(elliptical).ideal];
  assert(disk[SPIRAL] > 0.7, `spiral: ${disk[SPIRAL]}`);
  assert(round[SPIRAL] < 0.03 && round[SMOOTH] > 0.75, `${round[SPIRAL]} ${round[SMOOTH]}`);
});

Deno.test("a disk seen from its side gets edge-on votes", () => {
  const { ideal } = idealOf(edgeOn);
  assert(ideal[FEATURES] > 0.6 && ideal[EDGE_ON] > 0.8 * ideal[FEATURES], ideal.join(" "));
  assert(idealOf(spiral).ideal[EDGE_ON] < 0.05);
});

Deno.test("blur takes the evidence of arms away, and the votes with it", () => {
  const [sharp, soft] = [idealOf(spiral, 6), idealOf(spiral, 6, 2.5)];
  assert(soft.evidence.arms < 0.6 * sharp.evidence.arms);
  assert(soft.ideal[SPIRAL] < sharp.ideal[SPIRAL] - 0.1);
});

Deno.test("distance takes the evidence of arms away", () => {
  const arms = [14, 6, 3].map((radius) => idealOf(spiral, radius).evidence.arms);
  assert(arms[0] > arms[1] && arms[1] > arms[2], arms.join(" "));
});

Deno.test("a bar gets bar votes", () => {
  const barred = { ...spiral, bar: { share: 0.3, length: 0.4, q: 0.25, angle: 0.7 } };
  const [without, withBar] = [idealOf(spiral, 12).ideal, idealOf(barred, 12).ideal];
  assert(withBar[BAR] / withBar[4] > 0.5 && without[BAR] / without[4] < 0.2);
});

Deno.test("the evidence of the axis ratio follows the ellipse", () => {
  const { evidence } = idealOf({ ...elliptical, bulge: { ...elliptical.bulge, q: 0.5 } }, 14);
  assertAlmostEquals(evidence.q, 0.5, 0.06);
});

Deno.test("sampled and ideal votes add up down the tree", () => {
  for (let index = 0; index < 12; index++) {
    const { target, ideal } = syntheticVotes(2, index);
    for (const row of [target, ideal]) {
      for (const question of QUESTIONS) {
        const sum = row.subarray(question.start, question.end).reduce((a, b) => a + b);
        assertAlmostEquals(sum, questionWeight(row, question), 1e-12);
      }
    }
  }
});

/** Everybody sees a star. */
const allStars: AnswerChances = QUESTIONS.map(({ answers }) =>
  answers.map((_, a) => a === answers.length - 1 ? 1 : 0)
);

Deno.test("sampledVotes() leaves questions that nobody reached at 0 and question 6 at weight 1", () => {
  const row = sampledVotes(allStars, key(1));
  assertEquals([...row.subarray(0, 3)], [0, 0, 1]);
  assertEquals([...row.subarray(13, 15)], [0, 1]);
  assertEquals(row.reduce((a, b) => a + b), 2);
});

Deno.test("sampledVotes() have the ideal votes as their mean", () => {
  const chances: AnswerChances = QUESTIONS.map(({ answers }) =>
    answers.map(() => 1 / answers.length)
  );
  const ideal = idealVotes(chances);
  const sums = new Float64Array(ideal.length);
  const rounds = 300;
  for (let k = 0; k < rounds; k++) {
    sampledVotes(chances, fold(key(3), k)).forEach((value, c) => sums[c] += value / rounds);
  }
  // Five standard errors of a share of 44 x 300 votes. Question 6 is a ratio, not biased by much.
  sums.forEach((value, c) => assertAlmostEquals(value, ideal[c], 5 * 0.5 / Math.sqrt(44 * rounds)));
});

Deno.test("drawStructure() draws every kind", () => {
  const kinds = new Set(
    Array.from({ length: 400 }, (_, k) => drawStructure(fold(key(1), k)).kind),
  );
  assertEquals(kinds.size, 5);
});
