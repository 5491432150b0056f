/**
 * Simulated volunteers: what the evidence makes them answer, and the fractions that come of it.
 *
 * @module
 */
import type { Key } from "../../../gpu/random.ts";
import { ANSWER_COLUMNS, QUESTIONS, questionWeight } from "../questions.ts";
import { Draws, sigmoid } from "../../study/draws.ts";
import type { Evidence } from "./evidence.ts";
import type { GalaxyStructure } from "./structure.ts";

/** Volunteers who look at one galaxy; the original set had 40 to 50. */
export const VOLUNTEERS = 44;

/** Share of answers given at random. */
const CARELESS = 0.02;

/** The probability of each answer, given that its question is asked: one list per question. */
export type AnswerChances = readonly (readonly number[])[];

/** What volunteers go by besides the evidence. */
export interface Circumstances {
  readonly structure: GalaxyStructure;
  readonly evidence: Evidence;
  /** R90 in arcseconds: how large the galaxy is against the blur. */
  readonly radius: number;
  /** Whether another object lies over the galaxy. */
  readonly overlapped: boolean;
}

/** Rises from 0 to 1, one half at the threshold. */
function seen(value: number, threshold: number, power = 2): number {
  const x = (value / threshold) ** power;
  return x / (1 + x);
}

/** What the eye makes of the evidence, each 0 to 1. */
function impressionOf({ evidence, radius }: Circumstances) {
  const { q, concentration, asymmetry } = evidence;
  const signal = Math.max(1, evidence.signal);
  return {
    resolved: sigmoid(1.6 * Math.log(radius / 6.5) + 0.8 * Math.log(signal / 20) + 1),
    face: sigmoid((q - 0.38) / 0.05),
    arms: seen(evidence.arms, 0.068),
    bar: seen(evidence.bar, 0.2),
    ring: seen(evidence.ring, 0.16),
    clumps: seen(evidence.clumps, 0.12),
    lopsided: seen(asymmetry, 0.2),
    companion: seen(evidence.companion, 0.6, 4),
    dust: seen(evidence.dust, 0.3),
    arc: seen(evidence.arc, 0.25),
    disky: sigmoid((2.85 - concentration) / 0.12),
  };
}

function softmax(logits: readonly number[]): number[] {
  const greatest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - greatest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

/** Squared distance in units of a width, halved: the logit of a bell. */
function bell(value: number, centres: readonly number[], width: number): number[] {
  return centres.map((centre) => -0.5 * ((value - centre) / width) ** 2);
}

function added(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value + b[i]);
}

/** Chances of the seven odd features to be meant, and how odd the galaxy is altogether. */
function oddityOf({ structure, overlapped }: Circumstances, eye: ReturnType<typeof impressionOf>) {
  const strengths = [
    eye.ring,
    eye.arc,
    structure.waves.length > 0 ? eye.lopsided : 0.4 * eye.lopsided,
    structure.kind === "irregular" ? Math.max(eye.clumps, eye.lopsided) : 0.3 * eye.clumps,
    overlapped ? 0.55 : 0,
    structure.companion || structure.tails ? Math.max(eye.companion, eye.lopsided) : 0,
    eye.dust,
  ];
  return { strengths, odd: 1 - strengths.reduce((rest, s) => rest * (1 - s), 1) };
}

/**
 * How volunteers answer each question.
 *
 * @param circumstances The galaxy as it is seen
 * @returns For question q, at place q - 1, the chance of each answer
 */
export function answerChances(circumstances: Circumstances): AnswerChances {
  const { structure, evidence } = circumstances;
  const { q } = evidence;
  const share = structure.bulgeShare;
  const eye = impressionOf(circumstances);
  const { strengths, odd } = oddityOf(circumstances, eye);
  const spiral = eye.arms * (0.3 + 0.7 * eye.face);
  const features = 4.6 * spiral + 2 * eye.bar * eye.face + 1.6 * eye.clumps + 1.3 * odd +
    1.5 * eye.ring + 4.6 * (1 - eye.face) * eye.resolved +
    1.3 * eye.disky * (0.4 + 0.6 * eye.resolved);
  const artifact = structure.artifact ? 8 : 0;
  const arms = structure.arms;
  const pitch = (arms?.pitch ?? 0.35) * 180 / Math.PI;
  const count = arms?.count ?? 2;
  const wandering = arms && arms.wander.length > 0 ? 1 : 0;
  const countLogits = [1, 2, 3, 4, 5].map((n) =>
    -1.6 * Math.abs(Math.min(count, 5) - n) * (0.4 + eye.arms)
  );
  const boxy = structure.bulge.boxiness > 0.5 ? 1.2 * eye.resolved : -1.8;
  const logits = [
    [1, -1.1 + features, -2.7 - 0.4 * Math.log(Math.max(1, evidence.signal) / 20) + artifact],
    yesNoLogits((0.375 - q) / 0.035),
    yesNoLogits(-2 + 4.6 * eye.bar),
    yesNoLogits(-2.2 + 5.6 * eye.arms),
    added(bell(share, [0, 0.14, 0.36, 0.7], 0.15), [-0.7, 0.6, 0.9, -0.8]),
    yesNoLogits(-2.5 + 4.2 * odd),
    bell(q, [0.95, 0.67, 0.32], 0.105),
    added([-0.1, -1.6, 0, -0.1, 0.7, -0.3, -1.6], strengths.map((s) => 4.5 * s)),
    [16 * (share - 0.1), boxy, 1.4 - 10 * share],
    bell(pitch, [12, 21, 32], 7),
    added([...countLogits, 1.1 + 0.8 * wandering - 2.4 * eye.arms], [-0.7, 0.9, 0, -0.4, -0.5, 0]),
  ];
  return logits.map((each) => {
    const chances = softmax(each);
    return chances.map((chance) => (1 - CARELESS) * chance + CARELESS / chances.length);
  });
}

function yesNoLogits(logit: number): number[] {
  return [logit, 0];
}

/** Fractions of answers put into Kaggle's 37 columns, question after question down the tree. */
function weighted(fractions: (question: number) => readonly number[]): Float64Array {
  const row = new Float64Array(ANSWER_COLUMNS.length);
  // A question's weight is known once those that lead to it are: numbers do not follow the tree.
  for (const number of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
    const question = QUESTIONS[number - 1];
    const weight = questionWeight(row, question);
    fractions(number - 1).forEach((fraction, a) => row[question.start + a] = weight * fraction);
  }
  return row;
}

/**
 * The answers of infinitely many volunteers.
 *
 * @param chances From {@linkcode answerChances}
 * @returns The 37 columns
 */
export function idealVotes(chances: AnswerChances): Float64Array {
  return weighted((question) => chances[question]);
}

/**
 * The answers of {@linkcode VOLUNTEERS} volunteers who walk the tree one after the other.
 *
 * @param chances From {@linkcode answerChances}
 * @param key Of their choices
 * @returns The 37 columns; answers to a question that nobody reached are 0
 */
export function sampledVotes(chances: AnswerChances, key: Key): Float64Array {
  const draws = new Draws(key);
  const counts = QUESTIONS.map(({ answers }) => new Float64Array(answers.length));
  for (let volunteer = 0; volunteer < VOLUNTEERS; volunteer++) {
    for (let number: number | undefined = 1; number !== undefined;) {
      const answer = draws.choose(chances[number - 1]);
      counts[number - 1][answer]++;
      number = QUESTIONS[number - 1].answers[answer].next;
    }
  }
  // Where all saw a star, nobody was asked whether it is odd; its column's weight is 1 all the same.
  const asked = counts.map((count) => count.reduce((a, b) => a + b, 0));
  if (asked[5] === 0) counts[5][1] = asked[5] = 1;
  return weighted((q) => Array.from(counts[q], (count) => asked[q] === 0 ? 0 : count / asked[q]));
}
