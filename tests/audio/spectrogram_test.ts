import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  prepareSpectrogram,
  spectrogram,
  type Spectrograph,
  type SpectrographOptions,
} from "../../audio/spectrogram.ts";
import { logCompressRef, spectrogramRef } from "../../audio/spectrogram_ref.ts";
import { openGpu } from "../../gpu/gpu.ts";
import type { EagerContext } from "../../gpu/kernel.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { assertClose, randomArray, sharedGpu } from "../check.ts";
import { noise } from "./signal.ts";

/** The references of all clips of [b, samples], one below the other. */
function reference(x: NdArray<Float64Array>, options: SpectrographOptions): NdArray<Float64Array> {
  const [b, samples] = x.shape;
  const clips = Array.from({ length: b }, (_, clip) => {
    const plain = spectrogramRef(x.data.subarray(clip * samples, (clip + 1) * samples), options);
    return options.compression ? logCompressRef(plain, options.compression) : plain;
  });
  const [t, q] = clips[0].shape;
  return ndarray([b, t, q], Float64Array.from(clips.flatMap(({ data }) => [...data])));
}

/** Throws unless each value is within 1e-5 of the largest value of its frame. */
function assertFramesClose(actual: NdArray, expected: NdArray, name: string): void {
  assertEquals(actual.shape, expected.shape, name);
  const q = expected.shape[2];
  const frames = expected.data.length / q;
  for (let row = 0; row < frames; row++) {
    const of = ({ data }: NdArray) =>
      ndarray([q], Float64Array.from(data.slice(row * q, row * q + q)));
    const absolute = 1e-5 * of(expected).data.reduce((a, b) => Math.max(a, b));
    assertClose(of(actual), of(expected), { relative: 0, absolute, name: `${name}, row ${row}` });
  }
}

async function onDevice(
  context: EagerContext,
  x: NdArray,
  spectrograph: Spectrograph,
): Promise<NdArray> {
  return await context.read(spectrogram(context, context.upload(x), spectrograph));
}

/** Clips, samples, and what is made of them. */
const CASES: readonly (readonly [b: number, samples: number, options: SpectrographOptions])[] = [
  [1, 128, { windowLength: 128, hopLength: 64 }], // one frame
  [2, 2000, { windowLength: 128, hopLength: 64, compression: 1.645 }], // the whale detector's
  [3, 131, { windowLength: 64, hopLength: 17, quantity: "power" }], // a remainder of 16
  [1, 37, { windowLength: 17, hopLength: 5 }],
  [2, 20, { windowLength: 2, hopLength: 1, periodic: true }],
  [2, 20, { windowLength: 3, hopLength: 2, quantity: "magnitude" }],
  [5, 67, { windowLength: 67, hopLength: 3, periodic: true }],
  [3, 200, { windowLength: 7, hopLength: 29 }], // samples between frames
  [2, 1600, { windowLength: 509, hopLength: 251, quantity: "power", compression: 0.5 }],
  [1, 4000, { windowLength: 2048, hopLength: 977, quantity: "magnitude", compression: 1e4 }],
];

for (const profile of ["software", "card"] as const) {
  Deno.test(`spectrogram() agrees with float64 to 1e-5 of the frame over awkward shapes, for a ${profile} adapter`, async () => {
    await using gpu = await openGpu({ profile });
    for (const [b, samples, options] of CASES) {
      using scope = gpu.scope();
      const x = randomArray([b, samples], 3);
      const actual = await onDevice(scope, x, prepareSpectrogram(scope, options));
      assertFramesClose(
        actual,
        reference(x, options),
        `${b} of ${samples}, ${options.windowLength}`,
      );
    }
  });
}

Deno.test("spectrogram() gives matplotlib's densities", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  // matplotlib 3.6.3 over numpy 1.24.2: S = mlab.specgram(x(2000), NFFT=128, noverlap=64)[0];
  // S[0, 0], S[1, 0], S[64, 29], S[17, 12], x being the noise of signal.ts
  const x = ndarray([1, 2000], noise(2000));
  const lengths = { windowLength: 128, hopLength: 64 };
  const { shape, data } = await onDevice(scope, x, prepareSpectrogram(scope, lengths));
  assertEquals(shape, [1, 30, 65]);
  const some = [data[0], data[1], data[29 * 65 + 64], data[12 * 65 + 17]];
  const golden = [
    0.0013412732146342908,
    0.2101003967362822,
    0.0451937518225654,
    0.1898555870689083,
  ];
  const array = (values: number[]) => ndarray([4], Float64Array.from(values));
  assertClose(array(some), array(golden), { relative: 1e-5 });
});

Deno.test("spectrogram() keeps a tone in its bin and a loud offset out of the others", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const [windowLength, bin] = [1024, 100];
  const tone = (i: number) => 3 + Math.sin(2 * Math.PI * bin * i / windowLength);
  const x = ndarray([1, 2048], Float64Array.from({ length: 2048 }, (_, i) => tone(i)));
  const options = { windowLength, hopLength: 512, periodic: true, quantity: "magnitude" } as const;
  const { data } = await onDevice(scope, x, prepareSpectrogram(scope, options));
  // A periodic Hann window has its sum, half the length, at the bin, and half of that beside it.
  const expected = (k: number) => {
    if (k <= 1) return 3 * (k === 0 ? 512 : 256);
    return Math.abs(k - bin) > 1 ? 0 : k === bin ? 256 : 128;
  };
  const first = ndarray([513], Float64Array.from(data.slice(0, 513)));
  const all = ndarray([513], Float64Array.from({ length: 513 }, (_, k) => expected(k)));
  assertClose(first, all, { relative: 0, absolute: 1536e-5 });
});

Deno.test("spectrogram() gives the same bits each time, and a clip the same values in any batch", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const spectrograph = prepareSpectrogram(scope, { windowLength: 64, hopLength: 32 });
  const x = randomArray([3, 500], 1);
  const once = await onDevice(scope, x, spectrograph);
  assertEquals((await onDevice(scope, x, spectrograph)).data, once.data);
  const last = await onDevice(scope, ndarray([1, 500], x.data.slice(1000)), spectrograph);
  assertClose(last, ndarray(last.shape, (once.data as Float32Array).slice(-last.data.length)), {
    relative: 1e-6,
  });
});

Deno.test("a frame with a NaN is NaN, its neighbours are not", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const x = randomArray([1, 40], 1);
  x.data[16] = NaN; // the first sample after frame 1
  const spectrograph = prepareSpectrogram(scope, { windowLength: 8, hopLength: 8 });
  const { data } = await onDevice(scope, x, spectrograph);
  assert([...data].every((value, i) => Number.isNaN(value) === (Math.floor(i / 5) === 2)));
});

Deno.test("spectrograms refuse bad lengths, compressions and shapes by name", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const prepare = (windowLength: number, hopLength = 1, compression = 0) => () =>
    prepareSpectrogram(scope, { windowLength, hopLength, compression });
  assertThrows(prepare(1), RangeError, "windowLength is 1, expected 2 or more");
  assertThrows(prepare(2), RangeError, "a symmetric window of 2 samples is zero");
  assertThrows(prepare(4097), RangeError, "windowLength is 4097, expected at most 4096");
  assertThrows(prepare(8, 0), RangeError, "hopLength is 0, expected 1 or more");
  assertThrows(prepare(8, 4, -1), RangeError, "compression is -1, expected 0 or more");
  const spectrograph = prepare(8)();
  const make = (shape: number[]) => () => spectrogram(scope, scope.empty(shape), spectrograph);
  assertThrows(make([20]), RangeError, "f32 [20], clips [b, samples] are expected");
  assertThrows(make([2, 7]), RangeError, "7 samples came, expected at least 8");
});
