/** Damaged files for the tests of sound formats. */
import { assert } from "@std/assert";
import type { DecodedRecording } from "../../audio/recording.ts";
import { InputError } from "../../files/input_error.ts";
import { bits, key } from "../../gpu/random.ts";

/** The bytes of a file. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** A whole number in so many bytes, the lowest first. */
export function little(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
}

/** A whole number in so many bytes, the highest first. */
export function big(value: number, bytes: number): number[] {
  return little(value, bytes).reverse();
}

/** A chunk of a file: its name, its size, its content, and a zero where the size is odd. */
export function chunkOf(order: typeof little, id: string, content: number[]): number[] {
  const padding = content.length % 2 ? [0] : [];
  return [...new TextEncoder().encode(id), ...order(content.length, 4), ...content, ...padding];
}

/**
 * Throws unless a file that is cut anywhere is refused, or read with a warning, and one that is changed
 * anywhere is refused or gives finite samples.
 */
export function assertMeetsDamage(
  parse: (bytes: Uint8Array) => DecodedRecording,
  good: Uint8Array,
  seed: number,
): void {
  for (let length = 0; length < good.length; length++) {
    const cut = good.slice(0, length);
    let warnings: readonly string[];
    try {
      ({ warnings } = parse(cut));
    } catch (error) {
      assert(error instanceof InputError, String(error));
      continue;
    }
    assert(warnings.length > 0, `read without a word when cut after ${length} bytes`);
  }
  let refused = 0;
  for (let i = 0; i < 3000; i++) {
    const damaged = good.slice();
    const [where, what] = [bits(key(seed), 2 * i), bits(key(seed), 2 * i + 1)];
    damaged[where % good.length] = what & 255;
    damaged[(where >>> 16) % good.length] = what >>> 24;
    try {
      const { channels } = parse(damaged);
      assert(channels.every((samples) => samples.length > 0 && samples.every(Number.isFinite)));
    } catch (error) {
      assert(error instanceof InputError, String(error));
      refused++;
    }
  }
  assert(refused > 500 && refused < 3000, `${refused} of 3000 refused`);
}
