/**
 * Samples as they lie in a file, one after the other, channel by channel in each frame.
 *
 * @module
 */

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
}

/**
 * Reads samples that are known to lie inside the file. Whole numbers come with full scale 1, floats as
 * they are.
 *
 * @param start position of the first sample
 */
export function readPcm(
  view: DataView,
  start: number,
  layout: PcmLayout,
): Float64Array<ArrayBuffer>[] {
  const { channels, frames, bytes, numbers } = layout;
  const read = sampleReader(view, layout);
  const scale = numbers === "float" ? 1 : 1 / 2 ** (8 * bytes - 1);
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float64Array(frames);
    let at = start + channel * bytes;
    for (let frame = 0; frame < frames; frame++, at += channels * bytes) {
      samples[frame] = read(at) * scale;
    }
    return samples;
  });
}

function sampleReader(
  view: DataView,
  { bytes, numbers, littleEndian: little }: PcmLayout,
): (at: number) => number {
  if (numbers === "float") {
    return bytes === 4 ? (at) => view.getFloat32(at, little) : (at) => view.getFloat64(at, little);
  }
  if (numbers === "unsigned") return (at) => view.getUint8(at) - 128;
  switch (bytes) {
    case 1:
      return (at) => view.getInt8(at);
    case 2:
      return (at) => view.getInt16(at, little);
    case 3:
      return little
        ? (at) => view.getInt8(at + 2) * 65_536 + view.getUint16(at, true)
        : (at) => view.getInt8(at) * 65_536 + view.getUint16(at + 1);
    default:
      return (at) => view.getInt32(at, little);
  }
}
