/**
 * The worker side of `streamGalaxies`: makes one synthetic galaxy per message.
 *
 * @module
 */
import { jpeg } from "../../deps_jpeg.ts";
import { serveRequests } from "../../gpu/worker_side.ts";
import { SIDE } from "./synthetic/observation.ts";
import { syntheticGalaxy } from "./synthetic/galaxy.ts";
import type { GalaxyRequest, StreamedGalaxy } from "./synthetic/stream.ts";

serveRequests<GalaxyRequest, StreamedGalaxy>(({ seed, index, format }) => {
  const { id, pixels, target, ideal, quality } = syntheticGalaxy(seed, index);
  const bytes = format === "pixels" ? pixels : encodeJpeg(pixels, quality);
  return { index, id, bytes, target, ideal };
});

function encodeJpeg(pixels: Uint8Array, quality: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(SIDE * SIDE * 4).fill(255);
  for (let k = 0; k < SIDE * SIDE; k++) {
    for (let c = 0; c < 3; c++) data[k * 4 + c] = pixels[k * 3 + c];
  }
  // A copy, because the encoder's bytes may be a view of something larger.
  return Uint8Array.from(jpeg.encode({ data, width: SIDE, height: SIDE }, quality).data);
}
