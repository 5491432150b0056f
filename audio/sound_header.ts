/**
 * What the readers of WAV and AIFF know of a file before they read samples.
 *
 * @module
 */
import type { Fail } from "./chunks.ts";

/** How the samples of a file are laid out. */
export interface PcmLayout {
  /** Number of channels. */
  readonly channels: number;
  /** Samples a channel. */
  readonly frames: number;
  /** Bytes of a sample: 1 to 4 for whole numbers, 4 or 8 for floats, 1 for unsigned numbers. */
  readonly bytes: number;
  /** Whole numbers around 0, bytes around 128, or floats. */
  readonly numbers: "signed" | "unsigned" | "float";
  /** Whether the lowest byte comes first. */
  readonly littleEndian: boolean;
  /**
   * Bits of a whole number that tell something. Where they are fewer than its bytes have, formats put
   * them above zeros; some writers put them below. Default all.
   */
  readonly bits?: number;
}

/** Where samples lie and how; all of them lie inside the file. */
export interface SoundHeader {
  /** Frames a second, in Hz. */
  readonly rate: number;
  /** Position of the first sample. */
  readonly start: number;
  /** How they are laid out. */
  readonly layout: PcmLayout;
  /** What was cut off or passed over. */
  readonly warnings: readonly string[];
}

/** Refuses a recording by its length. */
export function checkLength(seconds: number, maxSeconds: number, fail: Fail): void {
  if (!(seconds > maxSeconds)) return;
  const [unit, words] = maxSeconds >= 120 ? [60, "minutes"] : [1, "seconds"];
  fail(`it lasts ${Math.ceil(seconds / unit)} ${words}, expected at most ${maxSeconds / unit}`);
}

/**
 * How many frames, a sample of each channel, so many bytes hold.
 *
 * @throws the error of the file where they hold none
 */
export function framesIn(
  bytes: number,
  layout: Pick<PcmLayout, "channels" | "bytes">,
  fail: Fail,
): Pick<PcmLayout, "frames"> & Pick<SoundHeader, "warnings"> {
  const frameBytes = layout.channels * layout.bytes;
  const frames = Math.floor(bytes / frameBytes);
  if (bytes === 0) fail("it has no samples");
  if (frames === 0) {
    fail(`its samples have ${bytes} bytes, expected at least a frame of ${frameBytes}`);
  }
  const rest = bytes % frameBytes;
  const warnings = rest === 0
    ? []
    : [`its samples end with ${rest} bytes of a frame of ${frameBytes}, which are left out`];
  return { frames, warnings };
}
