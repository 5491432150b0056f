import { assertEquals, assertThrows } from "@std/assert";
import { bindAxes, outputShape, parseSignature } from "../../gpu/signature.ts";
import { refuses } from "../refusals.ts";

Deno.test("parseSignature() reads element type, collecting axis and fixed extents", () => {
  assertEquals(parseSignature("u32: *n 37"), {
    text: "u32: *n 37",
    dtype: "u32",
    collects: true,
    axes: ["n", 37],
  });
  assertThrows(() => parseSignature("b, c"), SyntaxError, 'Cannot parse the signature "b, c"');
});

Deno.test("bindAxes() names both tensors when an extent disagrees", () => {
  const dims: Record<string, number> = {};
  const origins: Record<string, string> = {};
  const bind = (name: string, text: string, shape: number[]) =>
    bindAxes("matmul", name, parseSignature(text), { shape, dtype: "f32" }, dims, origins);
  bind("a", "m k", [3, 4]);
  refuses(
    () => bind("b", "k n", [5, 4]),
    'Cannot run matmul: "b" is f32 [5, 4], expected [k n] with the k of "a", 4',
  );
  refuses(() => bind("c", "m n k", [3, 4]), "expected [m n k]");
});

Deno.test("bindAxes() refuses another element type", () => {
  const tensor = { shape: [2], dtype: "u32" as const };
  assertThrows(
    () => bindAxes("scale", "x", parseSignature("n"), tensor, {}, {}),
    TypeError,
    'Cannot run scale: "x" is u32 [2], expected f32',
  );
});

Deno.test("a collecting output takes the leading axes of its input", () => {
  const shape = outputShape("k", "y", parseSignature("*n c"), { n: 6, c: 5 }, { n: [2, 3] });
  assertEquals(shape, [2, 3, 5]);
});
