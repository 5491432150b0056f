/** WAV files made by hand for tests. */
import { chunkOf, little } from "./damage.ts";

/** A chunk of WAV. */
export const chunk = (id: string, content: number[]): number[] => chunkOf(little, id, content);

/** What a format chunk says; `frame` is the size of a frame, 0 for none told. */
export interface MadeFormat {
  readonly tag?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly frame?: number;
  readonly bits?: number;
  readonly extra?: readonly number[];
}

/** The format chunk: 16 bits in mono at 8 kHz by default. */
export function format(
  { tag = 1, channels = 1, rate = 8000, frame = 0, bits = 16, extra = [] }: MadeFormat = {},
): number[] {
  return chunk("fmt ", [
    ...little(tag, 2),
    ...little(channels, 2),
    ...little(rate, 4),
    ...little(0, 4), // bytes a second: derived, not trusted
    ...little(frame, 2),
    ...little(bits, 2),
    ...extra,
  ]);
}

/** A whole file. */
export const riff = (...chunks: number[][]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(chunk("RIFF", [...new TextEncoder().encode("WAVE"), ...chunks.flat()]));

/** The samples. */
export const data = (...bytes: number[]): number[] => chunk("data", bytes);

/** Floats as bytes. */
export const floats = (
  ...values: number[]
): number[] => [...new Uint8Array(Float32Array.from(values).buffer)];

const GUID_TAIL = [0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113];

/** What the extensible form adds to the format chunk. */
export const extensible = (subFormat: number, valid = 32): number[] => [
  ...little(22, 2),
  ...little(valid, 2),
  ...little(4, 4),
  ...little(subFormat, 2),
  ...GUID_TAIL,
];
