import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { rowProduct } from "../../gpu/rows.ts";
import { key } from "../../gpu/random.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { alsStart, applyFactors, fitFactors } from "../../recsys/als.ts";
import { halfSweepRef } from "../../recsys/als_ref.ts";
import { type Interactions, makeInteractions } from "../../recsys/interactions.ts";
import { wmfObjectiveDenseRef } from "../../recsys/wmf_objective_ref.ts";
import { drawnPlays, weighted } from "../../tasks/doctor/drawn_plays.ts";
import { assertClose, randomArray, test } from "../check.ts";
import { rejects } from "../refusals.ts";

/** Even users play even items twice each, odd users odd ones; user 0 has not played item 2. */
function checkerboard(users: number, items: number): Interactions {
  const columns = { users: [] as number[], items: [] as number[], counts: [] as number[] };
  for (let user = 0; user < users; user++) {
    for (let item = user % 2; item < items; item += 2) {
      if (user === 0 && item === 2) continue;
      columns.users.push(user);
      columns.items.push(item);
      columns.counts.push(2);
    }
  }
  return makeInteractions(columns, { users, items });
}

const plays = drawnPlays(43, 61);

/** The largest difference, as a share of the largest element. */
function largestError(actual: NdArray, expected: NdArray): number {
  let [error, size] = [0, 0];
  expected.data.forEach((value, i) => {
    error = Math.max(error, Math.abs(actual.data[i] - value));
    size = Math.max(size, Math.abs(value));
  });
  return error / size;
}

test("even users like even items, also one that they have not played", async ({ gpu }) => {
  const { users, items } = await fitFactors(gpu, checkerboard(20, 12), { factors: 2, key: key(1) });
  assert(rowProduct(users, 0, items, 2) > 0.8, `${rowProduct(users, 0, items, 2)}`); // not played
  assert(rowProduct(users, 0, items, 4) > 0.85);
  assert(Math.abs(rowProduct(users, 0, items, 3)) < 0.05);
  assert(rowProduct(users, 7, items, 3) > 0.9);
});

test("conjugate gradients with as many steps as factors equal float64 Cholesky", async ({ gpu }) => {
  for (const factors of [1, 5, 16, 40]) {
    const fixed = randomArray([plays.items, factors], factors);
    const made = await applyFactors(gpu, fixed, plays.byUser, { steps: factors });
    const start = { shape: [plays.users, factors], data: new Float64Array(plays.users * factors) };
    const exact = halfSweepRef(weighted(plays.byUser), fixed, start, { regularisation: 1 });
    const error = largestError(made, exact);
    assert(error < 1e-3, `${factors} factors: ${error}`);
  }
});

test("sweeps agree with float64 from the same start, by either solver", async ({ gpu }) => {
  const [byUser, byItem] = [weighted(plays.byUser), weighted(plays.byItem)];
  for (const solver of ["conjugateGradient", "cholesky"] as const) {
    const options = { factors: 6, key: key(5), sweeps: 3, tolerance: 0, solver };
    const made = await fitFactors(gpu, plays, options);
    const half = { regularisation: 1, steps: solver === "cholesky" ? undefined : 2 };
    let users: NdArray = { shape: [plays.users, 6], data: new Float64Array(plays.users * 6) };
    let items: NdArray = alsStart(plays.items, options);
    for (let sweep = 0; sweep < 3; sweep++) {
      users = halfSweepRef(byUser, items, users, half);
      items = halfSweepRef(byItem, users, items, half);
      const objective = wmfObjectiveDenseRef(byUser, users, items, 1);
      const error = Math.abs(made.objective[sweep] / objective - 1);
      assert(error < 1e-6, `${solver}, sweep ${sweep}: ${error}`);
    }
    assertClose(made.users, users, { relative: 1e-4, absolute: 1e-4, name: solver });
    assertClose(made.items, items, { relative: 1e-4, absolute: 1e-4, name: solver });
  }
});

test("the objective of exact sweeps never rises, and two steps come near to it", async ({ gpu }) => {
  const options = { factors: 8, key: key(2), sweeps: 12, tolerance: 0 };
  const exact = await fitFactors(gpu, plays, { ...options, solver: "cholesky" });
  assertEquals(exact.objective.length, 12);
  exact.objective.slice(1).forEach((value, at) => {
    assert(value <= exact.objective[at] * (1 + 1e-6), `sweep ${at + 1}`);
  });
  const quick = await fitFactors(gpu, plays, options);
  const last = quick.objective[11] / exact.objective[11];
  assert(Math.abs(last - 1) < 0.01, `${last}`);
});

test("ends when the objective hardly falls", async ({ gpu }) => {
  const reports: number[] = [];
  const { objective } = await fitFactors(gpu, plays, {
    factors: 4,
    key: key(2),
    sweeps: 100,
    tolerance: 0.01,
    report: ({ sweep, objective }) => reports.push(sweep, objective),
  });
  const n = objective.length;
  assert(n < 100 && objective[n - 2] - objective[n - 1] < 0.01 * objective[n - 2]);
  assert(objective[n - 3] - objective[n - 2] >= 0.01 * objective[n - 3]);
  assertEquals(reports, [...objective].flatMap((value, at) => [at + 1, value]));
});

test("users and items without plays have zeros", async ({ gpu }) => {
  const { users, items } = await fitFactors(gpu, plays, { factors: 5, key: key(2), sweeps: 2 });
  assertEquals([...users.data.subarray(10, 15)], [0, 0, 0, 0, 0]);
  assertEquals([...items.data.subarray(5, 10)], [0, 0, 0, 0, 0]);
  const none = makeInteractions({ users: [], items: [], counts: [] }, { users: 2, items: 3 });
  const empty = await fitFactors(gpu, none, { factors: 5, key: key(2), sweeps: 2 });
  assertEquals(empty.objective.at(-1), 0);
});

test("shards give what one binding gives", async ({ gpu }) => {
  const options = { factors: 10, key: key(4), sweeps: 3, tolerance: 0 };
  const whole = await fitFactors(gpu, plays, options);
  const sharded = await fitFactors(gpu, plays, { ...options, maxBindingBytes: 700 });
  assertClose(sharded.users, whole.users, { relative: 1e-3, absolute: 1e-4 });
  assertClose(sharded.items, whole.items, { relative: 1e-3, absolute: 1e-4 });
  assertClose(
    ndarray([3], sharded.objective),
    ndarray([3], whole.objective),
    { relative: 1e-6, absolute: 0 },
  );
});

test("long rows cut into parts give what uncut ones give", async ({ gpu }) => {
  const options = { factors: 10, key: key(4), sweeps: 3, tolerance: 0 };
  const whole = await fitFactors(gpu, plays, options);
  const cut = await fitFactors(gpu, plays, { ...options, longestPart: 3 });
  assertClose(cut.users, whole.users, { relative: 1e-3, absolute: 1e-4 });
  assertClose(cut.items, whole.items, { relative: 1e-3, absolute: 1e-4 });
});

test("more factors than a thread holds agree with float64", async ({ gpu }) => {
  for (const factors of [70, 512]) {
    const options = { factors, key: key(4), sweeps: 1 };
    const made = await fitFactors(gpu, plays, options);
    const start = alsStart(plays.items, options);
    const zero = { shape: [plays.users, factors], data: new Float64Array(plays.users * factors) };
    const half = { regularisation: 1, steps: 2 };
    const users = halfSweepRef(weighted(plays.byUser), start, zero, half);
    assertClose(made.users, users, { relative: 1e-3, absolute: 1e-5, name: `${factors}` });
  }
});

test("same key, same bits; another key, other factors; nothing left in memory", async ({ gpu }) => {
  const options = { factors: 7, sweeps: 2 };
  const before = gpu.memory().liveBytes;
  const [one, two, other] = [
    await fitFactors(gpu, plays, { ...options, key: key(1) }),
    await fitFactors(gpu, plays, { ...options, key: key(1) }),
    await fitFactors(gpu, plays, { ...options, key: key(2) }),
  ];
  assertEquals(two, one);
  assertNotEquals(other.items.data, one.items.data);
  assertEquals(gpu.memory().liveBytes, before);
});

test("applyFactors() folds in what fitFactors() solved last", async ({ gpu }) => {
  const { users, items } = await fitFactors(gpu, plays, { factors: 6, key: key(1), sweeps: 2 });
  const folded = await applyFactors(gpu, users, plays.byItem);
  const error = largestError(folded, items);
  assert(error < 0.05, `${error}`); // two steps against six
  const exact = await applyFactors(gpu, users, plays.byItem, { solver: "cholesky" });
  assert(largestError(folded, exact) < 1e-4);
  const sharded = await applyFactors(gpu, users, plays.byItem, { maxBindingBytes: 500 });
  assert(largestError(sharded, exact) < 1e-4);
});

test("an abort ends between sweeps and gives its memory back", async ({ gpu }) => {
  const before = gpu.memory().liveBytes;
  const controller = new AbortController();
  const sweeps: number[] = [];
  const options = { factors: 4, key: key(1), tolerance: 0, signal: controller.signal };
  await assertRejects(
    () =>
      fitFactors(gpu, plays, {
        ...options,
        report: ({ sweep }) => {
          sweeps.push(sweep);
          if (sweep === 2) controller.abort(new Error("enough"));
        },
      }),
    Error,
    "enough",
  );
  assertEquals(sweeps, [1, 2]);
  assertEquals(gpu.memory().liveBytes, before);
  await assertRejects(() => fitFactors(gpu, plays, options), Error, "enough");
});

test("options and tables that do not fit are refused", async ({ gpu }) => {
  const options = { factors: 4, key: key(1) };
  const refused = (changed: object, message: string) =>
    rejects(() => fitFactors(gpu, plays, { ...options, ...changed }), message);
  await refused({ factors: 0 }, "factors is 0, expected a whole number from 1 on");
  await refused(
    { factors: 65, solver: "cholesky" },
    "factors is 65, expected a whole number from 1 to 64",
  );
  await refused({ regularisation: -1 }, "regularisation is -1, expected a number from 0 on");
  await refused({ steps: 0.5 }, "steps is 0.5, expected a whole number");
  await refused({ sweeps: 0 }, "sweeps is 0, expected");
  await refused({ tolerance: 1 }, "tolerance is 1, expected");
  await refused({ solver: "lu" }, 'solver is "lu", expected conjugateGradient or cholesky');
  await refused({ alpha: 0 }, "alpha is 0, expected");
  await refused({ solver: "cholesky", maxBindingBytes: 700 }, "expected 1 by Cholesky");
  await refused({ start: randomArray([2, 4]) }, "start is [2, 4], expected [61, 4]");
  const bad = ndarray([61, 4], new Float32Array(244).fill(NaN, 9));
  await refused({ start: bad }, "row 2, column 1 of start is NaN");
  await rejects(() => applyFactors(gpu, randomArray([5, 3]), plays.byUser), "the column of entry");
  const spoilt = (value: number) => {
    const { shape, data } = randomArray([plays.items, 3]);
    return applyFactors(gpu, { shape, data: data.with(4, value) }, plays.byUser);
  };
  await rejects(() => spoilt(NaN), "Cannot apply factors: row 1, column 1 of fixed is NaN");
  await rejects(() => spoilt(1e30), "in float32, is NaN, expected a finite number");
});
