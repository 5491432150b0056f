import { assertEquals } from "@std/assert";
import { padFilters, padMatrix, padRows, resizeMatrix, turn, wholeQuads } from "../../audio/pad.ts";
import {
  padFiltersRef,
  padMatrixRef,
  padRowsRef,
  resizeMatrixRef,
  turnRef,
} from "../../audio/pad_ref.ts";
import { assertClose, randomArray, sharedGpu } from "../check.ts";

const EXACT = { relative: 0, absolute: 0 };

Deno.test("padding adds zeros and moves no element", async () => {
  const gpu = await sharedGpu();
  for (const [n, d] of [[1, 1], [6, 5], [4, 8], [9, 3], [6, 67]]) {
    using scope = gpu.scope();
    const host = randomArray([n, d], 1);
    const x = scope.upload(host);
    assertClose(await gpu.read(padRows(scope, x)), padRowsRef(host), EXACT);
    assertClose(await gpu.read(padMatrix(scope, x)), padMatrixRef(host), EXACT);
    for (const shape of [[1, 1], [n, d], [n + 1, 1], [2, d + 3]]) {
      const resized = await gpu.read(resizeMatrix(scope, x, shape));
      assertClose(resized, resizeMatrixRef(host, shape), EXACT);
    }
    assertClose(await gpu.read(turn(scope, x)), turnRef(host), EXACT);
    const into = scope.empty([wholeQuads(d), wholeQuads(n)]);
    assertEquals(turn(scope, x, { into }), into);
    assertClose(await gpu.read(into), turnRef(host), EXACT);
    const bins = n % 3 === 0 ? 3 : n;
    assertClose(await gpu.read(padFilters(scope, x, bins)), padFiltersRef(host, bins), EXACT);
  }
});

Deno.test("padRows() gives rows that fit back as they are", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const x = scope.empty([3, 8]);
  assertEquals(padRows(scope, x), x);
});
