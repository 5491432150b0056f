/**
 * Forms of plain numbers in WAV and AIFC, and what is said of forms that are not read.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { parseAiff } from "../../audio/aiff.ts";
import { parseWav } from "../../audio/wav.ts";
import { InputError } from "../../files/input_error.ts";
import { big, little } from "./damage.ts";
import { compressed } from "./made_aiff.ts";
import { data, extensible, floats, format, type MadeFormat, riff } from "./made_wav.ts";

const wav = (options: MadeFormat, ...bytes: number[]) => riff(format(options), data(...bytes));
const samplesOf = (file: Uint8Array) => [...parseWav(file).channels[0]];
/** Two's complement. */
const steps = (order: typeof little, bytes: number, ...values: number[]) =>
  values.flatMap((value) => order((value + 256 ** bytes) % 256 ** bytes, bytes));

Deno.test("24 bits in 4 bytes are read where the format puts them, above a byte of zeros", () => {
  // The first samples of a file that libsndfile 1.2.2 reads as 0.10204589, 0.09921193
  const bytes = [0x00, 0xd7, 0x0f, 0x0d, 0x00, 0xfa, 0xb2, 0x0c, 0x00, 0x64, 0xd9, 0xf6];
  const plain = samplesOf(wav({ bits: 24, frame: 4 }, ...bytes));
  assertEquals(plain.map((sample) => sample * 2 ** 23), [0x0d0fd7, 0x0cb2fa, 0xf6d964 - 2 ** 24]);
  assertEquals(plain[0].toFixed(8), "0.10204589");
  const extra = extensible(1, 24);
  assertEquals(samplesOf(wav({ tag: 0xfffe, bits: 32, frame: 4, extra }, ...bytes)), plain);
});

Deno.test("24 bits below a byte that tells nothing are read as what they are", () => {
  // -96, 23052, 8388607, -8360672: what hound's own test file of 24 bits in 4 bytes holds
  const zeroAbove = [0xa0, 0xff, 0xff, 0, 12, 90, 0, 0, 255, 255, 127, 0, 0x20, 0x6d, 0x80, 0];
  const signAbove = steps(little, 4, -96, 23052, 8388607, -8360672);
  for (const bytes of [zeroAbove, signAbove]) {
    const { channels } = parseWav(wav({ channels: 2, bits: 24, frame: 8 }, ...bytes));
    const read = channels.map((samples) => [...samples].map((sample) => sample * 2 ** 23));
    assertEquals(read, [[-96, 8388607], [23052, -8360672]]);
  }
});

Deno.test("12 and 20 bits are read as the upper ones of 2 and 3 bytes", () => {
  assertEquals(samplesOf(wav({ bits: 12, frame: 2 }, 0, 0x0d, 0x10, 0x80)), [
    0x0d00 / 32768,
    (0x8010 - 65536) / 32768,
  ]);
  assertEquals(samplesOf(wav({ bits: 20, frame: 3 }, 0xd0, 0x0f, 0x0d)), [0x0d0fd0 / 2 ** 23]);
  assertEquals(samplesOf(wav({ bits: 4, frame: 1 }, 0x80, 0xf0, 0)), [0, 112 / 128, -1]);
});

Deno.test("a size of a frame that fits neither reading is refused with both numbers", () => {
  const cases: [MadeFormat, string][] = [
    [{ bits: 24, frame: 5 }, "5 bytes, expected 3 or 4 of 1 channels of 24 bits"],
    [{ bits: 16, frame: 4 }, "4 bytes, expected 2 of 1 channels of 16 bits"],
    [{ bits: 16, channels: 2, frame: 2 }, "2 bytes, expected 4 of 2 channels of 16 bits"],
    [{ bits: 8, frame: 2 }, "2 bytes, expected 1 of 1 channels of 8 bits"],
    [{ tag: 3, bits: 32, frame: 8 }, "8 bytes, expected 4 of 1 channels of 32 bits"],
    [{ bits: 32, frame: 3 }, "3 bytes, expected 4 of 1 channels of 32 bits"],
  ];
  for (const [options, words] of cases) {
    const file = wav(options, ...Array(24).fill(0));
    const { message } = assertThrows(() => parseWav(file, "a.wav"), InputError);
    assertEquals(message, `Cannot read a.wav: its frames have ${words}`);
  }
});

Deno.test("bits that no sample has are refused", () => {
  for (const bits of [0, 33, 48, 64, 65535]) {
    const words = `its samples have ${bits} bits, expected 1 to 32`;
    assertThrows(() => parseWav(wav({ bits }, 1, 2, 3, 4)), InputError, words);
  }
  const words = "its samples are floats of 16 bits, expected 32 or 64";
  assertThrows(() => parseWav(wav({ tag: 3 }, 1, 2, 3, 4)), InputError, words);
});

Deno.test("floats beyond float32 are refused, as those that are no numbers", () => {
  const bytes = [...new Uint8Array(Float64Array.of(0.5, -1e300).buffer)];
  const words = "sample 1 of channel 0 is -1e+300, expected at most 1e+38";
  assertThrows(() => parseWav(wav({ tag: 3, bits: 64 }, ...bytes)), InputError, words);
  const backwards = floats(NaN).reverse();
  const file = compressed("fl32", { bits: 32, samples: [...backwards, ...backwards] });
  assertThrows(() => parseAiff(file), InputError, "sample 0 of channel 0 is NaN");
});

Deno.test("AIFC of plain numbers is read whatever its compression calls them", () => {
  const float32 = (...values: number[]) => values.flatMap((value) => floats(value).reverse());
  const float64 = (...values: number[]) =>
    values.flatMap((value) => [...new Uint8Array(Float64Array.of(value).buffer)].reverse());
  const cases: [string, number, number[], number[]][] = [
    ["sowt", 16, steps(little, 2, 300, -2), [300 / 2 ** 15, -2 / 2 ** 15]],
    ["sowt", 24, steps(little, 3, 300, -2), [300 / 2 ** 23, -2 / 2 ** 23]],
    ["in16", 16, steps(big, 2, 300, -2), [300 / 2 ** 15, -2 / 2 ** 15]],
    ["in24", 24, steps(big, 3, 70_000, -2), [70_000 / 2 ** 23, -2 / 2 ** 23]],
    ["in32", 32, steps(big, 4, 70_000, -2), [70_000 / 2 ** 31, -2 / 2 ** 31]],
    ["42ni", 24, steps(little, 3, 70_000, -2), [70_000 / 2 ** 23, -2 / 2 ** 23]],
    ["42n1", 24, steps(little, 3, 70_000, -2), [70_000 / 2 ** 23, -2 / 2 ** 23]],
    ["23ni", 32, steps(little, 4, 70_000, -2), [70_000 / 2 ** 31, -2 / 2 ** 31]],
    ["raw ", 8, [128 + 64, 0], [0.5, -1]],
    ["fl32", 32, float32(0.25, -3), [0.25, -3]],
    ["FL32", 16, float32(0.25, -3), [0.25, -3]], // the bits are those before compression
    ["fl64", 64, float64(0.1, -3), [0.1, -3]],
    ["FL64", 64, float64(0.1, -3), [0.1, -3]],
  ];
  for (const [type, bits, samples, expected] of cases) {
    const recording = parseAiff(compressed(type, { bits, samples }));
    assertEquals([...recording.channels[0]], expected, type);
    assertEquals(recording.warnings, []);
  }
  const words = "its samples have 32 bits, expected 1 to 24";
  assertThrows(() => parseAiff(compressed("in24", { bits: 32 })), InputError, words);
});

Deno.test("other encodings are named, with what to do about them", () => {
  const advice = "expected plain numbers; convert it: " +
    "ffmpeg -i <this file> -c:a pcm_s16le <new file>.wav";
  const tags: [number, string][] = [
    [2, "Microsoft ADPCM (2)"],
    [6, "A-law (6)"],
    [7, "mu-law (7)"],
    [17, "IMA ADPCM (17)"],
    [85, "MP3 (85)"],
    [1234, "1234"],
  ];
  for (const [tag, name] of tags) {
    const { message } = assertThrows(() => parseWav(wav({ tag, bits: 8 }, 1), "a.wav"), InputError);
    assertEquals(message, `Cannot read a.wav: its encoding is ${name}, ${advice}`);
  }
  const hidden = wav({ tag: 0xfffe, bits: 8, extra: extensible(7) }, 1);
  assertThrows(() => parseWav(hidden), InputError, "its encoding is mu-law (7)");
  const types: [string, string][] = [
    ["ulaw", "mu-law (ulaw)"],
    ["ALAW", "A-law (ALAW)"],
    ["ima4", "IMA ADPCM (ima4)"],
    ["toSt", '"toSt"'],
  ];
  for (const [type, name] of types) {
    const { message } = assertThrows(() => parseAiff(compressed(type), "a.aiff"), InputError);
    assertEquals(message, `Cannot read a.aiff: its compression is ${name}, ${advice}`);
  }
});
