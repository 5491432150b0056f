import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  calibrate,
  logSpectrogram,
  SPECTROGRAM_BINS,
} from "../../../../tasks/whale/synthetic/calibration.ts";
import { neighbourLabels } from "../../../../tasks/whale/leaks.ts";

Deno.test("logSpectrogram() shows a tone at its frequency", () => {
  const tone = Float64Array.from(
    { length: 4000 },
    (_, i) => Math.sin(2 * Math.PI * 125 * i / 2000),
  );
  const spectrogram = logSpectrogram(tone);
  assertEquals(spectrogram.length, 59 * 65);
  const frame = spectrogram.slice(30 * SPECTROGRAM_BINS, 31 * SPECTROGRAM_BINS);
  assertEquals(frame.indexOf(Math.max(...frame)), 16); // 125 Hz in bins of 7.8125 Hz
});

Deno.test("neighbourLabels() averages the training clips around a position", () => {
  const positions = Uint32Array.from({ length: 1000 }, (_, i) => 2 * i);
  const labels = Uint8Array.from(positions, (position) => Number(position >= 1000));
  const at = neighbourLabels({ positions, labels }, Uint32Array.of(1, 999, 1999));
  assertEquals([...at], [0, 0.5, 1]);
});

Deno.test("even a small set is neither trivial nor hopeless, and its order tells", () => {
  const figures = calibrate({ seed: 1, training: 300, test: 200 });
  // Wide bounds: 200 clips have a standard error of about 0.04.
  assert(figures.rawPixels > 0.6 && figures.rawPixels < 0.92, `${figures.rawPixels}`);
  assert(figures.timeMean < 0.9, `${figures.timeMean}`);
  assert(figures.order > 0.55, `${figures.order}`);
  assert(figures.ceiling > 0.93 && figures.ceiling <= 1, `${figures.ceiling}`);
  assertAlmostEquals(figures.calls, 0.234, 0.08);
});
