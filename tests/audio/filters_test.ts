/**
 * Filters and decimation against scipy, and against what a low-pass is for.
 *
 * Golden values: scipy 1.10.1 over numpy 1.24.2, `x` being the noise of signal.ts.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  chebyshevLowPass,
  decimate,
  filterBothWays,
  filterForward,
  type Section,
} from "../../audio/filters.ts";
import { refuses } from "../refusals.ts";
import { assertSeries, noise } from "./signal.ts";

/** scipy's layout of a section: b0 b1 b2 a0 a1 a2. */
const rows = (sections: readonly Section[]) => sections.flatMap(({ a, b }) => [...b, 1, ...a]);

/** |H| at a frequency, as a share of half the rate. */
function gain(sections: readonly Section[], frequency: number): number {
  const [re, im] = [Math.cos(Math.PI * frequency), -Math.sin(Math.PI * frequency)];
  const magnitude = ([c0, c1, c2]: readonly number[]) =>
    Math.hypot(c0 + c1 * re + c2 * (re * re - im * im), c1 * im + c2 * 2 * re * im);
  return sections.reduce((h, { a, b }) => h * magnitude(b) / magnitude([1, ...a]), 1);
}

Deno.test("chebyshevLowPass() designs the sections that scipy designs", () => {
  // signal.cheby1(8, 0.05, 0.4, output="sos")
  const eight = [
    [
      0.0006987370772841416,
      0.0013974741545682832,
      0.0006987370772841416,
      1,
      -1.114073993825653,
      0.3449050495101952,
    ],
    [1, 2, 1, 1, -0.9041485111595571, 0.46493932846002783],
    [1, 2, 1, 1, -0.644955463426733, 0.6531897527032341],
    [1, 2, 1, 1, -0.495922536202865, 0.8743920302347641],
  ];
  assertSeries(
    rows(chebyshevLowPass({ order: 8, ripple: 0.05, cutoff: 0.4 })),
    eight.flat(),
    1e-14,
  );
  // signal.cheby1(1, 0.5, 0.25, output="sos")
  const one = [0.542501663577812, 0.542501663577812, 0, 1, 0.08500332715562417, 0];
  assertSeries(rows(chebyshevLowPass({ order: 1, ripple: 0.5, cutoff: 0.25 })), one, 1e-14);
  // signal.cheby1(3, 3, 0.9, output="sos")
  const three = [
    [0.6015435029703116, 0.6015435029703116, 0, 1, 0.30685851528471214, 0],
    [1, 2, 1, 1, 1.786150257677128, 0.8962284906559108],
  ];
  assertSeries(rows(chebyshevLowPass({ order: 3, ripple: 3, cutoff: 0.9 })), three.flat(), 1e-14);
});

/** The definition: 1 / sqrt(1 + epsilon^2 T^2), T the Chebyshev polynomial of the warped axis. */
function definedGain(order: number, ripple: number, cutoff: number, frequency: number): number {
  const x = Math.tan(Math.PI * frequency / 2) / Math.tan(Math.PI * cutoff / 2);
  const polynomial = x < 1 ? Math.cos(order * Math.acos(x)) : Math.cosh(order * Math.acosh(x));
  return 1 / Math.sqrt(1 + (10 ** (ripple / 10) - 1) * polynomial ** 2);
}

Deno.test("chebyshevLowPass() has the gain that defines it, at every order", () => {
  for (const order of [1, 2, 3, 4, 5, 8, 11]) {
    for (const [ripple, cutoff] of [[0.5, 0.3], [3, 0.9], [0.05, 0.02]]) {
      const sections = chebyshevLowPass({ order, ripple, cutoff });
      assertEquals(sections.length, Math.ceil(order / 2));
      const frequencies = Array.from({ length: 33 }, (_, i) => i / 33);
      assertSeries(
        frequencies.map((f) => gain(sections, f)),
        frequencies.map((f) => definedGain(order, ripple, cutoff, f)),
        1e-9,
      );
    }
  }
});

Deno.test("chebyshevLowPass() refuses options out of range", () => {
  const cases: [order: number, ripple: number, cutoff: number, reason: string][] = [
    [0, 1, 0.5, "order is 0, expected a whole number from 1 on"],
    [8, 0, 0.5, "ripple is 0, expected a number above 0"],
    [8, 1, 0, "cutoff is 0, expected a number between 0 and 1"],
    [8, 1, 1, "cutoff is 1, expected a number between 0 and 1"],
    [8, 1, NaN, "cutoff is NaN, expected a number between 0 and 1"],
  ];
  for (const [order, ripple, cutoff, reason] of cases) {
    const { message } = refuses(() => chebyshevLowPass({ order, ripple, cutoff }));
    assertEquals(message, `Cannot design a filter: ${reason}`);
  }
});

Deno.test("filterForward() starts from silence, filterBothWays() from the first sample", () => {
  const sections = chebyshevLowPass({ order: 8, ripple: 0.05, cutoff: 0.4 });
  const constant = new Float64Array(300).fill(3);
  const atZero = 10 ** (-0.05 / 20); // an even order is at the bottom of its ripple
  const forward = filterForward(sections, constant);
  assert(Math.abs(forward[0]) < 0.01);
  assertSeries([forward[299]], [3 * atZero], 1e-9);
  assertSeries(filterBothWays(sections, constant), constant.map((x) => x * atZero ** 2), 1e-12);
});

Deno.test("filterBothWays() is scipy's sosfiltfilt for an odd order too, and needs its padding", () => {
  const sections = chebyshevLowPass({ order: 5, ripple: 1, cutoff: 0.3 });
  // signal.sosfiltfilt(signal.cheby1(5, 1, 0.3, output="sos"), x(40))
  const expected = [
    -0.9683334881462519,
    -0.5416193026680975,
    -0.29549764048132504,
    -0.2627923345500728,
    -0.34573590876800875,
    -0.40405465025030085,
    -0.3629603985843785,
    -0.25268939474842844,
    -0.1535937106942269,
    -0.10358263418238939,
    -0.05590588883538411,
    0.0723119225556225,
    0.30472603747193194,
    0.5537239320793119,
    0.6676139618238198,
    0.5465734465408955,
    0.23276885951023576,
    -0.10495843716000197,
    -0.2874646494971587,
    -0.25450428164380984,
    -0.10506752331841676,
    -0.016435425129643425,
    -0.10541058737812131,
    -0.33971803458961497,
    -0.5655684107946631,
    -0.6248077710964277,
    -0.46796222281842886,
    -0.17998709557029735,
    0.09013431133457485,
    0.231334809388471,
    0.22521407791298395,
    0.12426318927536315,
    -0.011055582674554788,
    -0.15562333794431557,
    -0.3114120448901112,
    -0.46663368141328254,
    -0.5686883578552447,
    -0.5415857336190492,
    -0.33787524450926065,
    0.015021913196804806,
  ];
  assertSeries(filterBothWays(sections, noise(40)), expected);
  assertEquals(
    refuses(() => filterBothWays(sections, noise(18))).message,
    "Cannot filter both ways: the number of samples is 18, expected more than 18",
  );
  assertEquals(filterBothWays(sections, noise(19)).length, 19);
});

Deno.test("decimate() gives scipy's numbers, causal and zero-phase", () => {
  // signal.decimate(x(41), 2, zero_phase=False), then True
  const causal2 = [
    -0.0006987370772841416,
    -0.0442464954596509,
    -0.3315118801445639,
    -0.5893233972662494,
    -0.1960233007368562,
    -0.2616656736452552,
    -0.313556020930397,
    0.3096701985774586,
    0.09734557037097646,
    0.6638859432578534,
    0.7496453545624739,
    -0.4380984558630527,
    -0.2678956268479748,
    -0.000882677925723753,
    -0.47010504020355026,
    -0.7709168018748995,
    0.09103819886705027,
    0.3552856341393046,
    -0.2697723256107393,
    0.07287624252713026,
    -0.7313030838853382,
  ];
  const zero2 = [
    -0.9863990819753699,
    -0.1515650444285191,
    -0.3442857764867344,
    -0.4097546521526573,
    0.10329314202404077,
    -0.058312202682565775,
    0.32240444239835364,
    0.9200154768101929,
    0.2729759232703326,
    -0.4009151530938434,
    -0.09969617057026983,
    0.02420569235828511,
    -0.886081425214049,
    -0.42250830855867716,
    0.34862631548809647,
    -0.19979158268590835,
    0.29016793520857,
    -0.2928018174311897,
    -1.0528802005112354,
    0.29365191688785647,
    -0.6976412452895885,
  ];
  assertSeries(decimate(noise(41), 2), causal2);
  assertSeries(decimate(noise(41), 2, { zeroPhase: true }), zero2);
  // signal.decimate(x(83), 5, zero_phase=False), then True
  const causal5 = [
    -7.452795136808631e-07,
    -0.0044442483088944894,
    -0.11830574382908234,
    -0.37760637285581883,
    -0.16029967043173232,
    0.3976357807751851,
    0.19668840334286009,
    -0.46112199386411334,
    -0.22231939943402884,
    0.03652090963627844,
    -0.4275506315632873,
    0.021693455218394934,
    0.5405537303136781,
    -0.1137144491643056,
    -0.42295798810441076,
    -0.11873711880244914,
    0.1768875166349479,
  ];
  const zero5 = [
    -0.9912019612992077,
    -0.20081273302690938,
    0.1127583810902349,
    0.47646570225665774,
    -0.2629773223196346,
    -0.3888913095233566,
    0.12033322814658513,
    -0.409719521603298,
    -0.22121695318079548,
    0.42388301357341607,
    0.21500579491368477,
    -0.31592349081211496,
    -0.33938523975098545,
    0.11775997065643193,
    0.13568212283581568,
    0.3974341491219429,
    0.07378573212905067,
  ];
  assertSeries(decimate(noise(83), 5), causal5);
  assertSeries(decimate(noise(83), 5, { zeroPhase: true }), zero5);
});

Deno.test("decimate() takes a whole clip of the challenge as scipy does", () => {
  // y = signal.decimate(x(4000), 2, zero_phase=False); y[0], y[999], y[1999]; (y**2).sum()
  const y = decimate(noise(4000), 2);
  assertEquals(y.length, 2000);
  assertSeries([y[0], y[999], y[1999]], [
    -0.0006987370772841416,
    -0.1520431223386195,
    0.31634078258812576,
  ]);
  assertSeries([y.reduce((sum, value) => sum + value * value, 0)], [272.89290319840063], 1e-9);
});

Deno.test("decimate() keeps a low tone and removes one that would come back as another", () => {
  const tone = (hertz: number) =>
    Float64Array.from({ length: 2000 }, (_, i) => Math.sin(2 * Math.PI * hertz * i / 2000));
  const level = (y: Float64Array) =>
    Math.sqrt(2 * y.slice(200, 800).reduce((sum, value) => sum + value * value, 0) / 600);
  assertSeries([level(decimate(tone(100), 2))], [1], 0.01);
  assert(level(decimate(tone(900), 2)) < 1e-4); // at 1000 Hz it would look like 100 Hz
});

Deno.test("decimate() leaves its input alone and refuses factors that are not whole", () => {
  const x = noise(41);
  decimate(x, 2);
  assertEquals(x, noise(41));
  for (const factor of [1, 0, 2.5, NaN]) {
    assertEquals(
      refuses(() => decimate(x, factor)).message,
      `Cannot decimate: factor is ${factor}, expected a whole number from 2 on`,
    );
  }
});
