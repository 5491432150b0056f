import { assertEquals, assertThrows } from "@std/assert";
import { IdTable } from "../../recsys/id_table.ts";
import { refuses } from "../refusals.ts";

Deno.test("IdTable numbers ids by first appearance, through many growths", () => {
  const table = new IdTable();
  const ids = Array.from({ length: 5000 }, (_, i) => `user ${i % 2 ? i : -i} ${"é".repeat(i % 5)}`);
  ids.forEach((id, i) => assertEquals(table.add(id), i));
  ids.forEach((id, i) => assertEquals([table.add(id), table.indexOf(id)], [i, i]));
  assertEquals([table.size, table.indexOf("user"), table.indexOf("")], [5000, -1, -1]);
  assertEquals(table.ids(), ids);
});

Deno.test("IdTable tells ids apart that begin or end alike, and keeps a byte order mark", () => {
  const ids = ["", "a", "aa", "ab", "ba", "\uFEFFa"];
  assertEquals(new IdTable([...ids, "a", ""]).ids(), ids);
  // Enough of them that many look for their place among the others.
  const runs = Array.from({ length: 300 }, (_, i) => "x".repeat(i));
  assertEquals(new IdTable([...runs, ...runs]).ids(), runs);
});

Deno.test("IdTable refuses what is not UTF-8 and numbers without an id", () => {
  const table = new IdTable(["a"]);
  assertThrows(() => table.addBytes(Uint8Array.of(0x41, 0xFF), 0, 2), TypeError);
  assertEquals(table.size, 1);
  for (const index of [-1, 1, 0.5]) refuses(() => table.id(index), `id ${index}`);
});
