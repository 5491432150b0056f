import { assertEquals } from "@std/assert";
import { dealt, planRows, rowRanges } from "../../recsys/row_plan.ts";
import { drawnPlays } from "../../tasks/doctor/drawn_plays.ts";
import { refuses } from "../refusals.ts";

const { byUser } = drawnPlays(41, 67);
const [all, columns] = [{ first: 0, end: 41 }, [{ first: 0, end: 67 }]];

Deno.test("rowRanges() covers all rows, and each range fits", () => {
  const ranges = rowRanges(byUser, 40, 600);
  assertEquals(ranges[0].first, 0);
  assertEquals(ranges.at(-1)!.end, 41);
  ranges.slice(1).forEach(({ first }, at) => assertEquals(first, ranges[at].end));
  for (const { first, end } of ranges) {
    const bytes = 8 * (byUser.starts[end] - byUser.starts[first]);
    assertEquals([bytes <= 600, 40 * (end - first) <= 600], [true, true]);
  }
  assertEquals(rowRanges(byUser, 40, 1e9), [all]);
  refuses(() => rowRanges(byUser, 700, 600), "row 0 takes 700 bytes");
});

Deno.test("dealt() keeps every element once, whole blocks together", () => {
  for (const n of [0, 1, 64, 65, 128, 1000, 6400]) {
    const elements = Array.from({ length: n }, (_, i) => i);
    const result = dealt(elements);
    assertEquals(result.toSorted((a, b) => a - b), elements);
    result.forEach((element, at) => {
      if (element % 64 > 0) assertEquals(result[at - 1], element - 1);
    });
  }
});

Deno.test("planRows() puts every entry into one part, none longer than asked, in one shard", () => {
  const shards = [{ first: 0, end: 20 }, { first: 20, end: 67 }];
  const range = { first: 5, end: 33 };
  const { whole, groups } = planRows(byUser, range, {
    shards,
    whole: false,
    longest: 4,
    mostParts: 9,
    mostPartsOfRow: 9,
  });
  assertEquals(whole.length, 0);
  const seen: number[] = [];
  for (const group of groups) {
    assertEquals(group.parts.length / 4 <= 9, true);
    group.shards.forEach(({ offset, count }, shard) => {
      for (let place = offset; place < offset + count; place++) {
        const [slot, row, first, end] = group.parts.subarray(4 * place, 4 * place + 4);
        assertEquals(group.slots[2 * slot], row);
        assertEquals(end - first >= 1 && end - first <= 4, true);
        for (let e = first; e < end; e++) {
          const entry = byUser.starts[range.first] + e;
          const column = byUser.indices[entry];
          assertEquals(column >= shards[shard].first && column < shards[shard].end, true);
          assertEquals(entry >= byUser.starts[5 + row] && entry < byUser.starts[6 + row], true);
          seen.push(entry);
        }
      }
    });
  }
  const [start, end] = [byUser.starts[range.first], byUser.starts[range.end]];
  const expected = Array.from({ length: end - start }, (_, i) => start + i);
  assertEquals(seen.toSorted((a, b) => a - b), expected);
});

Deno.test("planRows() sums the parts of a row in the order of its entries", () => {
  const { groups } = planRows(byUser, all, {
    shards: columns,
    whole: false,
    longest: 3,
    mostParts: 1e6,
    mostPartsOfRow: 1e6,
  });
  const [{ slots, order, parts }] = groups;
  for (let slot = 0; slot < 41; slot++) {
    let at = byUser.starts[slots[2 * slot]];
    for (let i = slots[2 * slot + 1]; i < slots[2 * slot + 3]; i++) {
      assertEquals(parts[4 * order[i] + 2], at);
      at = parts[4 * order[i] + 3];
    }
    assertEquals(at, byUser.starts[slots[2 * slot] + 1]);
  }
});

Deno.test("planRows() takes short rows whole, and refuses a row with too many parts", () => {
  const options = {
    shards: columns,
    whole: true,
    longest: 20,
    mostParts: 1e6,
    mostPartsOfRow: 1e6,
  };
  const { whole, groups } = planRows(byUser, all, options);
  const cut = groups.reduce((sum, { slots }) => sum + slots.length / 2 - 1, 0);
  assertEquals(whole.length / 4 + cut, 41);
  for (let i = 0; i < whole.length; i += 4) assertEquals(whole[i + 2] - whole[i + 1] <= 20, true);
  refuses(
    () => planRows(byUser, all, { ...options, whole: false, longest: 1, mostParts: 5 }),
    "parts, expected at most 5",
  );
});
