/**
 * The definition of a spectrogram against matplotlib, and on a tone and noise.
 *
 * Golden values: matplotlib 3.6.3's mlab.specgram (what pyplot.specgram draws) over numpy 1.24.2,
 * transposed to [frames, bins], `x` being the noise of signal.ts.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { hannWindow, logCompressRef, spectrogramRef } from "../../audio/spectrogram_ref.ts";
import { key, normal } from "../../gpu/random.ts";
import { refuses } from "../refusals.ts";
import { assertSeries, noise } from "./signal.ts";

/** mlab.specgram(x(45), NFFT=16, noverlap=8) */
const EVEN = [
  0.054997432892172606,
  0.275591783967974,
  0.08786504783457365,
  0.2920269814493651,
  0.16258163934617217,
  0.013854743657135586,
  0.2985193027727478,
  0.7484859414188865,
  0.47537917190354645,
  0.3115967299191777,
  1.0317722522535664,
  0.8927805513156072,
  0.16502113516450234,
  0.04770783429613383,
  0.09618866699032218,
  0.11644062667043255,
  0.10172383675412466,
  0.07293703771369435,
  0.5036833464931609,
  0.759571664472243,
  0.7820566629571452,
  0.7445363838122395,
  0.14707811401606335,
  0.38431566741401,
  0.9241924044923857,
  0.12104159443830675,
  0.0016249310323477562,
  0.04419199463043392,
  0.19727428949863896,
  0.17383879387568568,
  0.38373240331458114,
  0.12144869785350745,
  0.5560067065060724,
  1.09513796037492,
  0.25988995621296074,
  0.010548367914952641,
];

Deno.test("spectrogramRef() gives matplotlib's densities, for even and odd windows", () => {
  const even = spectrogramRef(noise(45), { windowLength: 16, hopLength: 8 });
  assertEquals(even.shape, [4, 9]);
  assertSeries(even.data, EVEN);
  // mlab.specgram(x(33), NFFT=15, noverlap=10)
  const odd = spectrogramRef(noise(33), { windowLength: 15, hopLength: 5 });
  assertEquals(odd.shape, [4, 8]);
  assertSeries(odd.data, [
    0.10524391527685262,
    0.2499347269858679,
    0.16817445503955647,
    0.2759302342144769,
    0.09305244554077782,
    0.07949712486597439,
    0.4786218495462262,
    0.8701416710439986,
    0.4803577614262165,
    0.8286352420015313,
    0.5273616811013419,
    0.1847182387002443,
    0.08067950776493786,
    0.09346832205416651,
    0.14351591109791562,
    0.18535948604018104,
    0.07606393016125115,
    0.6205002994894369,
    0.6343552769461193,
    0.12740914434645742,
    0.09161591878268606,
    0.24623016135775097,
    0.2926330339464913,
    0.24826253835189,
    0.4354021875866095,
    0.3760727330417453,
    0.49442325851971425,
    0.45679990788926855,
    0.2525716359413693,
    0.7502390993384531,
    0.6899942921375447,
    0.03142098989058055,
  ]);
});

Deno.test("spectrogramRef() takes a decimated clip of the challenge as matplotlib does", () => {
  // S = mlab.specgram(x(2000), NFFT=128, noverlap=64)[0]; S[0, 0], S[1, 0], S[64, 29], S[17, 12]
  const { shape, data } = spectrogramRef(noise(2000), { windowLength: 128, hopLength: 64 });
  assertEquals(shape, [30, 65]);
  assertSeries([data[0], data[1], data[29 * 65 + 64], data[12 * 65 + 17]], [
    0.0013412732146342908,
    0.2101003967362822,
    0.0451937518225654,
    0.1898555870689083,
  ]);
  assertSeries([data.reduce((sum, value) => sum + value, 0)], [620.63204653663], 1e-9);
  // numpy.log(1 + 1.645 * S)[17, 12], and the sum
  const log = logCompressRef({ shape, data }, 1.645);
  assertEquals(log.shape, shape);
  assertSeries([log.data[12 * 65 + 17]], [0.2717908029699286]);
  assertSeries([log.data.reduce((sum, value) => sum + value, 0)], [736.0280577026672], 1e-9);
});

Deno.test("spectrogramRef() has as many frames as whale.md's table", () => {
  const frames = (windowLength: number, hopLength: number) =>
    spectrogramRef(noise(2000), { windowLength, hopLength }).shape.join();
  assertEquals(frames(64, 32), "61,33");
  assertEquals(frames(64, 16), "122,33");
  assertEquals(frames(128, 32), "59,65");
  assertEquals(frames(256, 128), "14,129");
  assertEquals(frames(2000, 1), "1,1001");
});

Deno.test("spectrogramRef() gives magnitudes as matplotlib does, and powers as their squares", () => {
  const lengths = { windowLength: 16, hopLength: 8 };
  const magnitude = spectrogramRef(noise(45), { ...lengths, quantity: "magnitude" });
  // mlab.specgram(x(45), NFFT=16, noverlap=8, mode="magnitude")[0] * numpy.hanning(16).sum():
  // S[0, 0], S[1, 0], S[8, 0], S[2, 1], S[8, 3]
  assertSeries([0, 1, 8, 11, 35].map((i) => magnitude.data[i]), [
    0.7865882786038334,
    1.2450717990621478,
    2.312577714135224,
    2.2409575188187505,
    0.3444838734153127,
  ]);
  // A density is the square over numpy.hanning(16)'s energy, 5.625, and the rate of matplotlib, 2;
  // bins between the ends stand for negative frequencies as well.
  const squares = EVEN.map((density, i) => density * 2 * 5.625 / ([0, 8].includes(i % 9) ? 1 : 2));
  assertSeries(magnitude.data, squares.map(Math.sqrt));
  const power = spectrogramRef(noise(45), { ...lengths, quantity: "power" });
  assertSeries(power.data, magnitude.data.map((value) => value ** 2));
});

Deno.test("unit-variance white noise has a density of 1, and half of it at both ends", () => {
  const x = Float64Array.from({ length: 64 * 2001 }, (_, i) => normal(key(3), i));
  const { shape: [frames, bins], data } = spectrogramRef(x, { windowLength: 128, hopLength: 64 });
  const mean = (q: number) =>
    data.reduce((sum, value, i) => i % bins === q ? sum + value : sum, 0) / frames;
  for (let q = 0; q < bins; q++) {
    const expected = q === 0 || q === bins - 1 ? 0.5 : 1;
    assert(Math.abs(mean(q) / expected - 1) < 0.15, `bin ${q}: ${mean(q)}`);
  }
});

Deno.test("a tone stands in its own bin, and a periodic window keeps it in three", () => {
  const tone = Float64Array.from({ length: 64 }, (_, i) => Math.cos(2 * Math.PI * 9 * i / 64));
  const options = { windowLength: 64, hopLength: 64, quantity: "magnitude" } as const;
  const { data } = spectrogramRef(tone, { ...options, periodic: true });
  const expected = new Float64Array(33);
  expected.set([8, 16, 8], 8); // half the sum of the window, 32, and its neighbours
  assertSeries(data, expected);
});

Deno.test("hannWindow() is numpy.hanning, or one sample of a longer one when periodic", () => {
  assertSeries(hannWindow(5), [0, 0.5, 1, 0.5, 0], 1e-15); // numpy.hanning(5)
  assertSeries(hannWindow(4, true), [0, 0.5, 1, 0.5], 1e-15); // signal.get_window("hann", 4)
  assertEquals([...hannWindow(1)], [1]);
});

Deno.test("spectrogramRef() refuses what gives no frame", () => {
  const cases: [samples: number, windowLength: number, hopLength: number, reason: string][] = [
    [127, 128, 64, "the number of samples is 127, expected a whole number from 128 on"],
    [128, 1, 64, "windowLength is 1, expected a whole number from 3 on"],
    [128, 64, 0, "hopLength is 0, expected a whole number from 1 on"],
  ];
  for (const [samples, windowLength, hopLength, reason] of cases) {
    const { message } = refuses(() => spectrogramRef(noise(samples), { windowLength, hopLength }));
    assertEquals(message, `Cannot make a spectrogram: ${reason}`);
  }
});
