/**
 * JPEG files to pixels, by jpeg-js behind a strict check of the file.
 *
 * @module
 */
import { jpeg } from "../deps_jpeg.ts";
import { type ImageSize, jpegError, readJpegHeader } from "./jpeg_header.ts";

/** Memory the decoder may take for one image, in MiB; 424 x 424 takes about 5. */
const MAX_MEMORY_MIB = 512;

/** Largest image decoded, in megapixels. */
const MAX_MEGAPIXELS = 64;

/**
 * Decodes one JPEG to RGB. Greyscale is repeated into the three channels; half-size colour planes
 * are enlarged by repeating pixels.
 *
 * @param name The file's name, for messages
 * @param bytes The whole file
 * @param size The size the image must have
 * @returns Pixels `[height, width, 3]`, 0 to 255
 * @throws {InputError} naming the file and what is wrong with it, see {@linkcode readJpegHeader};
 * also when the size differs (found before decoding) or the image data are damaged
 *
 * @example
 * ```ts
 * import { jpeg } from "../deps_jpeg.ts";
 * import { decodeJpeg } from "./jpeg.ts";
 *
 * const size = { height: 8, width: 16 };
 * const { data } = jpeg.encode({ ...size, data: new Uint8Array(8 * 16 * 4) });
 * const pixels = decodeJpeg("black.jpg", data, size);
 * if (pixels.length !== 8 * 16 * 3) throw new Error("[height, width, 3]");
 * ```
 */
export function decodeJpeg(
  name: string,
  bytes: Uint8Array,
  size: ImageSize,
): Uint8Array<ArrayBuffer> {
  const fail = (reason: string) => jpegError(name, reason);
  const header = readJpegHeader(name, bytes);
  if (header.height !== size.height || header.width !== size.width) {
    throw fail(
      `it has ${header.width} x ${header.height} pixels, expected ${size.width} x ${size.height}`,
    );
  }
  try {
    const { data } = jpeg.decode(bytes.subarray(0, header.length), {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: MAX_MEGAPIXELS,
      maxMemoryUsageInMB: MAX_MEMORY_MIB,
      ...(header.channels === 3 && { colorTransform: !header.isRgb }),
    });
    return data as Uint8Array<ArrayBuffer>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw fail(
      reason.includes("unexpected marker")
        ? "the file is truncated: its image data end before the last row"
        : `its image data are damaged (${reason})`,
    );
  }
}
