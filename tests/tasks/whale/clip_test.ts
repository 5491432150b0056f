import { assertEquals, assertThrows } from "@std/assert";
import { encodeAiff } from "../../../audio/aiff.ts";
import { InputError } from "../../../files/input_error.ts";
import { decodeClip, fitLength } from "../../../tasks/whale/clip.ts";
import { refuses } from "../../refusals.ts";

function counting(length: number): Int16Array {
  return Int16Array.from({ length }, (_, i) => i);
}

Deno.test("decodeClip() gives the samples of a clip at full scale", () => {
  const samples = decodeClip(encodeAiff(counting(4000), 2000), "a.aiff");
  assertEquals([samples.length, samples[0], samples[3999]], [4000, 0, 3999 / 32768]);
});

Deno.test("decodeClip() cuts and mirrors clips of other lengths to 4,000 samples", () => {
  const counts = (length: number) =>
    decodeClip(encodeAiff(counting(length), 2000), "a").map((sample) => sample * 32768);
  const [long, short] = [counts(6000), counts(3001)];
  assertEquals([long.length, long[0], long[3999]], [4000, 1000, 4999]);
  // 999 missing: 499 before, 500 after.
  assertEquals([short.length, short[0], short[498], short[499]], [4000, 498, 0, 0]);
  assertEquals([short[3499], short[3500], short[3999]], [3000, 3000, 2501]);
});

Deno.test("decodeClip() names the file and what is wrong with it", () => {
  const refuse = (bytes: Uint8Array, message: string) =>
    assertThrows(() => decodeClip(bytes, "train/train7.aiff"), InputError, message);
  refuse(encodeAiff(counting(4000), 44100), "train7.aiff: its rate is 44100 Hz, expected 2000 Hz");
  refuse(encodeAiff(counting(2999), 2000), "it has 2999 samples, expected 3000 to 6000");
  refuse(encodeAiff(counting(6001), 2000), "it has 6001 samples");
  refuse(new Uint8Array(0), "Cannot read train/train7.aiff: the file is empty");
  const words = `it has 2473 samples, expected 3000 to 6000; chunk "SSND" should have 8008 bytes, `;
  refuse(encodeAiff(counting(4000), 2000).slice(0, 5000), words);
});

Deno.test("fitLength() mirrors as numpy.pad does", () => {
  // numpy 1.24.2: np.pad(np.arange(1, 6), (1, 2), mode="symmetric")
  assertEquals([...fitLength(Float64Array.of(1, 2, 3, 4, 5), 8)], [1, 1, 2, 3, 4, 5, 5, 4]);
  refuses(
    () => fitLength(Float64Array.of(1), 4),
    "number of samples is 1, expected a whole number from 2 on",
  );
});
