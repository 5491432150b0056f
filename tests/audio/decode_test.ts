/**
 * Telling recordings apart by their first bytes, and mixing their channels.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { encodeAiff } from "../../audio/aiff.ts";
import { decodeAudio } from "../../audio/decode.ts";
import { mixToMono } from "../../audio/recording.ts";
import { SOUND_ENDINGS } from "../../audio/sound_kind.ts";
import { encodeWav } from "../../audio/wav.ts";
import { InputError } from "../../files/input_error.ts";
import { refuses } from "../refusals.ts";
import { noise } from "./signal.ts";

const samples = Float64Array.of(0, 0.5, -0.25);

Deno.test("decodeAudio() takes AIFF and WAV for what they are, whatever their name", () => {
  const files = [encodeAiff(samples, 2000), encodeWav({ rate: 2000, channels: [samples] })];
  for (const file of files) {
    assertEquals(decodeAudio(file, "call.mp3"), {
      rate: 2000,
      channels: [samples],
      warnings: [],
    });
  }
});

Deno.test("decodeAudio() takes RIFX, the big-endian WAV", () => {
  // SoX 14.4.2: samples 1 and -2, -t wav -B
  const file = atob("UklGWAAAAChXQVZFZm10IAAAABAAAQABAABWIgAArEQAAgAQZGF0YQAAAAQAAf/+");
  const { channels } = decodeAudio(Uint8Array.from(file, (c) => c.charCodeAt(0)));
  assertEquals(channels, [Float64Array.of(1 / 32768, -2 / 32768)]);
});

Deno.test("decodeAudio() names what it cannot read", () => {
  const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
  const cases: [string, Uint8Array][] = [
    ["the file is empty", new Uint8Array(0)],
    ["it is a zip file", ascii("PK\x03\x04")],
    ['it is a file that begins with "<htm"', ascii("<html>")],
    ['it is a file that begins with "F"', ascii("F")],
  ];
  for (const [what, bytes] of cases) {
    const error = assertThrows(() => decodeAudio(bytes, "call.aiff"), InputError);
    assertEquals(error.message, `Cannot read call.aiff: ${what}, expected AIFF or WAV`);
  }
});

Deno.test("decodeAudio() tells what to do with sound that it cannot read", () => {
  const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
  const cases: [string, Uint8Array][] = [
    ["MP3", ascii("ID3\x04\0\0")],
    ["MP3", Uint8Array.of(0xff, 0xfb, 0x90, 0)],
    ["FLAC", ascii("fLaC\0\0\0\x22")],
    ["Ogg", ascii("OggS\0")],
    ["MPEG-4 (M4A)", ascii("\0\0\0\x20ftypM4A ")],
    ["AAC", Uint8Array.of(0xff, 0xf1, 0x50, 0x80)],
    ["Windows Media", Uint8Array.of(0x30, 0x26, 0xb2, 0x75, 0x8e)],
  ];
  for (const [what, bytes] of cases) {
    const error = assertThrows(() => decodeAudio(bytes, "call.aiff"), InputError);
    assertEquals(
      error.message,
      `Cannot read call.aiff: it is ${what}, expected AIFF or WAV; convert it: ` +
        "ffmpeg -i <this file> -c:a pcm_s16le <new file>.wav",
    );
  }
});

Deno.test("decodeAudio() leaves a damaged file to its own reader, which names the file", () => {
  const truncated = encodeAiff(samples, 2000).slice(0, 20);
  assertEquals(
    assertThrows(() => decodeAudio(truncated, "call.aiff"), InputError).message,
    'Cannot read call.aiff: it has no chunk "SSND": no samples; chunk "COMM" should have 18 bytes, ' +
      "the file has 0 for it",
  );
});

Deno.test("channels become one as they are read, to the bits of mixToMono()", () => {
  const channels = [noise(300), noise(301).slice(1), noise(302).slice(2)];
  for (const depth of ["8", "16", "24", "32f", "64"] as const) {
    const file = encodeWav({ rate: 2000, channels }, depth);
    const { channels: one } = decodeAudio(file, "call.wav", { mono: true });
    assertEquals(one, [mixToMono(decodeAudio(file))]);
  }
});

Deno.test("a recording is refused by its length before a sample of it is read", () => {
  const bad = encodeWav({ rate: 2000, channels: [Float64Array.of(0, 0, 0, 0)] }, "32f");
  bad.fill(255, -4); // not a number
  const attempt = (maxSeconds?: number) => () => decodeAudio(bad, "call.wav", { maxSeconds });
  assertThrows(attempt(), InputError, "sample 3 of channel 0 is NaN, expected a finite number");
  const { message } = assertThrows(attempt(0.001), InputError);
  assertEquals(message, "Cannot read call.wav: it lasts 1 seconds, expected at most 0.001");
});

Deno.test("mixToMono() averages channels, copies one, and refuses none or unequal ones", () => {
  const other = Float64Array.of(1, 0.5, 0.25);
  assertEquals(mixToMono({ rate: 1, channels: [samples, other] }), Float64Array.of(0.5, 0.5, 0));
  const three = mixToMono({ rate: 1, channels: [other, other, other] });
  assertEquals(three, other);
  const copy = mixToMono({ rate: 1, channels: [samples] });
  copy[0] = 9;
  assertEquals(samples[0], 0);
  assertEquals(
    refuses(() => mixToMono({ rate: 1, channels: [] })).message,
    "Cannot mix channels: the number of channels is 0, expected a whole number from 1 on",
  );
  refuses(() => mixToMono({ rate: 1, channels: [samples, copy.slice(1)] }));
});

Deno.test("the page of the demo lets files of every ending that is read be chosen", async () => {
  const page = await Deno.readTextFile(new URL("../../web/drop_card.js", import.meta.url));
  const [, accept] = /accept: "([^"]+)"/.exec(page)!;
  const endings = accept.split(",").filter((each) => each.startsWith(".")).sort();
  assertEquals(endings, Object.values(SOUND_ENDINGS).flat().map((each) => `.${each}`).sort());
});
