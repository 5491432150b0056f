/**
 * Fourier transforms against the sum that defines them, and against NumPy.
 *
 * Golden values: numpy 1.24.2 and scipy 1.10.1, `x` being the noise of signal.ts.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  type Complex,
  fourierTransform,
  inverseRealFourierTransform,
  realFourierTransform,
} from "../../audio/fft.ts";
import { refuses } from "../refusals.ts";
import { assertSeries, noise } from "./signal.ts";

const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 12, 16, 30, 31, 64, 97, 100, 128, 210];

/** The definition, with angles reduced in whole numbers. */
function slowTransform({ real, imaginary }: Complex): Complex {
  const n = real.length;
  const result = { real: new Float64Array(n), imaginary: new Float64Array(n) };
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      const angle = -2 * Math.PI * ((i * k) % n) / n;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      result.real[k] += real[i] * cos - imaginary[i] * sin;
      result.imaginary[k] += real[i] * sin + imaginary[i] * cos;
    }
  }
  return result;
}

Deno.test("fourierTransform() is the defining sum, for powers of two, primes and the rest", () => {
  for (const length of LENGTHS) {
    const z = { real: noise(length), imaginary: noise(length + 3).slice(3) };
    const expected = slowTransform(z);
    fourierTransform(length)(z);
    assertSeries(z.real, expected.real, 1e-12);
    assertSeries(z.imaginary, expected.imaginary, 1e-12);
  }
});

Deno.test("a transform can be used again: its tables do not change", () => {
  for (const length of [16, 15]) {
    const transform = fourierTransform(length);
    const once = { real: noise(length), imaginary: new Float64Array(length) };
    const again = { real: noise(length), imaginary: new Float64Array(length) };
    transform(once);
    transform(again);
    assertEquals(again, once);
  }
});

Deno.test("realFourierTransform() gives NumPy's bins", () => {
  // numpy.fft.rfft(x(12)), real and imaginary parts
  const twelve = realFourierTransform(noise(12));
  assertSeries(twelve.real, [
    -3.2261607588617074,
    -0.6002392760192441,
    -1.9755366949575635,
    0.13879181228157744,
    -0.4897653519720421,
    0.19185185714755154,
    -3.304043934098852,
  ]);
  assertSeries(twelve.imaginary, [
    0,
    1.0553421071206086,
    -0.4384172538379534,
    0.7468796804792811,
    -0.1461390846126512,
    1.9321766147965154,
    0,
  ]);
  // numpy.fft.rfft(x(97))[[0, 1, 48]], a prime
  const { real, imaginary } = realFourierTransform(noise(97));
  assertEquals(real.length, 49);
  assertSeries([real[0], real[1], real[48]], [
    -2.2331502745881187,
    -0.0006295538253049404,
    -3.722811542539404,
  ]);
  assertSeries([imaginary[0], imaginary[1], imaginary[48]], [
    0,
    5.3168695677647415,
    -5.615104021715906,
  ]);
});

Deno.test("inverseRealFourierTransform() brings every length back", () => {
  for (const length of LENGTHS) {
    const x = noise(length);
    assertSeries(inverseRealFourierTransform(realFourierTransform(x), length), x, 1e-13);
  }
});

Deno.test("inverseRealFourierTransform() ignores what no real series has, as numpy.fft.irfft", () => {
  for (const length of [8, 9]) {
    const bins = realFourierTransform(noise(length));
    bins.imaginary[0] = 5;
    if (length === 8) bins.imaginary[4] = -3;
    assertSeries(inverseRealFourierTransform(bins, length), noise(length), 1e-13);
  }
});

Deno.test("both real transforms together resample by Fourier as scipy does", () => {
  const bins = realFourierTransform(noise(12));
  const stretched = { real: new Float64Array(11), imaginary: new Float64Array(11) };
  stretched.real.set(bins.real);
  stretched.imaginary.set(bins.imaginary);
  stretched.real[6] /= 2; // the highest bin of an even length stands for two of the longer one
  const y = inverseRealFourierTransform(stretched, 21).map((value) => value * 21 / 12);
  // signal.resample(x(12), 21)
  assertSeries(y, [
    -1,
    -0.9946894041600622,
    -0.3845049266229957,
    -0.20093778682274288,
    -0.2214804215719793,
    -0.12423765033647723,
    -0.1804905736023035,
    -0.19720419370943604,
    -0.1493396685124054,
    -0.6333005136035939,
    -1.1024655130151961,
    -0.4334281072265681,
    0.42734269250309564,
    0.0747561267834973,
    -0.36595107338991517,
    0.272594234331479,
    0.5759564655948477,
    -0.2426993395398166,
    -0.5671351621419305,
    -0.016800169257667474,
    -0.18176634370781772,
  ]);
});

Deno.test("a long transform of an awkward length keeps its digits", () => {
  const length = 54_503; // the number of test clips of the whale challenge
  const impulse = new Float64Array(length);
  impulse[1] = 1;
  const { real, imaginary } = realFourierTransform(impulse);
  for (const k of [0, 1, 1000, 27_251]) {
    const angle = -2 * Math.PI * k / length;
    assertSeries([real[k], imaginary[k]], [Math.cos(angle), Math.sin(angle)], 1e-12);
  }
  assert(real.every(Number.isFinite));
});

Deno.test("the transforms refuse lengths that do not fit", () => {
  assertEquals(
    refuses(() => fourierTransform(0)).message,
    "Cannot transform numbers: length is 0, expected a whole number from 1 on",
  );
  refuses(() => realFourierTransform([]));
  assertEquals(
    refuses(() => fourierTransform(4)({ real: noise(4), imaginary: noise(3) })).message,
    "Cannot transform numbers: the number of imaginary parts is 3, expected 4",
  );
  assertEquals(
    refuses(() => inverseRealFourierTransform(realFourierTransform(noise(8)), 10)).message,
    "Cannot transform numbers: the number of bins is 5, expected 6 for 10 numbers",
  );
});
