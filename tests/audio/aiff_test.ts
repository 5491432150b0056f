/**
 * AIFF and AIFC: files of another writer, every kind of damage.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { encodeAiff, parseAiff } from "../../audio/aiff.ts";
import { InputError } from "../../files/input_error.ts";
import { refuses } from "../refusals.ts";
import { assertMeetsDamage, big, fromBase64 } from "./damage.ts";
import { chunk, common, compressed, form, RATE_2000, sound } from "./made_aiff.ts";

/** Files of Python 3.11.2's aifc module: what it was given, and the bytes it wrote. */
const FILES: Record<string, { rate: number; bits: number; channels: number[][]; file: string }> = {
  "16 bits": {
    rate: 2000,
    bits: 16,
    channels: [[0, 1, -1, 32767, -32768]],
    file:
      "Rk9STQAAADhBSUZGQ09NTQAAABIAAQAAAAUAEEAJ+gAAAAAAAABTU05EAAAAEgAAAAAAAAAAAAAAAf//f/+AAA==",
  },
  "8 bits, odd size": {
    rate: 8000,
    bits: 8,
    channels: [[0, 1, -1, 127, -128]],
    file: "Rk9STQAAADRBSUZGQ09NTQAAABIAAQAAAAUACEAL+gAAAAAAAABTU05EAAAADgAAAAAAAAAAAAH/f4AA",
  },
  "24 bits, stereo": {
    rate: 44100,
    bits: 24,
    channels: [[1, 8388607], [-1, -8388608]],
    file:
      "Rk9STQAAADpBSUZGQ09NTQAAABIAAgAAAAIAGEAOrEQAAAAAAABTU05EAAAAFAAAAAAAAAAAAAAB////f///gAAA",
  },
  "32 bits": {
    rate: 192000,
    bits: 32,
    channels: [[1, 2 ** 31 - 1, -(2 ** 31)]],
    file:
      "Rk9STQAAADpBSUZGQ09NTQAAABIAAQAAAAMAIEAQu4AAAAAAAABTU05EAAAAFAAAAAAAAAAAAAAAAX////+AAAAA",
  },
  "AIFC, NONE, stereo": {
    rate: 22050,
    bits: 16,
    channels: [[1, 300], [-2, -400]],
    file: "Rk9STQAAAEhBSUZDRlZFUgAAAASigFFAQ09NTQAAABgAAgAAAAIAEEANrEQAAAAAAABOT05FAABTU05EAAAA" +
      "EAAAAAAAAAAAAAH//gEs/nA=",
  },
  "AIFC, sowt": {
    rate: 11025,
    bits: 16,
    channels: [[1, -2, 256]],
    file: "Rk9STQAAAEZBSUZDRlZFUgAAAASigFFAQ09NTQAAABgAAQAAAAMAEEAMrEQAAAAAAABzb3d0AABTU05EAAAA" +
      "DgAAAAAAAAAAAQD+/wAB",
  },
};

for (const [kind, { rate, bits, channels, file }] of Object.entries(FILES)) {
  Deno.test(`parseAiff() reads what Python's aifc wrote: ${kind}`, () => {
    const recording = parseAiff(fromBase64(file));
    assertEquals(recording.rate, rate);
    const scaled = channels.map((samples) =>
      Float64Array.from(samples, (sample) => sample / 2 ** (bits - 1))
    );
    assertEquals([...recording.channels], scaled);
  });
}

Deno.test("encodeAiff() writes the bytes that Python's aifc writes", () => {
  const written = encodeAiff(Int16Array.of(0, 1, -1, 32767, -32768), 2000);
  assertEquals(written, fromBase64(FILES["16 bits"].file));
});

Deno.test("encodeAiff() rounds to the nearest step, clips, and keeps any rate", () => {
  const samples = Float64Array.of(0.4 / 32768, 0.6 / 32768, -0.6 / 32768, 1, -1.5);
  assertEquals(
    [...parseAiff(encodeAiff(samples, 8000)).channels[0].map((sample) => sample * 32768)],
    [0, 1, -1, 32767, -32768],
  );
  for (const rate of [1, 2000, 22254.545454545456, 2047.9999999999998, 65536, 2 ** 32 - 1]) {
    assertEquals(parseAiff(encodeAiff(Int16Array.of(0), rate)).rate, rate);
  }
});

Deno.test("encodeAiff() refuses what no file could hold", () => {
  const cases: [samples: number[], rate: number, reason: string][] = [
    [[], 8000, "samples is empty, expected at least one"],
    [[0, NaN], 8000, "sample 1 is NaN, expected a finite number"],
    [[0], Infinity, "the rate is Infinity Hz, expected 1 to 4294967295"],
  ];
  for (const [samples, rate, reason] of cases) {
    const { message } = refuses(() => encodeAiff(Float64Array.from(samples), rate));
    assertEquals(message, `Cannot write AIFF: ${reason}`);
  }
});

// ---- Files made by hand ---------------------------------------------------------------------

const steps = (bytes: Uint8Array, scale = 32768) =>
  [...parseAiff(bytes).channels[0]].map((sample) => sample * scale);

Deno.test("parseAiff() takes chunks in any order, unknown odd ones, an offset, bytes at the end", () => {
  const samples = [0, 1, 0xff, 0xff];
  assertEquals(steps(form(sound(samples), common())), [1, -1]);
  assertEquals(steps(form(chunk("NAME", [65]), common(), sound(samples))), [1, -1]);
  assertEquals(steps(form(common(), sound(samples, [9, 9, 9]))), [1, -1]);
  assertEquals(steps(Uint8Array.of(...form(common(), sound(samples)), 1, 2, 3)), [1, -1]);
  assertEquals(steps(form(common(), sound([...samples, 7, 7]))), [1, -1]);
});

Deno.test("parseAiff() reads from the middle of a larger buffer", () => {
  const file = form(common(), sound([0, 1, 0xff, 0xff]));
  const larger = new Uint8Array(file.length + 5).fill(7);
  larger.set(file, 3);
  assertEquals(steps(larger.subarray(3, 3 + file.length)), [1, -1]);
});

Deno.test("parseAiff() takes 12 bits as the upper bits of two bytes, as the format has it", () => {
  const file = form(common({ bits: 12 }), sound([0x40, 0, 0x80, 0]));
  assertEquals([...parseAiff(file).channels[0]], [0.5, -1]);
});

Deno.test("parseAiff() reads twos like NONE", () => {
  assertEquals(steps(compressed("twos")), [1, 2]);
});

Deno.test("parseAiff() says what is wrong with a file", () => {
  const good = form(common(), sound([0, 1, 0, 2]));
  const cases: [string, Uint8Array][] = [
    ["the file is empty", new Uint8Array(0)],
    ["it has 5 bytes, the header alone takes 12", good.slice(0, 5)],
    [
      'it begins with "RIFF" and "AIFF", expected "FORM" and "AIFF" or "AIFC"',
      Uint8Array.of(82, 73, 70, 70, ...good.slice(4)),
    ],
    ['it has no chunk "COMM", which describes the samples', form(sound([0, 1, 0, 2]))],
    ['it has no chunk "SSND": no samples', form(common())],
    ['it has two chunks "COMM"', form(common(), common(), sound([0, 1, 0, 2]))],
    ['chunk "COMM" has 2 bytes, expected at least 18', form(chunk("COMM", [0, 1]), sound([]))],
    ["it has 0 channels, expected at least 1", form(common({ channels: 0 }), sound([]))],
    ["it has no samples", form(common({ frames: 0 }), sound([]))],
    ["its samples have 64 bits, expected 1 to 32", form(common({ bits: 64 }), sound([]))],
    ["its samples have 0 bits, expected 1 to 32", form(common({ bits: 0 }), sound([]))],
    [
      "its rate is 0 Hz, expected 1 to 4294967295",
      form(common({ rate: new Array(10).fill(0) }), sound([0, 1, 0, 2])),
    ],
    [
      "its rate is NaN Hz, expected 1 to 4294967295",
      form(common({ rate: [0x7f, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0] }), sound([0, 1, 0, 2])),
    ],
    [
      "its rate is -2000 Hz, expected 1 to 4294967295",
      form(common({ rate: [0xc0, ...RATE_2000.slice(1)] }), sound([0, 1, 0, 2])),
    ],
    [
      "its samples have 4 bytes, expected at least a frame of 131070",
      form(common({ channels: 65535, frames: 2 ** 32 - 1 }), sound([0, 1, 0, 2])),
    ],
    [
      'its samples begin at byte 2147483648 of those in chunk "SSND", expected at most 4',
      form(common(), chunk("SSND", [...big(2 ** 31, 4), 0, 0, 0, 0, 0, 1, 0, 2])),
    ],
  ];
  for (const [reason, bytes] of cases) {
    const error = assertThrows(() => parseAiff(bytes, "call.aiff"), InputError);
    assertEquals(error.message, `Cannot read call.aiff: ${reason}`);
  }
});

Deno.test("parseAiff() meets any damage with an InputError, or with finite samples", () => {
  assertMeetsDamage(parseAiff, fromBase64(FILES["AIFC, NONE, stereo"].file), 7);
});
