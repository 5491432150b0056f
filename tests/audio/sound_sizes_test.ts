/**
 * Sizes that are placeholders, or off: files of pipes, of recorders whose power failed, cut copies.
 * What libsndfile 1.2.0 reads of such files is what is read here.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { parseAiff } from "../../audio/aiff.ts";
import { decodeAudio } from "../../audio/decode.ts";
import { soundLength } from "../../audio/sound_length.ts";
import { parseWav } from "../../audio/wav.ts";
import { InputError } from "../../files/input_error.ts";
import { big, little } from "./damage.ts";
import * as aiff from "./made_aiff.ts";
import * as wav from "./made_wav.ts";

/** Steps of 16 bits, and what was said; the header alone tells the same length. */
function heard(file: Uint8Array): [steps: number[][], warnings: readonly string[]] {
  const { channels, warnings } = decodeAudio(file);
  assertEquals(soundLength(file).samples, channels[0].length);
  return [channels.map((samples) => [...samples].map((sample) => sample * 32768)), warnings];
}

/** A file with other bytes at a place. */
function changed(file: Uint8Array, at: number, ...bytes: number[]): Uint8Array {
  const copy = file.slice();
  copy.set(bytes, at);
  return copy;
}

const UNKNOWN = [255, 255, 255, 255];
const WAV = wav.riff(wav.format(), wav.data(1, 0, 2, 0, 3, 0));
const AIFF = aiff.form(aiff.common({ frames: 3 }), aiff.sound([0, 1, 0, 2, 0, 3]));
/** Where the size of the samples stands in each. */
const [WAV_DATA, AIFF_DATA, AIFF_FRAMES] = [40, 42, 22];

Deno.test("0 and 2^32 - 1 mean to the end, in the outer size, in that of the samples, in both", () => {
  for (const size of [[0, 0, 0, 0], UNKNOWN]) {
    for (const [file, at] of [[WAV, WAV_DATA], [AIFF, AIFF_DATA]] as const) {
      const outer = changed(file, 4, ...size);
      for (const made of [outer, changed(file, at, ...size), changed(outer, at, ...size)]) {
        assertEquals(heard(made), [[[1, 2, 3]], []]);
      }
    }
  }
  // ffmpeg to a pipe: no number of samples either
  assertEquals(heard(changed(AIFF, AIFF_FRAMES, 0, 0, 0, 0)), [[[1, 2, 3]], []]);
});

Deno.test("no samples at all, and a chunk behind them, are not taken for samples to the end", () => {
  const list = wav.chunk("LIST", [...new TextEncoder().encode("INFOISFT"), 0, 0, 0, 0]);
  const file = wav.riff(wav.format(), wav.data(), list);
  assertThrows(() => parseWav(file), InputError, "it has no samples");
});

Deno.test("an outer size that is too small hides nothing, one that is too large is said", () => {
  for (const size of [36, 20, 12]) {
    assertEquals(heard(changed(WAV, 4, ...little(size, 4))), [[[1, 2, 3]], []]);
    assertEquals(heard(changed(AIFF, 4, ...big(size, 4))), [[[1, 2, 3]], []]);
  }
  const larger = WAV.length + 10;
  const said = [`its header says ${larger + 8} bytes, the file has ${WAV.length}`];
  assertEquals(heard(changed(WAV, 4, ...little(larger, 4))), [[[1, 2, 3]], said]);
});

Deno.test("samples that were cut off give the whole frames that are there, and a warning", () => {
  const cut = (name: string, bytes: number) =>
    `chunk "${name}" should have ${bytes} bytes, the file has ${bytes - 2} for it`;
  assertEquals(heard(WAV.slice(0, -2)), [[[1, 2]], [cut("data", 6)]]);
  assertEquals(heard(AIFF.slice(0, -2)), [[[1, 2]], [cut("SSND", 14)]]);
  const stereo = wav.riff(wav.format({ channels: 2 }), wav.data(1, 0, 2, 0, 3, 0));
  const rest = "its samples end with 2 bytes of a frame of 4, which are left out";
  assertEquals(heard(stereo), [[[1], [2]], [rest]]);
  const odd = wav.riff(wav.format(), wav.data(1, 0, 2, 0, 3, 0, 9));
  assertEquals(heard(odd)[1], ["its samples end with 1 bytes of a frame of 2, which are left out"]);
});

Deno.test("AIFF: more samples promised than there are, and fewer, are said", () => {
  const more = changed(AIFF, AIFF_FRAMES, 0, 0, 0, 4);
  const says = 'chunk "COMM" says 4 samples a channel, chunk "SSND" has 3';
  assertEquals(heard(more), [[[1, 2, 3]], [says]]);
  const fewer = changed(AIFF, AIFF_FRAMES, 0, 0, 0, 1);
  const left = 'chunk "COMM" says 1 samples a channel, chunk "SSND" has 3; the last 2 are left out';
  assertEquals(heard(fewer), [[[1]], [left]]);
  // libsndfile counts the padding to the samples; a writer that does not know their number does not.
  const padded = aiff.form(aiff.common({ frames: 3 }), aiff.sound([0, 1, 0, 2, 0, 3, 0]));
  assertEquals(heard(padded), [[[1, 2, 3]], []]);
  const rest = ["its samples end with 1 bytes of a frame of 2, which are left out"];
  assertEquals(heard(changed(padded, AIFF_FRAMES, 0, 0, 0, 0)), [[[1, 2, 3]], rest]);
});

Deno.test("a chunk of odd size is followed by padding or, of some writers, by none", () => {
  const text = (words: string) => [...new TextEncoder().encode(words)];
  const odd = [...text("note"), ...little(5, 4), ...text("owls!")];
  const start = [...text("RIFF"), ...UNKNOWN, ...text("WAVE"), ...wav.format(), ...odd];
  for (const padding of [[0], [7], []]) {
    for (const size of [little(4, 4), UNKNOWN]) {
      const file = [...start, ...padding, ...text("data"), ...size, 1, 0, 2, 0];
      assertEquals(heard(Uint8Array.from(file)), [[[1, 2]], []]);
    }
  }
});

Deno.test("what lies behind is passed over, and said where it is no chunk or was cut off", () => {
  const list = wav.chunk("LIST", [1, 2, 3, 4]);
  const before = [wav.chunk("JUNK", [0, 0, 0, 0]), wav.format(), wav.chunk("fact", little(2, 4))];
  assertEquals(heard(wav.riff(...before, wav.data(1, 0, 2, 0), list)), [[[1, 2]], []]);
  assertEquals(heard(wav.riff(...before, wav.data(1, 0, 2, 0), list).slice(0, -1)), [
    [[1, 2]],
    ['chunk "LIST" should have 4 bytes, the file has 3 for it'],
  ]);
  assertEquals(heard(Uint8Array.of(...WAV, 9, 9, 9))[1], [
    "its last 3 bytes are none of its chunks and are left out",
  ]);
  // Two files one behind the other: the second is no chunk of the first.
  assertEquals(heard(Uint8Array.of(...AIFF, ...AIFF)), [
    [[1, 2, 3]],
    [`its last ${AIFF.length} bytes are none of its chunks and are left out`],
  ]);
});

// ---- Sizes of 64 bits -----------------------------------------------------------------------

/** RF64 or BW64: sizes of 64 bits in the first chunk. */
function long(id: string, bytes: number, ...chunks: number[][]): Uint8Array<ArrayBuffer> {
  const sizes = [...little(0, 8), ...little(bytes, 8), ...little(0, 8), ...little(0, 4)];
  const file = wav.riff(wav.chunk("ds64", sizes), ...chunks);
  file.set(new TextEncoder().encode(id));
  file.set(UNKNOWN, 4);
  return file;
}

Deno.test("RF64 and BW64 are read by the sizes of their chunk ds64", () => {
  const unknown = [...new TextEncoder().encode("data"), ...UNKNOWN, 1, 0, 2, 0];
  const list = wav.chunk("LIST", [1, 2, 3, 4]);
  for (const id of ["RF64", "BW64"]) {
    assertEquals(heard(long(id, 4, wav.format(), unknown, list)), [[[1, 2]], []]);
    assertEquals(heard(long(id, 4, wav.format(), wav.data(1, 0), list)), [[[1]], []]);
  }
  // Never filled in: to the end. More than there is: cut off.
  assertEquals(heard(long("RF64", 0, wav.format(), unknown)), [[[1, 2]], []]);
  assertEquals(heard(long("RF64", 2 ** 40, wav.format(), unknown)), [
    [[1, 2]],
    [`chunk "data" should have ${2 ** 40} bytes, the file has 4 for it`],
  ]);
});

Deno.test("nothing is allocated by what a size says", () => {
  for (const size of [UNKNOWN, [254, 255, 255, 255], [0, 0, 0, 128]]) {
    assertEquals(parseWav(changed(WAV, WAV_DATA, ...size)).channels[0].length, 3);
  }
  const many = changed(AIFF, AIFF_FRAMES, 255, 255, 255, 255);
  assertEquals(parseAiff(many).channels[0].length, 3);
});
