/**
 * What a WAV file says of its samples, and where they lie, before one of them is read.
 *
 * Formats: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications" 1.0 (1991);
 * Microsoft, "Multiple Channel Audio Data and WAVE Files" (2001), the extensible form; EBU Tech 3306
 * and ITU-R BS.2088, RF64 and BW64, whose sizes have 64 bits.
 *
 * @module
 */
import { checkContainer, type Chunk, CHUNK_HEADER_BYTES, findChunks, letters } from "./chunks.ts";
import { CONTAINER_HEADER_BYTES, type Fail } from "./chunks.ts";
import { refuseTag } from "./codecs.ts";
import { framesIn, type PcmLayout, type SoundHeader } from "./sound_header.ts";

/** Four letters that WAV files begin with; of the last two the sizes have 64 bits. */
export const WAV_IDS = ["RIFF", "RIFX", "RF64", "BW64"];

/** The format chunk up to the bits of a sample; and of the extensible form, with its sub-format. */
const FORMAT_BYTES = 16;
const EXTENSIBLE_BYTES = 40;
/** Sizes of the file, of the samples, and their number, of 64 bits each. */
const LONG_SIZES_BYTES = 24;

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** Most bits of a whole number. */
const MOST_BITS = 32;

/**
 * Reads the header of a WAV file.
 *
 * @param file the whole file
 * @param fail throws the error of the file
 */
export function readWavHeader(file: Uint8Array, fail: Fail): SoundHeader {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  checkContainer(view, { ids: WAV_IDS, kinds: ["WAVE"] }, fail);
  const little = letters(view, 0) !== "RIFX";
  const soundBytes = longSize(view);
  const chunks = findChunks(view, { little, format: "fmt ", sound: "data", soundBytes }, fail);
  const { rate, ...layout } = readFormat(view, chunks.format, little, fail);
  const held = framesIn(chunks.sound.bytes, layout, fail);
  return {
    rate,
    start: chunks.sound.start,
    layout: { ...layout, frames: held.frames },
    warnings: [...chunks.warnings, ...held.warnings],
  };
}

/** Bytes of the samples where the first chunk tells them: 0 where its writer did not know. */
function longSize(view: DataView): number | undefined {
  const start = CONTAINER_HEADER_BYTES + CHUNK_HEADER_BYTES;
  if (view.byteLength < start + LONG_SIZES_BYTES) return undefined;
  if (letters(view, CONTAINER_HEADER_BYTES) !== "ds64") return undefined;
  return Number(view.getBigUint64(start + 8, true)) || undefined;
}

/** What the format chunk says. */
type Format = Omit<PcmLayout, "frames"> & { readonly rate: number };

function readFormat(view: DataView, chunk: Chunk, little: boolean, fail: Fail): Format {
  const tag = chunk.bytes < 2 ? PCM : view.getUint16(chunk.start, little);
  const needed = tag === EXTENSIBLE ? EXTENSIBLE_BYTES : FORMAT_BYTES;
  if (chunk.bytes < needed) {
    fail(`chunk "fmt " has ${chunk.bytes} bytes, expected at least ${needed}`);
  }
  const field = (offset: number) => view.getUint16(chunk.start + offset, little);
  // The sub-format is a GUID whose first two bytes are the tag of old.
  const encoding = tag === EXTENSIBLE ? field(24) : tag;
  const channels = field(2);
  const rate = view.getUint32(chunk.start + 4, little);
  if (encoding !== PCM && encoding !== FLOAT) refuseTag(encoding, fail);
  if (channels === 0) fail("it has 0 channels, expected at least 1");
  if (rate === 0) fail("its rate is 0 Hz, expected at least 1");
  const sizes = { channels, bits: field(14), frameBytes: field(12) };
  const bytes = encoding === FLOAT ? floatBytes(sizes, fail) : wholeBytes(sizes, fail);
  // In the extensible form the bits are those of the container, and those that tell something follow.
  const valid = tag === EXTENSIBLE ? field(18) : 0;
  const bits = valid > 0 && valid < sizes.bits ? valid : sizes.bits;
  const numbers = encoding === FLOAT ? "float" : bytes === 1 ? "unsigned" : "signed";
  return { rate, channels, bytes, bits, numbers, littleEndian: little };
}

interface Sizes {
  readonly channels: number;
  readonly bits: number;
  /** Bytes of a sample of each channel together; 0 where it is not told. */
  readonly frameBytes: number;
}

function floatBytes(sizes: Sizes, fail: Fail): number {
  if (![32, 64].includes(sizes.bits)) {
    fail(`its samples are floats of ${sizes.bits} bits, expected 32 or 64`);
  }
  return containerBytes(sizes, [sizes.bits / 8], fail);
}

/** Whole numbers take as many bytes as they need, or those of 3 bytes 4. */
function wholeBytes(sizes: Sizes, fail: Fail): number {
  if (sizes.bits < 1 || sizes.bits > MOST_BITS) {
    fail(`its samples have ${sizes.bits} bits, expected 1 to ${MOST_BITS}`);
  }
  const needed = Math.ceil(sizes.bits / 8);
  return containerBytes(sizes, needed === 3 ? [3, 4] : [needed], fail);
}

/** The bytes of a sample, which the size of a frame decides on. */
function containerBytes(
  { channels, bits, frameBytes }: Sizes,
  choices: readonly number[],
  fail: Fail,
): number {
  if (frameBytes === 0) return choices[0];
  const bytes = choices.find((bytes) => bytes * channels === frameBytes);
  if (bytes !== undefined) return bytes;
  const expected = choices.map((bytes) => bytes * channels).join(" or ");
  return fail(
    `its frames have ${frameBytes} bytes, expected ${expected} of ${channels} channels ` +
      `of ${bits} bits`,
  );
}
