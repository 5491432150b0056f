/**
 * Log-mel spectrograms in plain float64: the definition, which the shader is tested against.
 *
 * @module
 */
import type { NdArray } from "../gpu/tensor.ts";
import { DECIBEL_RANGE, LEAST_POWER, type LogMelOptions, logMelOptions } from "./log_mel.ts";
import { melFilterBank } from "./mel.ts";
import { spectrogramRef } from "./spectrogram_ref.ts";

/**
 * The log-mel spectrogram of one clip.
 *
 * @param x samples, `[length]`, at least one frame
 * @returns `[t, bands]`
 * @throws {RangeError} when an option is out of range or the samples do not fill one frame
 */
export function logMelRef(
  x: ArrayLike<number>,
  options: LogMelOptions = {},
): NdArray<Float64Array> {
  const chosen = logMelOptions(options);
  const { windowLength, hopLength, compression, bands } = chosen;
  const lengths = { windowLength, hopLength, periodic: true, quantity: "power" } as const;
  const power = spectrogramRef(x, lengths);
  const bank = melFilterBank({ ...chosen, rate: chosen.sampleRate });
  const [t, bins] = power.shape;
  const sums = new Float64Array(t * bands);
  for (let frame = 0; frame < t; frame++) {
    for (let band = 0; band < bands; band++) {
      let sum = 0;
      for (let bin = 0; bin < bins; bin++) {
        sum += bank.data[band * bins + bin] * power.data[frame * bins + bin];
      }
      sums[frame * bands + band] = sum;
    }
  }
  const onScale = compression === "decibels"
    ? decibelsRef(sums)
    : sums.map((sum) => Math.log1p(compression * sum));
  return { shape: [t, bands], data: onScale };
}

/** librosa.power_to_db at its defaults: ref=1, amin=1e-10, top_db=80. */
function decibelsRef(powers: Float64Array): Float64Array {
  const decibels = powers.map((power) => 10 * Math.log10(Math.max(power, LEAST_POWER)));
  const largest = decibels.reduce((a, b) => Math.max(a, b));
  return decibels.map((value) => Math.max(value, largest - DECIBEL_RANGE));
}
