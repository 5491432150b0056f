import { assertEquals } from "@std/assert";
import { DISPLAY } from "../../../../gpu/display.ts";
import { base64, PngPicture, SvgPicture } from "../../../../tasks/report/plot/picture.ts";
import { encodePng } from "../../../../files/png.ts";

Deno.test("SvgPicture shows itself in a notebook as SVG and in words", () => {
  const picture = new SvgPicture("<svg/>", "an empty drawing");
  assertEquals(picture[DISPLAY](), {
    "image/svg+xml": "<svg/>",
    "text/html": `<img alt="an empty drawing" src="data:image/svg+xml;base64,${btoa("<svg/>")}">`,
    "text/plain": "an empty drawing",
  });
});

Deno.test("PngPicture shows its file, and has it as a URL", async () => {
  const bytes = encodePng(Uint8Array.of(1, 2, 3), { height: 1, width: 1 });
  const picture = new PngPicture(bytes, { alt: "a dot", height: 1, width: 1 });
  const read = new Uint8Array(await (await fetch(picture.dataUrl)).arrayBuffer());
  assertEquals(read, bytes);
  const shown = picture[DISPLAY]();
  assertEquals(`data:image/png;base64,${shown["image/png"]}`, picture.dataUrl);
  assertEquals(shown["text/plain"], "a dot");
});

Deno.test("base64() holds every byte of a file larger than a call takes arguments", () => {
  const bytes = Uint8Array.from({ length: 200_001 }, (_, i) => i * 7);
  const read = Uint8Array.from(atob(base64(bytes)), (character) => character.charCodeAt(0));
  assertEquals(read, bytes);
});
