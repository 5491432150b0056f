import {
  assert,
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";

// Written without assertThrows, which is itself under test here.
function messageOf(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  throw new Error(`Expected an AssertionError from ${fn}, but it returned`);
}

async function rejectionOf(promise: Promise<unknown>): Promise<string> {
  const reason = await promise.then(() => undefined, (error) => error);
  if (reason instanceof AssertionError) return reason.message;
  throw new Error(`Expected a rejection with an AssertionError, but got ${reason}`);
}

/** Pairs that are equal for `@std/assert`, with the surprise named. */
const EQUAL: [string, unknown, unknown][] = [
  ["NaN", NaN, NaN],
  ["zero and minus zero", 0, -0],
  ["minus zero in a typed array", new Float32Array([0]), new Float32Array([-0])],
  ["NaN in a typed array", new Float32Array([NaN]), new Float32Array([NaN])],
  ["nested arrays", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
  ["an object without prototype", Object.create(null), {}],
  ["sets in another order", new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])],
  ["maps in another order", new Map([[1, "a"], [2, "b"]]), new Map([[2, "b"], [1, "a"]])],
  ["dates", new Date(5), new Date(5)],
  ["expressions", /a/g, /a/g],
  ["errors", new Error("a"), new Error("a")],
  ["buffers", new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2]).buffer],
  ["views of another offset", new Uint8Array([9, 1]).subarray(1), new Uint8Array([1])],
];

const DIFFERENT: [string, unknown, unknown][] = [
  ["a number and its text", 1, "1"],
  ["null and undefined", null, undefined],
  ["another value", [1, 2, 3], [1, 2, 4]],
  ["another length", [1, 2], [1, 2, 3]],
  ["undefined and missing", { a: undefined }, {}],
  ["another key", { a: 1 }, { b: 1 }],
  ["another class of typed array", new Float32Array([1]), new Float64Array([1])],
  ["an array and a typed array", [1], new Float32Array([1])],
  ["typed arrays", new Uint32Array([1, 2]), new Uint32Array([1, 3])],
  ["buffers", new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
  ["sets with repeated structure", new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }])],
  ["map values", new Map([[1, "a"]]), new Map([[1, "b"]])],
  ["error messages", new Error("a"), new Error("b")],
  ["error classes", new Error("a"), new TypeError("a")],
];

for (const [name, a, b] of EQUAL) {
  Deno.test(`assertEquals() accepts ${name}`, () => {
    assertEquals(a, b);
    messageOf(() => assertNotEquals(a, b));
  });
}

for (const [name, a, b] of DIFFERENT) {
  Deno.test(`assertEquals() refuses ${name}`, () => {
    messageOf(() => assertEquals(a, b));
    assertNotEquals(a, b);
  });
}

Deno.test("assertEquals() follows cycles", () => {
  const ring = (value: number) => {
    const node: Record<string, unknown> = { value };
    node.next = { value: 0, next: node };
    return node;
  };
  assertEquals(ring(1), ring(1));
  assertNotEquals(ring(1), ring(2));
});

Deno.test("assertEquals() shows the difference and the message", () => {
  const text = messageOf(() => assertEquals({ a: 1, b: 2 }, { a: 1, b: 3 }, "after step 2"));
  assertStringIncludes(text, "+   b: 2");
  assertStringIncludes(text, "-   b: 3");
  assertStringIncludes(text, "after step 2");
});

Deno.test("assertEquals() of large arrays names the elements, quickly", () => {
  const expected = new Float32Array(1_000_000);
  const actual = expected.slice();
  actual[70_000] = 5;
  assertStringIncludes(
    messageOf(() => assertEquals(actual, expected)),
    "1 of 1000000 elements differ: [70000] 5 is not 0",
  );
});

Deno.test("assert() says what it was told to", () => {
  assert(1);
  assertEquals(messageOf(() => assert(0, "no rows")), "no rows");
});

Deno.test("assertAlmostEquals() takes an absolute tolerance, by default 1e-7 of the value", () => {
  assertAlmostEquals(1.5, 1, 0.5);
  assertAlmostEquals(1e9 + 1, 1e9);
  assertAlmostEquals(NaN, NaN);
  assertAlmostEquals(Infinity, Infinity);
  messageOf(() => assertAlmostEquals(1.51, 1, 0.5));
  messageOf(() => assertAlmostEquals(1.001, 1));
  messageOf(() => assertAlmostEquals(1e-8, 0, 1e-9));
});

Deno.test("assertAlmostEquals() refuses NaN and infinity whatever the tolerance", () => {
  messageOf(() => assertAlmostEquals(NaN, 1, 10));
  messageOf(() => assertAlmostEquals(1, NaN, 10));
  messageOf(() => assertAlmostEquals(Infinity, 1, 10));
});

Deno.test("assertLess() refuses NaN", () => {
  assertLess(1, 2);
  messageOf(() => assertLess(1, 1));
  messageOf(() => assertLess(NaN, 1));
});

Deno.test("assertStringIncludes() and assertMatch()", () => {
  assertStringIncludes("wavelet", "wave");
  messageOf(() => assertStringIncludes("wavelet", "tide"));
  assertMatch("a1", /\d/);
  messageOf(() => assertMatch("a", /\d/));
});

Deno.test("assertMatch() gives the same answer twice for a global expression", () => {
  const digit = /\d/g;
  assertMatch("a1", digit);
  assertMatch("a1", digit);
});

Deno.test("assertThrows() returns the error and checks class and message", () => {
  const thrower = () => {
    throw new RangeError("k is 4");
  };
  const error: RangeError = assertThrows(thrower, RangeError, "k is");
  assertEquals(error.message, "k is 4");
  assert(assertThrows(thrower) instanceof RangeError);
  assertThrows(thrower, Error);
  messageOf(() => assertThrows(() => {}));
  messageOf(() => assertThrows(thrower, TypeError));
  messageOf(() => assertThrows(thrower, RangeError, "n is"));
});

Deno.test("assertThrows() accepts any thrown value unless a class is asked for", () => {
  const thrower = () => {
    throw "text";
  };
  assertEquals(assertThrows(thrower), "text");
  assertStringIncludes(messageOf(() => assertThrows(thrower, Error)), "non-Error");
});

Deno.test("assertRejects() resolves to the error and checks class and message", async () => {
  const rejecter = () => Promise.reject(new RangeError("k is 4"));
  const error: RangeError = await assertRejects(rejecter, RangeError, "k is");
  assertEquals(error.message, "k is 4");
  await assertRejects(rejecter);
  await rejectionOf(assertRejects(() => Promise.resolve()));
  await rejectionOf(assertRejects(rejecter, TypeError));
  await rejectionOf(assertRejects(rejecter, RangeError, "n is"));
});

Deno.test("assertRejects() refuses a function that throws before it returns a promise", async () => {
  const thrower = () => {
    throw new Error("early");
  };
  assertStringIncludes(await rejectionOf(assertRejects(thrower)), "throws when expected to reject");
});
