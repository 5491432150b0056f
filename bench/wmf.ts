/**
 * A sweep of weighted matrix factorisation beside the same in plain TypeScript on typed arrays: by
 * Cholesky, and by three steps of conjugate gradients, in one process, taking turns.
 *
 * `deno run -A bench/wmf.ts [factors] [rounds] [file]`
 *
 * `file` holds triplets, user, item and count a line between tabs. Without one, plays are drawn in the
 * shape of HetRec 2011's Last.fm table: 1,892 users play 50 of 17,632 artists each, artist r of them with
 * a probability near 1 / (r + 30), doubles being one, counts being exp of a normal number; some 90,000
 * plays, the most popular artist with 600 users. Before anything is timed, the device must agree with
 * Cholesky to 1e-3 where it takes many steps, and end no higher than three plain steps do.
 *
 * @module
 */
import { type Gpu, openGpu } from "../gpu/gpu.ts";
import { fold, key, normal, uniform } from "../gpu/random.ts";
import { ndarray } from "../gpu/tensor.ts";
import { alsSettings, alsStart, applyFactors, fitFactors } from "../recsys/als.ts";
import { sweep, sweepOperands } from "../recsys/als_sweep.ts";
import { surplus } from "../recsys/confidence.ts";
import { IdTable } from "../recsys/id_table.ts";
import { type Interactions, makeInteractions, rowLengths } from "../recsys/interactions.ts";
import { wmfObjectiveRef } from "../recsys/wmf_objective_ref.ts";
import { compiled, printProfile, printTurns, takeTurns } from "./timing.ts";
import { choleskyHalf, conjugateGradientHalf, type HalfSweep } from "./wmf_peers.ts";

const REGULARISATION = 1;
const PLAIN_STEPS = 3;
/** Sweeps after which the objectives are compared. */
const SWEEPS = 5;

/** Plays in the shape of HetRec 2011's Last.fm table. */
function drawnPlays(users = 1892, items = 17_632, perUser = 50): Interactions {
  const [popular, often] = [fold(key(1), "item"), fold(key(1), "count")];
  const entries = Array.from({ length: users * perUser }, (_, i) => i);
  const ofUser = entries.map((i) => {
    const rank = 30 * ((1 + items / 30) ** uniform(popular, i) - 1);
    return Math.min(items - 1, Math.floor(rank));
  });
  const columns = { users: [] as number[], items: [] as number[], counts: [] as number[] };
  for (let user = 0; user < users; user++) {
    const first = user * perUser;
    for (const item of new Set(ofUser.slice(first, first + perUser))) {
      columns.users.push(user);
      columns.items.push(item);
      columns.counts.push(Math.ceil(Math.exp(5.5 + 1.3 * normal(often, columns.items.length))));
    }
  }
  return makeInteractions(columns, { users, items });
}

/** Plays from a file of triplets. */
function readPlays(path: string): Interactions {
  const [userIds, itemIds] = [new IdTable(), new IdTable()];
  const columns = { users: [] as number[], items: [] as number[], counts: [] as number[] };
  for (const line of Deno.readTextFileSync(path).split("\n")) {
    if (line === "") continue;
    const [user, item, count] = line.split("\t");
    columns.users.push(userIds.add(user));
    columns.items.push(itemIds.add(item));
    columns.counts.push(Number(count));
  }
  return makeInteractions(columns, { users: userIds.size, items: itemIds.size });
}

/** One way to factorise in plain TypeScript. */
class Peer {
  readonly users: Float32Array;
  readonly items: Float32Array;
  readonly #plays: Interactions;
  readonly #weights: readonly [Float32Array, Float32Array];
  readonly #half: (half: HalfSweep) => void;
  readonly #k: number;

  constructor(plays: Interactions, k: number, half: (half: HalfSweep) => void) {
    this.#plays = plays;
    this.#half = half;
    this.#k = k;
    this.#weights = [surplus(plays.byUser.counts), surplus(plays.byItem.counts)];
    this.users = new Float32Array(plays.users * k);
    this.items = alsStart(plays.items, { factors: k, key: key(1) }).data;
  }

  sweep(): void {
    const common = { k: this.#k, regularisation: REGULARISATION };
    const { byUser, byItem } = this.#plays;
    const [ofUser, ofItem] = this.#weights;
    const { users, items } = this;
    this.#half({ ...common, ...byUser, surplus: ofUser, fixed: items, solved: users });
    this.#half({ ...common, ...byItem, surplus: ofItem, fixed: users, solved: items });
  }

  objective(): number {
    const { byUser, users, items } = this.#plays;
    const rows = { ...byUser, weights: this.#weights[0] };
    const [x, y] = [ndarray([users, this.#k], this.users), ndarray([items, this.#k], this.items)];
    return wmfObjectiveRef(rows, x, y, REGULARISATION);
  }
}

/** Throws unless the device gives what plain TypeScript gives; returns what was found. */
async function checkEqual(gpu: Gpu, plays: Interactions, k: number): Promise<string> {
  const direct = new Peer(plays, k, choleskyHalf);
  for (let sweep = 0; sweep < SWEEPS; sweep++) direct.sweep();
  const fixed = ndarray([plays.users, k], direct.users);
  const made = await applyFactors(gpu, fixed, plays.byItem);
  let [error, size] = [0, 0];
  direct.items.forEach((value, i) => {
    error = Math.max(error, Math.abs(value - made.data[i]));
    size = Math.max(size, Math.abs(value));
  });
  const plain = new Peer(plays, k, (half) => conjugateGradientHalf(half, PLAIN_STEPS));
  for (let sweep = 0; sweep < SWEEPS; sweep++) plain.sweep();
  const options = { factors: k, key: key(1), sweeps: SWEEPS, tolerance: 0 };
  const ours = (await fitFactors(gpu, plays, options)).objective.at(-1)!;
  const [exact, usual] = [direct.objective(), plain.objective()];
  if (!(error / size < 1e-3 && ours < usual * (1 + 1e-3))) {
    throw new Error(`Results differ: items by ${error / size}, objective ${ours} against ${usual}`);
  }
  return `items agree with Cholesky to ${(error / size).toExponential(1)}; objective after ` +
    `${SWEEPS} sweeps ${ours.toFixed(0)}, by Cholesky ${
      exact.toFixed(0)
    }, by ${PLAIN_STEPS} plain ` +
    `steps ${usual.toFixed(0)}`;
}

async function compare(gpu: Gpu, plays: Interactions, k: number, rounds: number): Promise<void> {
  using scope = gpu.scope();
  const options = { factors: k, key: key(1) };
  const settings = alsSettings(gpu, "Cannot measure", k, {});
  const start = alsStart(plays.items, options);
  const operands = sweepOperands(scope, "Cannot measure", plays, settings, start);
  using program = await compiled(gpu, (context) => sweep(context, operands, settings));
  const direct = new Peer(plays, k, choleskyHalf);
  const plain = new Peer(plays, k, (half) => conjugateGradientHalf(half, PLAIN_STEPS));
  printTurns(
    await takeTurns({
      WGSL: () => {
        program.run([{}]);
        return gpu.sync();
      },
      Cholesky: () => direct.sweep(),
      "conjugate gradients": () => plain.sweep(),
    }, rounds),
  );
  await printProfile(program);
}

const [k, rounds] = [Number(Deno.args[0] ?? 40), Number(Deno.args[1] ?? 9)];
const plays = Deno.args[2] ? readPlays(Deno.args[2]) : drawnPlays();
await using gpu = await openGpu();
const popularity = rowLengths(plays.byItem).reduce((a, b) => Math.max(a, b), 0);
console.log(
  `${gpu.name}; ${plays.users} users, ${plays.items} items, ${plays.byUser.indices.length} plays,`,
  `the most popular with ${popularity} users, ${k} factors`,
);
console.log(await checkEqual(gpu, plays, k));
await compare(gpu, plays, k, rounds);
