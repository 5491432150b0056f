/**
 * WAV: files of other writers, what wavefile would read wrongly, every kind of damage.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { encodeWav, parseWav, type WavDepth } from "../../audio/wav.ts";
import { InputError } from "../../files/input_error.ts";
import { refuses } from "../refusals.ts";
import { assertMeetsDamage, fromBase64, little } from "./damage.ts";
import { chunk, data, extensible, floats, format, riff } from "./made_wav.ts";
import { assertSeries, noise } from "./signal.ts";

interface Case {
  rate: number;
  scale: number;
  channels: number[][];
  file: string;
}

/** Whole numbers by Python 3.11.2's wave module, floats by scipy 1.10.1's wavfile.write. */
const FILES: Record<string, Case> = {
  "8 bits, odd size": {
    rate: 8000,
    scale: 128,
    channels: [[0, 1, -1, 127, -128]],
    file: "UklGRikAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQUAAACAgX//AA==",
  },
  "16 bits, stereo": {
    rate: 2000,
    scale: 2 ** 15,
    channels: [[1, 32767], [-2, -32768]],
    file: "UklGRiwAAABXQVZFZm10IBAAAAABAAIA0AcAAEAfAAAEABAAZGF0YQgAAAABAP7//38AgA==",
  },
  "24 bits": {
    rate: 44100,
    scale: 2 ** 23,
    channels: [[1, -1, 8388607, -8388608]],
    file: "UklGRjAAAABXQVZFZm10IBAAAAABAAEARKwAAMwEAgADABgAZGF0YQwAAAABAAD//////38AAIA=",
  },
  "32 bits": {
    rate: 96000,
    scale: 2 ** 31,
    channels: [[1, 2 ** 31 - 1, -(2 ** 31)]],
    file: "UklGRjAAAABXQVZFZm10IBAAAAABAAEAAHcBAADcBQAEACAAZGF0YQwAAAABAAAA////fwAAAIA=",
  },
  "32-bit floats": {
    rate: 22050,
    scale: 1,
    channels: [[0.5, -1.5, Math.fround(1e-3)]],
    file: "UklGRj4AAABXQVZFZm10IBIAAAADAAEAIlYAAIhYAQAEACAAAABmYWN0BAAAAAMAAABkYXRhDAAAAAAAAD8A" +
      "AMC/bxKDOg==",
  },
  "64-bit floats, stereo": {
    rate: 22050,
    scale: 1,
    channels: [[0.1, 3], [-0.2, 4]],
    file: "UklGRlIAAABXQVZFZm10IBIAAAADAAIAIlYAACBiBQAQAEAAAABmYWN0BAAAAAIAAABkYXRhIAAAAJqZmZmZ" +
      "mbk/mpmZmZmZyb8AAAAAAAAIQAAAAAAAABBA",
  },
  "RIFX, big-endian, by SoX 14.4.2 (-t wav -B)": {
    rate: 22050,
    scale: 2 ** 15,
    channels: [[1, -2]],
    file: "UklGWAAAAChXQVZFZm10IAAAABAAAQABAABWIgAArEQAAgAQZGF0YQAAAAQAAf/+",
  },
  "extensible, 24 bits, 3 channels, odd size, by SoX 14.4.2 (-b 24)": {
    rate: 2000,
    scale: 2 ** 15,
    channels: [[1], [-2], [3]],
    file: "UklGRlIAAABXQVZFZm10ICgAAAD+/wMA0AcAAFBGAAAJABgAFgAYAAAAAAABAAAAAAAQAIAAAKoAOJtxZmFj" +
      "dAQAAAABAAAAZGF0YQkAAAAAAQAA/v8AAwAA",
  },
};

for (const [kind, { rate, scale, channels, file }] of Object.entries(FILES)) {
  Deno.test(`parseWav() reads what another program wrote: ${kind}`, () => {
    const recording = parseWav(fromBase64(file));
    assertEquals(recording.rate, rate);
    const scaled = channels.map((samples) => Float64Array.from(samples, (value) => value / scale));
    assertEquals([...recording.channels], scaled);
  });
}

Deno.test("encodeWav() writes the bytes that Python's wave module writes", () => {
  for (const kind of ["16 bits, stereo", "24 bits", "32 bits"]) {
    const { rate, scale, channels, file } = FILES[kind];
    const scaled = channels.map((samples) => Float64Array.from(samples, (value) => value / scale));
    const depth = String(1 + Math.log2(scale)) as WavDepth;
    assertEquals(encodeWav({ rate, channels: scaled }, depth), fromBase64(file));
  }
});

Deno.test("encodeWav() and parseWav() agree within half a step, for every depth", () => {
  const channels = [noise(50), noise(51).slice(1), noise(52).slice(2)];
  const tolerances: Record<WavDepth, number> = {
    "8": 1.01 / 256,
    "16": 1.01 / 2 ** 16,
    "24": 1.01 / 2 ** 24,
    "32": 1.01 / 2 ** 32,
    "32f": 2 ** -24,
    "64": 0,
  };
  for (const [depth, tolerance] of Object.entries(tolerances)) {
    const decoded = parseWav(encodeWav({ rate: 11_025, channels }, depth as WavDepth));
    assertEquals(decoded.rate, 11_025);
    channels.forEach((samples, c) => {
      const clipped = samples.map((value) => Math.min(value, 1 - tolerance));
      assertSeries(decoded.channels[c], depth === "64" ? samples : clipped, 2 * tolerance);
    });
  }
});

Deno.test("encodeWav() clips whole numbers at full scale and keeps floats beyond it", () => {
  const recording = { rate: 8000, channels: [Float64Array.of(2, -2)] };
  assertEquals([...parseWav(encodeWav(recording, "8")).channels[0]], [127 / 128, -1]);
  assertEquals([...parseWav(encodeWav(recording, "32f")).channels[0]], [2, -2]);
});

Deno.test("encodeWav() refuses what no file should hold", () => {
  const cases: [rate: number, channels: number[][], reason: string][] = [
    [8000, [], "the number of channels is 0, expected a whole number from 1 on"],
    [8000, [[]], "channels is empty, expected at least one sample"],
    [8000, [[0, 1], [0]], "channel 1 has 1 samples, channel 0 has 2"],
    [8000, [[0, Infinity]], "sample 1 is Infinity, expected a finite number"],
    [22254.5, [[0]], "the rate is 22254.5 Hz, expected a whole number"],
  ];
  for (const [rate, numbers, reason] of cases) {
    const channels = numbers.map((samples) => Float64Array.from(samples));
    const { message } = refuses(() => encodeWav({ rate, channels }));
    assertEquals(message, `Cannot write WAV: ${reason}`);
  }
});

// ---- Files made by hand ---------------------------------------------------------------------

Deno.test("parseWav() reads extensible floats as floats, which wavefile takes for whole numbers", () => {
  const fmt = format({ tag: 0xfffe, bits: 32, extra: extensible(3) });
  assertEquals([...parseWav(riff(fmt, data(...floats(0.25, -3)))).channels[0]], [0.25, -3]);
});

Deno.test("parseWav() looks past other chunks, hostile ones too, and past the end of the RIFF", () => {
  const cues = chunk("cue ", little(2 ** 32 - 1, 4)); // four billion entries, says the count
  const list = chunk("LIST", [...new TextEncoder().encode("INFO"), 255, 255, 255, 255]);
  const odd = chunk("note", [1]);
  const file = riff(cues, odd, format(), list, data(1, 0, 255, 255), list);
  for (const bytes of [file, Uint8Array.of(...file, 1, 2, 3)]) {
    assertEquals([...parseWav(bytes).channels[0]], [1 / 32768, -1 / 32768]);
  }
  const larger = new Uint8Array(file.length + 9).fill(7);
  larger.set(file, 5);
  const middle = larger.subarray(5, 5 + file.length);
  assertEquals([...parseWav(middle).channels[0]], [1 / 32768, -1 / 32768]);
});

Deno.test("parseWav() says what is wrong with a file", () => {
  const good = riff(format(), data(1, 0, 2, 0));
  const f32 = { tag: 3, bits: 32 };
  const cases: [string, Uint8Array][] = [
    ["the file is empty", new Uint8Array(0)],
    ["it has 11 bytes, the header alone takes 12", good.slice(0, 11)],
    [
      'it begins with "RIFF" and "AVI ", expected "RIFF" or "RIFX" or "RF64" or "BW64" and "WAVE"',
      Uint8Array.of(...good.slice(0, 8), 65, 86, 73, 32, ...good.slice(12)),
    ],
    ['it has no chunk "fmt ", which describes the samples', riff(data(1, 0))],
    ['it has no chunk "data": no samples', riff(format())],
    ['it has two chunks "data"', riff(format(), data(1, 0), data(1, 0))],
    ["it has no samples", riff(format(), data())],
    ["its samples have 1 bytes, expected at least a frame of 2", riff(format(), data(1))],
    [
      'it has no chunk "data": no samples; chunk "LIST" should have 99 bytes, the file has 10 for it',
      riff(format(), [...new TextEncoder().encode("LIST"), ...little(99, 4), ...data(1, 0)]),
    ],
    ['chunk "fmt " has 3 bytes, expected at least 16', riff(chunk("fmt ", [1, 0, 1]), data(1))],
    [
      'chunk "fmt " has 16 bytes, expected at least 40',
      riff(format({ tag: 0xfffe }), data(1, 0)),
    ],
    ["it has 0 channels, expected at least 1", riff(format({ channels: 0 }), data(1, 0))],
    ["its rate is 0 Hz, expected at least 1", riff(format({ rate: 0 }), data(1, 0))],
    [
      "sample 1 of channel 0 is NaN, expected a finite number",
      riff(format(f32), data(...floats(0, NaN))),
    ],
    [
      "sample 0 of channel 1 is -Infinity, expected a finite number",
      riff(format({ ...f32, channels: 2 }), data(...floats(0, -Infinity))),
    ],
  ];
  for (const [reason, bytes] of cases) {
    const error = assertThrows(() => parseWav(bytes, "call.wav"), InputError);
    assertEquals(error.message, `Cannot read call.wav: ${reason}`);
  }
});

Deno.test("parseWav() meets any damage with an InputError, or with finite samples", () => {
  assertMeetsDamage(parseWav, fromBase64(FILES["64-bit floats, stereo"].file), 8);
});
