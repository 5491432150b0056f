import { assertEquals } from "@std/assert";
import { inflateSync } from "../../deps_fflate.ts";
import { encodePng } from "../../files/png.ts";
import { refuses } from "../refusals.ts";

/** Type and content of the chunks of a file, and whether a chunk's length fits. */
function chunksOf(file: Uint8Array): [string, Uint8Array][] {
  const view = new DataView(file.buffer);
  const chunks: [string, Uint8Array][] = [];
  for (let at = 8; at < file.length;) {
    const length = view.getUint32(at);
    const type = new TextDecoder().decode(file.subarray(at + 4, at + 8));
    chunks.push([type, file.subarray(at + 8, at + 8 + length)]);
    at += length + 12;
  }
  return chunks;
}

Deno.test("encodePng() writes header, pixels row by row behind a zero, and the end", () => {
  const pixels = Uint8Array.from({ length: 2 * 3 * 3 }, (_, i) => i * 7);
  const [header, data, end] = chunksOf(encodePng(pixels, { height: 2, width: 3 }));
  assertEquals(header, ["IHDR", Uint8Array.of(0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0)]);
  assertEquals(end, ["IEND", new Uint8Array(0)]);
  const rows = inflateSync(data[1].subarray(2, -4)); // between zlib's header and checksum
  assertEquals([...rows], [0, ...pixels.subarray(0, 9), 0, ...pixels.subarray(9)]);
});

Deno.test("encodePng() ends a file with the end chunk's known check value", () => {
  const file = encodePng(Uint8Array.of(9), { height: 1, width: 1, channels: 1 });
  // CRC-32 of "IEND" alone, as in every PNG file
  assertEquals([...file.subarray(-4)], [0xae, 0x42, 0x60, 0x82]);
});

Deno.test("encodePng() refuses pixels that do not fill the size", () => {
  refuses(
    () => encodePng(new Uint8Array(5), { height: 1, width: 2 }),
    "pixels.length is 5, expected 1 x 2 x 3",
  );
});
