import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  matmul,
  type MatmulForm,
  matmulTransposedA,
  matmulTransposedB,
  planMatmul,
} from "../../gpu/matmul.ts";
import { matmulGradRef, matmulRef } from "../../gpu/matmul_ref.ts";
import { Recorder } from "../../gpu/recorder.ts";
import { ndarray } from "../../gpu/tensor.ts";
import {
  checkMatmul,
  checkMatmulStreams,
  EXTENTS,
  MORE_EXTENTS,
  MORE_STREAMS,
} from "../../tasks/doctor/gpu_checks.ts";
import { checkGradient, dot, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

const FORMS: readonly MatmulForm[] = ["plain", "transposedA", "transposedB"];

testCheck("products agree with float64, with bias before ReLU and without", checkMatmul);
testCheck("products of few rows and a large b agree with float64", checkMatmulStreams);

Deno.test("matmulGradRef() agrees with finite differences", () => {
  const [a, b, dy] = [randomArray([3, 4], 1), randomArray([4, 5], 2), randomArray([3, 5], 3)];
  const { da, db } = matmulGradRef(a, b, dy);
  const loss = () => dot(matmulRef(a, b), dy);
  checkGradient(loss, a, da, { name: "da" });
  checkGradient(loss, b, db, { name: "db" });
});

Deno.test("the cases reach every entry point but those for large operands", () => {
  const extents = [...EXTENTS, ...MORE_EXTENTS];
  const reached = (["software", "card"] as const).flatMap((profile) =>
    FORMS.flatMap((form) =>
      extents.map(([m, n, k]) => planMatmul({ m, n, k }, form, profile).entry)
    )
  );
  assertEquals([...new Set(reached)].sort(), [
    "dots16",
    "dots2",
    "dots8",
    "outer16",
    "outer8",
    "quads16",
    "quads8",
    "rows16",
    "rows2",
    "rows4",
    "rows8",
    "scalars2",
    "scalars8",
    "staged",
  ]);
});

Deno.test("large products are staged on a card", () => {
  for (const form of FORMS) {
    assertEquals(planMatmul({ m: 516, n: 520, k: 68 }, form, "card").entry, "staged");
  }
});

Deno.test("a large b for few rows is read along its rows, or summed in short parts", () => {
  const plans = MORE_STREAMS.map(([m, n, k]) => planMatmul({ m, n, k }, "plain", "software"));
  assertEquals(plans.map(({ entry, parts }) => [entry, parts]), [
    ["stream2", 4],
    ["stream4", 8],
    ["stream4", 8],
    ["rows2", 9],
  ]);
});

test("matmul() of a counted matrix and the identity gives the matrix", async ({ gpu, scope }) => {
  const counted = ndarray([5, 4], Float32Array.from({ length: 20 }, (_, i) => i));
  const identity = ndarray([4, 4], Float32Array.from({ length: 16 }, (_, i) => i % 5 ? 0 : 1));
  const [a, eye] = [scope.upload(counted), scope.upload(identity)];
  assertEquals((await gpu.read(matmul(scope, a, eye))).data, counted.data);
  assertEquals((await gpu.read(matmulTransposedB(scope, a, eye))).data, counted.data);
});

test("matmul() writes into the tensor that is given", ({ scope }) => {
  const into = scope.empty([3, 4]);
  const result = matmul(scope, scope.empty([3, 300]), scope.empty([300, 4]), { into });
  assert(result === into);
});

Deno.test("a product counts two operations a term", () => {
  const recorder = new Recorder();
  matmul(recorder, recorder.empty([4, 300]), recorder.empty([300, 12]));
  assertEquals(recorder.flops, 2 * 4 * 12 * 300);
});

test("products refuse shapes that do not fit and say which", ({ scope }) => {
  const [a, b, bias] = [scope.empty([2, 3]), scope.empty([4, 5]), scope.empty([4])];
  refuses(
    () => matmul(scope, a, b),
    'Cannot run matmul: "b" is f32 [4, 5], expected [k n] with the k of "a", 3',
  );
  refuses(
    () => matmulTransposedA(scope, a, scope.empty([2, 5]), { bias }),
    'Cannot run matmulTransposedA: "bias" is f32 [4], expected [5]',
  );
  refuses(
    () => matmulTransposedB(scope, a, scope.empty([7, 3]), { into: b }),
    "Cannot run matmulTransposedB",
  );
  refuses(() => matmul(scope, scope.empty([6]), b), "expected [m k]");
});

test("writing a product over its own operand is an error", ({ scope }) => {
  const a = scope.empty([4, 4], { label: "a" });
  assertThrows(
    () => matmul(scope, a, scope.empty([4, 4]), { into: a }),
    Error,
    'Cannot run matmul: it would write "a" while reading it',
  );
});
