import { assertEquals } from "@std/assert";
import { convOutputLength } from "../../nn/conv2d_geometry.ts";

Deno.test("convOutputLength() knows valid and same padding", () => {
  assertEquals(convOutputLength(45, 6, 1, "valid"), { length: 40, before: 0 });
  assertEquals(convOutputLength(8, 3, 2, "valid"), { length: 3, before: 0 });
  assertEquals(convOutputLength(8, 3, 1, "same"), { length: 8, before: 1 });
  assertEquals(convOutputLength(8, 3, 2, "same"), { length: 4, before: 0 });
  assertEquals(convOutputLength(7, 1, 3, "same"), { length: 3, before: 0 });
});
