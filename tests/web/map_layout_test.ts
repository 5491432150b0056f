import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key, uniform } from "../../gpu/random.ts";
import { markTowards, nearestMark, placement } from "../../web/map_layout.js";
import { mixOf, mixWords } from "../../web/mix.js";

type Point = readonly [number, number];

Deno.test("placement() fits all places into the box, in one scale, upwards up", () => {
  const places = [{ x: -3, y: 10 }, { x: 5, y: 12 }, { x: 1, y: 30 }];
  const box = { width: 300, height: 200, margin: 20 };
  const at = placement(places, box);
  const points = places.map(({ x, y }) => at(x, y));
  for (const [x, y] of points) {
    assert(x >= 20 && x <= 280 && y >= 20 - 1e-9 && y <= 180 + 1e-9, `${x}, ${y}`);
  }
  assertAlmostEquals(points[0][1], 180);
  assertAlmostEquals(points[2][1], 20);
  assertAlmostEquals((points[1][0] - points[0][0]) / 8, (points[0][1] - points[2][1]) / 20);
  assertEquals(at(1000, -1000), [290, 190]);
});

Deno.test("placement() of one place is the middle", () => {
  assertEquals(placement([{ x: 7, y: 7 }], { width: 100, height: 50, margin: 5 })(7, 7), [50, 25]);
});

Deno.test("nearestMark() finds what is within reach and there", () => {
  const points: (Point | undefined)[] = [[0, 0], [10, 0], undefined, [10, 4]];
  assertEquals(nearestMark(points, [9, 3]), 3);
  assertEquals(nearestMark(points, [40, 0], 14), -1);
  assertEquals(nearestMark([undefined], [0, 0]), -1);
});

Deno.test("markTowards() goes where the arrow points, ahead rather than aside", () => {
  //      1
  //  4   0   2 5
  //      3
  const points: Point[] = [[50, 50], [52, 10], [70, 50], [50, 90], [10, 49], [80, 50]];
  assertEquals(markTowards(points, 0, "ArrowUp"), 1);
  assertEquals(markTowards(points, 0, "ArrowRight"), 2);
  assertEquals(markTowards(points, 2, "ArrowRight"), 5);
  assertEquals(markTowards(points, 0, "ArrowDown"), 3);
  assertEquals(markTowards(points, 0, "ArrowLeft"), 4);
  assertEquals(markTowards(points, 5, "ArrowRight"), -1);
  assertEquals(markTowards(points, 0, "Enter"), -1);
});

Deno.test("markTowards() takes what is rather aside where nothing is ahead", () => {
  assertEquals(markTowards([[0, 0], [1, 50]], 0, "ArrowRight"), 1);
  assertEquals(markTowards([[0, 0], undefined, [1, 80]], 0, "ArrowRight"), 2);
});

Deno.test("arrow keys reach every mark", () => {
  const points = Array.from({ length: 60 }, (_, i): Point => [
    500 * uniform(key(1), 2 * i),
    400 * uniform(key(1), 2 * i + 1),
  ]);
  const reached = new Set([0]);
  for (const from of reached) {
    for (const arrow of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]) {
      const next = markTowards(points, from, arrow);
      if (next >= 0) reached.add(next);
    }
  }
  assertEquals(reached.size, points.length);
});

Deno.test("two sliders give three weights that sum to 1, and words for them", () => {
  assertEquals(mixOf(100, 0), { popularity: 0, usage: 0, content: 1 });
  assertEquals(mixOf(0, 0), { popularity: 0, usage: 1, content: 0 });
  assertEquals(mixOf(30, 100), { popularity: 1, usage: 0, content: 0 });
  const mix = mixOf(25, 20);
  assertAlmostEquals(mix.popularity + mix.usage + mix.content, 1);
  assertAlmostEquals(mix.content, 0.2);
  assertEquals(mixWords(mixOf(100, 0)), "Counts: only how the songs sound.");
  assertEquals(
    mixWords(mixOf(30, 25)), // 52.5, 25 and 22.5, rounded to 100
    "Counts: 52 % who else plays the songs, 25 % how many people play the songs, " +
      "23 % how the songs sound.",
  );
  assertEquals(
    mixWords(mix),
    "Counts: 60 % who else plays the songs, 20 % how the songs sound, 20 % how many people play the songs.",
  );
});
