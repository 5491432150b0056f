import { assert, assertAlmostEquals } from "@std/assert";
import { blur, sigmaOfWidth, spread } from "../../../../tasks/galaxy/synthetic/psf.ts";

const SIDE = 61;

function point(): Float64Array {
  const picture = new Float64Array(SIDE * SIDE);
  picture[30 * SIDE + 30] = 1;
  return picture;
}

Deno.test("blur() makes a Gaussian of a point", () => {
  const sigma = 2.5;
  const blurred = blur(point(), SIDE, sigma);
  for (const [dx, dy] of [[0, 0], [2, 1], [-3, 4], [5, 0]]) {
    const expected = Math.exp(-0.5 * (dx * dx + dy * dy) / sigma ** 2) / (2 * Math.PI * sigma ** 2);
    assertAlmostEquals(blurred[(30 + dy) * SIDE + 30 + dx], expected, 0.003 * expected + 1e-6);
  }
});

Deno.test("spread() keeps the light and falls to half at half its width, or little beyond", () => {
  const seen = spread(point(), SIDE, 5);
  assertAlmostEquals(seen.reduce((a, b) => a + b), 1, 1e-9);
  const [centre, inside, outside] = [0, 2, 3].map((dx) => seen[30 * SIDE + 30 + dx]);
  assert(inside > centre / 2 && outside < centre / 2);
  assertAlmostEquals(sigmaOfWidth(2.3548), 1, 1e-4);
});
