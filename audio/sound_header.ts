/**
 * What the readers of WAV and AIFF know of a file before they read samples.
 *
 * @module
 */
import type { Fail } from "./chunks.ts";
import type { PcmLayout } from "./pcm.ts";

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
