import { assertThrows } from "@std/assert";
import { check, oneOf, positive, whole, within } from "../../gpu/check.ts";

const refuses = (run: () => void, sentence: string) =>
  assertThrows(run, RangeError, `Cannot try: ${sentence}`);

Deno.test("checks of arguments let good values through, limits included", () => {
  whole("Cannot try", { a: 0, b: 5, c: Number.MAX_SAFE_INTEGER });
  whole("Cannot try", { a: 1, b: 3 }, 1, 3);
  within("Cannot try", { a: 0, b: 0.99 }, 0, 0.99);
  positive("Cannot try", { a: Number.MIN_VALUE });
  oneOf("Cannot try", { a: "mean" }, ["mean", "max"]);
  check(true, "Cannot try", { a: 1 }, "anything");
});

Deno.test("checks of arguments say what was tried, what came and what was expected", () => {
  const wholes = [2.5, -1, NaN, Infinity, 2 ** 53];
  for (const a of wholes) {
    refuses(() => whole("Cannot try", { a }), `a is ${a}, expected a whole number from 0 on`);
  }
  refuses(
    () => whole("Cannot try", { a: 1, b: 4 }, 1, 3),
    "b is 4, expected a whole number from 1 to 3",
  );
  for (const a of [NaN, Infinity, -0.1]) {
    refuses(() => within("Cannot try", { a }, 0), `a is ${a}, expected a number from 0 on`);
  }
  refuses(() => within("Cannot try", { a: 2 }, 0, 1), "a is 2, expected a number from 0 to 1");
  for (const a of [0, -1, NaN, Infinity]) {
    refuses(() => positive("Cannot try", { a }), `a is ${a}, expected a number above 0`);
  }
  refuses(
    () => oneOf("Cannot try", { a: "media" }, ["mean", "max"]),
    'a is "media", expected mean or max',
  );
});
