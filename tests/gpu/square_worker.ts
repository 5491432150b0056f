/** What worker_pool_test.ts asks: squares, a failure for -1, the last number told for 0. */
import { serveRequests } from "../../gpu/worker_side.ts";

export interface Square {
  readonly square: Float64Array;
}

let told = 0;

serveRequests<number, Square>((x, progress) => {
  if (x === -1) throw new Error("no square of -1");
  if (x >= 100) told = x;
  for (let step = 1; step <= x % 4; step++) progress(step);
  return { square: Float64Array.of((x || told) ** 2) };
});
