import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { fold, key, normal } from "../../gpu/random.ts";
import { ndarray } from "../../gpu/tensor.ts";
import {
  colourVector,
  DEFAULT_RANGES,
  drawPerturbation,
  IDENTITY_PERTURBATION,
} from "../../nn/perturbation.ts";
import { refuses } from "../refusals.ts";

const DRAWS = Array.from({ length: 4000 }, (_, i) => drawPerturbation(fold(key(5), i)));

Deno.test("drawPerturbation() gives the same for a key and another for another key", () => {
  assertEquals(drawPerturbation(key(1)), drawPerturbation(key(1)));
  assertNotEquals(drawPerturbation(key(1)), drawPerturbation(key(2)));
});

Deno.test("drawPerturbation() fills its ranges evenly and stays inside", () => {
  const logZoom = Math.log(1.3);
  const ranges: [string, number[], number, number][] = [
    ["rotation", DRAWS.map(({ rotation }) => rotation), 0, 360],
    ["translateX", DRAWS.map(({ translateX }) => translateX), -4, 4],
    ["translateY", DRAWS.map(({ translateY }) => translateY), -4, 4],
    ["log zoom", DRAWS.map(({ zoom }) => Math.log(zoom)), -logZoom, logZoom],
  ];
  for (const [name, values, low, high] of ranges) {
    const cells = new Array(10).fill(0);
    for (const x of values) {
      assert(x >= low - 1e-12 && x < high, `${name}: ${x}`);
      cells[Math.min(9, Math.max(0, Math.floor(10 * (x - low) / (high - low))))]++;
    }
    for (const count of cells) assert(Math.abs(count - 400) < 4.5 * Math.sqrt(360), `${name}`);
  }
});

Deno.test("drawPerturbation() flips half, shears nothing and has colour of deviation 0.5", () => {
  const flips = DRAWS.filter(({ flip }) => flip).length;
  assert(Math.abs(flips - 2000) < 4 * Math.sqrt(1000), `${flips} flips`);
  assert(DRAWS.every(({ shear }) => shear === 0));
  const mean = DRAWS.reduce((sum, { alpha }) => sum + alpha, 0) / 4000;
  const square = DRAWS.reduce((sum, { alpha }) => sum + alpha * alpha, 0) / 4000;
  assert(Math.abs(mean) < 4 * 0.5 / Math.sqrt(4000), `mean ${mean}`);
  assert(Math.abs(square - 0.25) < 4 * 0.25 * Math.sqrt(2 / 4000), `mean square ${square}`);
});

Deno.test("drawPerturbation() draws its values independently", () => {
  const columns = [
    DRAWS.map(({ rotation }) => rotation / 360 - 0.5),
    DRAWS.map(({ zoom }) => Math.log(zoom) / Math.log(1.3) / 2),
    DRAWS.map(({ translateX }) => translateX / 8),
    DRAWS.map(({ translateY }) => translateY / 8),
    DRAWS.map(({ flip }) => Number(flip) - 0.5),
    DRAWS.map(({ alpha }) => alpha),
  ];
  columns.forEach((a, i) => {
    for (const b of columns.slice(i + 1)) {
      const sum = a.reduce((sum, x, k) => sum + x * b[k], 0);
      assert(Math.abs(sum) < 4.5 * 0.25 * Math.sqrt(4000), `column ${i}: ${sum}`);
    }
  });
});

Deno.test("changing one range leaves the other draws as they were", () => {
  const plain = drawPerturbation(key(3));
  const sheared = drawPerturbation(key(3), { ...DEFAULT_RANGES, shear: [0, 5] });
  assert(sheared.shear > 0 && sheared.shear < 5);
  assertEquals({ ...sheared, shear: 0 }, plain);
});

Deno.test("ranges of nothing draw the identity", () => {
  const none = { rotation: [0, 0], shear: [0, 0], zoom: 1, flip: 0, translate: 0, colour: 0 };
  const drawn = drawPerturbation(key(3), none as unknown as typeof DEFAULT_RANGES);
  assertEquals(drawn, IDENTITY_PERTURBATION);
});

Deno.test("drawPerturbation() refuses impossible ranges by name", () => {
  const cases = { zoom: 0.9, flip: 1.5, translate: -1, colour: NaN };
  for (const [name, value] of Object.entries(cases)) {
    const ranges = { ...DEFAULT_RANGES, [name]: value };
    refuses(() => drawPerturbation(key(1), ranges), `${name} is ${value}`);
  }
});

Deno.test("colourVector() finds the only direction of pixels on a line", () => {
  // Two grey values 0.1 and 0.3 of direction (2, 1, 2) / 3: variance 0.01 * 9.
  const at = (t: number) => [2 * t, t, 2 * t];
  const image = ndarray([1, 2, 3], Float64Array.from([...at(0.1), ...at(0.3)]));
  const vector = colourVector([image]);
  [0.06, 0.03, 0.06].forEach((x, i) => assert(Math.abs(vector[i] - x) < 1e-12, `${vector}`));
});

Deno.test("colourVector() agrees with numpy's eigenvectors, over several images of bytes", () => {
  // numpy 2.4.6: p = images.reshape(-1, 3) / 255; w, v = np.linalg.eigh(np.cov(p.T, bias=True));
  // w[-1] * v[:, -1] for the bytes (k * k * 31 + 17 * k) % 251, k = 0 .. 179.
  const bytes = Uint8Array.from({ length: 180 }, (_, k) => (k * k * 31 + 17 * k) % 251);
  const images = [
    ndarray([4, 5, 3], bytes.subarray(0, 60)),
    ndarray([40, 3], bytes.subarray(60)),
  ];
  const vector = colourVector(images);
  const expected = [0.069310581377572, 0.049273455697201, 0.029166142955811];
  expected.forEach((x, i) => assert(Math.abs(vector[i] - x) < 1e-12, `${vector}`));
});

Deno.test("colourVector() is zero for equal pixels and keeps its digits far from zero", () => {
  assertEquals(colourVector([ndarray([5, 3], new Float64Array(15).fill(0.7))]), [0, 0, 0]);
  const far = Float64Array.from({ length: 3000 }, (_, i) => 1e6 + normal(key(1), i - i % 3));
  const near = far.map((x) => x - 1e6);
  const [a, b] = [far, near].map((data) => colourVector([ndarray([1000, 3], data)]));
  a.forEach((x, i) => assert(Math.abs(x - b[i]) < 1e-8, `${a} against ${b}`));
});

Deno.test("colourVector() refuses arrays without three channels, and nothing", () => {
  const grey = ndarray([2, 2, 1], new Uint8Array(4));
  refuses(() => colourVector([grey]), "images is [2, 2, 1], expected [..., 3]");
  refuses(() => colourVector([]), "pixels is 0");
});
