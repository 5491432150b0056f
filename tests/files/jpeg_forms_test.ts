import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../files/input_error.ts";
import { decodeJpeg } from "../../files/jpeg.ts";
import { readJpegHeader } from "../../files/jpeg_header.ts";
import { bytesOf, joinBytes, sampleJpeg } from "./samples.ts";

const SIZE = { height: 16, width: 24 };
const [HUFFMAN_TABLES, FRAME, SCAN] = [0xc4, 0xc0, 0xda];

/** Places of the segments of a marker, before the image data. */
function places(bytes: Uint8Array, marker: number): [start: number, end: number][] {
  const found: [number, number][] = [];
  for (let at = 2; bytes[at + 1] !== 0xd9;) {
    const end = at + 2 + (bytes[at + 2] << 8 | bytes[at + 3]);
    if (bytes[at + 1] === marker) found.push([at, end]);
    if (bytes[at + 1] === SCAN) break;
    at = end;
  }
  return found;
}

/** A segment of a marker. */
function segment(marker: number, ...body: number[]): Uint8Array {
  return Uint8Array.of(0xff, marker, body.length + 2 >> 8, body.length + 2 & 255, ...body);
}

function without(bytes: Uint8Array, marker: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [start, end] of places(bytes, marker)) {
    parts.push(bytes.subarray(at, start));
    at = end;
  }
  return joinBytes([...parts, bytes.subarray(at)]);
}

function inserted(bytes: Uint8Array, at: number, ...parts: Uint8Array[]): Uint8Array {
  return joinBytes([bytes.subarray(0, at), ...parts, bytes.subarray(at)]);
}

function refuses(bytes: Uint8Array, reason: string, size = SIZE): void {
  const { message } = assertThrows(() => decodeJpeg("7.jpg", bytes, size), InputError);
  assertEquals(message, `Cannot decode 7.jpg: ${reason}`);
}

const plain = sampleJpeg(3);
const { pixels } = decodeJpeg("plain", plain, SIZE);
const frameAt = places(plain, FRAME)[0][0];

Deno.test("a frame of Motion JPEG, without Huffman tables, is read with the standard ones", () => {
  // jpeg-js writes the standard tables, as cameras mean them.
  const frame = without(plain, HUFFMAN_TABLES);
  assertEquals(frame.length < plain.length - 400, true);
  assertEquals(decodeJpeg("mjpeg", frame, SIZE), { pixels, warnings: [] });
});

Deno.test("a height that follows behind the first scan is the image's", () => {
  const late = Uint8Array.from(plain);
  late.set([0, 0], frameAt + 5);
  refuses(late, "it has 24 x 0 pixels");
  const lines = inserted(late, late.length - 2, segment(0xdc, 0, 16));
  assertEquals(readJpegHeader("lines", lines).height, 16);
  assertEquals(decodeJpeg("lines", lines, SIZE), { pixels, warnings: [] });
});

Deno.test("bytes between segments are left out with a warning, as by libjpeg", () => {
  const cases: [stray: number[], count: number][] = [
    [[0, 0, 0], 3],
    [[0xff, 0, 0, 2], 4], // the end of a segment whose length is two short
    [[0xff, 0xff, 0xff], 0], // markers may be padded
  ];
  for (const [stray, count] of cases) {
    const bytes = inserted(plain, frameAt, Uint8Array.from(stray));
    const warnings = count === 0
      ? []
      : [`${count} bytes between its segments belong to none and are left out`];
    assertEquals(decodeJpeg("stray", bytes, SIZE), { pixels, warnings });
  }
});

Deno.test("segments that are not the image's change nothing, whatever they hold", () => {
  const exif = segment(0xe1, ...bytesOf("Exif\0\0"), 0xff, 0xd8, 0xff, 0xd9, 0xff);
  const bytes = inserted(plain, 2, exif, segment(0xfe), segment(0xe1), segment(0xef, 1));
  assertEquals(decodeJpeg("exif", bytes, SIZE), { pixels, warnings: [] });
});

Deno.test("quantisation tables of another channel's slot change nothing", () => {
  // After the first scan the slots may be filled anew, for the next.
  const scales = segment(0xdb, 0, ...Array(64).fill(255));
  const bytes = inserted(plain, plain.length - 2, scales);
  assertEquals(decodeJpeg("late", bytes, SIZE), { pixels, warnings: [] });
});

Deno.test("what is missing or damaged in a JPEG is said of the file", () => {
  refuses(without(plain, 0xdb), "its quantisation table 0 is missing");
  const scan = places(plain, SCAN)[0][0];
  refuses(plain.with(scan + 5, 9), "a scan is of channel 9, there is none");
  refuses(plain.with(scan + 7, 1), "a scan header is damaged");
  refuses(plain.with(scan + 6, 0x30), "its Huffman table 3 is missing");
  refuses(plain.with(frameAt + 11, 0x51), "a channel has 5 x 1 samples a unit, expected 1 to 4");
  refuses(
    plain.with(frameAt + 13, 1).with(frameAt + 10, 1),
    "two of its channels have the same name, the file is damaged",
  );
  const [codes] = places(plain, HUFFMAN_TABLES)[0];
  refuses(plain.with(codes + 5, 3), "a Huffman table has more codes than fit");
  refuses(plain.with(codes + 4, 0x0f), "a Huffman table is damaged");
  refuses(inserted(plain, frameAt, segment(0x02)), `unknown marker ff 2 at byte ${frameAt}`);
  refuses(
    inserted(plain, frameAt, plain.subarray(0, 20)),
    `another image begins at byte ${frameAt}, before the end of the first`,
  );
  refuses(
    inserted(plain, scan, segment(0xdd, 0, 1)),
    "its image data have 0 restart markers, expected 5",
  );
});

Deno.test("an image whose data cannot hold its pixels is refused before memory is taken", () => {
  const size = { height: 60_000, width: 1000 };
  const lying = Uint8Array.from(plain);
  lying.set([size.height >> 8, size.height & 255, size.width >> 8, size.width & 255], frameAt + 5);
  const before = Deno.memoryUsage().rss;
  refuses(lying, "the file is truncated: its image data end before the last row", size);
  assertEquals(Deno.memoryUsage().rss - before < 32 * 2 ** 20, true);
});
