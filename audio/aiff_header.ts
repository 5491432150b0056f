/**
 * What an AIFF or AIFC file says of its samples, and where they lie, before one of them is read.
 *
 * Formats: Apple, "Audio Interchange File Format", version 1.3 (1989), and "AIFF-C" draft (1991);
 * compression types of plain numbers as QuickTime and libsndfile have them.
 *
 * @module
 */
import { checkContainer, type Chunk, type Fail, findChunks, letters } from "./chunks.ts";
import { refuseCompression } from "./codecs.ts";
import { framesIn, type PcmLayout, type SoundHeader } from "./sound_header.ts";

/** Offset and block size at the start of the sound chunk. */
export const SOUND_HEADER_BYTES = 8;
/** The common chunk up to its end in AIFF; AIFC adds the compression. */
export const COMMON_BYTES = 18;
const COMPRESSED_COMMON_BYTES = 22;
/** Beyond it the field is a damaged one; WAV could not say more either. Hz. */
export const HIGHEST_RATE = 0xffff_ffff;
const MOST_BITS = 32;

/** How samples lie. */
interface Form extends Pick<PcmLayout, "numbers" | "littleEndian"> {
  /** Bytes of a sample; by default those that its bits need. */
  readonly bytes?: number;
}

const whole = (littleEndian: boolean, bytes?: number): Form => ({
  numbers: "signed",
  littleEndian,
  bytes,
});
const float = (bytes: number): Form => ({ numbers: "float", littleEndian: false, bytes });

/** Compression types that only name a form of plain numbers. Read backwards is lowest byte first. */
const FORMS: Readonly<Record<string, Form>> = {
  NONE: whole(false),
  twos: whole(false),
  sowt: whole(true),
  in16: whole(false, 2),
  in24: whole(false, 3),
  in32: whole(false, 4),
  "42ni": whole(true, 3),
  "42n1": whole(true, 3), // libsndfile's spelling
  "23ni": whole(true, 4),
  fl32: float(4),
  FL32: float(4),
  fl64: float(8),
  FL64: float(8),
  "raw ": { numbers: "unsigned", littleEndian: false, bytes: 1 },
};

/**
 * Reads the header of an AIFF or AIFC file.
 *
 * @param file the whole file
 * @param fail throws the error of the file
 */
export function readAiffHeader(file: Uint8Array, fail: Fail): SoundHeader {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  checkContainer(view, { ids: ["FORM"], kinds: ["AIFF", "AIFC"] }, fail);
  const chunks = findChunks(view, { little: false, format: "COMM", sound: "SSND" }, fail);
  const common = readCommon(view, chunks.format, letters(view, 8) === "AIFC", fail);
  const { rate, frames: said, ...layout } = common;
  const { start, bytes } = locateSamples(view, chunks.sound, fail);
  const { frames: held, warnings } = framesIn(bytes, layout, fail);
  const known = said > 0 ? said : held; // whoever cannot go back leaves 0
  const frames = Math.min(known, held);
  // Samples that were cut off are told of already.
  const differs = known > held && chunks.warnings.length === 0 || known < held;
  return {
    rate,
    start,
    layout: { ...layout, frames },
    warnings: [
      ...chunks.warnings,
      ...(said === held ? [] : warnings), // libsndfile counts a byte of padding to the samples
      ...(differs ? [framesDiffer(known, held)] : []),
    ],
  };
}

function framesDiffer(said: number, held: number): string {
  const rest = said < held ? `; the last ${held - said} are left out` : "";
  return `chunk "COMM" says ${said} samples a channel, chunk "SSND" has ${held}${rest}`;
}

/** What the common chunk says; 0 frames where its writer did not know. */
type Common = PcmLayout & Pick<SoundHeader, "rate">;

function readCommon(view: DataView, chunk: Chunk, compressed: boolean, fail: Fail): Common {
  const needed = compressed ? COMPRESSED_COMMON_BYTES : COMMON_BYTES;
  if (chunk.bytes < needed) {
    fail(`chunk "COMM" has ${chunk.bytes} bytes, expected at least ${needed}`);
  }
  const at = chunk.start;
  const [channels, frames] = [view.getUint16(at), view.getUint32(at + 2)];
  const [bits, rate] = [view.getUint16(at + 6), extended(view, at + 8)];
  const compression = compressed ? letters(view, at + 18) : "NONE";
  if (!Object.hasOwn(FORMS, compression)) refuseCompression(compression, fail);
  const form = FORMS[compression];
  if (channels === 0) fail("it has 0 channels, expected at least 1");
  if (!(rate >= 1 && rate <= HIGHEST_RATE)) {
    fail(`its rate is ${rate} Hz, expected 1 to ${HIGHEST_RATE}`);
  }
  // Odd depths are justified to the left of their bytes: 12 bits are 16 with four zeros behind.
  const bytes = form.bytes ?? Math.ceil(bits / 8);
  const most = form.bytes === undefined ? MOST_BITS : 8 * form.bytes;
  if (form.numbers !== "float" && (bits < 1 || bits > most)) {
    fail(`its samples have ${bits} bits, expected 1 to ${most}`);
  }
  return { ...form, channels, frames, bytes, rate };
}

/** Where samples begin in their chunk, and how many bytes follow. */
function locateSamples(view: DataView, chunk: Chunk, fail: Fail): Chunk {
  if (chunk.bytes < SOUND_HEADER_BYTES) {
    fail(`chunk "SSND" has ${chunk.bytes} bytes, expected at least ${SOUND_HEADER_BYTES}`);
  }
  const offset = view.getUint32(chunk.start);
  const bytes = chunk.bytes - SOUND_HEADER_BYTES - offset;
  if (bytes < 0) {
    fail(
      `its samples begin at byte ${offset} of those in chunk "SSND", expected at most ` +
        `${chunk.bytes - SOUND_HEADER_BYTES}`,
    );
  }
  return { start: chunk.start + SOUND_HEADER_BYTES + offset, bytes };
}

/** IEEE 754 extended precision: sign and 15 bits of exponent, then 64 bits with the leading one. */
function extended(view: DataView, at: number): number {
  const head = view.getUint16(at);
  const exponent = (head & 0x7fff) - 16_383;
  const mantissa = view.getUint32(at + 2) * 2 ** 32 + view.getUint32(at + 6);
  if (exponent === 16_384) return NaN; // infinity or not a number
  return (head & 0x8000 ? -1 : 1) * mantissa * 2 ** (exponent - 63);
}
