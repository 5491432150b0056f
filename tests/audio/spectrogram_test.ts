import { assert, assertEquals } from "@std/assert";
import { prepareSpectrogram, spectrogram, type Spectrograph } from "../../audio/spectrogram.ts";
import type { EagerContext } from "../../gpu/kernel.ts";
import { type NdArray, ndarray } from "../../gpu/tensor.ts";
import { checkSpectrogram } from "../../tasks/doctor/spectrum_checks.ts";
import { assertClose, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";
import { noise } from "./signal.ts";

async function onDevice(
  context: EagerContext,
  x: NdArray,
  spectrograph: Spectrograph,
): Promise<NdArray> {
  return await context.read(spectrogram(context, context.upload(x), spectrograph));
}

testCheck("spectrogram() agrees with float64 to 1e-5 of the largest of a frame", checkSpectrogram);

test("spectrogram() gives matplotlib's densities", async ({ scope }) => {
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

test("spectrogram() keeps a tone in its bin and a loud offset out of the others", async ({ scope }) => {
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

test("spectrogram() gives the same bits each time, and a clip the same values in any batch", async ({ scope }) => {
  const spectrograph = prepareSpectrogram(scope, { windowLength: 64, hopLength: 32 });
  const x = randomArray([3, 500], 1);
  const once = await onDevice(scope, x, spectrograph);
  assertEquals((await onDevice(scope, x, spectrograph)).data, once.data);
  const last = await onDevice(scope, ndarray([1, 500], x.data.slice(1000)), spectrograph);
  assertClose(last, ndarray(last.shape, (once.data as Float32Array).slice(-last.data.length)), {
    relative: 1e-6,
  });
});

test("a frame with a NaN is NaN, its neighbours are not", async ({ scope }) => {
  const x = randomArray([1, 40], 1);
  x.data[16] = NaN; // the first sample after frame 1
  const spectrograph = prepareSpectrogram(scope, { windowLength: 8, hopLength: 8 });
  const { data } = await onDevice(scope, x, spectrograph);
  assert([...data].every((value, i) => Number.isNaN(value) === (Math.floor(i / 5) === 2)));
});

test("spectrograms refuse bad lengths, compressions and shapes by name", ({ scope }) => {
  const prepare = (windowLength: number, hopLength = 1, compression = 0) => () =>
    prepareSpectrogram(scope, { windowLength, hopLength, compression });
  refuses(prepare(1), "windowLength is 1, expected a whole number from 3 on");
  refuses(prepare(2), "windowLength is 2, expected a whole number from 3 on");
  refuses(prepare(4097), "windowLength is 4097, expected a whole number from 2 to 4096");
  refuses(prepare(8, 0), "hopLength is 0, expected a whole number from 1 on");
  refuses(prepare(8, 4, -1), "compression is -1, expected a number from 0 on");
  const spectrograph = prepare(8)();
  const make = (shape: number[]) => () => spectrogram(scope, scope.empty(shape), spectrograph);
  refuses(make([20]), "[20], expected clips [b, samples]");
  refuses(make([2, 7]), "samples is 7, expected a whole number from 8 on");
});
