import { assert, assertEquals } from "@std/assert";
import {
  encode,
  type EncoderForm,
  type EncoderOptions,
  prepareEncoder,
} from "../../audio/encode.ts";
import { type DictionaryRef, encodeRef } from "../../audio/encode_ref.ts";
import type { EagerContext } from "../../gpu/kernel.ts";
import { type NdArray, ndarray, type Tensor } from "../../gpu/tensor.ts";
import {
  checkEncoding,
  randomDictionary,
  uploadDictionary,
} from "../../tasks/doctor/audio_checks.ts";
import { assertClose, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";
import { pattern } from "./signal.ts";

function encoded(
  context: EagerContext,
  x: NdArray,
  dictionary: DictionaryRef,
  options: EncoderOptions,
): Tensor {
  return encode(
    context,
    context.upload(x),
    prepareEncoder(context, uploadDictionary(context, dictionary), options),
  );
}

/** Mean i / 10; whitening ((5 i + 3 j) mod 7 - 3) / 5; entries (4 i + 5 j) mod 9 - 4 of unit length. */
function smallDictionary(): DictionaryRef {
  const entries = [0, 1, 2].map((i) => [0, 1, 2, 3].map((j) => (4 * i + 5 * j) % 9 - 4));
  return {
    mean: ndarray([6], Float64Array.from({ length: 6 }, (_, i) => i / 10)),
    matrix: ndarray(
      [6, 4],
      Float64Array.from({ length: 24 }, (_, i) => ((5 * (i >> 2) + 3 * (i & 3)) % 7 - 3) / 5),
    ),
    centroids: ndarray(
      [3, 4],
      Float64Array.from(entries.flatMap((row) => row.map((value) => value / Math.hypot(...row)))),
    ),
  };
}

/**
 * NumPy 1.24.2 over `pattern()` and `smallDictionary()`:
 * Y = (sliding_window_view(L, (2, 3)).reshape(9, 4, 6) - mean) @ W; Q = Y @ C.T;
 * Z = sqrt(((Y[:, :, None, :] - C) ** 2).sum(-1)); triangle is max(0, Z.mean(-1) - Z), soft
 * max(0, Q - 1.5); pooled by .max((0, 1)) of all and of [2 k : 2 k + 2], k = 0 to 3.
 */
// deno-fmt-ignore
const GOLDEN: Readonly<Record<EncoderForm, readonly number[]>> = {
  linear: [
    7.927371148958103, 6.742472726050767, 5.50781703443828, 4.900291147812886,
    3.302595715727019, 4.473795758061435, 7.927371148958103, 4.867602474129728,
    2.423160970903314, 2.73496130380913, 3.0005768676142157, 2.503236692642935,
    5.550255249385684, 5.365737457380716, 4.445943333108524,
  ],
  soft: [
    6.427371148958103, 5.242472726050767, 4.00781703443828, 3.4002911478128857,
    1.8025957157270192, 2.973795758061435, 6.427371148958103, 3.367602474129728,
    0.923160970903314, 1.23496130380913, 1.5005768676142157, 1.0032366926429348,
    4.050255249385684, 3.8657374573807157, 2.9459433331085236,
  ],
  triangle: [
    0.825622199371782, 0.975488703550611, 0.7751803856052248, 0.6138119724277615,
    0.7018419925774788, 0.7751803856052248, 0.8033432428192508, 0.8560780115514923,
    0.4487642617960552, 0.7629995755562371, 0.4510592374799902, 0.42671367461374476,
    0.825622199371782, 0.9339226771322284, 0.7464166278761128,
  ],
  hard: [
    7.927371148958103, 6.742472726050767, 5.50781703443828, 4.900291147812886,
    3.302595715727019, 4.473795758061435, 7.927371148958103, 4.867602474129728,
    2.2943435054960974, 2.73496130380913, 3.0005768676142157, 2.503236692642935,
    5.550255249385684, 5.365737457380716, 4.445943333108524,
  ],
};

Deno.test("encodeRef() gives NumPy's values in every form", () => {
  for (const form of Object.keys(GOLDEN) as EncoderForm[]) {
    const options = { frames: 2, bins: 3, form, threshold: 1.5 };
    const expected = ndarray([1, 5, 3], Float64Array.from(GOLDEN[form]));
    const features = encodeRef(pattern([1, 10, 6]), smallDictionary(), options);
    assertClose(features, expected, { relative: 1e-11, absolute: 1e-12, name: form });
  }
});

testCheck(
  "encode() agrees with float64 in every form, whatever an eight of places leaves over",
  checkEncoding,
);

test("a pattern is found wherever it lies, and in its slice of time", async ({ gpu }) => {
  const size = { frames: 2, bins: 3 };
  const pattern = [3, -1, 2, -2, 4, 1];
  const dictionary = {
    mean: ndarray([6], new Float64Array(6)),
    matrix: ndarray([6, 6], Float64Array.from({ length: 36 }, (_, i) => i % 7 === 0 ? 1 : 0)),
    centroids: ndarray([1, 6], Float64Array.from(pattern)),
  };
  const length = pattern.reduce((sum, value) => sum + value * value, 0);
  for (const [frame, bin, slices] of [[0, 0, [1]], [5, 4, [3]], [8, 2, []]] as const) {
    using scope = gpu.scope();
    const x = ndarray([1, 10, 7], new Float64Array(70)); // 9 places: 4 slices of 2, and one over
    pattern.forEach((value, i) => x.data[(frame + Math.floor(i / 3)) * 7 + bin + i % 3] = value);
    const { data } = await gpu.read(encoded(scope, x, dictionary, size));
    const full = [...data.keys()].filter((slot) => data[slot] === length);
    assertEquals(full, [0, ...slices]);
  }
});

test("a NaN in one spectrogram reaches its own features only", async ({ gpu }) => {
  const dictionary = randomDictionary(6, 4, 5);
  for (const form of ["linear", "soft", "triangle"] as EncoderForm[]) {
    using scope = gpu.scope();
    const x = randomArray([3, 6, 5], 2);
    x.data[30] = NaN; // the first of the second, which lies just behind the first spectrogram
    const { data } = await gpu.read(encoded(scope, x, dictionary, { frames: 2, bins: 3, form }));
    [0, 1, 2].forEach((image) => {
      const whole = [...data.slice(image * 25, image * 25 + 5)];
      assertEquals(whole.map(Number.isNaN), Array(5).fill(image === 1), form);
    });
  }
});

test("the same spectrograms give the same bits", async ({ gpu, scope }) => {
  const dictionary = randomDictionary(12, 7, 33);
  const x = randomArray([4, 9, 11], 3);
  const run = async () =>
    (await gpu.read(encoded(scope, x, dictionary, { frames: 3, bins: 4 }))).data;
  const first = await run();
  assertEquals(await run(), first);
  assert(first.some((value) => value !== first[0]));
});

test("encoding names what does not fit", ({ scope }) => {
  const dictionary = randomDictionary(6, 4, 5);
  const run = (shape: number[], options: object) =>
    encoded(scope, randomArray(shape), dictionary, { frames: 2, bins: 3, ...options });
  const short = "is f32 [1, 4, 5], expected [b, t, q] of at least 5 frames and 3 bins";
  refuses(() => run([1, 4, 5], {}), short);
  refuses(() => run([1, 9, 2], {}), "at least 5 frames and 3 bins");
  refuses(() => run([9, 9, 9], { bins: 4 }), "expected 8 rows, 2 x 4");
  refuses(() => run([9, 9, 9], { slices: 0 }), "slices is 0, expected");
  refuses(() => run([9, 9, 9], { form: "round" }), 'form is "round"');
});
