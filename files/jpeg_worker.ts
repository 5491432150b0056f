/**
 * The worker side of `startJpegPool`: decodes one file per message.
 *
 * @module
 */
import { serveRequests } from "../gpu/worker_side.ts";
import { InputError } from "./input_error.ts";
import { decodeJpeg } from "./jpeg.ts";
import type { DecodedJpeg, JpegFile } from "./jpeg_pool.ts";

serveRequests<JpegFile, DecodedJpeg>(({ name, bytes, height, width }) => {
  try {
    return { name, ...decodeJpeg(name, bytes, { height, width }) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error; // a defect of ours: the pool reports it
    return { name, reason: error.reason };
  }
});
