/** Learning rates by step: pure functions, each of which can be written as JSON in a run's config. */

import { check, oneOf, whole, within } from "../gpu/check.ts";

/** The learning rate of a step; steps count from 1. */
export type Schedule = (step: number) => number;

/** A schedule as JSON, for {@linkcode scheduleFromConfig}. */
export type ScheduleConfig =
  | { readonly kind: "constant"; readonly rate: number }
  | { readonly kind: "steps"; readonly rates: readonly (readonly [number, number])[] }
  | {
    readonly kind: "cosine";
    readonly rate: number;
    readonly total: number;
    readonly warmUp?: number;
    readonly floor?: number;
  }
  | { readonly kind: "warmUp"; readonly steps: number; readonly schedule: ScheduleConfig };

/** Options of {@linkcode cosineRate}. */
export interface CosineOptions {
  /** The highest rate. */
  readonly rate: number;
  /** Steps until the floor is reached, the warm-up among them. */
  readonly total: number;
  /** Steps over which the rate first rises from rate / warmUp to rate. Default 0. */
  readonly warmUp?: number;
  /** The rate at the end and after it. Default 0. */
  readonly floor?: number;
}

/** The same rate in every step. */
export function constantRate(rate: number): Schedule {
  within("Cannot make a constant schedule", { rate }, 0);
  return checked(() => rate);
}

/**
 * A rate that changes at given steps.
 *
 * @param rates pairs of the first step at which a rate holds and the rate; the first pair is for
 *   step 1 and the steps increase
 *
 * @example
 * ```ts
 * import { piecewiseRate } from "./schedule.ts";
 *
 * // The galaxy network: 625 steps a chunk, drops at chunks 1,800 and 2,300.
 * const rate = piecewiseRate([[1, 0.04], [1_125_001, 0.004], [1_437_501, 0.0004]]);
 * if (rate(1_125_000) !== 0.04 || rate(1_125_001) !== 0.004) throw new Error("wrong");
 * ```
 */
export function piecewiseRate(
  rates: readonly (readonly [fromStep: number, rate: number])[],
): Schedule {
  const attempt = "Cannot make a steps schedule";
  check(Array.isArray(rates), attempt, { rates }, "a list of [step, rate]");
  rates.forEach(([start, rate], i) => {
    const after = i > 0 ? rates[i - 1][0] : 0;
    whole(attempt, { [`start of rate ${i}`]: start }, after + 1);
    within(attempt, { [`rate ${i}`]: rate }, 0);
  });
  check(rates[0]?.[0] === 1, attempt, { "start of rate 0": rates[0]?.[0] }, "1");
  return checked((step) => rates.findLast(([fromStep]) => fromStep <= step)![1]);
}

/**
 * Half a cosine from the rate to the floor (Loshchilov and Hutter 2017, "SGDR", eq. 5, without
 * restarts): the step after the warm-up has the full rate, step total + 1 and all later ones have
 * the floor.
 */
export function cosineRate({ rate, total, warmUp = 0, floor = 0 }: CosineOptions): Schedule {
  const attempt = "Cannot make a cosine schedule";
  within(attempt, { rate }, 0);
  within(attempt, { floor }, 0, rate);
  whole(attempt, { total }, 1);
  whole(attempt, { warmUp }, 0, total - 1);
  return checked((step) => {
    if (step <= warmUp) return rate * step / warmUp;
    const progress = Math.min(1, (step - 1 - warmUp) / (total - warmUp));
    return floor + (rate - floor) * (1 + Math.cos(Math.PI * progress)) / 2;
  });
}

/** A schedule whose first steps are scaled down: step s of `steps` has s / steps of its rate. */
export function warmUp(schedule: Schedule, steps: number): Schedule {
  whole("Cannot make a warmUp schedule", { steps }, 1);
  return checked((step) => schedule(step) * Math.min(1, step / steps));
}

/** The fields that each kind takes. */
const FIELDS: Readonly<Record<ScheduleConfig["kind"], readonly string[]>> = {
  constant: ["rate"],
  steps: ["rates"],
  cosine: ["rate", "total", "warmUp", "floor"],
  warmUp: ["steps", "schedule"],
};

/**
 * A schedule from JSON.
 *
 * @throws RangeError for an unknown kind or field, or values that make no sense
 *
 * @example
 * ```ts
 * import { scheduleFromConfig } from "./schedule.ts";
 *
 * const rate = scheduleFromConfig({ kind: "cosine", rate: 0.1, total: 1000, warmUp: 50 });
 * console.log(rate(1), rate(51), rate(1000));
 * ```
 */
export function scheduleFromConfig(config: ScheduleConfig): Schedule {
  oneOf("Cannot make a schedule", { kind: config.kind }, Object.keys(FIELDS));
  for (const field of Object.keys(config).filter((name) => name !== "kind")) {
    oneOf(`Cannot make a ${config.kind} schedule`, { field }, FIELDS[config.kind]);
  }
  switch (config.kind) {
    case "constant":
      return constantRate(config.rate);
    case "steps":
      return piecewiseRate(config.rates);
    case "cosine":
      return cosineRate(config);
    case "warmUp":
      return warmUp(scheduleFromConfig(config.schedule), config.steps);
  }
}

/** The same schedule, refusing steps that are not counted from 1. */
function checked(schedule: Schedule): Schedule {
  return (step) => {
    whole("Cannot find the learning rate", { step }, 1);
    return schedule(step);
  };
}
