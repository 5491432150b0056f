/**
 * A sound file that somebody drops on the page: read within limits, made like the songs of the run.
 *
 * @module
 */
import { InputError } from "../../../files/input_error.ts";
import { readSound } from "../read_sound.ts";
import { RequestError } from "./responses.ts";

/** Largest body, bytes. */
export const LARGEST_DROP = 64 * 2 ** 20;
/** Longest recording, seconds: a compressed file may hold hours. */
const LONGEST = 1800;

/**
 * The body of a request.
 *
 * @throws {RequestError} 413 beyond {@linkcode LARGEST_DROP}, before more of it is read
 */
export async function readDrop(request: Request, largest = LARGEST_DROP): Promise<Uint8Array> {
  const tooLarge = new RequestError(
    413,
    `Cannot read the file: it has more than ${largest / 2 ** 20} MB`,
  );
  if (Number(request.headers.get("content-length") ?? 0) > largest) throw tooLarge;
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request.body ?? []) {
    length += piece.length;
    if (length > largest) throw tooLarge;
    pieces.push(piece);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/**
 * The samples of a file: one channel at 22,050 Hz, as loud as the songs of the run.
 *
 * @throws {RequestError} 400 for a file that is no sound, is silent or too long
 */
export async function samplesOf(
  bytes: Uint8Array,
  name: string,
): Promise<Float32Array<ArrayBuffer>> {
  const samples = await readSound(bytes, name, { maxSeconds: LONGEST }).catch((error) => {
    throw error instanceof InputError ? new RequestError(400, error.message) : error;
  });
  if (samples.every((sample) => sample === 0)) {
    throw new RequestError(400, `Cannot read ${name}: it is silent`);
  }
  return samples;
}
