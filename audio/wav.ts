/**
 * WAV, whole numbers and floats. Files are written through the package wavefile.
 *
 * Format: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications" 1.0 (1991).
 *
 * @module
 */
import { wavefile } from "../deps_wavefile.ts";
import { InputError } from "../files/input_error.ts";
import { checkContainer, type Chunk, type Fail, findChunks, letters } from "./chunks.ts";
import { readPcm } from "./pcm.ts";
import { commonLength, quantise, type Recording } from "./recording.ts";

/** The format chunk up to the bits of a sample; and of the extensible form, with its sub-format. */
const FORMAT_BYTES = 16;
const EXTENSIBLE_BYTES = 40;

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** Bits of a sample that are read, by encoding. */
const BITS: Readonly<Record<number, readonly number[]>> = {
  [PCM]: [8, 16, 24, 32],
  [FLOAT]: [32, 64],
};

/** What the format chunk says. */
interface Layout {
  readonly encoding: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/**
 * Reads a WAV file (RIFF or RIFX): whole numbers of 8, 16, 24 or 32 bits, floats of 32 or 64 bits,
 * plain or "extensible", any number of channels. Floats are returned as they are, also beyond full
 * scale. Bytes after the RIFF are ignored.
 *
 * @param bytes the whole file
 * @param name its name in messages
 * @throws {InputError} naming the file: empty, truncated, sizes that do not fit the file, no
 * samples, another encoding (A-law, ADPCM, MP3 …), a sample that is not a finite number
 *
 * @example
 * ```ts
 * import { encodeWav, parseWav } from "./wav.ts";
 *
 * const wav = encodeWav({ rate: 8000, channels: [Float64Array.of(0, 0.5, -1)] });
 * const { rate, channels } = parseWav(wav);
 * if (rate !== 8000 || channels[0].join() !== "0,0.5,-1") throw new Error(channels[0].join());
 * ```
 */
export function parseWav(bytes: Uint8Array, name = "wav"): Recording {
  const fail: Fail = (reason) => {
    throw new InputError(`Cannot read ${name}`, reason);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  checkContainer(view, { ids: ["RIFF", "RIFX"], kinds: ["WAVE"] }, fail);
  const little = letters(view, 0) === "RIFF";
  const chunks = findChunks(view, little, ["fmt ", "data"], fail);
  const [format, data] = [chunks.get("fmt "), chunks.get("data")];
  if (!format) return fail(`it has no chunk "fmt ", which describes the samples`);
  if (!data) return fail(`it has no chunk "data": no samples`);
  const layout = readFormat(view, format, little, fail);
  const frameBytes = layout.channels * layout.bits / 8;
  const frames = Math.floor(data.bytes / frameBytes);
  if (data.bytes === 0) fail("it has no samples");
  if (data.bytes % frameBytes !== 0) {
    fail(`its samples take ${data.bytes} bytes, which are no multiple of ${frameBytes}`);
  }
  const channels = readPcm(view, data.start, {
    channels: layout.channels,
    frames,
    bytes: layout.bits / 8,
    numbers: layout.encoding === FLOAT ? "float" : layout.bits === 8 ? "unsigned" : "signed",
    littleEndian: little,
  });
  checkFinite(channels, fail);
  return { rate: layout.rate, channels };
}

function readFormat(view: DataView, chunk: Chunk, little: boolean, fail: Fail): Layout {
  const tag = chunk.bytes < 2 ? PCM : view.getUint16(chunk.start, little);
  const needed = tag === EXTENSIBLE ? EXTENSIBLE_BYTES : FORMAT_BYTES;
  if (chunk.bytes < needed) {
    fail(`chunk "fmt " has ${chunk.bytes} bytes, expected at least ${needed}`);
  }
  // The sub-format is a GUID whose first two bytes are the tag of old.
  const encoding = tag === EXTENSIBLE ? view.getUint16(chunk.start + 24, little) : tag;
  const channels = view.getUint16(chunk.start + 2, little);
  const rate = view.getUint32(chunk.start + 4, little);
  const bits = view.getUint16(chunk.start + 14, little);
  if (!BITS[encoding]?.includes(bits)) {
    fail(
      `its encoding is ${encoding} with ${bits} bits, expected whole numbers (1) of ` +
        `${BITS[PCM].join(", ")} or floats (3) of ${BITS[FLOAT].join(", ")} bits`,
    );
  }
  if (channels === 0) fail("it has 0 channels, expected at least 1");
  if (rate === 0) fail("its rate is 0 Hz, expected at least 1");
  return { encoding, channels, rate, bits };
}

/** One NaN would spread over every figure of the run. */
function checkFinite(channels: readonly Float64Array[], fail: Fail): void {
  channels.forEach((samples, channel) => {
    const at = samples.findIndex((sample) => !Number.isFinite(sample));
    if (at < 0) return;
    fail(`sample ${at} of channel ${channel} is ${samples[at]}, expected a finite number`);
  });
}

/** Samples as {@linkcode encodeWav} stores them: whole numbers of so many bits, or floats. */
export type WavDepth = "8" | "16" | "24" | "32" | "32f" | "64";

/**
 * Writes a WAV file. Whole numbers are rounded to the nearest step and clipped at full scale; floats
 * keep what lies beyond it.
 *
 * @param recording channels of one length, full scale -1 to 1, and a whole rate in Hz
 * @param depth bits of a sample, `32f` and `64` for floats; 16 by default
 * @throws {RangeError} when there are no samples, the channels differ in length, a sample is not
 * finite, or the rate is no whole number from 1 on
 */
export function encodeWav(
  { rate, channels }: Recording,
  depth: WavDepth = "16",
): Uint8Array<ArrayBuffer> {
  const frames = commonLength(channels, "write WAV");
  if (frames === 0) {
    throw new RangeError("Cannot write WAV: channels is empty, expected at least one sample");
  }
  if (!Number.isInteger(rate) || rate < 1) {
    throw new RangeError(`Cannot write WAV: the rate is ${rate} Hz, expected a whole number`);
  }
  const isFloat = depth === "32f" || depth === "64";
  const middle = depth === "8" ? 128 : 0;
  const stored = new Float64Array(frames * channels.length);
  channels.forEach((samples, channel) => {
    samples.forEach((sample, frame) => {
      const whole = quantise(sample, parseInt(depth), "write WAV", frame) + middle;
      stored[frame * channels.length + channel] = isFloat ? sample : whole;
    });
  });
  const wav = new wavefile.WaveFile();
  wav.fromScratch(channels.length, rate, depth, stored);
  return Uint8Array.from(wav.toBuffer());
}
