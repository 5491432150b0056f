import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { jpeg } from "../../deps_jpeg.ts";
import { InputError } from "../../files/input_error.ts";
import { describeFile } from "../../files/describe_file.ts";
import { decodeJpeg } from "../../files/jpeg.ts";
import { readJpegHeader } from "../../files/jpeg_header.ts";
import { bytesOf, joinBytes, sampleJpeg } from "./samples.ts";

const SIZE = { height: 16, width: 24 };

function refuses(bytes: Uint8Array, reason: string, size = SIZE): void {
  const error = assertThrows(() => decodeJpeg("7.jpg", bytes, size), InputError);
  assertEquals(error.message, `Cannot decode 7.jpg: ${reason}`);
  assertEquals(error.reason, reason);
}

/** Where a marker's segment starts: at its 0xff. */
function find(bytes: Uint8Array, marker: number): number {
  for (let i = 0; i < bytes.length - 1; i++) {
    if (bytes[i] === 0xff && bytes[i + 1] === marker) return i;
  }
  throw new Error(`no marker ${marker}`);
}

Deno.test("decodeJpeg() gives the colours that were encoded", () => {
  const data = new Uint8Array(16 * 24 * 4);
  for (let i = 0; i < data.length; i += 4) data.set([200, 100, 50, 255], i);
  const bytes = Uint8Array.from(jpeg.encode({ data, ...SIZE }, 95).data);
  const { pixels } = decodeJpeg("7.jpg", bytes, SIZE);
  assertEquals(pixels.length, 16 * 24 * 3);
  pixels.forEach((value, i) => assertLess(Math.abs(value - [200, 100, 50][i % 3]), 4));
});

Deno.test("decodeJpeg() leaves out what follows the end-of-image marker, and says so", () => {
  const bytes = sampleJpeg(1);
  const { pixels } = decodeJpeg("a", bytes, SIZE);
  const rests: [rest: Uint8Array, warnings: string[]][] = [
    [new Uint8Array(0), []],
    [new Uint8Array(500), []], // the rest of a disk's or camera's last block
    [bytesOf("\0\0 trailing"), [
      "its last 11 bytes come after the end of the image and are left out",
    ]],
    [
      joinBytes([Uint8Array.of(0, 0), sampleJpeg(2)]),
      [`another image follows at byte ${bytes.length + 2} and is left out`],
    ],
  ];
  for (const [rest, warnings] of rests) {
    const longer = joinBytes([bytes, rest]);
    assertEquals(decodeJpeg("a", longer, SIZE), { pixels, warnings });
    assertEquals(readJpegHeader("a", longer).length, bytes.length);
  }
});

Deno.test("decodeJpeg() says what an empty file or another file is", () => {
  refuses(new Uint8Array(0), "the file is empty");
  refuses(
    bytesOf("GalaxyID,Class1.1\n"),
    'it is text ("GalaxyID,Class1.1"), expected a JPEG image',
  );
  refuses(
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10),
    "it is a PNG image, expected a JPEG image",
  );
  refuses(bytesOf("GIF89a..."), "it is a GIF image, expected a JPEG image");
  refuses(new Uint8Array(100), "it is zero bytes, expected a JPEG image");
  assertEquals(describeFile(bytesOf("RIFF1234WEBPVP8 ")), "a WebP image");
  assertEquals(describeFile(Uint8Array.of(1, 2, 200)), "an unknown file (first bytes 01 02 c8)");
});

Deno.test("decodeJpeg() refuses another size before decoding", () => {
  refuses(sampleJpeg(1), "it has 24 x 16 pixels, expected 424 x 424", { height: 424, width: 424 });
  const huge = sampleJpeg(1);
  huge.set([0xff, 0xff, 0xff, 0xff], find(huge, 0xc0) + 5);
  refuses(huge, "it has 65535 x 65535 pixels, expected 24 x 16");
});

Deno.test("decodeJpeg() refuses a file cut at any byte", () => {
  const bytes = sampleJpeg(3);
  for (let length = 1; length < bytes.length; length++) {
    const error = assertThrows(
      () => decodeJpeg("7.jpg", bytes.subarray(0, length), SIZE),
      InputError,
    );
    if (length > 2) {
      assertEquals(
        error.reason,
        `the file is truncated: it ends after ${length} bytes without an end-of-image marker`,
      );
    }
  }
});

Deno.test("decodeJpeg() refuses image data cut short before an end-of-image marker", () => {
  const bytes = sampleJpeg(3);
  const cut = joinBytes([bytes.subarray(0, bytes.length - 40), Uint8Array.of(0xff, 0xd9)]);
  refuses(cut, "the file is truncated: its image data end before the last row");
  const none = joinBytes([bytes.subarray(0, find(bytes, 0xda)), Uint8Array.of(0xff, 0xd9)]);
  refuses(none, "the file is truncated: image data of a colour channel are missing");
});

Deno.test("decodeJpeg() refuses codings it does not decode", () => {
  const at = find(sampleJpeg(1), 0xc0);
  const changed = (offset: number, value: number) => sampleJpeg(1).with(at + offset, value);
  refuses(
    changed(1, 0xc9),
    "lossless, hierarchical or arithmetic-coded JPEG, expected baseline or progressive",
  );
  refuses(changed(4, 12), "12 bits per channel, expected 8");
  const frame = (components: number) => {
    const segment = [0xff, 0xc0, 0, 8 + 3 * components, 8, 0, 16, 0, 24, components];
    for (let i = 1; i <= components; i++) segment.push(i, 0x11, 0);
    const bytes = sampleJpeg(1);
    return joinBytes([bytes.subarray(0, at), Uint8Array.from(segment), bytes.subarray(at + 19)]);
  };
  refuses(frame(4), "four colour channels (CMYK), expected RGB or greyscale");
  refuses(frame(2), "2 colour channels, expected 3 (RGB) or 1 (greyscale)");
});

Deno.test("decodeJpeg() repeats greyscale into three channels", () => {
  const grey = greyJpeg();
  assertEquals(readJpegHeader("g", grey).channels, 1);
  const { pixels } = decodeJpeg("g", grey, { height: 8, width: 8 });
  assertEquals([...pixels], Array(8 * 8 * 3).fill(128));
});

/** 8 x 8 pixels of one block whose coefficients are all zero: mid-grey. */
function greyJpeg(): Uint8Array<ArrayBuffer> {
  const bytes = sampleJpeg(1);
  const frame = find(bytes, 0xc0);
  return joinBytes([
    bytes.subarray(0, frame),
    Uint8Array.of(0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0),
    bytes.subarray(frame + 19, find(bytes, 0xda)),
    Uint8Array.of(0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0),
    // 00: difference 0; 1010: end of block; ones fill the byte (standard luminance tables).
    Uint8Array.of(0b00101011, 0xff, 0xd9),
  ]);
}

Deno.test("decodeJpeg() applies no colour transform where the file says RGB", () => {
  const adobe = Uint8Array.of(0xff, 0xee, 0, 14, ...bytesOf("Adobe"), 0, 100, 0, 0, 0, 0, 0);
  const plain = sampleJpeg(2);
  const marked = joinBytes([plain.subarray(0, 2), adobe, plain.subarray(2)]);
  assert(readJpegHeader("a", marked).isRgb);
  const asRgb = decodeJpeg("a", marked, SIZE).pixels;
  const luminance = (p: Uint8Array, i: number) =>
    0.299 * p[i] + 0.587 * p[i + 1] + 0.114 * p[i + 2];
  const transformed = decodeJpeg("a", plain, SIZE).pixels;
  // Read as they stand, the first channel holds what the transform calls luminance.
  for (let i = 0; i < asRgb.length; i += 3) {
    assertLess(Math.abs(asRgb[i] - luminance(transformed, i)), 12);
  }
});

Deno.test("no changed byte of a JPEG makes anything but an image or an InputError", () => {
  const bytes = sampleJpeg(5, 8, 8);
  const size = { height: 8, width: 8 };
  for (let i = 0; i < bytes.length; i++) {
    for (const flip of [1, 0x80, 0xff]) {
      try {
        const { pixels } = decodeJpeg("x", bytes.with(i, bytes[i] ^ flip), size);
        assertEquals(pixels.length, 192);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    }
  }
});
