/**
 * Mel scales and filter banks against librosa's published values.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { hertzToMel, melFilterBank, melFrequencies, melToHertz } from "../../audio/mel.ts";
import { refuses } from "../refusals.ts";
import { assertSeries } from "./signal.ts";

Deno.test("the scales give the values of librosa's documentation", () => {
  // librosa 0.10: examples of hz_to_mel and mel_to_hz
  assertSeries([60, 110, 220, 440].map((f) => hertzToMel(f, "slaney")), [0.9, 1.65, 3.3, 6.6]);
  assertSeries([3, 1, 5].map((m) => melToHertz(m, "slaney")), [200, 66.667, 333.333], 5e-4);
  assertSeries([1000, 6400].map((f) => hertzToMel(f, "slaney")), [15, 42]);
  // 1000 Hz are 1000 mel but for the rounded constants of HTK
  assertSeries([hertzToMel(1000, "htk"), hertzToMel(0, "htk")], [999.9855, 0], 1e-4);
});

Deno.test("both scales go there and back", () => {
  for (const scale of ["slaney", "htk"] as const) {
    for (const hertz of [0, 20, 999.9, 1000, 1000.1, 11_025]) {
      assertSeries([melToHertz(hertzToMel(hertz, scale), scale)], [hertz], 1e-9);
    }
  }
});

Deno.test("melFrequencies() gives librosa's list", () => {
  // librosa 0.10, example of mel_frequencies(n_mels=40), printed to three decimals
  const expected = [
    [0, 85.317, 170.635, 255.952, 341.269, 426.586, 511.904, 597.221, 682.538, 767.855],
    [853.173, 938.49, 1024.856, 1119.114, 1222.042, 1334.436, 1457.167, 1591.187, 1737.532],
    [1897.337, 2071.84, 2262.393, 2470.47, 2697.686, 2945.799, 3216.731, 3512.582, 3835.643],
    [4188.417, 4573.636, 4994.285, 5453.621, 5955.205, 6502.92, 7101.009, 7754.107, 8467.272],
    [9246.028, 10096.408, 11025],
  ].flat();
  const range = { lowest: 0, highest: 11_025, scale: "slaney" } as const;
  assertSeries(melFrequencies(40, range), expected, 5.1e-4);
});

Deno.test("melFilterBank() gives librosa's filters", () => {
  const row = (bank: { shape: readonly number[]; data: Float32Array }, band: number) =>
    bank.data.subarray(band * bank.shape[1], (band + 1) * bank.shape[1]);
  // librosa.filters.mel(sr=22050, n_fft=2048): starts of rows 0 and 1, quoted in the documentation
  // of the crate mel_filter 0.1.1, which is tested against librosa
  const bank = melFilterBank({ rate: 22_050, windowLength: 2048, bands: 128 });
  assertEquals(bank.shape, [128, 1025]);
  const first = [0, 0.016182853208219942, 0.032365706416439884, 0.028990088037379964];
  assertSeries(row(bank, 0).slice(0, 6), [...first, 0.012807234829160026, 0], 2e-9);
  const second = [0.009779235793639925, 0.025962089001859864, 0.035393705451959974];
  assertSeries(
    row(bank, 1).slice(0, 9),
    [0, 0, 0, ...second, 0.01921085224374004, 0.003027999035520103, 0],
    2e-9,
  );
  // The same with fmax=8000
  const lower = melFilterBank({ rate: 22_050, windowLength: 2048, bands: 128, highest: 8000 });
  const start = [0, 0.01969187633619885, 0.0393837526723977, 0.026457473399387796];
  assertSeries(row(lower, 0).slice(0, 4), start, 2e-9);
});

/** Rows of 17 bins: where each band begins, and its weights from there on. */
function filters(...bands: [first: number, ...weights: number[]][]): number[] {
  return bands.flatMap(([first, ...weights]) => {
    const row = new Array(17).fill(0);
    row.splice(first, weights.length, ...weights);
    return row;
  });
}

Deno.test("melFilterBank() gives the formula's numbers on both scales", () => {
  // The formula of librosa.filters.mel over numpy 1.24.2: sr=8000, n_fft=32, n_mels=4
  const slaney = melFilterBank({ rate: 8000, windowLength: 32, bands: 4 });
  assertSeries(
    slaney.data,
    filters([1, 0.001137291814020439, 0.0019911717592647543, 0.0008538799452443152], [
      2,
      0.00012631023883561494,
      0.0011400405478382094,
      0.0016980426655099305,
      0.0008830000876989483,
      6.795750988796601e-05,
    ], [
      4,
      0.0001397665836542253,
      0.0007006301499896114,
      0.0012614937163249976,
      0.0009912187977401943,
      0.000645340572072491,
      0.00029946234640478773,
    ], [
      7,
      0.00019549959162364511,
      0.0004087825201138573,
      0.0006220654486040695,
      0.0007890777447591206,
      0.0006575647872992673,
      0.0005260518298394138,
      0.0003945388723795605,
      0.00026302591491970717,
      0.00013151295745985383,
      4.784413520969004e-19,
    ]),
    1e-10,
  );
  // fmin=200, fmax=3000, htk=True, norm=None
  const htk = melFilterBank({
    rate: 8000,
    windowLength: 32,
    bands: 4,
    lowest: 200,
    highest: 3000,
    scale: "htk",
    normalisation: "peak",
  });
  assertSeries(
    htk.data,
    filters([1, 0.17002028750635634, 0.9848339191392544, 0.344098240811098], [
      2,
      0.015166080860745527,
      0.655901759188902,
      0.7764193996696854,
      0.293486197398403,
    ], [
      4,
      0.22358060033031452,
      0.706513802601597,
      0.8572106223853735,
      0.4932157868479834,
      0.12922095131059327,
    ], [
      6,
      0.14278937761462646,
      0.5067842131520166,
      0.8707790486894067,
      0.8230469949556233,
      0.5486979966370822,
      0.2743489983185411,
    ]),
    1e-7,
  );
});

Deno.test("melFilterBank() for music has no empty band; its sums are the formula's", () => {
  const { shape: [bands, bins], data } = melFilterBank({
    rate: 22_050,
    windowLength: 1024,
    bands: 128,
    scale: "htk",
    normalisation: "peak",
  });
  assertEquals([bands, bins], [128, 513]);
  const row = (band: number) => data.subarray(band * bins, (band + 1) * bins);
  const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
  const smallest = Math.min(...Array.from({ length: bands }, (_, band) => Math.max(...row(band))));
  // As above, n_fft=1024, n_mels=128, htk=True, norm=None: sum, smallest peak, sums of two rows
  assertSeries([sum(data)], [505.6087060010231], 1e-4);
  assertSeries([smallest, sum(row(127)), sum(row(0))], [
    0.384174064686145,
    11.633696695525163,
    0.615825935313855,
  ], 1e-6);
});

Deno.test("triangles of height 1 add up to 1 between the first and the last centre", () => {
  const options = { rate: 16_000, windowLength: 1024, bands: 20, normalisation: "peak" } as const;
  const { shape: [bands, bins], data } = melFilterBank(options);
  const range = { lowest: 0, highest: 8000, scale: "slaney" } as const;
  const centres = melFrequencies(22, range);
  for (let bin = 0; bin < bins; bin++) {
    const hertz = bin * 16_000 / 1024;
    if (hertz < centres[1] || hertz > centres[20]) continue;
    let sum = 0;
    for (let band = 0; band < bands; band++) sum += data[band * bins + bin];
    assertSeries([sum], [1], 1e-6);
  }
});

Deno.test("melFilterBank() refuses empty bands unless they are asked for", () => {
  const options = { rate: 22_050, windowLength: 256, bands: 128 };
  assertEquals(
    refuses(() => melFilterBank(options)).message,
    "Cannot make a mel filter bank: the number of bins of band 0 of 128, 0.0 to 51.6 Hz, is 0, " +
      "expected 1 or more by fewer bands or a longer window, since bins are 86.1 Hz apart",
  );
  const { shape: [bands, bins], data } = melFilterBank({ ...options, allowEmpty: true });
  assert(data.subarray(0, bins).every((weight) => weight === 0));
  assert(data.subarray((bands - 1) * bins).some((weight) => weight > 0));
});

Deno.test("melFilterBank() refuses options out of range", () => {
  const good = { rate: 8000, windowLength: 256, bands: 10 };
  const cases: [string, Partial<typeof good> & { lowest?: number; highest?: number }][] = [
    ["rate is 0, expected a number above 0", { rate: 0 }],
    ["windowLength is 1, expected a whole number from 2 on", { windowLength: 1 }],
    ["bands is 2.5, expected a whole number from 1 on", { bands: 2.5 }],
    ["lowest is 4000, expected 0 up to below 4000", { lowest: 4000 }],
    ["lowest is -1, expected 0 up to below 4000", { lowest: -1 }],
    ["highest is 4001, expected at most half the rate, 4000", { highest: 4001 }],
  ];
  for (const [reason, change] of cases) {
    assertEquals(
      refuses(() => melFilterBank({ ...good, ...change })).message,
      `Cannot make a mel filter bank: ${reason}`,
    );
  }
});
