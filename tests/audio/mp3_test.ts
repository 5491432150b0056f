/**
 * MP3 files: what is decoded of two known tones, and what is said of files that are not whole. How the
 * fixtures were made: `tests/golden/README.md`.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { decodeAudio, decodeRecording } from "../../audio/decode.ts";
import { parseMp3 } from "../../audio/mp3.ts";
import { findMp3Frames, isMp3 } from "../../audio/mp3_frames.ts";
import { mixToMono } from "../../audio/recording.ts";
import { soundLength } from "../../audio/sound_length.ts";
import { encodeWav } from "../../audio/wav.ts";
import { InputError } from "../../files/input_error.ts";
import { unreadable } from "../refusals.ts";
import { assertSeries } from "./signal.ts";

const read = (name: string) => Deno.readFileSync(new URL(`../golden/${name}`, import.meta.url));
const TONE = read("tone_440.mp3");
const TONES = read("tones_440_880.mp3");

/** Largest difference from `amplitude * sin(2 pi hertz i / rate)`, but for the ends. */
function worstError(samples: Float64Array, hertz: number, amplitude: number, rate: number): number {
  const errors = samples.map((value, i) =>
    Math.abs(value - amplitude * Math.sin(2 * Math.PI * hertz * i / rate))
  );
  return Math.max(...errors.slice(600, -600));
}

Deno.test("parseMp3() gives the tone that was encoded, sample for sample", async () => {
  const { rate, channels } = await parseMp3(TONE, "tone.mp3");
  assertEquals([rate, channels.length, channels[0].length], [22_050, 1, 5000]);
  const error = worstError(channels[0], 440, 0.5, rate);
  assert(error < 0.03, `off by ${error}`); // a shift of one sample would give 0.06
});

Deno.test("parseMp3() keeps the channels of a variable rate file apart", async () => {
  const { rate, channels } = await parseMp3(TONES, "tones.mp3");
  assertEquals([rate, channels.map(({ length }) => length)], [44_100, [5000, 5000]]);
  const errors = [
    worstError(channels[0], 440, 0.5, rate),
    worstError(channels[1], 880, 0.25, rate),
  ];
  assert(Math.max(...errors) < 0.03, `off by ${errors}`);
});

Deno.test("the channels of MP3 become one as they are decoded", async () => {
  const { channels } = await parseMp3(TONES, "tones.mp3", { mono: true });
  assertEquals(channels, [mixToMono(await parseMp3(TONES))]);
});

/** An ID3v2 tag of that many bytes behind its header. */
function tag(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0x49, 0x44, 0x33, 4, 0, 0, 0, 0, size >> 7, size & 127, ...Array(size));
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("tags before and behind the frames change nothing", async () => {
  const behind = new Uint8Array(128);
  behind.set([0x54, 0x41, 0x47]); // "TAG"
  const plain = await parseMp3(TONE);
  for (const file of [joined(tag(300), TONE), joined(TONE, behind), joined(TONE, tag(3))]) {
    assertEquals(await parseMp3(file), plain);
  }
});

Deno.test("a file of many frames is the same whatever pieces it is decoded in", async () => {
  const frames = TONE.subarray(208); // without the frame that says how many there are
  const file = joined(...Array(60).fill(frames)); // 138 kB, three pieces
  const { channels: [samples] } = await parseMp3(file);
  const expected = 60 * 11 * 576;
  assertEquals(samples.length, expected);
  const period = 11 * 576;
  const [second, last] = [1, 59].map((i) => samples.slice(i * period + 1200, (i + 1) * period));
  assertSeries(last, second, 1e-6); // in f32 the order of sums differs a little
});

Deno.test("decodeRecording() takes MP3, WAV and AIFF for what they are", async () => {
  assertEquals(mixToMono(await decodeRecording(TONE, "tone.wav")).length, 5000);
  const samples = Float64Array.of(0, 0.5);
  const wav = encodeWav({ rate: 8000, channels: [samples] });
  assertEquals(await decodeRecording(wav, "tone.mp3"), {
    rate: 8000,
    channels: [samples],
    warnings: [],
  });
  const error = await unreadable(() =>
    decodeRecording(Uint8Array.of(0x66, 0x4c, 0x61, 0x43), "x.flac")
  );
  assertStringIncludes(error.message, "Cannot read x.flac: it is FLAC, expected AIFF, MP3 or WAV;");
  assertThrows(() => decodeAudio(TONE, "a"), InputError, "it is MP3, expected AIFF or WAV");
});

Deno.test("files without frames, or of several recordings, are refused with name and reason", async () => {
  const cases: [string, Uint8Array][] = [
    ["the file is empty", new Uint8Array(0)],
    ["no layer III frame begins at byte 0, behind its tags, or later", Uint8Array.of(1, 2, 3)],
    ["it is truncated: its tag ends at byte 310, the file at 200", tag(300).slice(0, 200)],
    ["it is truncated: its tag ends at byte 10, the file at 5", tag(9).slice(0, 5)],
    [
      "it has no samples; its first frame says that 11 follow it, 0 do",
      TONE.subarray(0, 208),
    ],
    [
      "frame 12 has 44100 Hz and 2 channel(s), the first has 22050 Hz and 1 channel(s)",
      joined(TONE, TONES),
    ],
  ];
  for (const [reason, bytes] of cases) {
    const error = await unreadable(() => parseMp3(bytes, "song.mp3"));
    assertEquals(error.message, `Cannot read song.mp3: ${reason}`);
  }
});

/** Frames of 22,050 Hz without the one that counts them: 11 of 209 or 208 bytes. */
const FRAMES = TONE.subarray(208);
const skipped = (count: number, from: number, places = "") =>
  `${count} bytes${places}, from byte ${from} on, are no frames and are skipped`;

Deno.test("what is no frame is passed over before, between and behind, and said", async () => {
  const plain = await parseMp3(joined(FRAMES, FRAMES));
  const zeros = new Uint8Array(1000);
  const text = new TextEncoder().encode("hello junk ".repeat(20));
  const size = 2 * FRAMES.length;
  const cases: [string, Uint8Array][] = [
    [skipped(1000, 0), joined(zeros, FRAMES, FRAMES)],
    [skipped(220, 0), joined(text, FRAMES, FRAMES)],
    [skipped(4, 40), joined(tag(30), text.slice(0, 4), FRAMES, FRAMES)],
    [skipped(1, size), joined(FRAMES, FRAMES, text.slice(0, 1))],
    [skipped(1000, size), joined(FRAMES, FRAMES, zeros)],
    [skipped(1220, 0, " in 2 places"), joined(zeros, FRAMES, FRAMES, text)],
  ];
  for (const [warning, file] of cases) {
    assertEquals(await decodeRecording(file), { ...plain, warnings: [warning] });
    assertEquals(soundLength(file), {
      rate: 22_050,
      channels: 1,
      samples: 22 * 576,
      seconds: 22 * 576 / 22_050,
    });
  }
  // Between frames the decoder forgets what the frames before held back: the length stays.
  const { channels, warnings } = await parseMp3(joined(FRAMES, text, FRAMES));
  assertEquals(channels[0].length, plain.channels[0].length);
  assertEquals(channels[0].slice(0, 10 * 576), plain.channels[0].slice(0, 10 * 576));
  assertEquals(channels[0].slice(-8 * 576), plain.channels[0].slice(-8 * 576));
  assertEquals(warnings, [skipped(220, FRAMES.length)]);
});

Deno.test("a last frame that was cut is left out, and frames that are missing are said", async () => {
  const cut = await parseMp3(FRAMES.subarray(0, -3));
  assertEquals(cut.channels[0].length, 10 * 576);
  assertEquals(cut.warnings, ["its last frame lacks 3 bytes and is left out"]);
  const counted = "its first frame says that 11 follow it, 10 do";
  assertEquals((await parseMp3(TONE.subarray(0, -209))).warnings, [counted]);
  assertEquals((await parseMp3(TONE.subarray(0, -3))).warnings, [...cut.warnings, counted]);
});

Deno.test("a frame whose header was damaged is passed over, and so is junk that looks like one", async () => {
  const changed = (at: number, ...values: number[]) => {
    const copy = joined(FRAMES, FRAMES);
    copy.set(values, at);
    return copy;
  };
  const frame = FRAMES.findIndex((byte, i) =>
    i > 1000 && byte === 0xff && FRAMES[i + 1] === FRAMES[1]
  );
  // A zero, no such bit rate, another rate, two channels: nothing like it follows.
  for (const [at, value] of [[0, 0], [2, 0xf0], [2, 0x84], [3, 0x04]]) {
    const { channels, warnings } = await parseMp3(changed(frame + at, value));
    assertEquals(channels[0].length, 21 * 576);
    assertEquals(warnings, [skipped(209, frame)]);
  }
  const header = FRAMES.subarray(0, 4);
  const zeros = new Uint8Array(300);
  const lonely = joined(zeros, header, zeros, header, zeros);
  assertEquals((await parseMp3(joined(FRAMES, lonely))).warnings, [skipped(908, FRAMES.length)]);
  assert(!isMp3(lonely), "headers that no other follows");
});

Deno.test("tags between frames, of two files one behind the other, are no junk", async () => {
  const ape = new Uint8Array(32 + 40);
  ape.set(new TextEncoder().encode("APETAGEX"));
  ape.set([40, 0, 0, 0], 12);
  ape[23] = 0x20; // it is a header
  const lyrics = new TextEncoder().encode("LYRICSBEGINsome LYRICS and moreLYRICS200");
  for (const between of [tag(30), ape, lyrics]) {
    const { channels, warnings } = await parseMp3(joined(FRAMES, between, FRAMES));
    assertEquals([channels[0].length, warnings], [22 * 576, []]);
  }
});

Deno.test("frames of MP3 in another container are not pulled out of it", async () => {
  const inside = joined(new TextEncoder().encode("OggS and more"), FRAMES);
  await unreadable(() => decodeRecording(inside), "it is Ogg, expected AIFF, MP3 or WAV");
});

Deno.test("frames of a free bit rate are named", async () => {
  const frame = new Uint8Array(326);
  frame.set([0xff, 0xfb, 0x00, 0xc4]);
  const error = await unreadable(() => parseMp3(joined(frame, frame, frame, frame), "a.mp3"));
  assertEquals(
    error.message,
    "Cannot read a.mp3: its frames have a free bit rate, which is not read; convert it: " +
      "ffmpeg -i <this file> -c:a pcm_s16le <new file>.wav",
  );
});

Deno.test("a recording beyond the limit is refused before it is decoded", async () => {
  const error = await unreadable(() => parseMp3(TONE, "long.mp3", { maxSeconds: 0.2 }));
  assertEquals(error.message, "Cannot read long.mp3: it lasts 1 seconds, expected at most 0.2");
});

Deno.test("frames with damaged content come to an end, decoded or refused", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const copy = TONE.slice();
    // Everything but the headers may be anything.
    for (let i = 0; i < 60; i++) {
      const at = (seed * 7919 + i * 104_729) % copy.length;
      if ((at - 208) % 209 >= 4 && at >= 208) copy[at] = (at * 31 + seed * 17) & 255;
    }
    try {
      const { channels: [samples] } = await parseMp3(copy, "damaged.mp3");
      assert(samples.length <= 12 * 576);
      assert(samples.every(Number.isFinite));
    } catch (error) {
      assert(error instanceof InputError, String(error));
    }
  }
});

Deno.test("isMp3() knows tags and frames; frames know their length", () => {
  assert(isMp3(TONE) && isMp3(tag(0)));
  assert(!isMp3(Uint8Array.of(0xff, 0xfd, 0x90, 0))); // layer II
  const fail = (reason: string): never => {
    throw new Error(reason);
  };
  assertEquals(findMp3Frames(TONE, fail), {
    stretches: [{ start: 0, end: 2506 }],
    frames: 12,
    frameSamples: 576,
    rate: 22_050,
    channels: 1,
    warnings: [],
  });
});
