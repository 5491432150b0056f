import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  constantRate,
  cosineRate,
  piecewiseRate,
  type Schedule,
  type ScheduleConfig,
  scheduleFromConfig,
  warmUp,
} from "../../nn/schedule.ts";
import { refuses } from "../refusals.ts";

Deno.test("piecewiseRate() changes the rate at the steps named, as galaxy.md's training does", () => {
  const rate = piecewiseRate([[1, 0.04], [1_125_001, 0.004], [1_437_501, 0.0004]]);
  const at = [1, 1_125_000, 1_125_001, 1_437_500, 1_437_501, 1_562_500, 1e9];
  assertEquals(at.map(rate), [0.04, 0.04, 0.004, 0.004, 0.0004, 0.0004, 0.0004]);
});

Deno.test("cosineRate() starts at the rate, is halfway in the middle and ends at the floor", () => {
  const rate = cosineRate({ rate: 0.3, total: 100, floor: 0.1 });
  assertEquals(rate(1), 0.3);
  assertAlmostEquals(rate(51), 0.2);
  assertAlmostEquals(rate(26), 0.2 + 0.1 * Math.SQRT1_2);
  assertEquals([rate(101), rate(1000)], [0.1, 0.1]);
});

Deno.test("cosineRate() takes the rates of PyTorch's CosineAnnealingLR", () => {
  // [0.1 * (1 + cos(pi s / 4)) / 2 for s in 0..4]: CosineAnnealingLR(lr 0.1, T_max 4), closed form.
  const rate = cosineRate({ rate: 0.1, total: 4 });
  const expected = [0.1, 0.08535533905932738, 0.05, 0.014644660940672627, 0];
  expected.forEach((value, i) => assertAlmostEquals(rate(i + 1), value, 1e-15));
});

Deno.test("cosineRate() with a warm-up rises in equal parts, then falls from the full rate", () => {
  const rate = cosineRate({ rate: 1, total: 14, warmUp: 4 });
  assertEquals([1, 2, 3, 4, 5].map(rate), [0.25, 0.5, 0.75, 1, 1]);
  assertAlmostEquals(rate(10), 0.5);
  assertEquals(rate(15), 0);
});

Deno.test("warmUp() scales the first steps of another schedule", () => {
  const rate = warmUp(piecewiseRate([[1, 1], [3, 0.5]]), 4);
  assertEquals([1, 2, 3, 4, 5].map(rate), [0.25, 0.5, 0.375, 0.5, 0.5]);
});

Deno.test("a schedule from JSON is the one from code, after a round trip through text", () => {
  const pairs: [ScheduleConfig, Schedule][] = [
    [{ kind: "constant", rate: 0.1 }, constantRate(0.1)],
    [{ kind: "steps", rates: [[1, 0.1], [4, 0.01]] }, piecewiseRate([[1, 0.1], [4, 0.01]])],
    [{ kind: "cosine", rate: 0.1, total: 7 }, cosineRate({ rate: 0.1, total: 7 })],
    [
      { kind: "warmUp", steps: 3, schedule: { kind: "constant", rate: 2 } },
      warmUp(constantRate(2), 3),
    ],
  ];
  for (const [config, schedule] of pairs) {
    const read = scheduleFromConfig(JSON.parse(JSON.stringify(config)));
    for (let step = 1; step < 10; step++) assertEquals(read(step), schedule(step));
  }
});

Deno.test("schedules refuse nonsense and say what was expected", () => {
  refuses(() => constantRate(-1), "rate is -1, expected a number from 0 on");
  refuses(() => constantRate("0.1" as unknown as number), 'rate is "0.1"');
  refuses(() => piecewiseRate([]), "start of rate 0 is undefined, expected 1");
  refuses(() => piecewiseRate([[2, 1]]), "start of rate 0 is 2, expected 1");
  refuses(
    () => piecewiseRate([[1, 1], [1, 2]]),
    "start of rate 1 is 1, expected a whole number from 2 on",
  );
  refuses(() => piecewiseRate([[1, 1], [2.5, 2]]), "start of rate 1 is 2.5");
  refuses(() => cosineRate({ rate: 1, total: 0 }), "total is 0");
  refuses(
    () => cosineRate({ rate: 1, total: 5, warmUp: 5 }),
    "warmUp is 5, expected a whole number from 0 to 4",
  );
  refuses(
    () => cosineRate({ rate: 1, total: 5, floor: 2 }),
    "floor is 2, expected a number from 0 to 1",
  );
  refuses(() => warmUp(constantRate(1), 0), "steps is 0");
  for (const step of [0, -1, 1.5, NaN]) {
    refuses(() => constantRate(1)(step), `learning rate: step is ${step}`);
  }
  const wrong = (config: unknown) => () => scheduleFromConfig(config as ScheduleConfig);
  refuses(wrong({ kind: "line" }), 'kind is "line", expected constant or');
  refuses(wrong({ kind: "constructor" }), 'kind is "constructor"');
  refuses(wrong({ kind: "cosine", rate: 1, steps: 3 }), 'field is "steps", expected rate or total');
  refuses(wrong({ kind: "steps" }), "rates is undefined, expected a list");
});
