/**
 * What is left of a clip's log-mel spectrogram when the order of its frames is forgotten: features for
 * cheap models.
 *
 * @module
 */
import { logMelRef } from "../../../audio/log_mel_ref.ts";

/** Bands of the spectrogram; the features are three times as many. */
const BANDS = 128;

/**
 * Mean, standard deviation and mean absolute change from frame to frame of each of 128 mel bands.
 *
 * @param samples One channel at 22,050 Hz, levelled, two frames of 1,024 samples or more
 * @returns `[384]`, in float64
 */
export function pooledLogMel(samples: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const { shape: [t], data } = logMelRef(samples, { bands: BANDS });
  const pooled = new Float64Array(3 * BANDS);
  const [means, deviations, changes] = [0, 1, 2].map((part) =>
    pooled.subarray(part * BANDS, (part + 1) * BANDS)
  );
  for (let i = 0; i < data.length; i++) {
    means[i % BANDS] += data[i] / t;
    if (i >= BANDS) changes[i % BANDS] += Math.abs(data[i] - data[i - BANDS]) / (t - 1);
  }
  for (let i = 0; i < data.length; i++) {
    deviations[i % BANDS] += (data[i] - means[i % BANDS]) ** 2 / t;
  }
  for (let band = 0; band < BANDS; band++) deviations[band] = Math.sqrt(deviations[band]);
  return pooled;
}
