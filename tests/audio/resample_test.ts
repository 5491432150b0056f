/**
 * Resampling against scipy, and on tones.
 *
 * Golden values: scipy 1.10.1's signal.resample_poly(x, up, down) over numpy 1.24.2, `x` being the
 * noise of signal.ts.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { resample } from "../../audio/resample.ts";
import { refuses } from "../refusals.ts";
import { assertSeries, noise } from "./signal.ts";

Deno.test("resample() gives scipy's numbers, up and down, for short series", () => {
  // resample_poly(x(20), 2, 3)
  assertSeries(resample(noise(20), 3000, 2000), [
    -0.7586415786292895,
    -0.44246619522830966,
    -0.03458772840858655,
    -0.4302038484436132,
    -0.55229207152342,
    0.12565891455680686,
    0.1048728310781456,
    -0.24320049007963362,
    0.5041022373835841,
    0.7797309055267935,
    0.7291384145798028,
    0.07609417832451776,
    -0.49175677748039925,
    0.21703183616801341,
  ]);
  // resample_poly(x(12), 3, 2)
  assertSeries(resample(noise(12), 2000, 3000), [
    -1.0006061735537772,
    -0.7741691149319889,
    -0.3519132647026622,
    -0.22729695904491692,
    -0.10521448266187622,
    -0.1930888241248499,
    -0.19732373367635644,
    -0.17584947294180867,
    -0.8659650340163817,
    -0.9106864974480958,
    0.2304256782958132,
    0.22247965141734136,
    -0.36617290325258045,
    0.3537141651737572,
    0.4424852236074791,
    -0.5649952981973649,
    -0.3625711650345347,
    0.2855351063691859,
  ]);
  // resample_poly(x(33), 1, 4)
  assertSeries(resample(noise(33), 8000, 2000), [
    -0.4037765848050105,
    -0.29577951895971455,
    -0.2030263490429904,
    0.5147753026871712,
    0.27294992195801276,
    -0.22400250178977374,
    -0.4680513297408508,
    -0.06825561092988178,
    0.05876645238179292,
  ]);
  // resample_poly(x(3), 5, 1)
  assertSeries(resample(noise(3), 100, 500), [
    -1.0006505165814363,
    -1.0334245918726594,
    -0.9748050210287129,
    -0.8467382961495231,
    -0.6833916386720337,
    -0.5210576579103535,
    -0.38835077799232093,
    -0.29964188303253475,
    -0.2534607764769843,
    -0.2358824077976273,
    -0.2273070319743153,
    -0.21008353022932885,
    -0.17439242775883707,
    -0.12064411696177323,
    -0.05800207084649463,
  ]);
  // resample_poly(x(9), 160, 147)
  assertSeries(resample(noise(9), 44_100, 48_000), [
    -1.0006751149639157,
    -0.5796143847198038,
    -0.2470740861751,
    -0.1141397385339184,
    -0.215119532274742,
    -0.18954697495207334,
    -0.9620406428556738,
    -0.2690581741344863,
    0.35901630817510466,
    -0.4725200022206031,
  ]);
});

Deno.test("resample() gives scipy's numbers for a tenth of a second, 44.1 to 48 kHz", () => {
  // y = resample_poly(x(4410), 160, 147); y[0], y[2400], y[4799]; (y**2).sum()
  const y = resample(noise(4410), 44_100, 48_000);
  assertEquals(y.length, 4800);
  assertSeries([y[0], y[2400], y[4799]], [
    -1.0006751149639157,
    -0.5160745850013604,
    0.149806196195207,
  ]);
  assertSeries([y.reduce((sum, value) => sum + value * value, 0)], [1484.0977186381867], 1e-9);
});

Deno.test("resample() keeps a tone in time and removes what the lower rate cannot hold", () => {
  const tone = (hertz: number, rate: number) =>
    Float64Array.from({ length: rate }, (_, i) => Math.sin(2 * Math.PI * hertz * i / rate));
  const middle = (y: Float64Array) => y.slice(500, 1500);
  const kept = resample(tone(200, 8000), 8000, 2000);
  assertSeries(middle(kept), middle(tone(200, 2000)), 2e-3);
  const removed = resample(tone(1500, 8000), 8000, 2000);
  assert(middle(removed).every((value) => Math.abs(value) < 2e-3));
});

Deno.test("resample() copies at the same rate, and takes nothing for nothing", () => {
  const x = noise(5);
  const y = resample(x, 2000, 2000);
  y[0] = 9;
  assertEquals(x, noise(5));
  assertEquals(y.subarray(1), noise(5).subarray(1));
  assertEquals(resample([], 3, 2).length, 0);
});

Deno.test("resample() refuses rates it cannot make a ratio of", () => {
  const message = (from: number, to: number) => refuses(() => resample(noise(5), from, to)).message;
  for (const rate of [0, -8000, 22254.5, NaN]) {
    assertEquals(
      message(rate, 8000),
      `Cannot resample: the rate of the recording is ${rate}, expected a whole number from 1 on`,
    );
  }
  assertEquals(
    message(2 ** 31 - 1, 44_100),
    "Cannot resample: the largest term of the ratio of rates is 2147483647, " +
      "expected at most 1048576",
  );
});
