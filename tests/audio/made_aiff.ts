/** AIFF files made by hand for tests. */
import { big, chunkOf } from "./damage.ts";

/** A chunk of AIFF. */
export const chunk = (id: string, content: number[]): number[] => chunkOf(big, id, content);

/** 2000 Hz in extended precision. */
export const RATE_2000 = [0x40, 0x09, 0xfa, 0, 0, 0, 0, 0, 0, 0];

/** The common chunk: two samples of 16 bits in mono by default. */
export const common = (
  { channels = 1, frames = 2, bits = 16, rate = RATE_2000 } = {},
): number[] => chunk("COMM", [...big(channels, 2), ...big(frames, 4), ...big(bits, 2), ...rate]);

/** The samples. */
export const sound = (samples: number[], offset: number[] = []): number[] =>
  chunk("SSND", [...big(offset.length, 4), 0, 0, 0, 0, ...offset, ...samples]);

/** A whole file. */
export const form = (...chunks: number[][]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(chunk("FORM", [...new TextEncoder().encode("AIFF"), ...chunks.flat()]));

/** An AIFC file; by default two samples of 16 bits, 1 and 2 with the highest byte first. */
export function compressed(
  type: string,
  { bits = 16, samples = [0, 1, 0, 2] } = {},
): Uint8Array<ArrayBuffer> {
  const content = [...common({ bits }).slice(8), ...new TextEncoder().encode(type), 0, 0];
  const aifc = form(chunk("COMM", content), sound(samples));
  aifc[11] = "C".charCodeAt(0);
  return aifc;
}
