import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { key, uniform } from "../../gpu/random.ts";
import {
  bestTurn,
  emptiestCorner,
  markTowards,
  nearestMark,
  placement,
} from "../../web/map_layout.js";
import { mixOf, mixWords } from "../../web/mix.js";
import {
  between,
  broughtIntoView,
  LARGEST_SCALE,
  panned,
  seen,
  WHOLE,
  zoomed,
} from "../../web/view.js";

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

Deno.test("bestTurn() lays a tall map along a wide box, and leaves one that fits", () => {
  const tall = [{ x: 0, y: 0 }, { x: 1, y: 3 }, { x: 0.5, y: 10 }];
  const box = { width: 300, height: 120, margin: 10 };
  const turn = bestTurn(tall, box);
  const spread = (turn: number) => {
    const [a, , b] = tall.map(({ x, y }) => placement(tall, box, turn)(x, y));
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  };
  assertAlmostEquals(spread(0), 100.12, 0.01);
  assert(spread(turn) > 270, `${spread(turn)}`);
  assertEquals(bestTurn(tall.map(({ x, y }) => ({ x: y, y: x })), box), 0);
  assertEquals(bestTurn([{ x: 7, y: 7 }], box), 0);
});

const SIZE = { width: 300, height: 200 };

Deno.test("zoomed() keeps the point under the pointer, from 1 to 40 times", () => {
  const place: Point = [70, 150];
  const once = zoomed(WHOLE, 3, { at: place, size: SIZE });
  assertEquals(once.scale, 3);
  seen(once, place).forEach((value, axis) => assertAlmostEquals(value, place[axis]));
  const most = zoomed(once, 1000, { at: place, size: SIZE });
  assertEquals(most.scale, LARGEST_SCALE);
  seen(most, place).forEach((value, axis) => assertAlmostEquals(value, place[axis]));
  const { scale, x, y } = zoomed(most, 1e-6, { at: [0, 200], size: SIZE });
  assertEquals([scale, Math.abs(x), Math.abs(y)], [1, 0, 0]);
});

Deno.test("panned() ends where the map does", () => {
  const view = { scale: 2, x: -100, y: -100 };
  assertEquals(panned(view, [30, -20], SIZE), { scale: 2, x: -70, y: -120 });
  assertEquals(panned(view, [1000, -1000], SIZE), { scale: 2, x: 0, y: -200 });
  const { x, y } = panned(WHOLE, [5, -5], SIZE);
  assertEquals([Math.abs(x), Math.abs(y)], [0, 0]);
});

Deno.test("broughtIntoView() moves no more than it takes", () => {
  const view = { scale: 10, x: -1000, y: -800 };
  const options = { margin: 40, size: SIZE };
  assertEquals(broughtIntoView(view, [110, 90], options), view); // is at 100, 100
  assertEquals(seen(broughtIntoView(view, [200, 90], options), [200, 90]), [260, 100]);
  assertEquals(seen(broughtIntoView(view, [20, 10], options), [20, 10]), [40, 40]);
  assertEquals(seen(broughtIntoView(view, [0, 0], options), [0, 0]), [0, 0]); // the map ends there
});

Deno.test("between() two views the point that both show at one place stays there", () => {
  const from = { scale: 2, x: -100, y: -40 };
  const to = zoomed(from, 5, { at: [120, 90], size: SIZE });
  const place: Point = [110, 65];
  for (const part of [0, 0.3, 1]) {
    seen(between(from, to, part), place).forEach((value, axis) =>
      assertAlmostEquals(value, [120, 90][axis])
    );
  }
});

Deno.test("emptiestCorner() hides the fewest marks, lower right where all are empty", () => {
  const controls = { width: 50, height: 40 };
  assertEquals(emptiestCorner([[150, 100], undefined], SIZE, controls), "bottom right");
  assertEquals(emptiestCorner([[290, 190]], SIZE, controls), "top right");
  assertEquals(emptiestCorner([[290, 190], [290, 5], [260, 20]], SIZE, controls), "bottom left");
  const all: Point[] = [[290, 190], [290, 5], [5, 190], [5, 5], [290, 180], [290, 9], [9, 190]];
  assertEquals(emptiestCorner(all, SIZE, controls), "top left");
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
