/**
 * The mel scale of pitch, and the triangular filters that turn a spectrum into mel bands.
 *
 * Source: the formulas of librosa.filters.mel and librosa.mel_frequencies, which follow Slaney,
 * "Auditory Toolbox", version 2 (1998), or Young et al., "The HTK Book" (2002).
 *
 * @module
 */
import { check, positive, whole } from "../gpu/check.ts";
import type { NdArray } from "../gpu/tensor.ts";

/**
 * `slaney`: linear up to 1000 Hz, logarithmic above. `htk`: 2595 log10(1 + f / 700) throughout.
 */
export type MelScale = "slaney" | "htk";

/** Slaney's scale below 1000 Hz, in Hz for a mel. */
const LINEAR_STEP = 200 / 3;
const LOGARITHMIC_FROM_HZ = 1000;
const LOGARITHMIC_FROM_MEL = LOGARITHMIC_FROM_HZ / LINEAR_STEP;
/** Slaney's scale above: 27 mel for a factor of 6.4. */
const LOGARITHMIC_STEP = Math.log(6.4) / 27;

/**
 * A frequency on the mel scale, as librosa.hz_to_mel.
 *
 * @param hertz 0 or more
 * @param scale which of both scales; their units differ: 1000 Hz are 15 or 1000 mel
 */
export function hertzToMel(hertz: number, scale: MelScale): number {
  if (scale === "htk") return 2595 * Math.log10(1 + hertz / 700);
  return hertz < LOGARITHMIC_FROM_HZ
    ? hertz / LINEAR_STEP
    : LOGARITHMIC_FROM_MEL + Math.log(hertz / LOGARITHMIC_FROM_HZ) / LOGARITHMIC_STEP;
}

/** The frequency of a pitch in Hz, as librosa.mel_to_hz: undoes {@linkcode hertzToMel}. */
export function melToHertz(mel: number, scale: MelScale): number {
  if (scale === "htk") return 700 * (10 ** (mel / 2595) - 1);
  return mel < LOGARITHMIC_FROM_MEL
    ? mel * LINEAR_STEP
    : LOGARITHMIC_FROM_HZ * Math.exp((mel - LOGARITHMIC_FROM_MEL) * LOGARITHMIC_STEP);
}

/** A range of frequencies and how it is divided. */
export interface MelRange {
  /** Lowest frequency, in Hz. */
  readonly lowest: number;
  /** Highest frequency, in Hz. */
  readonly highest: number;
  /** Which mel scale. */
  readonly scale: MelScale;
}

/**
 * Frequencies that lie evenly on the mel scale, both ends of the range among them, as
 * librosa.mel_frequencies.
 *
 * @param count 2 or more
 * @returns `[count]`, in Hz
 */
export function melFrequencies(
  count: number,
  { lowest, highest, scale }: MelRange,
): Float64Array<ArrayBuffer> {
  const [first, last] = [hertzToMel(lowest, scale), hertzToMel(highest, scale)];
  const step = (last - first) / (count - 1);
  return new Float64Array(count).map((_, i) =>
    melToHertz(i === count - 1 ? last : first + i * step, scale)
  );
}

/** What {@linkcode melFilterBank} makes. */
export interface MelFilterBankOptions extends Partial<MelRange> {
  /** Sampling rate, in Hz. */
  readonly rate: number;
  /** Samples in a frame of the spectrogram, which has `floor(windowLength / 2) + 1` bins. */
  readonly windowLength: number;
  /** Number of mel bands, 1 or more. */
  readonly bands: number;
  /** Lowest frequency of the lowest band, in Hz; default 0. */
  readonly lowest?: number;
  /** Highest frequency of the highest band, in Hz; default half the rate. */
  readonly highest?: number;
  /** Which mel scale; default `slaney`, as librosa's `htk=False`. */
  readonly scale?: MelScale;
  /**
   * `area` (default): each triangle is divided by half its width in Hz, so that white noise gives
   * all bands alike, librosa's `norm="slaney"`. `peak`: each has the height 1, `norm=None`.
   */
  readonly normalisation?: "area" | "peak";
  /**
   * Allow bands so narrow that no bin falls into them, which would be 0 for every sound; default
   * false. librosa allows them with a warning.
   */
  readonly allowEmpty?: boolean;
}

/**
 * Triangles that overlap by half on the mel scale. A mel spectrum is the bank times a spectrum.
 *
 * @returns `[bands, bins]`, computed in float64 and rounded once
 * @throws {RangeError} when an option is out of range, or a band is empty and `allowEmpty` is not set
 *
 * @example
 * ```ts
 * import { melFilterBank } from "./mel.ts";
 *
 * const bank = melFilterBank({ rate: 22_050, windowLength: 1024, bands: 128, scale: "htk" });
 * if (bank.shape.join() !== "128,513") throw new Error("[bands, bins]");
 * ```
 */
export function melFilterBank(options: MelFilterBankOptions): NdArray<Float32Array> {
  const { rate, windowLength, bands, scale = "slaney", normalisation = "area" } = options;
  const { lowest = 0, highest = rate / 2, allowEmpty = false } = options;
  checkOptions({ rate, windowLength, bands, lowest, highest });
  const corners = melFrequencies(bands + 2, { lowest, highest, scale });
  const bins = Math.floor(windowLength / 2) + 1;
  const data = new Float32Array(bands * bins);
  for (let band = 0; band < bands; band++) {
    const [left, centre, right] = corners.subarray(band, band + 3);
    const height = normalisation === "area" ? 2 / (right - left) : 1;
    let largest = 0;
    for (let bin = 0; bin < bins; bin++) {
      const hertz = bin * rate / windowLength;
      const rising = (hertz - left) / (centre - left);
      const falling = (right - hertz) / (right - centre);
      const weight = height * Math.max(0, Math.min(rising, falling));
      largest = Math.max(largest, weight);
      data[band * bins + bin] = weight;
    }
    if (largest === 0 && !allowEmpty) failEmpty(band, options, left, right);
  }
  return { shape: [bands, bins], data };
}

const ATTEMPT = "Cannot make a mel filter bank";

function checkOptions(
  options: Required<Pick<MelFilterBankOptions, "rate" | "windowLength" | "bands">> & {
    lowest: number;
    highest: number;
  },
): void {
  const { rate, windowLength, bands, lowest, highest } = options;
  positive(ATTEMPT, { rate });
  whole(ATTEMPT, { windowLength }, 2);
  whole(ATTEMPT, { bands }, 1);
  check(lowest >= 0 && lowest < highest, ATTEMPT, { lowest }, `0 up to below ${highest}`);
  check(highest <= rate / 2, ATTEMPT, { highest }, `at most half the rate, ${rate / 2}`);
}

function failEmpty(band: number, options: MelFilterBankOptions, left: number, right: number) {
  const { bands, rate, windowLength } = options;
  const [from, to] = [left.toFixed(1), right.toFixed(1)];
  const bins = { [`the number of bins of band ${band} of ${bands}, ${from} to ${to} Hz,`]: 0 };
  const apart = `bins are ${(rate / windowLength).toFixed(1)} Hz apart`;
  check(false, ATTEMPT, bins, `1 or more by fewer bands or a longer window, since ${apart}`);
}
