/**
 * Cepstra and differences against librosa, the shader against float64.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { logMel, prepareLogMel } from "../../audio/log_mel.ts";
import { logMelRef } from "../../audio/log_mel_ref.ts";
import {
  LIBROSA_FRONT,
  mfcc,
  MFCC_FRONT,
  type MfccOptions,
  prepareMfcc,
} from "../../audio/mfcc.ts";
import { cepstraRef, differencesRef, mfccRef } from "../../audio/mfcc_ref.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { checkCepstra } from "../../tasks/doctor/spectrum_checks.ts";
import { assertClose, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";
import { assertSeries, noise } from "./signal.ts";

/** `noise(8000) * linspace(0, 1, 8000) ** 8` with 1024 zeros at both ends, as `center=True` adds. */
function growing(): Float64Array<ArrayBuffer> {
  const samples = new Float64Array(1024 + 8000 + 1024);
  samples.set(noise(8000).map((value, i) => value * (i / 7999) ** 8), 1024);
  return samples;
}

/**
 * Frames 9 and 15 of `vstack([M, librosa.feature.delta(M), librosa.feature.delta(M, order=2)])`,
 * M = librosa.feature.mfcc(y=growing, sr=22050, n_mfcc=13): librosa 0.11.0, numpy 2.4.6, scipy 1.17.1.
 */
const LIBROSA_FRAMES: readonly (readonly [frame: number, values: readonly number[]])[] = [
  [9, [
    -264.9139762197712,
    -6.487959712879213,
    -1.6955782591004391,
    -3.8260203965127433,
    -4.250062170287671,
    -0.10666105200982046,
    1.7509359573590113,
    2.0662734912336846,
    2.635739649467063,
    0.30420055323438955,
    -0.42053992801033796,
    -0.7408417158364682,
    0.6164867896399455,
    86.24105191700835,
    -0.012100855145084865,
    -0.11727433340559673,
    -0.13387899683902835,
    -0.1902659089267314,
    -0.16945186798508718,
    -0.08118556711340384,
    -0.21805715574257056,
    -0.1805490457026552,
    0.05986296231408574,
    0.010043293740056032,
    -0.04522361931863678,
    -0.07437143455370981,
    -8.830698087229408,
    -0.006482909392192482,
    0.08290222169690145,
    0.14972996507087818,
    0.20978881778284664,
    0.2077150960886867,
    0.060347812951824634,
    0.35619686819241203,
    0.3107437891166272,
    -0.10759491783139787,
    0.036407061137138874,
    0.11458953375924344,
    0.21524717982324582,
  ]],
  [15, [
    105.04709348007198,
    -4.8448986598687815,
    -1.5795255844138254,
    -3.648186175802344,
    -4.881633015970229,
    0.5299698264888665,
    0.3589519079843579,
    -0.6801283692361024,
    0.06361325139007962,
    1.733993839863312,
    -0.07941651683665263,
    -6.334112182248222,
    -3.7006402053971432,
    70.12496185313984,
    0.06960253274626917,
    -0.0120588688796811,
    0.13800858893352455,
    0.22852431671410683,
    0.3141568695650965,
    -0.1784190498701633,
    0.43680914674646804,
    0.516484742083891,
    -0.09274786168704136,
    -0.024701248412033642,
    -0.3812020350660728,
    -0.00626835661205134,
    -7.471424164979424,
    -0.010271346172844148,
    0.037569044322070956,
    0.049649901738937866,
    -0.04516388044581081,
    0.0008236541785995912,
    -0.040650480788813115,
    -0.210480117066348,
    -0.22837047791887105,
    0.1124932007876774,
    0.059819190646811383,
    -0.2271245522412553,
    -0.19999778297960005,
  ]],
];

Deno.test("logMelRef() and mfccRef() give librosa's cepstra and differences to 1e-5", () => {
  const { shape, data } = mfccRef(logMelRef(growing(), LIBROSA_FRONT));
  assertEquals(shape, [16, 39]);
  for (const [frame, values] of LIBROSA_FRAMES) {
    assertSeries(data.subarray(39 * frame, 39 * frame + 39), values, 1e-5);
  }
});

test("logMel() and mfcc() give them on the device to 1e-5 of the largest", async ({ gpu, scope }) => {
  const samples = scope.upload(ndarray([10_048], growing()));
  const spectra = logMel(scope, samples, prepareLogMel(scope, LIBROSA_FRONT));
  const { shape, data } = await gpu.read(mfcc(scope, spectra, prepareMfcc(scope)));
  assertEquals(shape, [16, 39]);
  for (const [frame, values] of LIBROSA_FRAMES) {
    const largest = Math.max(...values.map(Math.abs));
    assertSeries(data.slice(39 * frame, 39 * frame + 39), values, 1e-5 * largest);
  }
});

Deno.test("cepstraRef() is SciPy's orthonormal transform", () => {
  // scipy 1.17.1: scipy.fft.dct(noise(8), type=2, norm="ortho")
  const golden = [
    -1.0537762066110057,
    -0.47903670749159716,
    -0.24777078713165818,
    -0.7790188140294476,
    0.44445703320712104,
    -0.5399232769622804,
    0.29941680787658104,
    -0.19114146412770844,
  ];
  assertSeries(cepstraRef(ndarray([1, 8], noise(8)), 8).data, golden, 1e-12);
});

Deno.test("differencesRef() is librosa's delta, at the ends too", () => {
  // librosa 0.11.0: librosa.feature.delta(noise(36).reshape(12, 3).T, width=5, order=order), frames
  // 0, 6 and 11
  const x = ndarray([12, 3], noise(36));
  const golden = {
    1: [
      0.3734398402396407,
      0.2162755866200699,
      0.2591113330004993,
      -0.3125312031952074,
      -0.26969545681477797,
      -0.4268597104343487,
      0.27299051422865706,
      -0.2841737393909137,
      0.15866200698951594,
    ],
    2: [
      0.04279295342700233,
      0.042792953427002345,
      0.3285072391412885,
      0.042792953427002275,
      -0.24292133228728355,
      0.32850723914128827,
      0.042792953427002185,
      0.04279295342700233,
      -0.24292133228728388,
    ],
  };
  for (const order of [1, 2] as const) {
    const { data } = differencesRef(x, { order, width: 5 });
    const frames = [0, 6, 11].flatMap((frame) => [...data.subarray(3 * frame, 3 * frame + 3)]);
    assertSeries(frames, golden[order], 1e-12);
  }
});

testCheck("mfcc() agrees with float64 over awkward shapes", checkCepstra);

test("mfcc() gives a clip alone what it gives it in a batch, as a matrix", async ({ gpu, scope }) => {
  const x = randomArray([2, 11, 128], 4);
  const transform = prepareMfcc(scope);
  const both = await gpu.read(mfcc(scope, scope.upload(x), transform));
  const last = ndarray([11, 128], x.data.slice(11 * 128));
  const alone = await gpu.read(mfcc(scope, scope.upload(last), transform));
  assertEquals(alone.shape, [11, 39]);
  assertClose(alone, ndarray([11, 39], both.data.slice(-429)), { absolute: 1e-6 });
});

test("a gain changes coefficient 0 of the toolkit's cepstra and nothing else", async ({ gpu, scope }) => {
  const quiet = noise(12_000).map((value) => 0.01 * value);
  const clips = Float64Array.of(...quiet, ...quiet.map((value) => 10 * value));
  const x = scope.upload(ndarray([2, 12_000], clips));
  const spectra = logMel(scope, x, prepareLogMel(scope, MFCC_FRONT));
  const { data } = await gpu.read(mfcc(scope, spectra, prepareMfcc(scope, { differences: 0 })));
  const half = data.length / 2;
  for (let i = 0; i < half; i++) {
    // 20 dB in each of 128 bands
    const expected = i % 13 === 0 ? 20 * Math.sqrt(128) : 0;
    assert(Math.abs(data[half + i] - data[i] - expected) < 1e-3, `${i}: ${data[half + i]}`);
  }
});

test("cepstra refuse what they cannot do, by name", ({ scope }) => {
  const prepare = (options: MfccOptions) => () => prepareMfcc(scope, options);
  refuses(
    prepare({ coefficients: 129 }),
    "coefficients is 129, expected a whole number from 1 to 128",
  );
  refuses(prepare({ width: 4 }), "width is 4, expected an odd number from 3 on");
  refuses(prepare({ bands: 0 }), "bands is 0, expected a whole number from 1 on");
  refuses(
    prepare({ differences: 3 as 2 }),
    "differences is 3, expected a whole number from 0 to 2",
  );
  const transform = prepareMfcc(scope);
  const make = (shape: number[]) => () => mfcc(scope, scope.empty(shape), transform);
  refuses(make([9, 64]), "expected [n, t, 128] or [t, 128]");
  refuses(make([128]), "expected [n, t, 128] or [t, 128]");
  refuses(make([2, 8, 128]), "expected at least 9 frames");
});
