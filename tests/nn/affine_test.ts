import { assert, assertEquals } from "@std/assert";
import {
  type AffineMap,
  centreOf,
  compose,
  downsampleMap,
  IDENTITY_MAP,
  mapPoint,
  type Perturbation,
  perturbation,
  type Point,
  recentre,
  translation,
  viewMatrices,
} from "../../nn/affine.ts";
import { refuses } from "../refusals.ts";

const CROP = { inputSize: 424, outputSize: 69, factor: 3 };
const CENTRE = centreOf(424);
const D = downsampleMap(CROP);
const POINTS: Point[] = [[0, 0], [34, 34], [68, 0], [10, 61.5]];

function assertPoint(actual: Point, expected: Point): void {
  const distance = Math.hypot(actual[0] - expected[0], actual[1] - expected[1]);
  assert(distance < 1e-9, `(${actual}) is not (${expected})`);
}

function assertSameMap(actual: AffineMap, expected: AffineMap): void {
  for (const point of POINTS) assertPoint(mapPoint(actual, point), mapPoint(expected, point));
}

Deno.test("downsampleMap() is x = 3u + 109.5 for galaxies, centre on centre", () => {
  assertSameMap(D, [3, 0, 109.5, 0, 3, 109.5]);
  assertEquals(CENTRE, [211.5, 211.5]);
  assertPoint(mapPoint(D, [34, 34]), [211.5, 211.5]);
  // 207 pixels from 108 to 315, an output pixel reaching 1.5 to either side of its centre.
  assertPoint(mapPoint(D, [0, 68]), [109.5, 313.5]);
});

Deno.test("downsampleMap() keeps the centres together for any sizes", () => {
  for (const crop of [CROP, { inputSize: 7, outputSize: 5, factor: 1.5 }, { ...CROP, factor: 8 }]) {
    assertPoint(mapPoint(downsampleMap(crop), centreOf(crop.outputSize)), centreOf(crop.inputSize));
  }
  const same = downsampleMap({ inputSize: 9, outputSize: 9, factor: 1 });
  assertSameMap(same, IDENTITY_MAP);
});

Deno.test("compose() lets its first map act first", () => {
  const double: AffineMap = [2, 0, 0, 0, 2, 0];
  assertPoint(mapPoint(compose(translation(1, 0), double), [3, 4]), [8, 8]);
  assertPoint(mapPoint(compose(double, translation(1, 0)), [3, 4]), [7, 8]);
  assertEquals(compose(), IDENTITY_MAP);
});

Deno.test("perturbation() without options changes nothing", () => {
  assertSameMap(perturbation({}, CENTRE), IDENTITY_MAP);
});

Deno.test("perturbation() turns from x to y about the centre, which stays", () => {
  const quarter = perturbation({ rotation: 90 }, [10, 20]);
  assertPoint(mapPoint(quarter, [10, 20]), [10, 20]);
  assertPoint(mapPoint(quarter, [13, 20]), [10, 23]);
  assertPoint(mapPoint(perturbation({ rotation: 45 }, [0, 0]), [1, 0]), [
    Math.SQRT1_2,
    Math.SQRT1_2,
  ]);
});

Deno.test("perturbation() reads a smaller window for a zoom above 1", () => {
  assertPoint(mapPoint(perturbation({ zoom: 2 }, [10, 20]), [14, 26]), [12, 23]);
});

Deno.test("perturbation() translates by input pixels, whatever the zoom and the rotation", () => {
  for (const options of [{}, { zoom: 1.3 }, { rotation: 77, zoom: 0.8, flip: true }]) {
    const moved = perturbation({ ...options, translateX: 3, translateY: -4 }, CENTRE);
    assertSameMap(moved, compose(perturbation(options, CENTRE), translation(3, -4)));
  }
});

Deno.test("a flip adds 180 degrees to rotation and shear, and mirrors output x before the rotation", () => {
  const mirror: AffineMap = [-1, 0, 423, 0, 1, 0];
  const rotations = [0, 30, 200];
  for (const rotation of rotations) {
    for (const shear of [0, 5]) {
      const options: Perturbation = { rotation, shear, zoom: 1.2, translateX: 2, translateY: 1 };
      const flipped = perturbation({ ...options, flip: true }, CENTRE);
      assertSameMap(flipped, compose(mirror, perturbation(options, CENTRE)));
      const turned = { ...options, rotation: rotation + 180, shear: shear + 180 };
      assertSameMap(flipped, perturbation(turned, CENTRE));
    }
  }
  // As the output is centred on the input, it is mirrored there too: u to 68 - u.
  const [left, right] = [mapPoint(compose(D, mirror), [5, 7]), mapPoint(D, [63, 7])];
  assertPoint(left, right);
});

Deno.test("perturbation() has the entries of its documented matrix", () => {
  // 0.8 times cos 30, -sin 40, sin 30 and cos 40 degrees, about the origin.
  const [a, b, tx, c, d, ty] = perturbation(
    { rotation: 30, shear: 10, zoom: 1.25, translateX: 3, translateY: -2 },
    [0, 0],
  );
  const expected = [0.692820323, -0.514230088, 3, 0.4, 0.612835554, -2];
  [a, b, tx, c, d, ty].forEach((x, i) => assert(Math.abs(x - expected[i]) < 1e-9, `${i}: ${x}`));
});

Deno.test("recentre() reads a found object's centre at the centre, at its scale", () => {
  const map = recentre({ x: 200, y: 220.5, zoom: 1.5 }, CENTRE);
  assertPoint(mapPoint(map, CENTRE), [200, 220.5]);
  assertPoint(mapPoint(map, [211.5 + 3, 211.5]), [202, 220.5]);
});

Deno.test("viewMatrices() is D, P for view 0 and D, R45, P for view 1, example by example", () => {
  const drawn: Perturbation[] = [{}, { rotation: 20, zoom: 1.1, flip: true, translateX: 4 }];
  const placements = [{ x: 210, y: 215, zoom: 0.9 }, { x: 211.5, y: 211.5, zoom: 1 }];
  const turns = [0, 45];
  const plain = viewMatrices(drawn, { ...CROP, turns });
  const placed = viewMatrices(drawn, { ...CROP, turns, placements });
  assertEquals([plain.length, viewMatrices(drawn, CROP).length], [24, 12]);
  drawn.forEach((options, i) => {
    const P = perturbation(options, CENTRE);
    const R45 = perturbation({ rotation: 45 }, CENTRE);
    const S = recentre(placements[i], CENTRE);
    const at = (all: Float32Array, view: number) => all.slice(12 * i + 6 * view).slice(0, 6);
    assertEquals(at(plain, 0), Float32Array.from(compose(D, P)));
    assertEquals(at(plain, 1), Float32Array.from(compose(D, R45, P)));
    assertEquals(at(placed, 1), Float32Array.from(compose(D, R45, compose(P, S))));
  });
});

Deno.test("viewMatrices() reaches at most 195 pixels from the centre at zoom 1.3", () => {
  // The corner of the crop, 34 sqrt(2) output pixels away, at the smallest zoom and with 4 pixels'
  // translation each way: the warp needs almost the whole frame.
  const options = { zoom: 1 / 1.3, rotation: 45, translateX: 4, translateY: 4 };
  const corner = mapPoint(compose(D, perturbation(options, CENTRE)), [68, 0]);
  const reach = Math.max(...corner.map((x) => Math.abs(x - 211.5)));
  assert(reach > 190 && reach < 195, `${reach}`);
});

Deno.test("affine maps refuse a zoom that is not positive and placements for others", () => {
  for (const zoom of [0, -1, NaN]) {
    refuses(() => perturbation({ zoom }, CENTRE), `zoom is ${zoom}, expected a number above 0`);
  }
  refuses(
    () => viewMatrices([{}, {}], { ...CROP, placements: [] }),
    "placements is 0, expected 2, one a perturbation",
  );
});
